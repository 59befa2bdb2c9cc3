"""How many clients: from the cells of a block to counts per municipality and care form, and to estimates; and what history
counted, to lay beside them.

Everybody is served: these are the clients who need care, whatever the payment form. A quantile of a total is that of the
total in every scenario; quantiles do not add up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from bekostiging.case import Case
from bekostiging.case.persons import persons
from bekostiging.case.tables import LAWS
from bekostiging.evaluation import figures
from bekostiging.evaluation.figures import FigureRegistry
from bekostiging.evaluation.results import TOTAL, Counts
from bekostiging.evaluation.samples import CountSamples
from bekostiging.scenarios import CareUse, Cells, summed_by
from bekostiging_solvers import Scramblings
from bekostiging_solvers.typing import FloatArray

Definition = Literal["persons_in_year", "trajectories", "stock_at_date"]
DEFINITIONS: tuple[Definition, ...] = get_args(Definition)
"""What ``history`` may have counted of clients; the first where several are known of as many years."""
FEWEST_SHOWN = 10
"""A count of real persons below this is neither drawn nor printed."""


def client_counts(case: Case, cells: Cells, care_use: CareUse) -> CountSamples:
    """The counts of a block, everybody served: cells of the providers are added up at once.

    Parameters
    ----------
    case, cells : Case, Cells
        The case and its cells (``build_cells``).
    care_use : CareUse
        Where nobody waits.

    Returns
    -------
    CountSamples
        Of the reported municipalities.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> region = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(region)
    >>> counts = client_counts(region, cells, expected_care_use(region, cells, 2))
    >>> counts.trajectories.shape, counts.persons.shape
    ((1, 2, 2, 4), (1, 2, 2, 2))
    >>> counts.persons[0, :, 0, LAWS.index("jeugdwet")].round().tolist()
    [1576.0, 1589.0]
    """
    shape = (care_use.n_scenarios, care_use.n_years, len(case.municipalities), len(case.care_forms))
    place = cells.municipality * len(case.care_forms) + cells.care_form

    def by_place(counted: FloatArray) -> FloatArray:
        """Sums over areas and providers, of the reported municipalities."""
        sums = summed_by(counted, place, shape[2] * shape[3]).reshape(shape)
        return np.asarray(sums[:, :, list(case.reported)])

    trajectories = by_place(care_use.clients)
    second = by_place(care_use.second_trajectories) if case.combinations else None
    return CountSamples(trajectories, by_place(care_use.starts), _persons_by_law(case, trajectories, second))


def _persons_by_law(case: Case, trajectories: FloatArray, second: FloatArray | None) -> FloatArray:
    """Persons per law: trajectories over trajectories per person, at most those without ``second`` trajectories of the law.

    Both count who has two care forms once, so that the one is not taken off the other.
    """
    found = []
    for law in LAWS:
        own = _forms(case, law)
        there = trajectories[..., own].sum(axis=-1)
        counted = persons(case, law, there)
        if second is not None:
            again = second[..., [form for form in own if _within_law(case, form)]].sum(axis=-1)
            counted = np.minimum(counted, there - again)
        found.append(counted)
    return np.stack(found, axis=-1)


def _forms(case: Case, law: str) -> list[int]:
    """Places of the care forms of a law."""
    return [place for place, form in enumerate(case.care_forms) if form.law == law]


def _within_law(case: Case, place: int) -> bool:
    """Whether a care form is the second of two of one law only: otherwise its person may be one of the other law."""
    laws = {form.id: form.law for form in case.care_forms}
    second = case.care_forms[place]
    firsts = {laws[row.care_form] for row in case.combinations if row.second_care_form == second.id}
    return firsts <= {second.law}


@dataclass(frozen=True)
class Counted:
    """Clients of one place and year; ``persons`` and ``trajectories`` (n_scenarios,)."""

    scramblings: Scramblings
    persons: FloatArray
    trajectories: FloatArray


COUNT_FIGURES = FigureRegistry[Counted](
    {
        figures.PERSONS: lambda own: own.scramblings.mean(own.persons),
        figures.PERSONS_P10: lambda own: own.scramblings.quantile(own.persons, 0.10),
        figures.PERSONS_P50: lambda own: own.scramblings.quantile(own.persons, 0.50),
        figures.PERSONS_P90: lambda own: own.scramblings.quantile(own.persons, 0.90),
        figures.TRAJECTORIES: lambda own: own.scramblings.mean(own.trajectories),
        figures.TRAJECTORIES_P10: lambda own: own.scramblings.quantile(own.trajectories, 0.10),
        figures.TRAJECTORIES_P50: lambda own: own.scramblings.quantile(own.trajectories, 0.50),
        figures.TRAJECTORIES_P90: lambda own: own.scramblings.quantile(own.trajectories, 0.90),
    }
)
"""Persons and trajectories in care in a year."""


def count_estimates(case: Case, scramblings: Scramblings, samples: CountSamples) -> Counts:
    """Every figure per municipality, law, care form and year, and of every total; the total over laws has no care forms."""
    places = {code: [m] for m, code in enumerate(case.reported_codes)}
    places[TOTAL] = list(range(len(case.reported_codes)))
    found: Counts = {}
    for code, own in places.items():
        by_form, by_law = (counted[:, :, own].sum(axis=2) for counted in (samples.trajectories, samples.persons))
        found[code] = {}
        for law, form, trajectories, counted in _lines(case, by_form, by_law):
            found[code].setdefault(law, {})[form] = {
                str(case.first_year + t): COUNT_FIGURES.estimates(
                    Counted(scramblings, counted[:, t], trajectories[:, t])
                )
                for t in range(trajectories.shape[1])
            }
    return found


def _lines(
    case: Case, trajectories: FloatArray, by_law: FloatArray
) -> Iterator[tuple[str, str, FloatArray, FloatArray]]:
    """Law, care form, trajectories and persons (n_scenarios, n_years) of every line of some municipalities."""
    for place, law in enumerate(LAWS):
        own = _forms(case, law)
        for form in own:
            name = case.care_forms[form].id
            yield law, name, trajectories[..., form], persons(case, name, trajectories[..., form])
        if own:
            yield law, TOTAL, trajectories[..., own].sum(axis=-1), by_law[..., place]
    yield TOTAL, TOTAL, trajectories.sum(axis=-1), by_law.sum(axis=-1)


def samples_as(case: Case, samples: CountSamples, law: str, definition: Definition) -> FloatArray:
    """Clients of a law in the reported municipalities together, counted as ``history`` counts.

    Parameters
    ----------
    case : Case
        Whose clients they are.
    samples : CountSamples
        Who is in care, everybody served.
    law : str
        ``jeugdwet`` or ``wmo``.
    definition : str
        ``persons_in_year``, ``trajectories``, or ``stock_at_date``: in care on 1 January.

    Returns
    -------
    array (n_scenarios, n_years)
        Persons, or trajectories.

    Examples
    --------
    At expectation, in the first contract year:

    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.scenarios import build_cells, expected_care_use
    >>> region = synthetic_region(municipalities=2, providers=6)
    >>> cells = build_cells(region)
    >>> counts = client_counts(region, cells, expected_care_use(region, cells, 1))
    >>> [round(float(samples_as(region, counts, "jeugdwet", one)[0, 0])) for one in DEFINITIONS]
    [3639, 5095, 2243]
    """
    if definition == "persons_in_year":
        return np.asarray(samples.persons[..., LAWS.index(law)].sum(axis=-1))
    counted = samples.trajectories - (samples.starts if definition == "stock_at_date" else 0.0)
    return np.asarray(counted[..., _forms(case, law)].sum(axis=(2, 3)))


@dataclass(frozen=True)
class CountedBefore:
    """What ``history`` counted of a law in the reported municipalities together, by rising year.

    ``added``: whether counts of care forms or areas were added up, so that who is in two of them counts twice.
    """

    definition: Definition
    years: tuple[int, ...]
    counts: tuple[float, ...]
    added: bool


def counted_before(case: Case, law: str) -> CountedBefore | None:
    """Counts of a law in the years that ``history`` knows of every reported municipality, under the definition with most.

    A municipality's own count goes before the sum over its care forms, that before the sum over its areas; a year in which a
    part is missing, or with fewer than ten clients, has none.

    Parameters
    ----------
    case : Case
        With table ``history``.
    law : str
        ``jeugdwet`` or ``wmo``.

    Returns
    -------
    CountedBefore or None
        None where no year is known.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> known = counted_before(read_case("almere"), "jeugdwet")
    >>> known.definition, known.years[-1], known.counts[-1]
    ('persons_in_year', 2022, 6680.0)
    """
    best: CountedBefore | None = None
    for definition in DEFINITIONS:
        known = _Known(case, law, definition)
        found = {year: known.total(year) for year in known.years}
        shown = {year: one for year, one in found.items() if one is not None and one[0] >= FEWEST_SHOWN}
        if shown and (best is None or len(shown) > len(best.years)):
            counts, added = zip(*shown.values(), strict=True)
            best = CountedBefore(definition, tuple(shown), counts, any(added))
    return best


class _Known:
    """Rows of ``history`` under one definition, and the parts a municipality's count of a law is made of."""

    def __init__(self, case: Case, law: str, definition: Definition) -> None:
        self.case, self.law = case, law
        self.count = {
            (row.area, row.care_form, row.year): row.clients
            for row in case.history
            if row.definition == definition and row.clients is not None
        }
        self.years = sorted({year for _, _, year in self.count})
        laws = {form.id: form.law for form in case.care_forms}
        payer = {area.id: area.municipality for area in case.areas}
        self.parts: dict[str, set[tuple[str, str]]] = {code: set() for code in case.reported_codes}
        for row in case.demand:
            if laws[row.care_form] == law and payer[row.area] in self.parts:
                self.parts[payer[row.area]].add((row.area, row.care_form))

    def total(self, year: int) -> tuple[float, bool] | None:
        """Count of all reported municipalities with care of the law, and whether anything was added up for one."""
        found = [self._count_of(code, parts, year) for code, parts in self.parts.items() if parts]
        known = [one for one in found if one is not None]
        if not known or len(known) < len(found):
            return None
        return sum(count for count, _ in known), any(added for _, added in known)

    def _count_of(self, code: str, parts: set[tuple[str, str]], year: int) -> tuple[float, bool] | None:
        """Count of one municipality: its own, or of its care forms, its areas, or the care forms of its areas."""
        ways = (
            {(code, self.law)},
            {(code, form) for _, form in parts},
            {(area, self.law) for area, _ in parts},
            parts,
        )
        for way in ways:
            counts = [self.count.get((*place, year)) for place in way]
            known = [one for one in counts if one is not None]
            if len(known) == len(counts):
                return sum(known), len(counts) > 1
        return None
