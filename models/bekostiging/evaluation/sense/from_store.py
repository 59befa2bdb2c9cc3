"""What of a case does not fit what its region store says: the demand of every care form beside its own estimates."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.explanation import meanings
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.tables import Demand
from bekostiging.evaluation.sense.influence import influences
from bekostiging.evaluation.sense.remark import Remark
from bekostiging.store import Comparison, Evidence, StoreCase

ERRORS, RATIO = 3.0, 1.1
"""A number is odd where it is so many standard errors and so many times away from what the store says."""
SUMMED = ("clients_at_start", "starts_per_year")
"""Columns of demand that are added over areas; of the others the mean by clients is compared."""
COMPARED = (*SUMMED, "mean_duration_weeks", "units_per_week")


@kinds_checked
def store_remarks(case: Case, made: StoreCase) -> tuple[Remark, ...]:
    """What of the demand of a case differs from what the store says of the same care forms, the most euros first.

    Parameters
    ----------
    case : Case
        A validated case whose care forms have the names of the conversion table.
    made : StoreCase
        As ``bekostiging.store.case_from_store`` gives it, of the same base year.

    Returns
    -------
    tuple of Remark
        Empty where everything lies within three errors, or ten percent.

    Raises
    ------
    UserError
        An argument of another kind.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> from bekostiging.evaluation import store_remarks
    >>> from bekostiging.store import Comparison, Evidence, StoreCase
    >>> case = read_case("veenrand")
    >>> weeks = Evidence("demand", "jeugd-ggz", "mean_duration_weeks", 60.0, 1.0, 900, "kaplan_meier")
    >>> store_remarks(case, StoreCase(case, (weeks,), (), (), ("demand",), 0.0))[0].en
    'jeugd-ggz, mean duration of a trajectory, weeks: 42 in the case, 60 in the store (standard error 1). Which is right?'
    """
    euros = {(one.column, one.table): abs(one.euros / one.step) for one in influences(case) if one.relative}
    found = [
        remark
        for form in {row.care_form for row in case.demand}
        for column in COMPARED
        for remark in _compared(case, made, form, column, euros.get((column, "demand"), 0.0))
    ]
    found += [_beside(one) for one in made.comparisons if one.odd]
    return tuple(sorted(found, key=lambda one: (-one.euros, one.en)))


LAW_NAMES = {"jeugdwet": ("jeugdhulp", "youth care"), "wmo": ("Wmo", "Wmo")}


def _beside(one: Comparison) -> Remark:
    """The store's own count or euros beside those of CBS or Iv3."""
    where = {
        lang: f"{one.municipality} {name} {one.year}"
        for lang, name in zip(("nl", "en"), LAW_NAMES[one.law], strict=True)
    }
    if one.what == "persons":
        nl = f"{in_nl(one.own)} cliënten in de berichten, {in_nl(one.other)} volgens het CBS"
        en = f"{in_en(one.own)} clients in the messages, {in_en(one.other)} by CBS"
        cause = (
            "zorg buiten de berichten, of een gemeente of jaar dat ontbreekt",
            "care outside the messages, or what is missing",
        )
    else:
        nl = f"{in_nl(round(one.own))} euro in de berichten, {in_nl(round(one.other))} euro in de jaarrekening (Iv3)"
        en = f"{in_en(round(one.own))} euro in the messages, {in_en(round(one.other))} euro in the annual accounts (Iv3)"
        cause = (
            "pgb, toegang en subsidies staan niet in berichten",
            "budgets of clients, access and grants are in no message",
        )
    return Remark(
        "store", "demand", where, f"{where['nl']}: {nl}. Is alles ingelezen ({cause[0]})?",
        f"{where['en']}: {en}. Was everything imported ({cause[1]})?",
        abs(one.own - one.other) if one.what == "euros" else 0.0,
    )  # fmt: skip


def _compared(case: Case, made: StoreCase, form: str, column: str, euros: float) -> Iterator[Remark]:
    """One column of one care form."""
    rows = [row for row in case.demand if row.care_form == form]
    told = [one for one in made.evidence if _is_of(one, form, column)]
    if not rows or not told:
        return
    values = np.array([float(getattr(row, column)) for row in rows])
    weights = np.array([row.clients_at_start + row.starts_per_year for row in rows])
    own = (
        float(values.sum())
        if column in SUMMED
        else float(np.average(values, weights=weights if weights.any() else None))
    )
    theirs = sum(one.value for one in told) if column in SUMMED else told[0].value
    error = float(np.sqrt(sum((one.error or 0.0) ** 2 for one in told)))
    if min(own, theirs) <= 0 or abs(own - theirs) <= ERRORS * error or max(own / theirs, theirs / own) <= RATIO:
        return
    yield Remark(
        "store", "demand", {"nl": form, "en": form},
        f"{form}, {_meaning(column, 'nl')}: {in_nl(own, 4)} in de casus, {in_nl(theirs, 4)} in de opslag (standaardfout "
        f"{in_nl(error, 2)}). Welke klopt?",
        f"{form}, {_meaning(column, 'en')}: {in_en(own, 4)} in the case, {in_en(theirs, 4)} in the store (standard error "
        f"{in_en(error, 2)}). Which is right?",
        euros * abs(theirs / own - 1),
    )  # fmt: skip


def _is_of(one: Evidence, form: str, column: str) -> bool:
    """Whether a figure is of a care form (of any municipality) and column of demand."""
    return one.table == "demand" and one.column == column and one.key.rpartition(" / ")[2] == form


def _meaning(column: str, lang: str) -> str:
    """The column in the words of its explanation."""
    return meanings(Demand, lang)[column]
