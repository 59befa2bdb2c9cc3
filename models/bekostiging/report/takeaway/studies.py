"""The folders of the studies: page, results, tables, workbook and manifest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bekostiging.case import Case
from bekostiging.report.capacity.page import capacity_page, capacity_results
from bekostiging.report.capacity.tables import capacity_tables
from bekostiging.report.equalisation import equalisation_page, equalisation_results
from bekostiging.report.json_text import write_json
from bekostiging.report.lumpsum import study_page, study_results
from bekostiging.report.manifest import write_manifest
from bekostiging.report.sharing import coalitions_text, sharing_page, sharing_results
from bekostiging.report.takeaway.long import LongTable
from bekostiging.report.takeaway.study_tables import equalisation_tables, lumpsum_tables, sharing_tables
from bekostiging.report.takeaway.write import write_takeaway
from bekostiging.report.texts import Texts
from bekostiging.stress import CapacityStudy, EqualisationStudy, LumpSumStudy, SharingStudy


def write_study(study: LumpSumStudy, folder: Path, lang: str, *, named: bool = False) -> None:
    """Fill an existing folder with the lump sum alone: lumpsum.html, lumpsum.json and what is taken away."""
    texts = Texts(lang)
    write_json(folder / "lumpsum.json", study_results(study))
    (folder / "lumpsum.html").write_text(study_page(study, texts), encoding="utf-8", newline="")
    settings = {"scenarios": study.n_scenarios, "design_scenarios": study.n_design, "seed": study.seed}
    _finish(folder, study.case, lumpsum_tables(study, texts), texts, settings, named=named)


def write_equalisation(study: EqualisationStudy, folder: Path, lang: str, *, named: bool = False) -> None:
    """Fill an existing folder: report.html, results.json and what is taken away."""
    texts = Texts(lang)
    write_json(folder / "results.json", equalisation_results(study))
    (folder / "report.html").write_text(equalisation_page(study, texts), encoding="utf-8", newline="")
    settings = {"scenarios": study.n_scenarios, "seed": study.seed}
    _finish(folder, study.case, equalisation_tables(study, texts), texts, settings, named=named)


def write_sharing(study: SharingStudy, folder: Path, lang: str, *, table: bool = False) -> None:
    """The same, and coalitions.csv where the whole ``table`` is asked for."""
    texts = Texts(lang)
    write_json(folder / "results.json", sharing_results(study))
    (folder / "report.html").write_text(sharing_page(study, texts), encoding="utf-8", newline="")
    if table:
        (folder / "coalitions.csv").write_text(coalitions_text(study, texts), encoding="utf-8", newline="")
    settings = {"scenarios": study.n_scenarios, "seed": study.seed}
    _finish(folder, study.case, sharing_tables(study, texts), texts, settings, named=False)


def write_capacity(study: CapacityStudy, folder: Path, lang: str, *, named: bool = False) -> None:
    """The same, of a capacity plan."""
    texts = Texts(lang)
    write_json(folder / "results.json", capacity_results(study))
    (folder / "report.html").write_text(capacity_page(study, texts), encoding="utf-8", newline="")
    settings = {"scenarios": study.n_scenarios, "seed": study.seed}
    _finish(folder, study.case, capacity_tables(study, texts), texts, settings, named=named)


def _finish(
    folder: Path, case: Case, tables: list[LongTable], texts: Texts, settings: Mapping[str, object], *, named: bool
) -> None:
    """What every folder ends with: tables, workbook and manifest."""
    write_takeaway(folder, case, tables, texts, settings, named=named)
    write_manifest(folder, case, settings)
