"""The amounts for the begroting by taakveld and by lot, and the way from the budgets of contracts to what is expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bekostiging.case import Case
from bekostiging.case.rows import name_in
from bekostiging.evaluation import TERM, BudgetLine
from bekostiging.evaluation.begroting_parts import BudgetPart, BudgetParts
from bekostiging.report.kit.sections import Section, Table
from bekostiging.report.kit.texts import Texts
from bekostiging.units import THOUSAND


def begroting_parts_section(
    case: Case, parts: BudgetParts, whole: Mapping[str, BudgetLine], texts: Texts
) -> Section:
    """Taakvelden, lots, and per lot the way from budget to what is expected; ``whole``: the lines of all together."""
    said = texts.sections["budget"]
    lots = {row.id: name_in(row, texts.lang) for row in case.lots}
    codes = {name: f"{said['taakveld']} {name}" for name in parts.taakvelden}
    heads = _heads(case, parts, texts)
    taakvelden = _parts_table(parts, parts.taakvelden, codes, whole, texts)
    tables = [
        _with_begroot([[said["by_taakveld"], *heads], *taakvelden], parts, whole, texts),
        [[said["by_lot"], *heads], *_parts_table(parts, parts.lots, lots, whole, texts)],
    ]  # fmt: skip
    way = _way(parts, lots, texts)
    unknown = len(parts.begroot) < len(parts.taakvelden)
    alone = not any(_rounded(one.elsewhere) for one in parts.way.values())
    way_note = said["way_note_alone" if alone else "way_note"]
    notes = (
        said["parts_note"],
        *((said["begroot_note"],) if unknown else ()),
        *((way_note,) if way else ()),
    )
    return Section(
        said["parts_title"].format(form=texts["forms", parts.form]),
        tables=[*tables, *([way] if way else [])],
        numbers=True,
        small=notes,
    )


def _shown(parts: BudgetParts) -> list[str]:
    """The years and the term, or the term alone where there is one year."""
    return [*(str(year) for year in parts.years), TERM] if len(parts.years) > 1 else [TERM]


def _heads(case: Case, parts: BudgetParts, texts: Texts) -> list[str]:
    """Of the amounts of a part."""
    first, last = parts.years[0], parts.years[-1]
    term = str(first) if first == last else f"{first}–{last}"
    certain = texts["budget", "certain"].format(certainty=texts.numbers.percent(case.policy.certainty))
    return [*_shown(parts)[:-1], term, certain]


def _parts_table(
    parts: BudgetParts,
    found: Mapping[str, Mapping[str, BudgetPart]],
    names: Mapping[str, str],
    whole: Mapping[str, BudgetLine],
    texts: Texts,
) -> Table:
    """A row per part, what the amounts share, rounding, and the total of the budget table; without its head."""
    said, shown = texts.sections["budget"], _shown(parts)
    amounts = [
        [*(own[period].expected.value for period in shown), own[TERM].certain.value] for own in found.values()
    ]
    total = [*(whole[period].expected.value for period in shown), whole[TERM].certain.value]
    rows = [[names[name], *_row(cells, texts)] for name, cells in zip(found, amounts, strict=True)]
    if len(found) > 1:
        shared = total[-1] - sum(cells[-1] for cells in amounts)
        if _rounded(shared):
            rows.append([said["over_parts"], *[""] * len(shown), _signed(_rounded(shared), texts)])
        left = [_rounded(euro) - sum(_rounded(cells[k]) for cells in amounts) for k, euro in enumerate(total)]
        left[-1] -= _rounded(shared)
        if any(left):
            rows.append([said["rounding"], *(_signed(one, texts) if one else "" for one in left)])
    rows.append([said["together"], *_row(total, texts)])
    return rows


def _with_begroot(rows: Table, parts: BudgetParts, whole: Mapping[str, BudgetLine], texts: Texts) -> Table:
    """Begroot and room beside the taakvelden; what is not begroot by taakveld is a row, so that columns add up.

    As it stands where it is known of none.
    """
    if not parts.begroot:
        return rows
    said, width = texts.sections["budget"], len(rows[0])
    known = {
        name: (_rounded(euro), _rounded(euro - parts.taakvelden[name][TERM].expected.value))
        for name, euro in parts.begroot.items()
    }
    total = _rounded(whole[TERM].headroom), _rounded(whole[TERM].room)
    told: dict[str, tuple[int, int]] = {f"{said['taakveld']} {name}": cells for name, cells in known.items()}
    left = (
        total[0] - sum(cells[0] for cells in known.values()),
        total[1] - sum(cells[1] for cells in known.values()),
    )
    label = said["not_by_taakveld" if len(known) < len(parts.taakvelden) else "rounding"]
    *body, last = rows
    if any(left):
        if label not in [row[0] for row in body]:
            body.append([label, *[""] * (width - 1)])
        told[label] = left
    told[last[0]] = total
    shown = [
        [""] * 2 if row[0] not in told else _amounts(told[row[0]], texts, rest=row[0] == label)
        for row in (*body[1:], last)
    ]
    heads = [said["headroom"], said["room"]]
    return [[*row, *more] for row, more in zip((*body, last), [heads, *shown], strict=True)]


def _amounts(cells: tuple[int, int], texts: Texts, *, rest: bool) -> list[str]:
    """Begroot and room; of what is left beside the taakvelden nothing where it is nothing."""
    begroot = "" if rest and not cells[0] else _plain(cells[0], texts)
    return [begroot, "" if rest and not cells[1] else _signed(cells[1], texts)]


def _way(parts: BudgetParts, lots: Mapping[str, str], texts: Texts) -> Table:
    """Per lot and together: budgets, settlement, what others pay, and what is expected; empty without a design."""
    found, said = parts.way, texts.sections["budget"]
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
    if not any(_rounded(cells[2]) for cells in amounts.values()):
        return [[*row[:3], row[4]] for row in rows]
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
