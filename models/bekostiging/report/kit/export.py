"""What every result folder has for further use: tables/*.csv and two workbooks, made of the same tables."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from bekostiging.case import Case
from bekostiging.case.pseudonym import provider_numbers
from bekostiging.case.workbook_text import harmless
from bekostiging.evaluation import sense_check
from bekostiging.evaluation.notes import enough_scenarios
from bekostiging.report.kit.leading import LeadingSheet
from bekostiging.report.kit.long import LongTable, csv_text
from bekostiging.report.kit.origin import assumptions, origin_tables
from bekostiging.report.kit.sense import remark_lines
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.workbook import LONG_NAME, NAME, Front, write_long_workbook, write_workbook

KEY_LIST = "confidential-key-list.csv"
"""Which provider has which number: written with the names, left out of every dossier."""


def write_export(
    folder: Path,
    case: Case,
    tables: Sequence[LongTable],
    texts: Texts,
    settings: Mapping[str, object],
    *,
    named: bool = False,
    leading: Sequence[LeadingSheet] = (),
) -> None:
    """Write every table as CSV, all of them in a workbook to read and one to compute with, and what they lean on.

    ``leading``: what is read first. ``settings``: keys of [takeaway] such as ``scenarios`` and ``seed`` with their value;
    ``named``: whether providers of a running case bear their own names.
    """
    every = [*tables, *origin_tables(case, texts)]
    (folder / "tables").mkdir()
    few = _few(case, texts, settings)
    for name, text in csv_files(case, every, texts, few, named=named).items():
        (folder / "tables" / name).write_text(text, encoding="utf-8", newline="")
    if named and case.confidential:
        write_key_list(folder, case)
    front = _front(case, texts, settings, few, named=named)
    write_workbook(folder / NAME, front, case, [table for table in every if not table.detail], texts, leading)
    write_long_workbook(folder / LONG_NAME, front, every, texts)


def write_key_list(folder: Path, case: Case) -> None:
    """Write which number each provider of a confidential case has elsewhere, apart from everything else."""
    rows = [
        (number, row.id, row.name)
        for row, number in zip(case.providers, provider_numbers(case).values(), strict=True)
    ]
    with (folder / KEY_LIST).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("number", "provider", "name"))
        writer.writerows([[harmless(cell) for cell in row] for row in rows])


def csv_files(
    case: Case, tables: Sequence[LongTable], texts: Texts, few: str = "", *, named: bool = False
) -> dict[str, str]:
    """File name and content of every table; disclaimer, confidential and that scenarios are ``few`` in each row."""
    mark = confidential_mark(case, texts, named=named)
    note = " ".join(one for one in (case.disclaimer.get(texts.lang, ""), mark, few) if one)
    return {f"{texts['files', table.name]}.csv": csv_text(table, texts, note) for table in tables}


def _few(case: Case, texts: Texts, settings: Mapping[str, object]) -> str:
    """What a row must say where there are too few scenarios for tails and chances."""
    n, enough = settings.get("scenarios"), enough_scenarios(case.policy.confidence)
    return texts["takeaway", "few"].format(n=n) if isinstance(n, int) and n < enough else ""


def _front(case: Case, texts: Texts, settings: Mapping[str, object], few: str, *, named: bool) -> Front:
    """What stands on every sheet."""
    facts = [(texts["takeaway", "case"], case.name)]
    facts += [(texts["takeaway", name], _setting_in_words(value)) for name, value in settings.items()]
    return Front(
        case.title.get(texts.lang, case.name),
        tuple(_marks(case, texts, few, named=named)),
        tuple(facts),
        confidential_mark(case, texts, named=named),
        tuple(remark_lines(sense_check(case), texts.lang)),
    )


def _setting_in_words(value: object) -> str:
    """A setting in words; years as first to last."""
    return f"{value[0]}-{value[-1]}" if isinstance(value, (tuple, list)) else str(value)


def _marks(case: Case, texts: Texts, few: str, *, named: bool) -> list[str]:
    """Disclaimer, how much of the case is invented, and confidential for a running case."""
    rows = [(str(row["status"]), int(str(row["rows"]))) for row in assumptions(case)]
    invented = sum(n for status, n in rows if status == "illustrative")
    marks = [case.disclaimer[texts.lang]] if case.disclaimer.get(texts.lang) else []
    if invented:
        marks.append(texts["takeaway", "example"].format(invented=invented, all=sum(n for _, n in rows)))
    if mark := confidential_mark(case, texts, named=named):
        marks.append(mark)
    return [*marks, few] if few else marks


def confidential_mark(case: Case, texts: Texts, *, named: bool) -> str:
    """What stands on every page and sheet of a confidential case; empty for archetypes."""
    if not case.confidential:
        return ""
    return texts["page", "confidential_named" if named else "confidential"]
