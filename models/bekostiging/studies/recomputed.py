"""Choices of a what-if page computed again: fresh scenarios, every clause, limits with margin, and what the page said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from bekostiging.case import Case, with_policy
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import LUMP_SUM, Contract
from bekostiging.evaluation import figures
from bekostiging.evaluation.blocks import Blocks
from bekostiging.evaluation.cover import Cover
from bekostiging.evaluation.design import lump_sums
from bekostiging.evaluation.estimates import provider_estimates, spending_of_reported
from bekostiging.evaluation.figures import Estimates, Figure
from bekostiging.evaluation.results import TERM, TOTAL, Comparison
from bekostiging.evaluation.samples import Samples
from bekostiging.evaluation.settlement import levels_by_lot, settle_all
from bekostiging.evaluation.what_if import LotChoice, WhatIf, adjusted
from bekostiging.lumpsum import CorridorSeries, corridor_series, free_buffer
from bekostiging.scenarios import Block, Cells, plan
from bekostiging.studies.choice_limits import ChoiceLimit, choice_limits
from bekostiging.studies.choices_file import Choices, Proposal
from bekostiging.studies.exploration import ExploreSeries, designed_contracts, designed_lots
from bekostiging.studies.lumpsum import LumpSumStudy
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

FRESH = 1_000_003
"""Added to the seed of the study, so that other scenarios judge a choice than those it was made on."""
SPENDING: Mapping[str, Figure] = {
    "expected": figures.EXPECTED,
    "p10": figures.P10,
    "p90": figures.P90,
    "overrun_probability": figures.OVERRUN_PROBABILITY,
    "resistance": figures.REQUIRED_RESISTANCE_CAPACITY,
}
PROVIDER: Mapping[str, Figure] = {
    "expected": figures.EXPECTED_RESULT,
    "buffer_used_up": figures.BUFFER_EXHAUSTED_PROBABILITY,
}


@dataclass(frozen=True)
class RecomputedFigure:
    """A figure on fresh scenarios beside what the page said (None: it said nothing); ``place``: a period or a provider."""

    place: str
    name: str
    found: Estimate
    said: float | None

    @property
    def difference(self) -> float | None:
        """Fresh minus page."""
        return None if self.said is None else self.found.value - self.said


@dataclass(frozen=True)
class Recomputed:
    """One variant on fresh scenarios."""

    name: str
    setting: WhatIf
    figures: tuple[RecomputedFigure, ...]
    limits: tuple[ChoiceLimit, ...]


@dataclass(frozen=True)
class RecomputedChoices:
    """Every variant of a keuze.json on the same fresh scenarios; ``same_case``: the page was made of this very case."""

    case: Case
    variants: tuple[Recomputed, ...]
    n_scenarios: int
    seed: int
    same_case: bool


@dataclass(frozen=True)
class ChoicesWork:
    """Settles every variant on a block, to the cent and with every clause, and keeps the terms of its lump sums."""

    case: Case
    cells: Cells
    contracts: Mapping[PaymentForm, tuple[Contract, ...]]
    settings: tuple[WhatIf, ...]

    def __call__(self, block: Block) -> ExploreSeries:
        """Everybody served."""
        care_use = block.care_use()
        levels = levels_by_lot(self.case, care_use)
        named: dict[str, FloatArray] = {}
        for k, setting in enumerate(self.settings):
            now = adjusted(self.case, self.contracts, setting, care_use, levels)
            samples = settle_all(self.case, self.cells, now.contracts, now.care_use, now.levels)
            named |= {f"{k}/{one.name}": getattr(samples, one.name) for one in fields(Samples)}
            as_lump = {lot: replace(own, form=LUMP_SUM) for lot, own in setting.lots.items()}
            lump = adjusted(self.case, self.contracts, replace(setting, lots=as_lump), care_use, levels)
            series = corridor_series(
                self.case, self.cells, lump_sums(lump.contracts), lump.care_use, dict(lump.levels)
            )
            named |= {f"{k}/terms/{name}": own for name, own in series.arrays().items()}
        return ExploreSeries(named)


def recomputed(
    outcome: Comparison | LumpSumStudy, choices: Choices, fingerprint: str, workers: int = 1, fresh: int = FRESH
) -> RecomputedChoices:
    """Every variant of a keuze.json settled by the contract objects on scenarios that neither page nor design has seen.

    Budgets are parts of the lump sum that the page was made of, whatever design this run comes to. ``fresh`` is added to the
    seed; with 0 the scenarios are those of the page.
    """
    case = outcome.case
    n_years, seed = outcome.lumpsum.data.headroom.shape[1], outcome.seed + fresh
    contracts = designed_contracts(case, choices.designed, n_years)
    planned = plan(case, outcome.n_scenarios, n_years, seed, "out_of_sample")
    settings = tuple(one.setting for one in choices.proposals)
    work = ChoicesWork(case, planned.cells, contracts, settings)
    arrays = Blocks(workers).series(planned, work, lambda done, total: None)
    scramblings, cover = Scramblings(planned.n_scramblings), Cover.of(outcome.lumpsum.data)
    variants = []
    for k, proposal in enumerate(choices.proposals):
        samples = Samples(**{one.name: arrays[f"{k}/{one.name}"] for one in fields(Samples)})
        head = f"{k}/terms/"
        own = {name.removeprefix(head): found for name, found in arrays.items() if name.startswith(head)}
        limits = choice_limits(
            case, planned.cells, proposal.setting, choices.designed, CorridorSeries.of(own), samples.payment,
            scramblings,
        )  # fmt: skip
        figures = _figures(case, proposal, samples, cover, scramblings)
        variants.append(Recomputed(proposal.name, proposal.setting, figures, limits))
    same = choices.fingerprint == fingerprint
    return RecomputedChoices(case, tuple(variants), planned.n_scenarios, seed, same)


def designed_around(study: LumpSumStudy, choices: Choices) -> Choices:
    """The proposal on view with its locked lots as they were agreed and the other lots as the study designed them.

    What is over all (clients, prices, who is left out) stays as the reader set it.
    """
    data, design, proposal = study.lumpsum.data, study.lumpsum.design, choices.proposal
    lots = {}
    for j, lot in enumerate(data.lots):
        own = proposal.setting.lots[lot.name]
        form: PaymentForm = PAYMENT_FORMS[data.forms[design.form[j]]].form
        lots[lot.name] = own if own.locked else LotChoice(form)
    setting = replace(proposal.setting, lots=lots)
    anew = designed_lots(data, design)
    designed = {lot: choices.designed[lot] if own.locked else anew[lot] for lot, own in lots.items()}
    return Choices((replace(proposal, setting=setting),), choices.fingerprint, designed, 0)


def _figures(
    case: Case, proposal: Proposal, samples: Samples, cover: Cover, scramblings: Scramblings
) -> tuple[RecomputedFigure, ...]:
    """Figures of one variant beside what the page said."""
    setting, n_years = proposal.setting, samples.payment.shape[1]
    discount = case.discount(n_years)
    counted = np.array([code not in setting.without_municipalities for code in case.reported_codes], dtype=float)
    own = replace(
        cover,
        headroom=cover.headroom * (setting.begroting * counted)[:, None],
        structural=cover.structural * counted[:, None],
    )
    asked = with_policy(case, certainty=setting.certainty)
    paid = samples.municipal[..., case.reported] * counted
    spending = spending_of_reported(asked, scramblings, paid, own, discount)[TOTAL]
    providers = {
        name: found
        for name, found in provider_estimates(case, scramblings, samples, free_buffer(case), discount).items()
        if name not in setting.without_providers and any(row.provider == name for row in case.contracts)
    }
    told = _told(spending, SPENDING, _said(proposal, "spending"), {TERM: "term"})
    told += _told(providers, PROVIDER, _said(proposal, "providers"), {})
    return tuple(told)


def _said(proposal: Proposal, part: str) -> Mapping[str, object]:
    """What the page said of spending or providers, by place."""
    found = proposal.said.get(part)
    return found if isinstance(found, dict) else {}


def _told(
    found: Mapping[str, Estimates],
    named: Mapping[str, Figure],
    said: Mapping[str, object],
    called: Mapping[str, str],
) -> list[RecomputedFigure]:
    """Figures beside what was said of them; what is no number was not said."""
    told = []
    for place, own in found.items():
        beside = said.get(called.get(place, place))
        for name, figure in named.items():
            value = beside.get(name) if isinstance(beside, dict) else None
            number = float(value) if isinstance(value, int | float) and np.isfinite(value) else None
            estimate = own.get(figure)
            if estimate is not None:
                told.append(RecomputedFigure(place, name, estimate, number))
    return told
