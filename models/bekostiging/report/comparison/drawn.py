"""What the figures of a comparison draw: the very estimates of its tables, so that a figure never says otherwise.

Plots, charts of the workbook and captions read the same values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bekostiging.case.form_choice import shown_forms
from bekostiging.case.tables import PaymentForm
from bekostiging.evaluation import Comparison, provider_results
from bekostiging.evaluation.figures import (
    BUFFER_EXHAUSTED_PROBABILITY,
    CVAR95,
    EXPECTED,
    EXPECTED_RESULT,
    OVERRUN_PROBABILITY,
    P10,
    P50,
    P90,
)
from bekostiging.report.comparison.answers import headroom_of_term, provider_names, term, years
from bekostiging.report.comparison.client_plots import Fan, laws_of
from bekostiging.report.kit.texts import Texts
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

LOW, HIGH = 0.05, 0.95
"""Ends of the line of a provider: nine of ten scenarios."""
CHANCES = (0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.01)
"""Chances of being exceeded that the curve of the workbook has."""


@dataclass(frozen=True)
class Spread:
    """Spending over the term under one form, euro: eight of ten scenarios, their mean and that of the worst 5 %."""

    low: Estimate
    middle: Estimate
    high: Estimate
    mean: Estimate
    worst: Estimate

    @classmethod
    def of(cls, outcome: Comparison, form: PaymentForm) -> Spread:
        """As the table of the term has it."""
        return cls(*(term(outcome, form, figure) for figure in (P10, P50, P90, EXPECTED, CVAR95)))


@dataclass(frozen=True)
class Result:
    """Result of a provider over the term under one form, euro: the mean of the table, and nine of ten scenarios."""

    low: Estimate
    mean: Estimate
    high: Estimate

    @classmethod
    def of(cls, outcome: Comparison, provider: str, form: PaymentForm) -> Result:
        """One provider."""
        p = [row.id for row in outcome.case.providers].index(provider)
        sample = results_of_term(outcome, form)[:, p]
        scramblings = Scramblings(outcome.n_scramblings)
        low, high = (scramblings.quantile(sample, level) for level in (LOW, HIGH))
        return cls(low, outcome.forms[form].providers[provider][EXPECTED_RESULT], high)


def results_of_term(outcome: Comparison, form: PaymentForm) -> FloatArray:
    """Results of the providers over the term, euro; (n_scenarios, n_providers)."""
    samples = outcome.forms[form].samples[outcome.corner]
    return np.asarray(provider_results(outcome.case, samples, outcome.lumpsum.data.discount).sum(axis=1))


def spending_samples(outcome: Comparison, form: PaymentForm) -> FloatArray:
    """Spending of the reported municipalities over the term, euro; (n_scenarios,)."""
    samples = outcome.forms[form].samples[outcome.corner]
    return np.asarray(outcome.case.of_reported(samples.municipal) @ outcome.lumpsum.data.discount)


def exceeded(outcome: Comparison, form: PaymentForm, chance: float) -> Estimate:
    """The amount that spending over the term exceeds with a chance, euro."""
    return Scramblings(outcome.n_scramblings).quantile(spending_samples(outcome, form), 1 - chance)


def under_contract(outcome: Comparison) -> list[str]:
    """Providers with a contract, as the figure shows them."""
    own = {row.provider for row in outcome.case.contracts}
    return [row.id for row in outcome.case.providers if row.id in own]


def figure_captions(outcome: Comparison, texts: Texts) -> Mapping[str, str]:
    """One sentence under every figure that says what to see in it, out of the values that it draws.

    Keys are those of ``comparison_figures``.
    """
    return {
        "spending": _of_spending(outcome, texts),
        "providers": _of_providers(outcome, texts),
        "exceedance": _of_exceedance(outcome, texts),
        "corridor": _of_corridor(outcome, texts),
        "clients": _of_clients(outcome, texts),
    }


def _of_spending(outcome: Comparison, texts: Texts) -> str:
    """Where the worst scenarios end, beside what is begroot."""
    worst = {form: Spread.of(outcome, form).worst.value for form in shown_forms(outcome.case)}
    least, most = min(worst, key=lambda form: worst[form]), max(worst, key=lambda form: worst[form])
    low, high = (texts.numbers.figure(CVAR95, worst[form]) for form in (least, most))
    return texts["captions", "spending_alike" if low == high else "spending"].format(
        years=years(outcome),
        low=low,
        high=high,
        low_form=texts["forms", least],
        high_form=texts["forms", most],
        headroom=texts.numbers.millions(headroom_of_term(outcome)),
    )


def _of_exceedance(outcome: Comparison, texts: Texts) -> str:
    """The chance of an overrun, at the dashed line."""
    chance = {form: term(outcome, form, OVERRUN_PROBABILITY).value for form in shown_forms(outcome.case)}
    least, most = min(chance, key=lambda form: chance[form]), max(chance, key=lambda form: chance[form])
    low, high = (texts.numbers.figure(OVERRUN_PROBABILITY, chance[form]) for form in (least, most))
    return texts["captions", "exceedance_alike" if low == high else "exceedance"].format(
        low=low, high=high, low_form=texts["forms", least], high_form=texts["forms", most]
    )


def _of_providers(outcome: Comparison, texts: Texts) -> str:
    """For whom a loss is most likely to use up the buffer."""
    chance, form, provider = max(
        (outcome.forms[form].providers[provider][BUFFER_EXHAUSTED_PROBABILITY].value, form, provider)
        for form in shown_forms(outcome.case)
        for provider in under_contract(outcome)
    )
    return texts["captions", "providers" if chance > 0 else "providers_never"].format(
        provider=provider_names(outcome, texts.lang)[provider],
        form=texts["forms", form],
        chance=texts.numbers.figure(BUFFER_EXHAUSTED_PROBABILITY, chance),
    )


def _of_corridor(outcome: Comparison, texts: Texts) -> str:
    """How much of a deviation stays with the provider, at most and at least."""
    data, design = outcome.lumpsum.data, outcome.lumpsum.design
    if not design.feasible:
        return texts["captions", "corridor_none"]
    shares = [float(share) for j in range(len(data.lots)) for share in design.share[j]]
    ends = (texts.numbers.percent(min(shares)), texts.numbers.percent(max(shares)))
    key = "corridor_alike" if ends[0] == ends[1] else "corridor"
    return texts["captions", key].format(low=ends[0], high=ends[1])


def _of_clients(outcome: Comparison, texts: Texts) -> str:
    """How many clients the last year has, per law."""
    said, plain = [], texts.numbers.plain
    for law in laws_of(outcome):
        fan = Fan.of(outcome, law)
        ends = (plain(float(fan.low[-1])), plain(float(fan.high[-1])))
        said.append(
            texts["captions", "clients_law" if ends[0] != ends[1] else "clients_law_alike"].format(
                law=texts["laws", law], low=ends[0], high=ends[1], what=texts["captions", fan.definition]
            )
        )
    return texts["captions", "clients"].format(
        year=outcome.years[-1], told=f" {texts['captions', 'and']} ".join(said)
    )
