"""Rules of what covers an overrun: the stock and its changes, the ratio of the whole municipality, whether laws share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from bekostiging.case.errors import Problem
from bekostiging.case.model import Case

SLACK = 0.05
"""Euro: additions that were rounded to cents may miss the stock by a few of them."""


def _stock_stays_above_zero(case: Case) -> Iterator[Problem]:
    """What is taken out of a stock was in it: stock plus additions up to any year, laws added; none before the term."""
    changes: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    lines: dict[tuple[str, int], int] = {}
    for row in case.begroting:
        if row.reserve_addition == 0:
            continue
        if row.year < case.first_year:
            yield Problem(
                "begroting",
                f"een toevoeging in {row.year}, vóór het eerste contractjaar {case.first_year}, zit al in de voorraad aan "
                "het begin; tel haar op bij municipalities.reserve en laat dit veld leeg",
                f"an addition in {row.year}, before the first contract year {case.first_year}, is in the stock at the start "
                "already; add it to municipalities.reserve and leave this field empty",
                row=row.line,
                column="reserve_addition",
            )
            continue
        changes[row.municipality][row.year] += row.reserve_addition
        if row.reserve_addition < 0:
            lines[row.municipality, row.year] = row.line
    for payer in case.municipalities:
        left = payer.reserve
        for year, change in sorted(changes[payer.code].items()):
            left += change
            if left < -SLACK:
                yield Problem(
                    "begroting",
                    f"gemeente {payer.code}: voorraad {payer.reserve:.0f} euro met de toevoegingen tot en met {year}, "
                    f"wetten samen, is {left:.0f}; een voorraad kan niet onder nul: verlaag wat eruit gaat of verhoog "
                    "municipalities.reserve",
                    f"municipality {payer.code}: stock {payer.reserve:.0f} euro with the additions up to {year}, laws "
                    f"together, is {left:.0f}; a stock cannot fall below zero: take out less or raise "
                    "municipalities.reserve",
                    row=lines.get((payer.code, year)),
                    column="reserve_addition",
                )
                break


def _both_or_neither(case: Case) -> Iterator[Problem]:
    """A ratio of the whole municipality has a required and an available amount."""
    for payer in case.municipalities:
        given = {name: getattr(payer, name) for name in ("resistance_required", "resistance_available")}
        for missing, other in (tuple(given), tuple(reversed(given))):
            if given[missing] is None and given[other] is not None:
                yield Problem(
                    "municipalities",
                    f"gemeente {payer.code} heeft {other} en geen {missing}; de ratio vraagt beide: vul het in of laat "
                    "beide leeg",
                    f"municipality {payer.code} has {other} and no {missing}; the ratio asks both: fill it in or leave both "
                    "empty",
                    row=payer.line,
                    column=missing,
                )


def _one_law_per_lot(case: Case) -> Iterator[Problem]:
    """Where youth and Wmo do not share a begroting and cover, what a lot pays belongs to one law."""
    if case.policy.laws_share:
        return
    law = {form.id: form.law for form in case.care_forms}
    for lot in case.lots:
        laws = sorted({law[form] for form in lot.care_forms})
        if len(laws) > 1:
            yield Problem(
                "lots",
                f"perceel {lot.id} heeft zorgvormen van {' en '.join(laws)}, terwijl policy laws_share no is; splits het "
                "perceel per wet of zet laws_share op yes",
                f"lot {lot.id} has care forms of {' and '.join(laws)}, while policy laws_share is no; split the lot by law "
                "or set laws_share to yes",
                row=lot.line,
                column="care_forms",
            )


COVER_RULES: tuple[Callable[[Case], Iterator[Problem]], ...] = (
    _stock_stays_above_zero,
    _both_or_neither,
    _one_law_per_lot,
)
