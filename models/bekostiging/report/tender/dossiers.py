"""The dossiers of a benchmark and of a comparison."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bekostiging.case import Case, input_files, pseudonymised, public_tables, read_case, write_case
from bekostiging.case.arguments import kinds_checked
from bekostiging.evaluation import Comparison
from bekostiging.report.kit.json_text import json_text
from bekostiging.report.tender.about import settings_of
from bekostiging.report.tender.dossier import (
    DOSSIER,
    INPUTS,
    PUBLIC,
    RESULTS,
    SUITE,
    pack,
    packed_inputs,
    packed_results,
)
from bekostiging.report.tender.page import benchmark_page
from bekostiging.report.tender.results import benchmark_results, benchmark_settings, public_results
from bekostiging.studies import Benchmark


@kinds_checked
def write_dossiers(benchmark: Benchmark, lang: str, draft: Path, *, dossier: bool, public: bool) -> None:
    """Pack a benchmark whose folder is otherwise complete.

    Parameters
    ----------
    benchmark
        What ``benchmark`` returns.
    lang
        Language of the page for bidders: ``"nl"`` or ``"en"``.
    draft
        The folder with its results, in which the dossiers are written.
    dossier
        Whether to write the dossier with everything the run can be repeated with.
    public
        Whether to write the dossier that bidders may have.

    Examples
    --------
    Not executed: a benchmark takes minutes.

    >>> write_dossiers(benchmark(suite), "en", Path("results"), dossier=True, public=True)  # doctest: +SKIP
    """
    whole = _full_dossier(benchmark, draft)
    if dossier:
        (draft / DOSSIER).write_bytes(whole)
    if public:
        (draft / PUBLIC).write_bytes(_public(benchmark, lang, whole))


def _full_dossier(benchmark: Benchmark, draft: Path) -> bytes:
    """The dossier with everything a run is repeated with."""
    regions = {size.name for size in benchmark.suite.region}
    cases, inputs = packed_inputs(
        [
            (
                board.outcome.case.name,
                {} if board.asked in regions else _inputs(board.outcome.case, board.asked, named=False),
            )
            for board in benchmark.boards
        ]
    )
    files = inputs | packed_results(draft) | {SUITE: benchmark.suite.text.encode()}
    return pack("benchmark", benchmark_settings(benchmark), files, cases)


def _inputs(case: Case, asked: str, *, named: bool) -> Mapping[str, bytes]:
    """The files of a case; of a confidential one the tables with its providers numbered, unless they bear their names."""
    if named or not case.confidential:
        return input_files(asked)
    with TemporaryDirectory() as place:
        write_case(pseudonymised(read_case(asked)), place)
        return input_files(place)


def _public(benchmark: Benchmark, lang: str, whole: bytes) -> bytes:
    """The dossier for bidders: public results, the page made of them, and tables without a provider."""
    results = public_results(benchmark_results(benchmark))
    files = {
        f"{RESULTS}/results.json": json_text(results).encode(),
        f"{RESULTS}/report.html": benchmark_page(results, lang).encode(),
    }
    for board in benchmark.boards:
        case = board.outcome.case
        for name, text in public_tables(case).items():
            files[f"{INPUTS}/{case.name}/{name}"] = text.encode()
    return pack("benchmark", benchmark_settings(benchmark), files, public_of=hashlib.sha256(whole).hexdigest())


@kinds_checked
def write_comparison_dossier(outcome: Comparison, asked: str, settings: Mapping[str, Any], folder: Path) -> None:
    """Pack a comparison with everything it can be repeated with.

    Parameters
    ----------
    outcome
        What ``compare`` returns.
    asked
        The case as it was given: a name, a folder or a workbook.
    settings
        The arguments of ``compare`` beside the case.
    folder
        The folder with its results, in which the dossier is written.

    Raises
    ------
    UserError
        Another setting than a result depends on, or one outside the range that a dossier may have.

    Examples
    --------
    Not executed: a comparison takes a minute.

    >>> outcome = compare(read_case("almere"), seed=1)  # doctest: +SKIP
    >>> write_comparison_dossier(outcome, "almere", {"seed": 1}, Path("results"))  # doctest: +SKIP
    """
    cases, inputs = packed_inputs([(outcome.case.name, _inputs(outcome.case, asked, named=outcome.named))])
    files = inputs | packed_results(folder)
    asked_for = settings_of("compare", settings, "settings").model_dump()
    (folder / DOSSIER).write_bytes(pack("compare", asked_for, files, cases))
