"""The match of a year (aansluiting): what stands beside the statements, differences by reason, errors and uncertainties.

Under a tariff: authorisation, claim, statement, recognised. Under a lump sum: contract with its change letters, advances,
start and stop counts, statement. What the control judged stands as it judged it, and is taken off in the settlement; what
messages or totals show beyond it is not judged yet and is left, as an uncertainty first. Tolerances are dated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import Note, Said
from bekostiging.settlement.match_sides import ContractMatch, MatchRow, contract_match
from bekostiging.settlement.statement import YearSettlement
from bekostiging.settlement.values import Book
from bekostiging.store import ClaimCheck, Found, MessageTotals
from bekostiging.store.evidence import FEWEST
from bekostiging.store.supply import OTHERS
from bekostiging.units import CENTS


@dataclass(frozen=True)
class Tolerance:
    """Limits of the auditor from a reporting year on, as parts of the amount; None where there is none of that kind."""

    since: int
    error: float | None
    uncertainty: float | None
    together: float | None
    source: Said


TOLERANCES = (
    Tolerance(
        0,
        0.01,
        0.03,
        None,
        (
            "Bado tot en met verslagjaar 2024: 1 % fouten, 3 % onzekerheden",
            "Bado up to reporting year 2024: 1 % errors, 3 % uncertainties",
        ),
    ),
    Tolerance(
        2025,
        None,
        None,
        0.02,
        (
            "Bado vanaf verslagjaar 2025, Stb. 2025, 99; ga na of dit voor uw jaar nog geldt",
            "Bado from reporting year 2025, Stb. 2025, 99; check that it still holds for your year",
        ),
    ),
)
"""Of the auditor, oldest first."""


@dataclass(frozen=True)
class ToleranceTest:
    """Errors and uncertainties against one limit; cents.

    Parameters
    ----------
    municipality : str
        Whose council set it; empty for the auditor's.
    source : tuple of str
        Where the limit comes from, in Dutch and in English.
    base : int
        The amount of which the limits are parts.
    error, uncertainty, together : float or None
        Limits; None where there is none of that kind.
    errors, uncertainties : int
        What is left in the amounts that are determined.

    Examples
    --------
    >>> ToleranceTest("", ("Bado", "Bado"), 100_000, None, None, 0.02, errors=1_500, uncertainties=600).within
    False
    """

    municipality: str
    source: Said
    base: int
    error: float | None
    uncertainty: float | None
    together: float | None
    errors: int
    uncertainties: int

    @property
    def within(self) -> bool:
        """Whether every limit holds."""
        own = (
            (self.error, self.errors),
            (self.uncertainty, self.uncertainties),
            (self.together, self.errors + self.uncertainties),
        )
        return all(limit is None or cents <= limit * self.base for limit, cents in own)


@dataclass(frozen=True)
class Match:
    """The match of a settled year.

    Parameters
    ----------
    year : int
        Calendar year.
    contracts : tuple of ContractMatch
        Sides and differences of every contract.
    tests : tuple of ToleranceTest
        The auditor's first, then those of councils.
    notes : tuple of dict
        What could not be matched, in both languages.

    Examples
    --------
    >>> from bekostiging.settlement import example_year
    >>> match = match_year(example_year())
    >>> match.errors, match.uncertainties, match.left
    (631040, 1824000, 0)
    """

    year: int
    contracts: tuple[ContractMatch, ...]
    tests: tuple[ToleranceTest, ...]
    notes: tuple[Note, ...]

    @property
    def rows(self) -> tuple[MatchRow, ...]:
        """Every difference of every contract."""
        return tuple(row for one in self.contracts for row in one.rows)

    @property
    def errors(self) -> int:
        """All errors that were found, cents."""
        return sum(row.error for row in self.rows)

    @property
    def uncertainties(self) -> int:
        """All uncertainties that were found, cents."""
        return sum(row.uncertainty for row in self.rows)

    @property
    def left(self) -> int:
        """Errors and uncertainties that the settlement does not take off, cents."""
        return sum(row.left_error + row.left_uncertainty for row in self.rows)

    @property
    def shown(self) -> tuple[MatchRow, ...]:
        """Rows as they may be shown: those of few persons together, without provider and reason; sums stay.

        Where they are of fewer than ten persons together, the smallest of the other rows of messages joins them.
        """
        small = [row for row in self.rows if 0 < row.persons < FEWEST]
        others = sorted((row for row in self.rows if row.persons >= FEWEST), key=lambda row: row.persons)
        while small and others and sum(row.persons for row in small) < FEWEST:
            small.append(others.pop(0))
        if not small:
            return self.rows
        names = ("error", "uncertainty", "left_error", "left_uncertainty", "periods", "persons")
        sums = {name: sum(getattr(row, name) for row in small) for name in names}
        said = ("redenen met minder dan tien mensen, samen", "reasons with fewer than ten persons, together")
        together = MatchRow("", "", "few", said, source=("berichten", "messages"), **sums)
        return (*(row for row in self.rows if row not in small), together)

    @property
    def auditor(self) -> ToleranceTest:
        """Against the tolerance of the auditor."""
        return self.tests[0]

    @property
    def share(self) -> float:
        """What was found as a part of what is determined."""
        return (self.errors + self.uncertainties) / self.auditor.base if self.auditor.base > 0 else 0.0

    @property
    def within(self) -> bool:
        """Whether what is left is within every limit."""
        return all(one.within for one in self.tests)


@kinds_checked
def match_year(settled: YearSettlement, checked: ClaimCheck | None = None) -> Match:
    """Match the statements of a settled year with what stands beside them.

    Parameters
    ----------
    settled : YearSettlement
        From ``settle_year``; of its figures ``deductions``, ``control_totals``, ``bookings`` and ``council_limits`` are
        used as far as they are filled.
    checked : ClaimCheck, optional
        What a region store shows (``check_claims``), with providers named as in the case.

    Returns
    -------
    Match
        Sides and differences by contract and reason, and what is left against the tolerances of the year.

    Raises
    ------
    TypeError
        Something else than a settlement.

    Examples
    --------
    >>> from bekostiging.settlement import example_year
    >>> match = match_year(example_year())
    >>> match.within, round(match.share, 5)
    (True, 0.00442)
    >>> [side.key for side in match.contracts[0].sides]
    ['contract', 'letters', 'advances', 'stated', 'recognised']
    """
    found, totals, notes = _by_contract(settled, checked)
    contracts = tuple(
        contract_match(
            settled.year,
            one,
            settled.figures,
            found.get((one.provider, one.lot), ()),
            totals.get((one.provider, one.lot)),
        )
        for one in settled.contracts
    )
    match = Match(settled.year, contracts, (), notes)
    return replace(match, tests=(_auditor(settled, match), *_councils(settled, match)))


def _by_contract(
    settled: YearSettlement, checked: ClaimCheck | None
) -> tuple[Mapping[tuple[str, str], tuple[Found, ...]], Mapping[tuple[str, str], MessageTotals], tuple[Note, ...]]:
    """What messages show by contract of the case; small providers are taken together as the store takes them."""
    if checked is None:
        return {}, {}, ()
    known = {(row.provider, row.lot) for row in settled.case.contracts}
    found: dict[tuple[str, str], list[Found]] = {}
    totals: dict[tuple[str, str], MessageTotals] = {}
    outside: dict[tuple[str, str], int] = {}

    for row in checked.found:
        if (where := checked.contract(row.provider, row.lot, known)) is not None:
            found.setdefault(where, []).append(row)
    for one in checked.totals:
        where = checked.contract(one.provider, one.lot, known)
        if where is None:
            outside[one.provider, one.lot] = one.claimed
        else:
            totals[where] = _together(totals.get(where), one)
    notes = list(checked.notes)
    if outside:
        euros = sum(outside.values()) / CENTS
        notes.append(
            {
                "nl": f"{len(outside)} aanbieders met {euros:.0f} euro aan declaraties hebben in deze casus geen contract "
                "en staan niet in de aansluiting.",
                "en": f"{len(outside)} providers with {euros:.0f} euro of claims have no contract in this case and are not "
                "in the match.",
            }
        )
    return {where: tuple(rows) for where, rows in found.items()}, totals, tuple(notes)


def _together(one: MessageTotals | None, other: MessageTotals) -> MessageTotals:
    """Two providers as one."""
    if one is None:
        return other
    authorised = [part for part in (one.authorised, other.authorised) if part is not None]
    return MessageTotals(
        one.provider,
        one.lot,
        sum(authorised) if authorised else None,
        one.claimed + other.claimed,
        one.not_valued + other.not_valued,
        one.starts + other.starts,
        one.stops + other.stops,
        one.clients + other.clients,
    )


def _auditor(settled: YearSettlement, match: Match) -> ToleranceTest:
    """Against the tolerance of the reporting year, as a part of all that is determined."""
    own = [one for one in TOLERANCES if one.since <= settled.year][-1]
    base = sum(one.determined for one in settled.contracts)
    errors = sum(row.left_error for row in match.rows)
    unsure = sum(row.left_uncertainty for row in match.rows)
    return ToleranceTest("", own.source, base, own.error, own.uncertainty, own.together, errors, unsure)


def _councils(settled: YearSettlement, match: Match) -> Iterable[ToleranceTest]:
    """Against the limit that each council set, of its part by the key in every contract."""
    for row in settled.figures.council_limits:
        if row.year != settled.year:
            continue
        errors = unsure = 0.0
        for one, own in zip(settled.contracts, match.contracts, strict=True):
            share = next((part.share for part in one.parts if part.municipality == row.municipality), 0.0)
            errors += share * sum(found.left_error for found in own.rows)
            unsure += share * sum(found.left_uncertainty for found in own.rows)
        source = (f"uw raad: {row.document}", f"your council: {row.document}")
        base = round(row.total_costs * CENTS)
        yield ToleranceTest(row.municipality, source, base, None, None, row.share, round(errors), round(unsure))


@kinds_checked
def tariffs_of_year(settled: YearSettlement) -> dict[tuple[str, str], float]:
    """Tariffs of a settled year, against which ``check_claims`` holds what was claimed.

    Parameters
    ----------
    settled : YearSettlement
        From ``settle_year``.

    Returns
    -------
    dict
        Euro per unit in prices of the year, by provider and care form. Without those of small providers that a store takes
        together, of which no price is one's own.

    Raises
    ------
    TypeError
        Something else than a settlement.

    Examples
    --------
    >>> from bekostiging.settlement import example_year
    >>> round(tariffs_of_year(example_year())["aanbieder-1", "guidance"], 4)  # 78 x 1.03315
    80.5857
    """
    book = Book(settled.case, settled.figures, estimates=True)
    cells, year = book.cells, settled.year - settled.case.first_year
    found = {}
    for c, row in enumerate(settled.case.contracts):
        level = float(book.levels[row.lot].price[0, year])
        for cell in book.contracts[c].cells:
            form = cells.care_form_ids[cells.care_form[cell]]
            if row.provider != OTHERS:
                found[row.provider, form] = float(cells.tariff[cell]) * level
    return found


@kinds_checked
def numbered_check(checked: ClaimCheck, numbers: Mapping[str, str]) -> ClaimCheck:
    """A check of claims with providers by their number, as in a case whose providers are not named.

    Parameters
    ----------
    checked : ClaimCheck
        From ``check_claims``.
    numbers : dict of str to str
        Number by provider; others keep their name.

    Returns
    -------
    ClaimCheck

    Raises
    ------
    TypeError
        Something else than a check.

    Examples
    --------
    >>> from bekostiging.store import ClaimCheck, MessageTotals
    >>> one = MessageTotals("65656055", "jeugd", None, 0, 0, starts=1, stops=0, clients=1)
    >>> numbered_check(ClaimCheck(2028, (), (one,), {}, ()), {"65656055": "aanbieder-1"}).totals[0].provider
    'aanbieder-1'
    """
    periods = dict(checked.periods)
    if "provider" in periods:
        periods["provider"] = np.array(
            [numbers.get(one, one) for one in periods["provider"].tolist()], dtype=object
        )
    return replace(
        checked,
        found=tuple(replace(row, provider=numbers.get(row.provider, row.provider)) for row in checked.found),
        totals=tuple(replace(row, provider=numbers.get(row.provider, row.provider)) for row in checked.totals),
        periods=periods,
        others=numbers.get(checked.others, checked.others),
    )
