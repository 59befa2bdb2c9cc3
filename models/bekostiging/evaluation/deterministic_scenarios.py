"""Named shocks and what turns the ranking: every payment form on expected care use under given risk factors.

Closed form: no chance, everybody served. It shows direction and size of one cause at a time; the simulation
shows what they do together, by chance, and who waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import LANGUAGES, ArgumentError
from bekostiging.case.folded import offered
from bekostiging.case.numbers import written
from bekostiging.case.rows import name_in, weakest
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import Contract, municipal_shares
from bekostiging.evaluation.evidence import Sentence
from bekostiging.evaluation.results import DeterministicScenario
from bekostiging.evaluation.settlement import levels_by_lot, settle_contracts
from bekostiging.scenarios import CareUse, Cells, expected_care_use, multiply, named_shocks, neutral_factors
from bekostiging_solvers.typing import FloatArray

Contracts = Mapping[PaymentForm, Sequence[Contract]]
STEP = 0.05
"""Size of a sensitivity: use, duration and intensity, all contract years."""
STEP_PRICES = 0.02
"""Size of the sensitivity of wages and prices: a surprise in the first year only, which the index makes good."""
SAME = 1e-4
"""Forms whose spending differs by less than this fraction are equally cheap: price parity, not a ranking."""
SENSITIVITIES: dict[str, tuple[tuple[str, ...], float, Sentence, Sentence]] = {
    "inflow": (
        ("inflow",),
        STEP,
        {"nl": "meer cliënten", "en": "more clients"},
        {"nl": "minder cliënten", "en": "fewer clients"},
    ),
    "duration": (
        ("duration",),
        STEP,
        {"nl": "langere trajecten", "en": "longer trajectories"},
        {"nl": "kortere trajecten", "en": "shorter trajectories"},
    ),
    "intensity": (
        ("intensity",),
        STEP,
        {"nl": "meer uren per cliënt", "en": "more hours per client"},
        {"nl": "minder uren per cliënt", "en": "fewer hours per client"},
    ),
    "wages": (
        ("wages", "prices"),
        STEP_PRICES,
        {"nl": "hogere lonen en prijzen in jaar één", "en": "higher wages and prices in year one"},
        {"nl": "lagere lonen en prijzen in jaar één", "en": "lower wages and prices in year one"},
    ),
}
"""Quantities, size, and the words for up and down."""


CELL_YEARS_AT_ONCE, FEWEST_AT_ONCE = 400_000, 8
"""Scenarios times years times cells in memory at once, some 150 MB of expected care use; and scenarios, so that going
through the contracts stays cheap beside them."""


def in_parts(deterministic_scenarios: FloatArray, cells: Cells, n_years: int) -> Iterator[FloatArray]:
    """Scenarios (first axis) in parts whose expected care use fits in memory, whatever the size of the region."""
    at_once = max(FEWEST_AT_ONCE, CELL_YEARS_AT_ONCE // (n_years * cells.n_cells))
    for first in range(0, len(deterministic_scenarios), at_once):
        yield deterministic_scenarios[first : first + at_once]


@dataclass(frozen=True)
class Yearly:
    """Euro of all contracts under one form, (n_courses, n_years): ``spending`` of the reported municipalities."""

    spending: FloatArray
    payment: FloatArray
    cost: FloatArray


def yearly(case: Case, cells: Cells, contracts: Contracts, care_use: CareUse) -> dict[PaymentForm, Yearly]:
    """Every form settled on one care use."""
    levels = levels_by_lot(case, care_use)
    lots = {lot.id: j for j, lot in enumerate(case.lots)}
    reported = np.array([row.reported for row in case.municipalities], dtype=np.float64)
    keys = [municipal_shares(case, cells, care_use, j) @ reported for j in range(len(case.lots))]
    found: dict[PaymentForm, Yearly] = {}
    for form, own in contracts.items():
        settled = settle_contracts(case, own, care_use, levels)
        found[form] = Yearly(
            spending=np.sum(
                [one.payment * keys[lots[c.lot]] for one, c in zip(settled, own, strict=True)], axis=0
            ),
            payment=np.sum([one.payment for one in settled], axis=0),
            cost=np.sum([one.cost for one in settled], axis=0),
        )
    return found


def euros(
    case: Case, cells: Cells, contracts: Contracts, discount: FloatArray, care_use: CareUse
) -> tuple[dict[PaymentForm, FloatArray], dict[PaymentForm, FloatArray]]:
    """Spending of the reported municipalities and result of all providers, per deterministic scenario; (n_scenarios,)."""
    found = yearly(case, cells, contracts, care_use)
    spending = {form: own.spending @ discount for form, own in found.items()}
    results = {form: (own.payment - own.cost) @ discount for form, own in found.items()}
    return spending, results


@kinds_checked
def deterministic_scenario(
    case: Case, cells: Cells, contracts: Contracts, discount: FloatArray, shocks: Sequence[str] = ()
) -> DeterministicScenario:
    """Spending and results under every payment form without chance: as expected, or under shocks of the case together.

    Parameters
    ----------
    case, cells : Case, Cells
        The case and its cells (``build_cells``).
    contracts : mapping of str to sequence of Contract
        By payment form, such as ``contracts_in_force(outcome)``.
    discount : array (n_years,)
        Value today of a euro in each contract year, such as ``case.discount(n_years)``.
    shocks : sequence of str, optional
        Names of table shocks; none for what is expected.

    Returns
    -------
    DeterministicScenario
        Euro over the term.

    Raises
    ------
    UserError
        A shock that the case does not name.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> from bekostiging.contracts import build_contracts, reference
    >>> from bekostiging.scenarios import build_cells
    >>> case = read_case("almere")
    >>> cells = build_cells(case)
    >>> terms = reference(case, cells, 1)
    >>> contracts = {form: build_contracts(case, cells, terms, form) for form in ("inspanningsgericht", "taakgericht")}
    >>> expected = deterministic_scenario(case, cells, contracts, case.discount(1))
    >>> expected.name["en"], sorted(expected.spending)
    ('as expected', ['inspanningsgericht', 'taakgericht'])
    """
    n_years = len(discount)
    check_shocks(case, shocks)
    care_use = expected_care_use(case, cells, n_years, named_shocks(case, n_years, shocks))
    rows = [row for row in case.shocks if row.id in shocks]
    said = {lang: "; ".join(dict.fromkeys(name_in(row, lang) for row in rows)) for lang in LANGUAGES}
    name = said if rows else {"nl": "zoals verwacht", "en": "as expected"}
    source = "; ".join(dict.fromkeys(row.source for row in rows))
    status = weakest(row.status for row in rows) if rows else "estimated"
    key = "+".join(dict.fromkeys(shocks)) or "plain"
    return _deterministic_scenario(euros(case, cells, contracts, discount, care_use), key, name, source, status)


@kinds_checked
def check_shocks(case: Case, shocks: Sequence[str]) -> None:
    """Check that a case names every shock.

    Parameters
    ----------
    case : Case
        With table shocks.
    shocks : sequence of str
        Names to look up.

    Raises
    ------
    UserError
        One that is not in table shocks; the nearest is offered.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> check_shocks(read_case("almere"), ["growth"])
    """
    known = list(dict.fromkeys(row.id for row in case.shocks))
    for name in shocks:
        if name not in known:
            nl, en = offered(name, known) if known else ("vul hem in", "add it")
            raise ArgumentError(
                "shocks", f"shocks {name}: niet in tabel shocks; {nl}", f"shocks {name}: not in table shocks; {en}"
            )


def sensitivities(
    case: Case, cells: Cells, contracts: Contracts, discount: FloatArray
) -> tuple[DeterministicScenario, ...]:
    """One quantity at a time up and down; what is a step is a choice of this package, so illustrative."""
    found = []
    for key, (quantities, step, up, down) in SENSITIVITIES.items():
        for way, sign, text in (("up", 1, up), ("down", -1, down)):
            factors = neutral_factors(case, len(discount))
            years = slice(0, 1) if key == "wages" else slice(None)
            for quantity in quantities:
                multiply(factors, quantity, years, np.array([1 + sign * step]))
            name = {lang: f"{written(100 * step, lang, 6)} % {words}" for lang, words in text.items()}
            care_use = expected_care_use(case, cells, len(discount), factors)
            found.append(
                _deterministic_scenario(
                    euros(case, cells, contracts, discount, care_use),
                    f"{key}_{way}",
                    name,
                    "",
                    "illustrative",
                )
            )
    return tuple(found)


def _deterministic_scenario(
    both: tuple[dict[PaymentForm, FloatArray], dict[PaymentForm, FloatArray]],
    key: str,
    name: Sentence,
    source: str,
    status: str,
) -> DeterministicScenario:
    spending, results = both
    return DeterministicScenario(
        key,
        name,
        source,
        status,
        {form: float(value[0]) for form, value in spending.items()},
        {form: float(value[0]) for form, value in results.items()},
    )


@kinds_checked
def cheapest(spending: Mapping[PaymentForm, float]) -> tuple[PaymentForm, ...]:
    """Payment forms that are cheapest; more than one where they differ by less than 0.01 %.

    Parameters
    ----------
    spending : mapping of str to float
        Euro by payment form, such as ``DeterministicScenario.spending``.

    Examples
    --------
    >>> cheapest({"inspanningsgericht": 100.0, "outputgericht": 100.001, "taakgericht": 103.0})
    ('inspanningsgericht', 'outputgericht')
    """
    least = min(spending.values())
    return tuple(form for form, value in spending.items() if value <= least * (1 + SAME))
