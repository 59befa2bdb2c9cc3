"""A sample proportional to money (monetary unit sampling): every euro has the same chance to be looked at.

From a start between one cent and the interval, drawn with the seed, every interval-th cent of the amounts in their fixed
order is hit; the amount that holds it is looked at. What is as large as the interval is always hit. With the interval as
tolerable amount / -ln(1 - confidence), a sample without a mistake leaves no more than the tolerable amount, at that
confidence (the Poisson bound of zero mistakes).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import UserError
from bekostiging.case.kinds import Seed
from bekostiging.messages import Key
from bekostiging.settlement.match import Match, tariffs_of_year
from bekostiging.settlement.statement import YearSettlement
from bekostiging.store import ClaimCheck
from bekostiging.units import CENTS
from bekostiging_solvers.typing import IntArray

CONFIDENCE = 0.95
_SIGNED = 1 << 64


@dataclass(frozen=True)
class SampleItem:
    """One amount to look at.

    Parameters
    ----------
    number : int
        Place in the sample, from 1.
    provider, lot, care_form, place : str
        Where it is; ``place``: municipality or area.
    begins : str
        First day of the claimed period; empty for a row of a statement.
    person, authorisation : str
        Pseudonyms, which only the key holder can turn back; empty for a row of a statement.
    cents : int
        The amount.
    hits : int
        How many of the sampled cents it holds.
    euro : float
        Which euro of the amount was hit first, counted from its beginning: of a row of a statement the provider looks it up
        in its own list.

    Examples
    --------
    >>> SampleItem(1, "a", "b", "c", "9991", "2028-01-01", "p", "q", 5000, 1, 12.34).euro
    12.34
    """

    number: int
    provider: str
    lot: str
    care_form: str
    place: str
    begins: str
    person: str
    authorisation: str
    cents: int
    hits: int
    euro: float


@dataclass(frozen=True)
class Sample:
    """A sample and how it was drawn.

    Parameters
    ----------
    seed : int
        Of the start.
    interval, start, population : int
        Cents.
    confidence : float
        Of what a sample without a mistake says.
    of_claims : bool
        Whether it is drawn from claimed periods; else from rows of statements.
    items : tuple of SampleItem
        In the order of the amounts.

    Examples
    --------
    >>> from bekostiging.settlement import example_year, match_year
    >>> sample = sample_year(example_year(), match_year(example_year()), seed=1)
    >>> sample.population / 100, sample.of_claims, sum(one.hits for one in sample.items)
    (5743074.22, False, 150)
    """

    seed: int
    interval: int
    start: int
    population: int
    confidence: float
    of_claims: bool
    items: tuple[SampleItem, ...]

    @property
    def tolerable(self) -> float:
        """Cents of which a sample without a mistake says that no more is wrong."""
        return self.interval * -math.log(1 - self.confidence)


@kinds_checked
def sample_year(
    settled: YearSettlement,
    match: Match,
    seed: Seed = 1,
    interval: float | None = None,
    checked: ClaimCheck | None = None,
) -> Sample:
    """Draw a sample proportional to money from the claims of a year, or from the rows of its statements without claims.

    Parameters
    ----------
    settled : YearSettlement
        From ``settle_year``.
    match : Match
        Whose auditor's tolerance sets the interval.
    seed : int
        Of the start, 1 unless given.
    interval : float, optional
        Euro; the tolerable amount over -ln(1 - confidence) unless given.
    checked : ClaimCheck, optional
        Claimed periods of a region store.

    Returns
    -------
    Sample

    Raises
    ------
    UserError
        An interval of less than a cent; nothing to sample from.

    Examples
    --------
    >>> from bekostiging.settlement import example_year, match_year
    >>> settled = example_year()
    >>> drawn = [sample_year(settled, match_year(settled), seed=7) for _ in range(2)]
    >>> drawn[0] == drawn[1]
    True
    """
    known = {(row.provider, row.lot) for row in settled.case.contracts}
    of_claims = checked is not None and len(checked.periods.get("cents", ())) > 0
    rows = _claims(checked, known) if of_claims and checked is not None else _statements(settled)
    cents = np.array([row["cents"] for row in rows], dtype=np.int64)
    population = int(cents.sum())
    if population <= 0:
        raise UserError(
            "er is niets om een steekproef uit te trekken: geen declaraties en geen verantwoording met bedragen.",
            "there is nothing to draw a sample from: no claims, and no statement with amounts.",
        )
    own = match.auditor
    limit = min(part for part in (own.together, own.error, own.uncertainty) if part is not None)
    width = round(interval * CENTS) if interval is not None else math.floor(
        limit * population / -math.log(1 - CONFIDENCE)
    )  # fmt: skip
    if width < 1 and interval is not None:
        raise UserError(
            f"een interval van {interval} euro kan niet; kies ten minste een cent.",
            f"an interval of {interval} euro cannot be; choose a cent at least.",
            exit_code=2,
        )
    width = max(width, 1)
    start = int(np.random.default_rng(seed).integers(1, width + 1))
    first, hits = hits_of(cents, width, start)
    items = [
        SampleItem(number, **rows[k], hits=int(hits[k]), euro=float(first[k]) / CENTS)
        for number, k in enumerate(np.flatnonzero(hits), start=1)
    ]
    return Sample(seed, width, start, population, CONFIDENCE, of_claims, tuple(items))


def hits_of(cents: IntArray, interval: int, start: int) -> tuple[IntArray, IntArray]:
    """Which cent of each amount is hit first (0 where none is), and how many; (n_amounts,) each.

    >>> [array.tolist() for array in hits_of(np.array([100, 250, 50]), interval=100, start=30)]
    [[30, 30, 0], [1, 3, 0]]
    """
    after = np.cumsum(cents)
    before = after - cents

    def up_to(total: IntArray) -> IntArray:
        """Sampled cents at or below a running total."""
        return np.asarray(np.maximum((total - start) // interval + 1, 0))

    hits = up_to(after) - up_to(before)
    first = np.where(hits > 0, start + up_to(before) * interval - before, 0)
    return np.asarray(first), np.asarray(hits)


def pseudonym_text(number: int) -> str:
    """A pseudonym as a sample writes it.

    >>> pseudonym_text(-1)
    'p-ffffffffffffffff'
    """
    return f"p-{number % _SIGNED:016x}"


def _claims(checked: ClaimCheck, known: set[tuple[str, str]]) -> list[dict[str, Any]]:
    """Claimed periods of the contracts of the case, in their fixed order."""
    own = checked.periods
    names = ("provider", "lot", "care_form", "municipality", "begins", "person", "authorisation", "cents")
    found = []
    for provider, lot, form, place, begins, person, authorisation, cents in zip(
        *(own[name].tolist() for name in names), strict=True
    ):
        if (where := checked.contract(provider, lot, known)) is not None:
            found.append(
                {
                    "provider": where[0], "lot": lot, "care_form": form, "place": place, "begins": begins,
                    "person": pseudonym_text(person),
                    "authorisation": "" if authorisation is None else pseudonym_text(authorisation),
                    "cents": int(cents),
                }
            )  # fmt: skip
    return found


def _statements(settled: YearSettlement) -> list[dict[str, Any]]:
    """Rows of statements at the tariff of the year, in their order."""
    tariffs = tariffs_of_year(settled)
    scope = {(one.provider, one.lot) for one in settled.contracts}
    return [
        {
            "provider": row.provider, "lot": row.lot, "care_form": row.care_form, "place": row.area, "begins": "",
            "person": "", "authorisation": "",
            "cents": round(row.units * tariffs.get((row.provider, row.care_form), 0.0) * CENTS),
        }
        for row in settled.figures.statements
        if row.year == settled.year and (row.provider, row.lot) in scope
    ]  # fmt: skip


@kinds_checked
def sampled_persons(sample: Sample, key: Key, numbers: Sequence[str]) -> Mapping[int, int]:
    """Who the items of a sample are about: for the key holder, who has the numbers; nothing is kept or shown.

    Parameters
    ----------
    sample : Sample
        From ``sample_year``, of claims.
    key : Key
        Of the key holder.
    numbers : sequence of str
        Of the key holder's own list.

    Returns
    -------
    dict of int to int
        By number of the item, the place in ``numbers`` from 0; items of somebody else are left out.

    Raises
    ------
    TypeError
        Something else than a sample and a key.

    Examples
    --------
    >>> from bekostiging.messages import Key
    >>> from bekostiging.settlement import SampleItem
    >>> key = Key(bytes(32))
    >>> person = pseudonym_text(key.pseudonym("person", "000000012"))
    >>> item = SampleItem(1, "a", "b", "c", "9991", "2028-01-01", person, "", 5000, 1, 12.34)
    >>> sampled_persons(Sample(1, 100, 1, 5000, 0.95, True, (item,)), key, ["000000024", "12"])
    {1: 1}
    """
    places = {
        pseudonym_text(key.pseudonym("person", number.strip().zfill(9))): k for k, number in enumerate(numbers)
    }
    return {item.number: places[item.person] for item in sample.items if item.person in places}
