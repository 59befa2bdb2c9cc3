"""The sense check: every kind of remark in turn, and the remarks ranked by what they would change.

Kinds that correct an input come first; what they explain is not said again by the comparisons after them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.rows import Row
from bekostiging.case.tables import TABLES
from bekostiging.case.workbook.names import in_sheets
from bekostiging.evaluation.sense import counts, inputs, parties, ranges, sources
from bekostiging.evaluation.sense.facts import Facts
from bekostiging.evaluation.sense.remark import Found, Remark

SENSE_CHECKS: dict[str, Callable[[Facts], Iterable[Found]]] = {
    "rates": ranges.rates,
    "tariffs": inputs.tariffs,
    "hours": inputs.hours,
    "durations": inputs.durations,
    "unit_costs": inputs.unit_costs,
    "built_prices": inputs.built_prices,
    "contradictions": sources.contradictions,
    "counts": counts.counts,
    "costs_per_client": inputs.costs_per_client,
    "growth": parties.growth,
    "out_of_range": ranges.out_of_range,
    "policies": ranges.policies,
    "histories": parties.histories,
    "balance_sheets": parties.balance_sheets,
    "regional_turnover": parties.regional_turnover,
    "reserves": parties.reserves,
    "measures": parties.measures,
}
"""Every comparison by name, in the order in which they see each other's corrections."""
SMALLEST = 0.001
"""Part of a year's expected spending below which a remark is not worth reading."""


@kinds_checked
def sense_check(case: Case) -> tuple[Remark, ...]:
    """What is odd in a case, the most euros first; never an error.

    Parameters
    ----------
    case : Case
        A validated case.

    Returns
    -------
    tuple of Remark
        Sorted by euro a year. Empty where every number fits the others, within the margins that stand beside each kind.

    Raises
    ------
    UserError
        No ``Case`` is given.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> sense_check(case)
    ()
    >>> thousands = tuple(row.model_copy(update={"ceiling": row.ceiling / 1000}) for row in case.contracts)
    >>> [(one.kind, one.table) for one in sense_check(replace(case, contracts=thousands))]
    [('ceiling', 'contracts')]
    """
    return case.cache.of("remarks", (), lambda: _remarks(case))


def _remarks(case: Case) -> tuple[Remark, ...]:
    """All kinds; English sentences with the English names of the case, where it has them."""
    english: dict[str, Any] = {table: _in_english(getattr(case, table)) for table in TABLES}
    dutch = _found(case)
    if not dutch or all(english[table] == getattr(case, table) for table in TABLES):
        return dutch
    return tuple(
        replace(one, en=other.en, where={"nl": one.where["nl"], "en": other.where["en"]})
        for one, other in zip(dutch, _found(replace(case, **english)), strict=True)
    )


def _in_english(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Rows under their English names."""
    return tuple(
        row.model_copy(update={"name": english}) if (english := getattr(row, "name_en", "")) else row
        for row in rows
    )


def _found(case: Case) -> tuple[Remark, ...]:
    """All kinds, each on what the ones before it left."""
    facts, remarks = Facts.of(case), []
    for kind in SENSE_CHECKS.values():
        found = list(kind(facts))
        remarks += [one.remark for one in found]
        facts = facts.corrected(found)
    least = SMALLEST * facts.total
    said = (_by_sheet(one, case.sheets) for one in remarks if one.euros > least)
    return tuple(sorted(said, key=lambda one: -one.euros))


def _by_sheet(one: Remark, book: str) -> Remark:
    """A remark with the sheets of the workbook that the case was read from, if it was, for the tables it names."""
    return replace(one, nl=in_sheets(one.nl, "nl", book), en=in_sheets(one.en, "en", book)) if book else one
