"""Draft text of the contract, in Dutch whatever the language of the page."""

from __future__ import annotations

import numpy as np

from bekostiging.case.numbers import in_nl
from bekostiging.lumpsum import LumpSumDesign
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import LumpSumStudy


def clause_text(study: LumpSumStudy, design: LumpSumDesign) -> list[str]:
    """The numbers of a design as draft contract language, Dutch whatever the language of the page; empty without one."""
    data, names = study.lumpsum.data, names_of(study.case)
    if not design.feasible:
        return []
    dutch = Texts("nl")
    paragraphs = []
    for j, lot in enumerate(data.lots):
        if design.form[j] != 0:
            continue
        amounts = "; ".join(
            f"{names[data.contracts[c][0]]} {dutch.numbers.plain(float(data.reference[c, 0]))} euro, budget "
            f"{dutch.numbers.plain(float(design.budget[c, 0]))} euro"
            for c in np.flatnonzero(data.lot == j)
        )
        layers = "; ".join(
            dutch["page", "clause_last_layer" if np.isinf(lot.corridor.upper[k]) else "clause_layer"].format(
                layer=dutch.layer(name),
                lower=dutch.numbers.percent(float(lot.corridor.lower[k])),
                upper=dutch.numbers.percent(float(min(lot.corridor.upper[k], 10.0))),
                share=dutch.numbers.percent(float(design.share[j][k]), 1),
            )
            for k, name in enumerate(lot.corridor.names)
        )
        paragraphs.append(
            dutch["page", "clause_text"].format(
                lot=names[lot.name],
                year=data.years[0],
                amounts=amounts,
                base=dutch["bases", study.case.policy.base(lot.name)],
                layers=layers,
                evidence=dutch["evidence", study.case.policy.base(lot.name)],
                settled=in_nl(study.case.policy.settlement_delay_months),
            )
        )
    return paragraphs
