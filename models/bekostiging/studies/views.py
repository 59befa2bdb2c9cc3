"""Expert views on the scenarios: "P(growth >= 8 %) = 0.8", taken up by entropy pooling.

The scenarios stay as they are, their probabilities change as little as the views allow; the effective number of scenarios
says how much of the simulation is left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bekostiging.case.arguments import checked_kind, checked_texts, kinds_checked
from bekostiging.case.errors import ArgumentError
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.shown import Shown, millions, percent
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import BASELINE
from bekostiging.evaluation.figures import CVAR95, EXPECTED, OVERRUN_PROBABILITY, Estimates
from bekostiging.evaluation.results import Comparison
from bekostiging_solvers import (
    Estimate,
    InfeasibleError,
    NumericalTroubleError,
    View,
    cvar,
    cvar_error,
    entropy_pooling,
)
from bekostiging_solvers.typing import BoolArray, FloatArray

if TYPE_CHECKING:
    import pandas as pd

TAIL = 0.95
ROUNDING = 1e-9
"""Of an effective number of scenarios."""
_PATTERN = re.compile(
    r"P\(\s*(?P<name>\w+)\s*(?P<side>>=|<=)\s*(?P<bound>-?\d+(?:\.\d+)?)\s*(?P<percent>%?)\s*\)\s*=\s*"
    r"(?P<low>\d+(?:\.\d+)?)(?:\s*\.\.\s*(?P<high>\d+(?:\.\d+)?))?"
)
VARIABLES = ("growth", "use", "cost")
"""``growth``: of requests, per year, from the base year to the last contract year; ``use`` and
``cost``: requests, and the providers' cost of care, over the term relative to what the scenarios expect, less one."""


@dataclass(frozen=True)
class Pooled(Shown):
    """Spending per payment form before and under views on the scenarios; over the term, euro.

    ``to_frame()``: a row per payment form and figure.

    Attributes
    ----------
    views : tuple of str
        As they were written.
    n_scenarios : int
        Scenarios that were reweighted.
    effective : float
        Number of equally likely scenarios that tell as much.
    relative_entropy : float
        Of the new probabilities to the old, in nats.
    under, before : dict of str to Estimates
        Per payment form expected spending, its CVaR at 95 % and the probability of an overrun.

    Examples
    --------
    >>> from bekostiging_solvers import Estimate
    >>> before, under = ({"taakgericht": {EXPECTED: Estimate(value, 1e5)}} for value in (30.0e6, 30.9e6))
    >>> print(Pooled(("P(growth >= 2 %) = 0.6",), 1024, 890.0, 0.07, under=under, before=before))
    P(growth >= 2 %) = 0.6: 890 of 1024 scenarios left; m euro over the term
    payment form   figure     before      under
     taakgericht expected 30.0 ± 0.1 30.9 ± 0.1
    """

    views: tuple[str, ...]
    n_scenarios: int
    effective: float
    relative_entropy: float
    under: dict[PaymentForm, Estimates]
    before: dict[PaymentForm, Estimates]

    def to_frame(self) -> pd.DataFrame:
        """Every figure before and under the views."""
        import pandas as pd

        rows = [
            {
                "form": form,
                "figure": figure.name,
                "before": self.before[form][figure].value,
                "before_standard_error": self.before[form][figure].standard_error,
                "under": estimate.value,
                "under_standard_error": estimate.standard_error,
            }
            for form, own in self.under.items()
            for figure, estimate in own.items()
        ]
        return pd.DataFrame(rows)

    def overview(self) -> pd.DataFrame:
        """Figures with their errors."""
        import pandas as pd

        rows = []
        for form, own in self.under.items():
            for figure, estimate in own.items():
                show = percent if figure.unit == "fraction" else millions
                values = {"before": show(self.before[form][figure]), "under": show(estimate)}
                rows.append({"payment form": form, "figure": figure.name, **values})
        return pd.DataFrame(rows)

    def heading(self) -> str:
        """The views and how much of the simulation is left."""
        return f"{'; '.join(self.views)}: {self.effective:.0f} of {self.n_scenarios} scenarios left; m euro over the term"


@kinds_checked
def pooled(outcome: Comparison, views: Sequence[str]) -> Pooled:
    """Spending under expert views, by entropy pooling: the probabilities of the scenarios change as little as possible.

    Parameters
    ----------
    outcome : Comparison
        From ``compare``.
    views : sequence of str
        Such as ``P(growth >= 8 %) = 0.8`` or ``P(use <= -0.05) = 0.1..0.2``, all together: the probability that ``growth``
        (of requests, per year), or ``use`` or ``cost`` (requests, or cost of care, over the term relative to what is
        expected, less one) is at least or at most a bound.

    Returns
    -------
    Pooled
        Spending over the term per payment form, before and under the views; euro.

    Raises
    ------
    UserError
        A view that cannot be read, names no known variable, or that no scenario satisfies; views that contradict.

    Notes
    -----
    Meucci (2008), Fully flexible views: theory and practice, doi:10.2139/ssrn.1213325.

    Examples
    --------
    >>> print(pooled(outcome, ["P(growth >= 2 %) = 0.6"]))  # doctest: +SKIP
    """
    checked_kind("outcome", outcome, Comparison, "compare")
    views = checked_texts("views", views)
    features = _variables(outcome)
    read = [_view(read_view(text), features) for text in views]
    try:
        found = entropy_pooling(read, outcome.n_scenarios)
    except InfeasibleError:
        raise ArgumentError(
            "views",
            "views: deze oordelen kunnen niet tegelijk waar zijn; verruim er een.",
            "views: these views cannot hold together; widen one.",
        ) from None
    except NumericalTroubleError:
        raise ArgumentError(
            "views",
            "views: hieraan voldoet bijna geen toekomst; verruim het oordeel of reken met meer {n_scenarios}.",
            "views: hardly any scenario satisfies this; widen the view or take more {n_scenarios}.",
            arguments=["n_scenarios"],
        ) from None
    equal = np.full(outcome.n_scenarios, 1 / outcome.n_scenarios)
    return Pooled(
        tuple(views), outcome.n_scenarios, found.effective_scenarios, found.relative_entropy,
        _spending(outcome, found.probabilities), _spending(outcome, equal),
    )  # fmt: skip


def _variables(outcome: Comparison) -> dict[str, FloatArray]:
    """Every variable of a view in every scenario."""
    samples = outcome.forms[BASELINE].samples["absorb"]
    case = outcome.case
    contracted = {form for lot in case.lots for form in lot.care_forms}
    payer = {area.id: area.municipality for area in case.areas}
    base = sum(
        row.starts_per_year
        for row in case.demand
        if row.care_form in contracted and payer[row.area] in case.reported_codes
    )
    requests = samples.starts.sum(axis=2)
    cost = samples.cost.sum(axis=(1, 2))
    years = case.lead_years + outcome.n_years - 1
    return {
        "growth": (requests[:, -1] / base) ** (1 / max(1, years)) - 1,
        "use": requests.sum(axis=1) / requests.sum(axis=1).mean() - 1,
        "cost": cost / cost.mean() - 1,
    }


@dataclass(frozen=True)
class Statement:
    """A view as it was written: the probability of ``name`` at least (or at most) ``bound`` lies between two numbers."""

    text: str
    name: str
    at_least: bool
    bound: float
    low: float
    high: float


def read_view(text: str) -> Statement:
    """Read a view such as "P(growth >= 8 %) = 0.8" or "P(use <= -0.05) = 0.1..0.2".

    Parameters
    ----------
    text : str
        The probability that ``growth`` (of requests, per year), or ``use`` or ``cost`` (requests, or cost of
        care, over the term relative to what is expected, less one) is at least or at most a bound, or a range of that
        probability.

    Raises
    ------
    UserError
        It cannot be read, names no known variable, or a probability beyond 0 and 1.

    Examples
    --------
    >>> view = read_view("P(growth >= 8 %) = 0.7..0.9")
    >>> view.name, view.at_least, view.bound, view.low, view.high
    ('growth', True, 0.08, 0.7, 0.9)
    """
    match = _PATTERN.fullmatch(text.strip())
    if match is None or match["name"] not in VARIABLES:
        known = ", ".join(VARIABLES)
        raise ArgumentError(
            "views",
            f"views '{text}': niet te lezen; schrijf bijvoorbeeld 'P(growth >= 8 %) = 0.8' of '= 0.7..0.9', met "
            f"{known}.",
            f"views '{text}': cannot be read; write for example 'P(growth >= 8 %) = 0.8' or '= 0.7..0.9', with {known}.",
        )
    low = float(match["low"])
    high = low if match["high"] is None else float(match["high"])
    if not 0 <= low <= high <= 1:
        raise ArgumentError(
            "views",
            f"views '{text}': een kans ligt tussen 0 en 1, de laagste eerst.",
            f"views '{text}': a probability lies between 0 and 1, the lower first.",
        )
    bound = float(match["bound"]) / (100 if match["percent"] else 1)
    return Statement(text, match["name"], match["side"] == ">=", bound, low, high)


def _view(said: Statement, features: dict[str, FloatArray]) -> View:
    """The event of a view in every scenario, where its probability can be changed at all."""
    text, low, high, value = said.text, said.low, said.high, features[said.name]
    event = value >= said.bound if said.at_least else value <= said.bound
    if (low > 0 and not event.any()) or (high < 1 and event.all()):
        lowest, highest = float(value.min()), float(value.max())
        raise ArgumentError(
            "views",
            f"views '{text}': {said.name} loopt in deze toekomsten van {in_nl(lowest, 3)} tot {in_nl(highest, 3)}, dus "
            "herwegen kan dit oordeel niet geven; neem een andere grens of ruimere risk_factors.",
            f"views '{text}': {said.name} runs from {in_en(lowest, 3)} to {in_en(highest, 3)} in these scenarios, so no "
            "weights give this view; take another bound or wider risk_factors.",
        )
    return View(text, event.astype(np.float64), low, high)


def _spending(outcome: Comparison, p: FloatArray) -> dict[PaymentForm, Estimates]:
    """Spending over the term of the reported municipalities under probabilities ``p``; errors with ``p`` as given."""
    discount = outcome.lumpsum.data.discount
    headroom = float(discount @ outcome.headroom.sum(axis=1))
    found: dict[PaymentForm, Estimates] = {}
    for form, result in outcome.forms.items():
        paid = outcome.case.of_reported(result.samples[outcome.corner].municipal) @ discount
        found[form] = {
            EXPECTED: _mean(paid, p),
            CVAR95: _estimate(float(cvar(paid, TAIL, p)), cvar_error(paid, TAIL, p), p),
            OVERRUN_PROBABILITY: _probability(paid > headroom, p),
        }
    return found


def _mean(sample: FloatArray, p: FloatArray) -> Estimate:
    """Weighted mean with its standard error."""
    mean = float(p @ sample)
    return _estimate(mean, float(np.sqrt(np.square(p) @ np.square(sample - mean))), p)


def _probability(event: BoolArray, p: FloatArray) -> Estimate:
    """Weighted probability; no error where it never happens among the scenarios that count, or always."""
    found = _mean(event.astype(np.float64), p)
    seen = event[p > 0]
    return found if seen.any() and not seen.all() else replace(found, standard_error=None)


def _estimate(value: float, error: float | None, p: FloatArray) -> Estimate:
    """An estimate with the degrees of freedom of the scenarios that are left; no error where that is one."""
    left = int(1 / float(p @ p) + ROUNDING)
    return Estimate(value, error if left > 1 else None, degrees_of_freedom=left - 1 or None)
