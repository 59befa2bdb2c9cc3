"""Choices of a what-if page computed again: fresh scenarios, every clause, limits with margin, and what the page said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from bekostiging.case import Case, with_policy
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import Contract
from bekostiging.evaluation import figures
from bekostiging.evaluation.blocks import Blocks
from bekostiging.evaluation.cover import Cover
from bekostiging.evaluation.estimates import provider_estimates, spending_of_reported
from bekostiging.evaluation.figures import Estimates, Figure
from bekostiging.evaluation.results import TERM, TOTAL, Comparison
from bekostiging.evaluation.samples import Samples
from bekostiging.evaluation.settlement import levels_by_lot, settle_all
from bekostiging.evaluation.what_if import WhatIf, adjusted
from bekostiging.lumpsum import free_buffer
from bekostiging.scenarios import Block, Cells, plan
from bekostiging.studies.choices_file import Choices, Proposal
from bekostiging.studies.exploration import ExploreSeries, designed_contracts
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

FRESH = 1_000_003
"""Added to the seed of the study, so that other scenarios judge a choice than those it was made on."""
BOTH_SIDES = 0.90
"""Level of the interval of which each end is passed with 5 %: 95 % certainty on one side."""
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
class ChoiceLimit:
    """A limit on fresh scenarios: its value may be at most ``most``; ``certain``: holds or is broken with 95 % certainty."""

    kind: Literal["begroting", "buffer"]
    place: str
    found: Estimate
    most: float

    @property
    def margin(self) -> float:
        """What is left until the limit; below zero it is broken."""
        return self.most - self.found.value

    @property
    def verdict(self) -> Literal["holds", "broken", "uncertain"]:
        """Whether it holds, by its error."""
        low, high = self.found.interval(BOTH_SIDES) or (self.found.value, self.found.value)
        if high <= self.most:
            return "holds"
        return "broken" if low > self.most else "uncertain"


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
    """Settles every variant on a block, to the cent and with every clause."""

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
        return ExploreSeries(named)


def recomputed(outcome: Comparison, choices: Choices, fingerprint: str, workers: int = 1) -> RecomputedChoices:
    """Every variant of a keuze.json settled by the contract objects on scenarios that neither page nor design has seen."""
    case, data = outcome.case, outcome.lumpsum.data
    n_years, seed = outcome.n_years, outcome.seed + FRESH
    contracts = designed_contracts(case, data, outcome.lumpsum.design, n_years)
    planned = plan(case, outcome.n_scenarios, n_years, seed, "out_of_sample")
    settings = tuple(one.setting for one in choices.proposals)
    work = ChoicesWork(case, planned.cells, contracts, settings)
    arrays = Blocks(workers).series(planned, work, lambda done, total: None)
    scramblings = Scramblings(planned.n_scramblings)
    variants = []
    for k, proposal in enumerate(choices.proposals):
        samples = Samples(**{one.name: arrays[f"{k}/{one.name}"] for one in fields(Samples)})
        variants.append(_variant(case, proposal, samples, Cover.of(data), scramblings))
    same = choices.fingerprint == fingerprint
    return RecomputedChoices(case, tuple(variants), planned.n_scenarios, seed, same)


def _variant(
    case: Case, proposal: Proposal, samples: Samples, cover: Cover, scramblings: Scramblings
) -> Recomputed:
    """Figures and limits of one variant."""
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
    headroom = own.headroom.sum(axis=0)
    rooms = {str(case.first_year + t): float(headroom[t]) for t in range(n_years)} | {
        TERM: float(headroom @ discount)
    }
    limits = [
        ChoiceLimit("begroting", place, spending[place][figures.EXPECTED], room) for place, room in rooms.items()
    ]
    most = 1 - case.policy.confidence
    limits += [
        ChoiceLimit("buffer", name, found[figures.BUFFER_EXHAUSTED_PROBABILITY], most)
        for name, found in providers.items()
    ]
    told = _told(spending, SPENDING, _said(proposal, "spending"), {TERM: "term"})
    told += _told(providers, PROVIDER, _said(proposal, "providers"), {})
    return Recomputed(proposal.name, setting, tuple(told), tuple(limits))


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
