"""The amounts for the begroting by taakveld and by lot, and the way from the budgets of contracts to what is expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bekostiging.contracts import BASELINE, LUMP_SUM
from bekostiging.evaluation import TERM, TOTAL, Comparison
from bekostiging.evaluation.begroting_parts import BudgetPart, by_lot, by_taakveld, contracts_to_expected
from bekostiging.report.kit.sections import Section, Table
from bekostiging.report.kit.texts import Texts
from bekostiging.units import THOUSAND


def begroting_parts_section(outcome: Comparison, texts: Texts) -> Section:
    """Taakvelden, lots, and per lot the way from budget to what is expected; the form is that of the first page."""
    said = texts.sections["budget"]
    form = LUMP_SUM if outcome.lumpsum.design.feasible else BASELINE
    lots = {row.id: row.name for row in outcome.case.lots}
    taakvelden, parts = by_taakveld(outcome, form), by_lot(outcome, form)
    codes = {name: f"{said['taakveld']} {name}" for name in taakvelden}
    tables = [
        _parts_table(outcome, taakvelden, codes, texts, said["by_taakveld"]),
        _parts_table(outcome, parts, lots, texts, said["by_lot"]),
    ]  # fmt: skip
    way = _way(outcome, lots, texts)
    return Section(
        said["parts_title"].format(form=texts["forms", form]),
        tables=[*tables, *([way] if way else [])],
        numbers=True,
        small=(said["parts_note"], *((said["way_note"],) if way else ())),
    )


def _parts_table(
    outcome: Comparison,
    parts: Mapping[str, Mapping[str, BudgetPart]],
    names: Mapping[str, str],
    texts: Texts,
    head: str,
) -> Table:
    """A row per part, what the amounts share, rounding, and the total of the budget table."""
    said = texts.sections["budget"]
    periods = [*(str(year) for year in outcome.years), TERM]
    term = f"{periods[0]}–{periods[-2]}" if len(periods) > 2 else periods[0]
    certain = said["certain"].format(certainty=texts.numbers.percent(outcome.case.policy.certainty))
    form = LUMP_SUM if outcome.lumpsum.design.feasible else BASELINE
    whole = outcome.budget(form).lines[TOTAL]
    shown = periods if len(periods) > 2 else [TERM]
    amounts = [
        [*(own[period].expected.value for period in shown), own[TERM].certain.value] for own in parts.values()
    ]
    total = [*(whole[period].expected.value for period in shown), whole[TERM].certain.value]
    rows = [[head, *shown[:-1], term, certain]]
    rows += [[names[name], *_row(cells, texts)] for name, cells in zip(parts, amounts, strict=True)]
    if len(parts) > 1:
        shared = total[-1] - sum(cells[-1] for cells in amounts)
        if _rounded(shared):
            rows.append([said["over_parts"], *[""] * len(shown), _signed(_rounded(shared), texts)])
        left = [_rounded(euro) - sum(_rounded(cells[k]) for cells in amounts) for k, euro in enumerate(total)]
        left[-1] -= _rounded(shared)
        if any(left):
            rows.append([said["rounding"], *(_signed(one, texts) if one else "" for one in left)])
    rows.append([said["together"], *_row(total, texts)])
    return rows


def _way(outcome: Comparison, lots: Mapping[str, str], texts: Texts) -> Table:
    """Per lot and together: budgets, settlement, what others pay, and what is expected; empty without a design."""
    found, said = contracts_to_expected(outcome), texts.sections["budget"]
    if not found:
        return []
    steps = ("budget", "settlement", "elsewhere", "expected")
    rows = [[said["way"], *(said[f"way_{step}"] for step in steps)]]
    amounts = {lots[name]: [float(getattr(one, step)) for step in steps] for name, one in found.items()}
    if len(amounts) > 1:
        amounts[said["together"]] = [sum(column) for column in zip(*amounts.values(), strict=True)]
    # thousands that add up: what rounding leaves goes to the settlement, the one that is a difference itself
    for name, (budget, _, elsewhere, expected) in amounts.items():
        start, others, end = _rounded(budget), _rounded(elsewhere), _rounded(expected)
        cells = (
            _plain(start, texts),
            _signed(end - start - others, texts),
            _signed(others, texts),
            _plain(end, texts),
        )
        rows.append([name, *cells])
    return rows


def _row(amounts: Sequence[float], texts: Texts) -> list[str]:
    return [_plain(_rounded(euro), texts) for euro in amounts]


def _rounded(euro: float) -> int:
    """Thousands of euro."""
    return round(euro / THOUSAND)


def _plain(thousands: int, texts: Texts) -> str:
    return texts.numbers.plain(thousands)


def _signed(thousands: int, texts: Texts) -> str:
    return f"+{texts.numbers.plain(thousands)}" if thousands > 0 else texts.numbers.plain(thousands)
