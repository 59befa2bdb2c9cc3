"""The annex on the build-up of tariffs: one page, and the folder it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import Note
from bekostiging.contracts import Line
from bekostiging.report.buildup.results import Annex, BuildupVerdict
from bekostiging.report.buildup.scales import published_places, scale_table
from bekostiging.report.buildup.tables import (
    budget_table,
    formula_in_words,
    hidden_note,
    is_fraction,
    line_name,
    unit_of,
    verdict_table,
)
from bekostiging.report.buildup.workbook import write_annex_workbook
from bekostiging.report.kit.export import confidential_mark, write_key_list
from bekostiging.report.kit.html import template
from bekostiging.report.kit.manifest import write_manifest
from bekostiging.report.kit.odf import write_odf
from bekostiging.report.kit.paper import Paper
from bekostiging.report.kit.sections import care_form_names
from bekostiging.report.kit.texts import Texts


@kinds_checked
def write_annex(
    annex: Annex, folder: Path, lang: str, about: Mapping[str, object] | None = None, *, odf: bool = False
) -> list[Note]:
    """Write buildup.html, buildup.xlsx (with live formulas) and the manifest into an existing folder.

    Parameters
    ----------
    annex
        What ``annex_of`` returns.
    folder
        An existing folder.
    lang
        Language of page and workbook: ``"nl"`` or ``"en"``.
    about
        What the manifest says beside case and versions.
    odf
        Whether the workbook is wanted as OpenDocument too.

    Returns
    -------
    list of dict
        What could not be made, a sentence in either language.

    Examples
    --------
    >>> import tempfile
    >>> from bekostiging import read_case
    >>> from bekostiging.report import annex_of
    >>> with tempfile.TemporaryDirectory() as place:
    ...     notes = write_annex(annex_of(read_case("almere"), private=False), Path(place), "en")
    ...     sorted(file.name for file in Path(place).iterdir())
    ['buildup.html', 'buildup.xlsx', 'manifest.json']
    """
    texts = Texts(lang)
    (folder / "buildup.html").write_text(annex_page(annex, texts), encoding="utf-8", newline="")
    if annex.named and annex.case.confidential:
        write_key_list(folder, annex.case)
    write_annex_workbook(annex, texts, folder / "buildup.xlsx")
    notes = write_odf([folder / "buildup.xlsx"]) if odf else []
    own = {"case": annex.case.name, "disclaimer": annex.case.disclaimer, "settings": {}}
    write_manifest(folder, {**own, **(about or {})})
    return notes


def _value_in_unit(texts: Texts, line: Line, value: float | None) -> str:
    """A value as it is read in its unit."""
    if value is None:
        return ""
    return texts.numbers.percent(value, 2) if is_fraction(line) else texts.numbers.plain(value, 2)


def annex_page(annex: Annex, texts: Texts) -> str:
    """The annex as HTML."""
    names, said = care_form_names(annex.case, texts.lang), texts.sections["annex"]
    forms = []
    for verdict in annex.verdicts:
        rows = [_heads(texts)]
        for line in (one for one in annex.lines if one.care_form == verdict.care_form):
            name = f"{line.group}: {line_name(texts, line)}" if line.group else line_name(texts, line)
            source = " — ".join(part for part in (line.source, texts["statuses", line.status]) if part)
            values = [_value_in_unit(texts, line, one) for one in (line.value, line.low, line.high)]
            rows.append(
                [name, formula_in_words(texts, line), values[0], unit_of(annex, line, texts), *values[1:], source]
            )
        forms.append({"name": names[verdict.care_form], "rows": rows, "tariff": _tariff(annex, verdict, texts)})
    title = annex.case.title.get(texts.lang, annex.case.name)
    mark = confidential_mark(annex.case, texts, named=True) if annex.named else ""
    context: dict[str, Any] = {
        "t": texts.sections,
        "lang": texts.lang,
        "title": title,
        "paper": Paper.of(title, texts, mark),
        "disclaimer": annex.case.disclaimer.get(texts.lang, ""),
        "confidential": mark,
        "private": annex.private,
        "public": "" if annex.named or annex.private else said["public"],
        "verdicts": verdict_table(annex, texts),
        "hidden": hidden_note(annex, texts),
        "forms": forms,
        "budgets": budget_table(annex, texts),
        "scales": scale_table(annex.case, texts),
        "places": published_places(texts) if annex.case.function_groups else [],
    }
    return template("buildup.html.j2").render(**context)


def _heads(texts: Texts) -> list[str]:
    """Columns of a build-up."""
    page, columns = texts.sections["page"], texts.sections["columns"]
    return [page["line"], page["formula"], columns["value"], texts["annex", "unit"], "Q1", "Q3", columns["source"]]


def _tariff(annex: Annex, verdict: BuildupVerdict, texts: Texts) -> str:
    """The tariff beside the build-up, where it tells of no provider."""
    if verdict.tariff is None:
        return ""
    told = texts["page", "beside_tariff"].format(tariff=texts.numbers.plain(verdict.tariff, 2))
    if verdict.care_form not in annex.hours_budgets:
        return told
    return f"{told} {_hours_budget(annex, verdict.care_form, verdict.tariff, texts)}"


def _hours_budget(annex: Annex, form: str, tariff: float, texts: Texts) -> str:
    """The price per unit of a maatwerktraject: tariff over the part of the expected units that its budget pays."""
    (weeks, paid), numbers = annex.hours_budgets[form], texts.numbers
    return texts["page", "beside_hours_budget"].format(
        weeks=numbers.plain(weeks, 0),
        paid=numbers.percent(paid, 1),
        price=numbers.plain(tariff / paid, 2),
    )
