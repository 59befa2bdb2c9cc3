"""What the annex shows in rows, in words and units, for page and workbook alike."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bekostiging.case.workbook.names import choice_name
from bekostiging.contracts import Line
from bekostiging.report.buildup.results import Annex, BudgetRow, BuildupVerdict
from bekostiging.report.kit.disclosure import FEWEST, LARGEST
from bekostiging.report.kit.sections import care_form_names, names_of
from bekostiging.report.kit.texts import Texts

FRACTIONS = (
    "holiday_allowance",
    "irregular_hours",
    "year_end",
    "social_charges",
    "overhead",
    "indexation",
    "risk",
    "share",
)
"""Inputs of a function group that are shown as percentages."""
YEARLY = ("salary", "gross", "employer")
"""Lines of a function group in euro a year."""
BUDGET_COLUMNS = ("units", "cost_per_unit", "fair_amount", "tariff_per_unit", "amount", "reference_amount")
SUMS = ("fair_amount", "amount", "reference_amount")
"""Columns of the budgets that are added up."""


def line_name(texts: Texts, line: Line) -> str:
    """A line of the build-up in words."""
    return texts["buildup", line.name]


def is_fraction(line: Line) -> bool:
    """Whether a line is a percentage."""
    return bool(line.group) and line.name in FRACTIONS


def unit_of(annex: Annex, line: Line, texts: Texts) -> str:
    """The unit of a line in words."""
    said = texts.sections["annex"]
    if not line.group:
        return said["euro_per"].format(unit=care_unit(annex, line.care_form, texts))
    if is_fraction(line):
        return said["fraction"]
    if line.name in YEARLY:
        return said["euro_per_year"]
    return said["hours_per_year" if line.name == "productive_hours" else "euro_per_hour"]


def care_unit(annex: Annex, form: str, texts: Texts) -> str:
    """The unit of a care form in words."""
    return choice_name("unit", next(row.unit for row in annex.case.care_forms if row.id == form), texts.lang)


def verdict_words(verdict: BuildupVerdict, texts: Texts) -> str:
    """Voldoet, or voldoet niet aan de opbouw, and how far."""
    said = texts.sections["annex"]
    if verdict.lowest is None:
        return said["no_tariff"]
    if verdict.meets:
        return said["meets_risk" if verdict.covers_risk else "meets"]
    return said["meets_not"].format(ratio=texts.numbers.percent(verdict.lowest / verdict.cost_price, 1))


def verdict_table(annex: Annex, texts: Texts) -> list[list[str]]:
    """Per care form cost price, price and tariff per unit, and the verdict; header first."""
    said, names, plain = texts.sections["annex"], care_form_names(annex.case, texts.lang), texts.numbers.plain
    heads = [
        texts["columns", "care_form"],
        *(said[name] for name in ("unit", "cost_price", "price", "tariff", "verdict")),
    ]
    rows = [heads]
    for one in annex.verdicts:
        tariff = said["hidden"] if one.tariff is None else plain(one.tariff, 2)
        amounts = (plain(one.cost_price, 2), plain(one.price, 2), tariff)
        unit = care_unit(annex, one.care_form, texts)
        rows.append([names[one.care_form], unit, *amounts, verdict_words(one, texts)])
    return rows


def hidden_note(annex: Annex, texts: Texts) -> str:
    """Why a cell is not shown; empty where every one is."""
    hidden = any(one.tariff is None for one in annex.verdicts) or any(
        row.reference_amount is None for row in annex.budgets
    )
    largest = texts.numbers.percent(LARGEST)
    return texts["annex", "hidden_note"].format(fewest=FEWEST, largest=largest) if hidden else ""


def budget_heads(annex: Annex, texts: Texts) -> list[str]:
    """Columns of the budgets; by provider only where providers are named."""
    where = ("provider", "lot", "care_form") if annex.named else ("lot", "care_form")
    return [*(texts["columns", name] for name in where), *(texts["buildup", name] for name in BUDGET_COLUMNS)]


def budget_place(annex: Annex, row: BudgetRow, lang: str) -> list[str]:
    """Whose budget a row is, in words."""
    names, forms = names_of(annex.case, lang), care_form_names(annex.case, lang)
    return [*([names[row.provider]] if annex.named else []), names[row.lot], forms[row.care_form]]


def budget_totals(annex: Annex) -> dict[str, float | None]:
    """Euro of all rows together; None where a part of them is not shown."""
    found: dict[str, float | None] = {}
    for name in SUMS:
        values = [getattr(row, name) for row in annex.budgets]
        found[name] = None if None in values else sum(values)
    return found


def budget_table(annex: Annex, texts: Texts) -> list[list[str]]:
    """Expected units times cost price and tariff, header first and the sum last; none in a private sheet."""
    if not annex.budgets:
        return []
    plain, hidden = texts.numbers.plain, texts["annex", "hidden"]
    rows = [budget_heads(annex, texts)]
    for line in annex.budgets:
        cells = [
            hidden
            if (value := getattr(line, name)) is None
            else plain(value, 2 if name.endswith("per_unit") else 0)
            for name in BUDGET_COLUMNS
        ]
        rows.append([*budget_place(annex, line, texts.lang), *cells])
    totals = budget_totals(annex)
    cells = [
        "" if name not in totals else hidden if (value := totals[name]) is None else plain(value)
        for name in BUDGET_COLUMNS
    ]
    place = [texts["annex", "together"], *[""] * (len(rows[0]) - len(BUDGET_COLUMNS) - 1)]
    return [*rows, [*place, *cells]]


def excel_formula(line: Line, lines: Sequence[Line], places: dict[tuple[str, str, str], int]) -> str:
    """The formula of a step in cell references; sums over groups as a sum of products; empty for an input."""
    if not line.formula:
        return ""
    if not line.formula.startswith("sum over groups"):
        words = line.formula
        names = sorted(
            (name for form, group, name in places if (form, group) == (line.care_form, line.group)),
            key=len,
            reverse=True,
        )
        cells = {name: f"D{places[line.care_form, line.group, name] + 1}" for name in names}
        return "=" + "".join(cells.get(word, word) for word in formula_words(words))
    step = line.formula.rsplit(" ", 1)[1]
    hours = line.formula.split("(")[1].split(")")[0]
    groups = dict.fromkeys(one.group for one in lines if one.care_form == line.care_form and one.group)
    products = [
        f"D{places[line.care_form, group, 'share'] + 1}*D{places[line.care_form, group, step] + 1}"
        for group in groups
    ]
    return f"={hours}*({'+'.join(products)})"


def formula_in_words(texts: Texts, line: Line) -> str:
    """The formula in the words of the reader."""
    known = texts.sections["buildup"]
    words = [known.get(word, word) for word in formula_words(line.formula)]
    return "".join(words).replace("*", "×").replace("sum over groups of", texts["page", "sum_over_groups"])


def formula_words(formula: str) -> list[str]:
    """Names and what stands between them."""
    return re.findall(r"\w+|\W+", formula)
