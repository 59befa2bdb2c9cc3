"""The scoreboard of a lot: what every payment form costs, risks and asks there, on the same clients.

Every figure comes from one value per scenario (its *influence*), so that two payment forms can be compared per scenario:
the same clients serve every form. ``ALL`` stands for every lot together; a provider's buffer counts for a lot by the part
that the lot is of the provider's reference amounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.optional_tables import PARTIES
from bekostiging.case.policy import Corner
from bekostiging.case.tables import PaymentForm
from bekostiging.evaluation.estimates import provider_results
from bekostiging.evaluation.samples import Samples
from bekostiging.evaluation.settlement import by_provider
from bekostiging.lumpsum import LumpSumData
from bekostiging_solvers import Estimate, Scramblings, tail_influence
from bekostiging_solvers.typing import BoolArray, FloatArray

BothCorners = dict[Corner, Samples]
ALL = "all_lots"
EXPECTED, BUFFER, UNSERVED, ADMINISTRATION, CONCENTRATION = (
    "expected",
    "buffer_exhausted",
    "unserved",
    "administration",
    "concentration",
)


TAIL = "cvar_"


@kinds_checked
def tail(confidence: float) -> str:
    """Name of the criterion of mean spending in the worst scenarios, beyond a confidence from 0.5 to 0.999.

    >>> tail(0.95)
    'cvar_0.95'
    """
    return f"{TAIL}{confidence:g}"


@kinds_checked
def is_tail(criterion: str) -> bool:
    """Whether a criterion is a mean over the worst scenarios, which no single scenario has.

    >>> is_tail("cvar_0.95"), is_tail("expected")
    (True, False)
    """
    return criterion.startswith(TAIL)


@kinds_checked
def criteria(confidence: Sequence[float]) -> tuple[str, ...]:
    """Names of what payment forms are ranked on, for the tails of a suite; less is better.

    >>> criteria([0.95])
    ('expected', 'cvar_0.95', 'buffer_exhausted', 'unserved', 'administration')
    """
    return (EXPECTED, *(tail(level) for level in confidence), BUFFER, UNSERVED, ADMINISTRATION)


@dataclass(frozen=True)
class LotView:
    """A lot of a case, or all of them: which contracts it has, and the part of each provider's buffer that counts."""

    lot: str
    contracts: BoolArray
    places: tuple[int, ...]
    """Places of its lots in ``case.lots``."""
    buffer: FloatArray
    """(n_providers,), euro."""
    contracted: BoolArray
    """(n_providers,): who has a contract in it."""


def lot_views(case: Case, data: LumpSumData, buffer: FloatArray) -> tuple[LotView, ...]:
    """Every lot of a case, then all together; ``buffer`` (n_providers,) is the free buffer of the whole provider."""
    lots = np.array([row.lot for row in case.contracts])
    provider = np.array([[row.provider == one.id for row in case.contracts] for one in case.providers])
    size = data.reference.sum(axis=1)
    whole = provider @ size
    found = []
    for lot in (*(row.id for row in case.lots), ALL):
        own = np.ones(len(lots), dtype=np.bool_) if lot == ALL else lots == lot
        part = np.divide(provider @ (size * own), whole, out=np.zeros(len(whole)), where=whole > 0)
        places = tuple(j for j, row in enumerate(case.lots) if lot in (ALL, row.id))
        found.append(LotView(lot, own, places, buffer * part, (provider & own).any(axis=1)))
    return tuple(found)


@dataclass(frozen=True)
class LotSample:
    """One value per scenario of a lot under a payment form, over the term; (n_scenarios,)."""

    spending: FloatArray
    yearly: FloatArray
    """(n_scenarios, n_years), nominal."""
    exhausted: BoolArray
    """(n_scenarios, n_providers): whose buffer is used up."""
    unserved: FloatArray
    """In the corner "wait"."""
    turned_away: FloatArray
    """In the corner of the case's policy."""
    administration: FloatArray
    """Euro a year, both parties."""
    concentration: FloatArray
    """Sum of squared shares of the providers in the revenue of the lot (Herfindahl-Hirschman)."""

    def influence(self, criterion: str) -> FloatArray:
        """Values whose mean is the figure and whose spread is its error."""
        if is_tail(criterion):
            return tail_influence(self.spending, float(criterion.removeprefix(TAIL)))
        values = {
            EXPECTED: self.spending,
            BUFFER: self.exhausted.any(axis=1).astype(np.float64),
            UNSERVED: self.unserved,
            ADMINISTRATION: self.administration,
            CONCENTRATION: self.concentration,
        }
        return np.asarray(values[criterion])


def lot_sample(
    case: Case, form: PaymentForm, samples: BothCorners, corner: Corner, view: LotView, discount: FloatArray
) -> LotSample:
    """What happened in a lot under a payment form, in the ``corner`` of the case's policy."""
    main = samples[corner]
    own = replace(
        main,
        payment=main.payment * view.contracts,
        received=main.received * view.contracts,
        cost=main.cost * view.contracts,
    )
    results = provider_results(case, own, discount)
    largest_loss = -np.cumsum(results, axis=1).min(axis=1)
    yearly = main.lot_spending[:, :, list(view.places)].sum(axis=2)
    clients = main.clients[:, :, view.contracts].sum(axis=2).mean(axis=1)
    revenue = np.maximum(by_provider(case, own.payment, own.received).sum(axis=1), 0.0)
    total = revenue.sum(axis=1, keepdims=True)
    share = np.divide(revenue, total, out=np.zeros_like(revenue), where=total > 0)
    return LotSample(
        spending=yearly @ discount,
        yearly=yearly,
        exhausted=(largest_loss > view.buffer) & view.contracted,
        unserved=_unserved(samples["wait"], view),
        turned_away=_unserved(main, view),
        administration=case.administration_euro(form, PARTIES, clients, int(view.contracts.sum())),
        concentration=(share**2).sum(axis=1),
    )


def _unserved(samples: Samples, view: LotView) -> FloatArray:
    """Clients of a lot who wait or are refused, over the term."""
    return np.asarray(samples.lot_unserved[:, :, list(view.places)].sum(axis=(1, 2)))


def figures(scramblings: Scramblings, sample: LotSample, confidence: Sequence[float]) -> dict[str, Estimate]:
    """Every criterion of a lot under a payment form, and its concentration."""
    return {name: scramblings.mean(sample.influence(name)) for name in (*criteria(confidence), CONCENTRATION)}
