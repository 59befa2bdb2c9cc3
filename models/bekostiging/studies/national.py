"""What chosen national measures do to the amount for the begroting: of each alone its effect times its chance.

Main figures are without them. Drawing a measure with its chance would put a law that may not come into the design of the
lump sum, its reserve and every provider's buffer: with a chance of one half, half of the scenarios would be of a world
without it, and the amount at a certainty would fit neither.
"""

from __future__ import annotations

import numpy as np

from bekostiging.case.national import national_measures
from bekostiging.case.tables import PaymentForm
from bekostiging.evaluation import Comparison
from bekostiging.evaluation.measures import spending_of
from bekostiging.scenarios import expected_care_use, expected_with
from bekostiging.studies.comparison import contracts_in_force


def national_effect(outcome: Comparison) -> dict[PaymentForm, float]:
    """What the chosen national measures do to expected spending of the reported municipalities over the term, euro, not
    discounted: of each alone its effect times its chance, together. Empty where none is chosen."""
    case, cells, n_years = outcome.case, outcome.cells, outcome.n_years
    chosen = [one for one in national_measures(case) if one.chosen]
    if not chosen:
        return {}
    spending = spending_of(case, cells, contracts_in_force(outcome), np.ones(n_years))
    plain = spending(expected_care_use(case, cells, n_years))
    works = [(one.rows[0].chance, spending(expected_with(case, cells, n_years, one.id))) for one in chosen]
    return {form: sum(chance * (own[form] - plain[form]) for chance, own in works) for form in plain}
