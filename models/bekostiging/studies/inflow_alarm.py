"""The alarm of the inflow of a contract year, set on what the case knew when the year began."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bekostiging.case import Case
from bekostiging.monitoring.alarm import AlarmRule, alarm_rule
from bekostiging.monitoring.expected_months import ObservedMonths
from bekostiging.monitoring.posterior import inner_model, posterior_of
from bekostiging.monitoring.seen import Seen
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray

FEWEST = 3
"""Months that must have been seen before the last of them is judged: until then which part is in is hardly known."""
LEVELS = 2000
"""Scenarios of the inflow that the alarm is set on."""


def inflow_alarm(case: Case, seen: Seen, months: ObservedMonths, seed: int) -> tuple[AlarmRule, FloatArray]:
    """The rule for this year's inflow per law, on what was known when it began; and the counts it looks at."""
    first = MONTHS * seen.year
    before = replace(
        months,
        share=np.where(np.arange(months.n_months)[:, None] < first, months.share, 0.0),
        rate=months.rate if first else np.full_like(months.rate, np.nan),
    )
    known = posterior_of(case, before, seen.year + 1)
    model = inner_model(case, case.factor_distribution, seen.year + 1)
    normals = np.random.default_rng(seed).standard_normal((LEVELS, model.n_dimensions))
    inflow = model.multipliers(known.mode + normals @ known.root).inflow[:, 1 + seen.year]
    law_of = {form.id: form.law for form in case.care_forms}
    share = months.share[first:].max(axis=0)
    if not share.any():  # nothing is judged yet; the rule for coming reports is about everybody
        share = np.ones_like(share)
    laws = [
        law
        for law in dict.fromkeys(law_of.values())
        if any(share[i] > 0 and law_of[row.care_form] == law for i, row in enumerate(case.demand))
    ]
    starts = months.forecast.starts[seen.year] / MONTHS * share
    dispersion = 1 + (months.dispersion - 1) * share
    season = months.season
    means, scatter, levels, counts = [], [], [], []
    part = months.part[first:, None]
    for law in laws:
        own = np.array([law_of[row.care_form] == law for row in case.demand])
        mean = (inflow[:, own] @ starts[own]).mean()
        pattern = np.array([(starts[own] * one[own]).sum() for one in season]) / starts[own].sum()
        means.append(mean * pattern)
        scatter.append(starts[own] @ dispersion[own] / starts[own].sum())
        levels.append(np.log(inflow[:, own] @ starts[own] / mean))
        # a month that was not reported by everybody counts for the part that was
        shared = months.share[first:][:, own] * season[: months.n_months - first, own]
        reached = (shared @ months.forecast.starts[seen.year][own]) / starts[own].sum() / MONTHS
        reached = reached / pattern[: len(reached)]
        scale = np.where(reached > 0, reached, 1.0) * part[:, 0]
        observed = months.starts[first:][:, own].sum(axis=1) / scale
        judged = (reached > 0) & ((seen.months >= FEWEST) | (np.arange(len(reached)) < len(reached) - 1))
        counts.append(np.where(judged, observed, means[-1][: len(observed)]))
    rule = alarm_rule(np.array(means), np.array(scatter), np.column_stack(levels), seed)
    found = np.array(counts)
    return rule, np.concatenate([found.sum(axis=0, keepdims=True), found]) if len(laws) > 1 else found
