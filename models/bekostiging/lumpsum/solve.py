"""Designing the lump sum by tail cuts, in the stages of the model card."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bekostiging.case import UserError
from bekostiging.case.arguments import kinds_checked
from bekostiging.lumpsum.conflict import EXACT, ROUNDINGS, Conflict, Relaxation, relaxations
from bekostiging.lumpsum.data import EURO, NAMED, BreachCap, LumpSumData, Terms, lot_size, revenue_of_lot
from bekostiging.lumpsum.tail import LumpSumArrays
from bekostiging.units import MILLION
from bekostiging_solvers import InfeasibleError, SolverError, TailProgram, TailSolution
from bekostiging_solvers.typing import FloatArray, IntArray


@dataclass(frozen=True)
class Breach:
    """A cap of a lot that the design passes.

    Attributes
    ----------
    lot : str
        Id of the lot.
    term : str
        ``loading_cap`` or ``transition_cap``.
    euro : float
        By how much: the loading cap over the term, discounted; the transition cap in the first year.
    fraction : float
        The same as a part of the reference amounts, or of the revenue brought forward.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from bekostiging.lumpsum import design_lumpsum, example_data
    >>> data = example_data()
    >>> lot = replace(data.lots[0], loading_cap=0.0, share_max=0.2)
    >>> strict = replace(data, lots=(lot,), free_buffer=0.5 * data.free_buffer)
    >>> [(one.term, round(one.euro), round(one.fraction, 4)) for one in design_lumpsum(strict).breaches]
    [('loading_cap', 9080000, 0.0908)]
    """

    lot: str
    term: Literal["loading_cap", "transition_cap"]
    euro: float
    fraction: float


@dataclass(frozen=True)
class LumpSumDesign:
    """The decision.

    Without a design ``conflicts`` is not empty, budgets are the reference amounts or as agreed, shares those given (else 0),
    and criterion, bound and gap are None.

    Attributes
    ----------
    loading : (n_lots,)
        Fraction of the reference amount.
    budget : (n_contracts, n_years)
        Euro.
    share : tuple of (n_layers,)
        Per lot, part of each layer for the municipality.
    form : (n_lots,)
        Place in ``LumpSumData.forms``; 0 is the lump sum.
    capital : (n_providers,)
        Buffer that is used, euro.
    criterion, bound, gap : float or None
        What the last stage minimises (a rule, no amount), the bound below every design, and the relative gap between them.
    breaches : tuple of Breach
        Where a cap on loading or transition is passed.
    below_requirement : tuple of str
        Providers with less equity than their lots require.
    conflicts : tuple of Conflict
        Limits that no lump sum satisfies together.
    relaxations : tuple of Relaxation
        What could yield where no design exists.

    Examples
    --------
    >>> from bekostiging.lumpsum import design_lumpsum, example_data
    >>> design = design_lumpsum(example_data())
    >>> design.feasible, design.within, round(float(design.capital[0]))
    (True, True, 10000000)
    """

    loading: FloatArray
    budget: FloatArray
    share: tuple[FloatArray, ...]
    form: IntArray
    capital: FloatArray
    criterion: float | None
    bound: float | None
    gap: float | None
    violation: float
    """Largest violation of a row, as the solver left it; million euro."""
    passes: int
    """Rounds of tail cuts."""
    breaches: tuple[Breach, ...]
    below_requirement: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    relaxations: tuple[Relaxation, ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether a lump sum satisfies every limit that never yields."""
        return not self.conflicts

    @property
    def within(self) -> bool:
        """Whether the caps on loading and transition hold as well."""
        return self.feasible and not self.breaches

    @property
    def terms(self) -> Terms:
        """Its loadings, shares and forms."""
        return Terms(self.loading, self.share, self.form)

    @property
    def cap(self) -> BreachCap:
        """What gave way may do so as far as it did, nothing else."""
        largest = max((one.fraction for one in self.breaches), default=0.0)
        return BreachCap(sum(one.euro for one in self.breaches), largest)


@kinds_checked
def design_lumpsum(data: LumpSumData) -> LumpSumDesign:
    """Design the lump sum on the scenarios of ``data``: loadings, corridor shares and the buffers that are used.

    The model is that of ``bekostiging.lumpsum.model``, solved by tail cuts in its stages.

    Parameters
    ----------
    data : LumpSumData
        The decision; see ``example_data``, or ``lumpsum_data`` for that of a case.

    Returns
    -------
    LumpSumDesign
        Limits that cannot be kept are a result, not an error: see its ``breaches`` and ``conflicts``.

    Raises
    ------
    UserError
        No begroting, however wide, allows a lump sum: a reference amount is out of proportion.

    Examples
    --------
    >>> from bekostiging.lumpsum import design_lumpsum, example_data
    >>> design = design_lumpsum(example_data())
    >>> design.feasible, round(float(design.loading[0]), 4), round(float(design.share[0][0]), 2)
    (True, 0.0044, 0.41)
    """
    design = feasible_design(data)
    return without_design(data) if design is None else design


@kinds_checked
def feasible_design(data: LumpSumData) -> LumpSumDesign | None:
    """The design in all stages of the model; None where no lump sum satisfies the limits that never yield.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from bekostiging.lumpsum import example_data, feasible_design
    >>> data = example_data()
    >>> feasible_design(replace(data, begroting=0.8 * data.begroting)) is None
    True
    """
    within = design_within(data)
    if within is not None:
        return within
    cap = _least_breach(data)
    return None if cap is None else design_within(replace(data, breach=cap))


@kinds_checked
def design_within(data: LumpSumData, most: float = np.inf) -> LumpSumDesign | None:
    """The last stage of the model alone.

    Parameters
    ----------
    data : LumpSumData
        The caps on loading and transition are passed by ``data.breach`` at most: not at all in the ordinary case.
    most : float
        Euro that the criterion may be at most.

    Returns
    -------
    LumpSumDesign or None
        None where there is no such design.

    Examples
    --------
    >>> from bekostiging.lumpsum import design_within, example_data
    >>> round(design_within(example_data()).criterion)
    104200000
    >>> design_within(example_data(), most=104e6) is None
    True
    """
    arrays = LumpSumArrays(data)
    solution = solved(arrays, most / MILLION - arrays.constant)
    if solution is None:
        return None
    columns, x = arrays.columns, solution.x
    loading = x[columns.loading]
    criterion, bound = solution.objective + arrays.constant, solution.bound + arrays.constant
    return LumpSumDesign(
        loading=loading,
        budget=data.reference * (1 + loading[data.lot])[:, None],
        share=tuple(_tidy(arrays, x[own], j) for j, own in enumerate(columns.share)),
        form=x[columns.form].argmax(axis=1),
        capital=x[columns.capital] * MILLION,
        criterion=criterion * MILLION,
        bound=bound * MILLION,
        gap=None if solution.gap is None else max(0.0, (criterion - bound) / abs(criterion)),
        violation=solution.violation,
        passes=solution.passes,
        breaches=_breaches(arrays, x),
        below_requirement=tuple(data.providers[p] for p in np.flatnonzero(data.below_requirement)),
        conflicts=(),
    )


def solved(arrays: LumpSumArrays, most: float = np.inf) -> TailSolution | None:
    """The solution of a stage; None where its limits have no common point, or none with an objective of at most ``most``."""
    program = TailProgram(arrays.program, arrays.terms, arrays.limits, arrays.restore)
    try:
        return program.solve(arrays.start(), EXACT, most, name_conflict=False)
    except InfeasibleError:
        return None


def _tidy(arrays: LumpSumArrays, share: FloatArray, lot: int) -> FloatArray:
    """Shares within their bounds, those of a list exactly as listed."""
    listed = np.array(arrays.data.simple.shares)
    found = np.clip(share, 0.0, 1.0)
    if len(listed):
        nearest = listed[np.abs(found[:, None] - listed).argmin(axis=1)]
        decided = np.isnan(arrays.data.lots[lot].corridor.share)
        found = np.where(decided & (np.abs(nearest - found) < EXACT * 100), nearest, found)
    return np.asarray(found)


def _least_breach(data: LumpSumData) -> BreachCap | None:
    """The first two stages: the least total breach, then the least largest excess; None where no design exists."""
    arrays = LumpSumArrays(data, "least_breach")
    least = solved(arrays)
    if least is None:
        return None
    for rounding in ROUNDINGS:
        most = least.objective + rounding / MILLION
        arrays = LumpSumArrays(data, "largest_excess", most=most)
        largest = solved(arrays)
        if largest is not None:
            # the cap is kept up to a euro, so what rounding leaves of nothing is nothing
            return BreachCap(max(MILLION * most, EURO * EXACT), max(float(largest.x[arrays.columns.largest]), 0.0))
    raise SolverError("the least breach cannot be found again; scale the data")


def _breaches(arrays: LumpSumArrays, x: FloatArray) -> tuple[Breach, ...]:
    """Where a cap is passed by a euro or more; the loading cap by what the loading itself exceeds."""
    data, columns = arrays.data, arrays.columns
    breaches = []
    for j, lot in enumerate(data.lots):
        loading, chosen = float(x[columns.loading[j]]), bool(x[columns.form[j, 0]] > 0.5)
        excess = max(0.0, loading - lot.loading_cap)
        breaches.append(Breach(lot.name, "loading_cap", MILLION * lot_size(data, j) * excess, excess))
        excess = _transition_excess(data, j, loading, chosen=chosen)
        fraction = excess / revenue_of_lot(data, j) if excess else 0.0
        breaches.append(Breach(lot.name, "transition_cap", MILLION * excess, fraction))
    found = tuple(one for one in breaches if one.euro > EURO + MILLION * EXACT)
    return tuple(one for one in found if one.euro > NAMED) or found


def _transition_excess(data: LumpSumData, lot: int, loading: float, *, chosen: bool) -> float:
    """By how much the budgets of the first year pass the transition cap, million euro; zero under another form."""
    own = np.flatnonzero((data.lot == lot) & (data.revenue > 0))
    if len(own) == 0 or not chosen:
        return 0.0
    first = float(data.reference[own, 0].sum()) / MILLION * (1 + loading)
    last = revenue_of_lot(data, lot)
    return max(0.0, abs(first - last) - data.lots[lot].transition_cap * last)


@kinds_checked
def without_design(data: LumpSumData) -> LumpSumDesign:
    """What stands in the way where no design exists: who must yield how many euros, and who holds against it.

    Parameters
    ----------
    data : LumpSumData
        A decision for which ``feasible_design`` is None.

    Returns
    -------
    LumpSumDesign
        Its ``conflicts`` are those of the first kind of limit that alone can yield, else of all together; ``relaxations``
        has every kind. Budgets are the reference amounts.

    Raises
    ------
    UserError
        No begroting, however wide, allows a lump sum: a reference amount is out of proportion.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from bekostiging.lumpsum import example_data, without_design
    >>> data = example_data()
    >>> tight = without_design(replace(data, begroting=0.8 * data.begroting))
    >>> [(str(one.limit), round(one.euro)) for one in tight.conflicts]
    [('begroting[0034,2027]', 4312889), ('return_on_capital[Anker]', 0)]
    """
    ways = relaxations(data)
    # the first single kind that can, else all together
    relaxation = next((way for way in ways if way.euro is not None), ways[-1])
    if relaxation.euro is None:
        raise _no_begroting_helps(data)
    n_lots = len(data.lots)
    given = np.full(n_lots, np.nan) if data.held.least is None else data.held.least
    loading = np.where([lot.agreed for lot in data.lots], np.nan_to_num(given), 0.0)
    form = np.zeros(n_lots, dtype=np.int64) if data.held.form is None else np.maximum(data.held.form, 0)
    return LumpSumDesign(
        loading=loading,
        budget=data.reference * (1 + loading[data.lot])[:, None],
        share=tuple(np.nan_to_num(lot.corridor.share, nan=0.0) for lot in data.lots),
        form=form,
        capital=np.zeros(len(data.providers)),
        criterion=None,
        bound=None,
        gap=None,
        violation=0.0,
        passes=0,
        breaches=(),
        below_requirement=tuple(data.providers[p] for p in np.flatnonzero(data.below_requirement)),
        conflicts=(*relaxation.limits, *(Conflict(name, 0.0) for name in relaxation.against)),
        relaxations=ways,
    )


def _no_begroting_helps(data: LumpSumData) -> UserError:
    """The mistake behind a lump sum that no begroting makes possible: a reference amount out of proportion."""
    ratio = data.fair_price[:, 0] / np.maximum(data.reference[:, 0], EURO)
    provider, lot = data.contracts[int(np.argmax(ratio))]
    return UserError(
        f"Ook met een ruimere begroting bestaat er geen taakgericht budget: het referentiebedrag van {provider} in "
        f"{lot} past niet bij het verwachte volume; verbeter contracts.reference_amount of laat het leeg.",
        f"Even with a wider begroting there is no lump sum: the reference amount of {provider} in {lot} is out of "
        "proportion to its expected volume; mend contracts.reference_amount or leave it empty.",
    )


@kinds_checked
def decided_payment(data: LumpSumData, design: LumpSumDesign) -> FloatArray:
    """What every contract is paid under a design, nominal euro; (n_scenarios, n_contracts, n_years).

    Examples
    --------
    >>> from bekostiging.lumpsum import decided_payment, design_lumpsum, example_data
    >>> data = example_data()
    >>> paid = decided_payment(data, design_lumpsum(data))
    >>> paid.shape, round(float(paid[0, 0, 0])), round(float(paid[-1, 0, 0]))
    ((20, 1, 1), 100442105, 107600000)
    """
    arrays = LumpSumArrays(data)
    x = arrays.point(design.loading, design.share, design.form)
    own = [arrays.payments.paid(c, x[arrays.columns.lots[j]]) for c, j in enumerate(data.lot)]
    return np.stack(own, axis=1) * MILLION


@kinds_checked
def decided_spending(data: LumpSumData, design: LumpSumDesign) -> FloatArray:
    """What every reported municipality spends under a design, nominal euro; (n_scenarios, n_years, n_municipalities).

    Examples
    --------
    >>> from bekostiging.lumpsum import decided_spending, design_lumpsum, example_data
    >>> data = example_data()
    >>> round(float(decided_spending(data, design_lumpsum(data)).mean()))
    100800000
    """
    arrays = LumpSumArrays(data)
    x = arrays.point(design.loading, design.share, design.form)
    own = [arrays.spending.paid(x, m) for m in range(len(data.municipalities))]
    return np.stack(own, axis=2) * MILLION
