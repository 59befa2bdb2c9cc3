"""The annex on the build-up of tariffs: one page, and the folder it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bekostiging.case.arguments import kinds_checked
from bekostiging.contracts import Line
from bekostiging.report.buildup.results import Annex
from bekostiging.report.buildup.tables import (
    FRACTIONS,
    budget_table,
    formula_words,
    line_name,
    write_annex_workbook,
)
from bekostiging.report.kit.export import confidential_mark, write_key_list
from bekostiging.report.kit.html import template
from bekostiging.report.kit.manifest import write_manifest
from bekostiging.report.kit.paper import Paper
from bekostiging.report.kit.texts import Texts


@kinds_checked
def write_annex(annex: Annex, folder: Path, lang: str, about: Mapping[str, object] | None = None) -> None:
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

    Examples
    --------
    >>> import tempfile
    >>> from bekostiging import read_case
    >>> from bekostiging.report import annex_of
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_annex(annex_of(read_case("almere"), private=False), Path(place), "en")
    ...     sorted(file.name for file in Path(place).iterdir())
    ['buildup.html', 'buildup.xlsx', 'manifest.json']
    """
    texts = Texts(lang)
    (folder / "buildup.html").write_text(annex_page(annex, texts), encoding="utf-8", newline="")
    if annex.named and annex.case.confidential:
        write_key_list(folder, annex.case)
    write_annex_workbook(annex, texts, folder / "buildup.xlsx")
    own = {"case": annex.case.name, "disclaimer": annex.case.disclaimer, "settings": {}}
    write_manifest(folder, {**own, **(about or {})})


def _value_in_unit(texts: Texts, line: Line, value: float | None) -> str:
    """A value in its unit."""
    if value is None:
        return ""
    fraction = line.name in FRACTIONS and bool(line.group)
    return texts.numbers.percent(value, 1) if fraction else texts.numbers.plain(value, 2)


def _formula(texts: Texts, line: Line) -> str:
    """The formula in the words of the reader."""
    known = texts.sections["buildup"]
    words = [known.get(word, word) for word in formula_words(line.formula)]
    return "".join(words).replace("*", "×").replace("sum over groups of", texts["page", "sum_over_groups"])


def annex_page(annex: Annex, texts: Texts) -> str:
    """The annex as HTML."""
    names = {form.id: form.name for form in annex.case.care_forms}
    head = [
        texts["page", "line"],
        texts["page", "formula"],
        texts["columns", "value"],
        "Q1",
        "Q3",
        texts["columns", "source"],
    ]
    forms = []
    for form in dict.fromkeys(line.care_form for line in annex.lines):
        rows = [head]
        for line in (one for one in annex.lines if one.care_form == form):
            name = f"{line.group}: {line_name(texts, line)}" if line.group else line_name(texts, line)
            source = " — ".join(part for part in (line.source, texts["statuses", line.status]) if part)
            ends = (_value_in_unit(texts, line, line.low), _value_in_unit(texts, line, line.high))
            rows.append([name, _formula(texts, line), _value_in_unit(texts, line, line.value), *ends, source])
        tariff = texts["page", "beside_tariff"].format(tariff=texts.numbers.plain(annex.tariffs[form], 2))
        cell = f"{tariff} {_hours_budget(annex, form, texts)}" if form in annex.hours_budgets else tariff
        forms.append({"name": names[form], "rows": rows, "tariff": cell})
    title, mark = (
        annex.case.title.get(texts.lang, annex.case.name),
        confidential_mark(annex.case, texts, named=annex.named),
    )
    context: dict[str, Any] = {
        "t": texts.sections,
        "lang": texts.lang,
        "title": title,
        "paper": Paper.of(title, texts, mark),
        "disclaimer": annex.case.disclaimer.get(texts.lang, ""),
        "confidential": mark,
        "private": annex.private,
        "forms": forms,
        "budgets": budget_table(annex.budgets, texts),
    }
    return template("buildup.html.j2").render(**context)


def _hours_budget(annex: Annex, form: str, texts: Texts) -> str:
    """The price per unit of a maatwerktraject: tariff over the part of the expected units that its budget pays."""
    (weeks, paid), numbers = annex.hours_budgets[form], texts.numbers
    return texts["page", "beside_hours_budget"].format(
        weeks=numbers.plain(weeks, 0),
        paid=numbers.percent(paid, 1),
        price=numbers.plain(annex.tariffs[form] / paid, 2),
    )
