"""The folder of a benchmark, with the dossiers that are asked for; and the dossier of a comparison."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bekostiging.case import input_files, public_tables
from bekostiging.report.benchmark.dossier import (
    DOSSIER,
    INPUTS,
    PUBLIC,
    SUITE,
    pack,
    packed_inputs,
    packed_results,
)
from bekostiging.report.benchmark.page import write_benchmark
from bekostiging.report.benchmark.results import Results, benchmark_results, public_results
from bekostiging.report.benchmark.tables import benchmark_tables
from bekostiging.report.folder import write_folder
from bekostiging.report.manifest import finish
from bekostiging.report.takeaway.write import write_takeaway
from bekostiging.report.texts import Texts
from bekostiging.stress import Benchmark, Comparison


def write_benchmark_results(
    found: Benchmark, folder: Path, *, lang: str, overwrite: bool, dossier: bool, public: bool
) -> Results:
    """Write report, results, dossiers and manifest; the folder is complete or not there.

    Raises
    ------
    UserError
        The folder exists and may not be replaced, or cannot be written.
    """
    results = benchmark_results(found)

    def fill(draft: Path) -> None:
        """Write every file; the manifest last."""
        write_benchmark(results, draft, lang)
        _write_tables(found, results, draft, lang)
        whole = _whole(found, draft)
        if dossier:
            (draft / DOSSIER).write_bytes(whole)
        if public:
            (draft / PUBLIC).write_bytes(_public(found, results, lang, whole))
        finish(draft, _about(found))

    write_folder(folder, fill, overwrite=overwrite)
    return results


def _write_tables(found: Benchmark, results: Results, draft: Path, lang: str) -> None:
    """Tables and workbook of every case; in a folder of its own where there are more cases."""
    texts = Texts(lang)
    for board in found.boards:
        case = board.outcome.case
        place = draft if len(found.boards) == 1 else draft / case.name
        place.mkdir(exist_ok=True)
        tables = benchmark_tables(results["cases"][case.name], texts)
        settings = {
            "scenarios": board.outcome.n_scenarios,
            "years": board.outcome.years,
            "seed": board.outcome.seed,
        }
        write_takeaway(place, case, tables, texts, settings)


def _about(found: Benchmark) -> dict[str, Any]:
    """What was computed."""
    return {
        "suite": found.suite.name,
        "cases": [board.outcome.case.name for board in found.boards],
        "settings": _settings(found),
    }


def _settings(found: Benchmark) -> dict[str, Any]:
    """What the numbers depend on beside inputs and versions."""
    suite = found.suite
    return {"scenarios": suite.scenarios, "years": suite.years, "seed": suite.seed}


def _whole(found: Benchmark, draft: Path) -> bytes:
    """The dossier with everything a run is repeated with."""
    regions = {size.name for size in found.suite.region}
    cases, inputs = packed_inputs(
        [
            (board.outcome.case.name, {} if board.asked in regions else input_files(board.asked))
            for board in found.boards
        ]
    )
    files = inputs | packed_results(draft) | {SUITE: found.suite.text.encode()}
    return pack("benchmark", _settings(found), files, cases)


def _public(found: Benchmark, results: Results, lang: str, whole: bytes) -> bytes:
    """The dossier for bidders: public results, the page made of them, and tables without a provider."""
    with tempfile.TemporaryDirectory() as place:
        write_benchmark(public_results(results), Path(place), lang)
        files = packed_results(Path(place))
    for board in found.boards:
        case = board.outcome.case
        for name, text in public_tables(case).items():
            files[f"{INPUTS}/{case.name}/{name}"] = text.encode()
    return pack("benchmark", _settings(found), files, public_of=hashlib.sha256(whole).hexdigest())


def write_comparison_dossier(outcome: Comparison, asked: str, settings: Mapping[str, Any], folder: Path) -> None:
    """Pack a comparison; ``asked``: the case as it was given, ``settings`` those of ``compare``."""
    cases, inputs = packed_inputs([(outcome.case.name, input_files(asked))])
    files = inputs | packed_results(folder)
    (folder / DOSSIER).write_bytes(pack("compare", settings, files, cases))
