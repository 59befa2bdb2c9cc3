"""scenarios.parquet: what happened in every scenario, so that a figure can be made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bekostiging.evaluation import CORNERS, Comparison, Samples


def write_samples(outcome: Comparison, path: Path, lang: str) -> None:
    """One row per scenario, payment form, corner and year; euro by municipality and contract, clients by care form."""
    parts = [
        _columns(outcome, form, corner, result.samples[corner])
        for form, result in outcome.forms.items()
        for corner in CORNERS
    ]
    columns: dict[str, Any] = {}
    for name in parts[0]:
        pieces = [part[name] for part in parts]
        columns[name] = (
            pa.array(np.concatenate(pieces)).dictionary_encode()
            if pieces[0].dtype.kind == "U"
            else pa.array(np.concatenate(pieces))
        )
    table = pa.table(columns)
    note = outcome.case.disclaimer.get(lang, "")
    pq.write_table(table.replace_schema_metadata({"disclaimer": note, "case": outcome.case.name}), path)


def _columns(outcome: Comparison, form: str, corner: str, samples: Samples) -> dict[str, np.ndarray]:
    """Columns of one form and corner; rows by scenario, then year."""
    case, n = outcome.case, outcome.n_scenarios
    n_rows = n * outcome.n_years
    columns = {
        "scenario": np.repeat(np.arange(n), outcome.n_years),
        "payment_form": np.full(n_rows, form),
        "corner": np.full(n_rows, corner),
        "year": np.tile(np.array(outcome.years), n),
    }
    for m, municipality in enumerate(case.municipalities):
        columns[f"municipal:{municipality.code}"] = samples.municipal[:, :, m].ravel()
    for c, contract in enumerate(case.contracts):
        for kind in ("payment", "cost", "unpaid", "clients"):
            columns[f"{kind}:{contract.provider}/{contract.lot}"] = getattr(samples, kind)[:, :, c].ravel()
    contracted = {form_id for lot in case.lots for form_id in lot.care_forms}
    for f, care_form in enumerate(case.care_forms):
        if care_form.id in contracted:
            for kind in ("starts", "served", "waiting", "refused", "clients_beyond_norm", "weeks_beyond_norm"):
                columns[f"{kind}:{care_form.id}"] = getattr(samples, kind)[:, :, f].ravel()
    return columns
