"""Flags: what a lawyer or a supervisor would ask about, with the number that triggers it. They inform, never block.

Articles and rulings are those of the facts this package was built on (docs/contracts.md); for a youth lot an article of
the Wmo standard is named as such, with the remark that the youth article must be checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from bekostiging.case.arguments import kinds_checked
from bekostiging.case.rows import name_in
from bekostiging.case.tables import PAYMENT_FORMS, Law, PaymentForm
from bekostiging.contracts import LUMP_SUM, expected_revenue
from bekostiging.evaluation.access import access_shares
from bekostiging.evaluation.estimates import provider_results
from bekostiging.evaluation.figures import BUFFER_EXHAUSTED_PROBABILITY
from bekostiging.evaluation.results import Comparison
from bekostiging_solvers.typing import FloatArray

LIKELY = 0.05
"""A buffer that is used up more often than this is flagged."""
WARNING_SOLVENCY = (0.20, 0.10)
"""Steps of the early-warning ladder (art. 3.4)."""
LOSS_YEARS = 3
LARGE_CHANGE = 0.10
"""Of the contract value: more asks for a revision clause."""
SLACK = 1e-6
RULING = "ECLI:NL:GHDHA:2017:260"
YOUTH_REMARK = "jeugdartikel nakijken"
LADDER = f"Contractstandaard Wmo v1.2 art. 3.4; {YOUTH_REMARK}"
REGIONAL = "Wet verbetering beschikbaarheid jeugdzorg; Besluit Stb. 2025, 357"


@dataclass(frozen=True)
class Flag:
    """Something a lawyer or supervisor would ask about.

    Attributes
    ----------
    kind : str
        Name of the rule.
    subject : str
        Id of a lot, contract or provider.
    form : str or None
        Payment form it is about; None for all.
    law : str or None
        ``jeugdwet`` or ``wmo``; None where it is not about one of them.
    source : str
        Article or ruling, empty without one.
    figures : dict of str to float
        What triggered it: fractions, or counts where the name ends with ``_count``.
    names : dict of str to str
        Names that its sentence mentions.

    Examples
    --------
    >>> flag = Flag("full_risk_transfer", "youth", "taakgericht", "jeugdwet", RULING, {"carried": 0.98})
    >>> flag.subject, flag.source
    ('youth', 'ECLI:NL:GHDHA:2017:260')
    """

    kind: str
    subject: str
    form: PaymentForm | None
    law: Law | None
    source: str
    figures: dict[str, float]
    names: Mapping[str, str] = field(default_factory=dict)


@kinds_checked
def flags(outcome: Comparison) -> tuple[Flag, ...]:
    """Warnings about law and procurement that a comparison gives cause for, each with its source.

    Parameters
    ----------
    outcome : Comparison
        From ``compare``.

    Returns
    -------
    tuple of Flag
        In the order of ``RULES``; empty where nothing calls for one.

    Examples
    --------
    >>> [flag.subject for flag in flags(outcome)]  # doctest: +SKIP
    """
    return tuple(flag for rule in RULES for flag in rule(outcome))


def _laws(outcome: Comparison, lot: str) -> list[Law]:
    """Laws of a lot's care forms."""
    own = next(row for row in outcome.case.lots if row.id == lot)
    return sorted({form.law for form in outcome.case.care_forms if form.id in own.care_forms})


def _standard(outcome: Comparison, lot: str, article: str) -> str:
    """An article of the Wmo standard, with the remark where the lot is youth."""
    text = f"Contractstandaard Wmo v1.2 art. {article}"
    return f"{text}; {YOUTH_REMARK}" if "jeugdwet" in _laws(outcome, lot) else text


def _one_law(outcome: Comparison, lot: str) -> Law | None:
    laws = _laws(outcome, lot)
    return laws[0] if len(laws) == 1 else None


def _full_risk_transfer(outcome: Comparison) -> Iterator[Flag]:
    """A lump sum with acceptance duty, no waiting list and (nearly) every deficit the provider's."""
    data, design, case = outcome.lumpsum.data, outcome.lumpsum.design, outcome.case
    for j, lot in enumerate(data.lots):
        if not (case.policy.acceptance_duty(lot.name) and case.policy.waiting_list(lot.name) == "not_allowed"):
            continue
        deficits = lot.corridor.deficit
        total = shared = 0.0
        for c in np.flatnonzero(data.lot == j):
            euros = data.amounts[c][:, :, deficits].sum(axis=(0, 1))
            total += float(euros.sum())
            shared += float(euros @ design.share[j][deficits])
        carried = 1.0 if total == 0 else 1 - shared / total
        if carried > 1 - SLACK:
            yield Flag(
                "full_risk_transfer",
                lot.name,
                LUMP_SUM,
                _one_law(outcome, lot.name),
                RULING,
                {"carried": carried},
            )


def _ceiling_lapses(outcome: Comparison) -> Iterator[Flag]:
    """A spending ceiling does not exist beside a lump sum."""
    for lot in outcome.case.lots:
        n = sum(row.lot == lot.id and row.ceiling is not None for row in outcome.case.contracts)
        if n:
            source = _standard(outcome, lot.id, "1.5")
            yield Flag(
                "ceiling_lapses",
                lot.id,
                LUMP_SUM,
                _one_law(outcome, lot.id),
                source,
                {"ceiling_count": float(n)},
            )


def _under_build_up(outcome: Comparison) -> Iterator[Flag]:
    """A tariff under the build-up of the fair price; only where the case gives that."""
    cells, fair = outcome.cells, outcome.reference.fair_cost
    given = {row.care_form for row in outcome.case.cost_price}
    sources = {
        "jeugdwet": "AMvB reële prijs Jeugdwet, Stb. 2024, 69",
        "wmo": "art. 5.4 Uitvoeringsbesluit Wmo 2015",
    }
    for c, row in enumerate(outcome.case.contracts):
        for form in outcome.case.care_forms:
            own = (cells.contract == c) & (cells.care_form == list(cells.care_form_ids).index(form.id))
            if form.id not in given or not own.any():
                continue
            ratio = float((cells.tariff[own] / fair[own]).min())
            if ratio < 1 - SLACK:
                name = f"{row.provider}/{row.lot}"
                names = {"care_form": form.name, "care_form_en": name_in(form, "en")}
                yield Flag("under_build_up", name, None, form.law, sources[form.law], {"ratio": ratio}, names)


def _unequal_terms(outcome: Comparison) -> Iterator[Flag]:
    """Different conditions within a lot."""
    for lot in outcome.case.lots:
        rows = [row for row in outcome.case.contracts if row.lot == lot.id]
        factors = [row.tariff_factor for row in rows]
        calendars = {row.payment_calendar for row in rows}
        ceilings = {row.ceiling is None for row in rows}
        if max(factors) > min(factors) or len(calendars) > 1 or len(ceilings) > 1:
            spread = max(factors) / min(factors) - 1
            figures = {"spread": spread, "calendar_count": float(len(calendars))}
            yield Flag("unequal_terms", lot.id, None, _one_law(outcome, lot.id), "", figures)


def _exhausted_buffers(outcome: Comparison) -> Iterator[Flag]:
    """A contract that can exhaust a provider's buffer."""
    for form in PAYMENT_FORMS:
        for provider, own in outcome.forms[form].providers.items():
            chance = own[BUFFER_EXHAUSTED_PROBABILITY].value
            if chance > LIKELY:
                yield Flag("buffer_exhausted", provider, form, None, LADDER, {"chance": chance})


def _early_warning(outcome: Comparison) -> Iterator[Flag]:
    """Steps of the early-warning ladder reached by the end of the term; worst step per provider and form."""
    case = outcome.case
    for form in PAYMENT_FORMS:
        samples = outcome.forms[form].samples[outcome.corner]
        results = provider_results(case, samples, np.ones(outcome.n_years))
        for p, provider in enumerate(case.providers):
            equity = provider.equity + results[:, :, p].sum(axis=1)
            solvency = equity / provider.total_assets
            chances = [float((solvency < step).mean()) for step in WARNING_SOLVENCY]
            losses = _run_of_losses(results[:, :, p])
            today = provider.equity / provider.total_assets
            if today >= WARNING_SOLVENCY[0] and max(chances[0], losses) > LIKELY:
                figures = {"today": today, "below_20": chances[0], "below_10": chances[1], "losses": losses}
                yield Flag("early_warning", provider.id, form, None, LADDER, figures)


def _run_of_losses(results: FloatArray) -> float:
    """Share of scenarios with three loss years in a row; ``results`` (n_scenarios, n_years)."""
    if results.shape[1] < LOSS_YEARS:
        return 0.0
    windows = np.lib.stride_tricks.sliding_window_view(results < 0, LOSS_YEARS, axis=1)
    return float(np.asarray(windows.all(axis=2)).any(axis=1).mean())


def _switched_variant(outcome: Comparison) -> Iterator[Flag]:
    """Another uitvoeringsvariant inside a running contract; maatwerktraject and P x Q are one variant."""
    if outcome.case.kind != "running":
        return
    variants = {form: facts.legal_variant for form, facts in PAYMENT_FORMS.items()}
    for lot in outcome.case.lots:
        for form, variant in variants.items():
            if variant != PAYMENT_FORMS[lot.payment_form].legal_variant:
                source, names = _standard(outcome, lot.id, "1.4"), {"today": lot.payment_form}
                yield Flag("switched_variant", lot.id, form, _one_law(outcome, lot.id), source, {}, names)


def _large_change(outcome: Comparison) -> Iterator[Flag]:
    """A change above 10 % of the contract value, as volume and index bring it to the first contract year, in a running case
    without a revision clause."""
    case, design = outcome.case, outcome.lumpsum.design
    if case.kind != "running" or not design.feasible:
        return
    today = expected_revenue(case, outcome.cells, outcome.reference)
    for c, row in enumerate(case.contracts):
        if case.policy.revision_clause(row.lot) or today[c] == 0:
            continue
        change = float(design.budget[c, 0] / today[c]) - 1
        if abs(change) > LARGE_CHANGE:
            name = f"{row.provider}/{row.lot}"
            law = _one_law(outcome, row.lot)
            years = {"year": str(case.year_of_revenue(row)), "first": str(case.first_year)}
            yield Flag("large_change", name, LUMP_SUM, law, "", {"change": change}, years)


def _bought_locally(outcome: Comparison) -> Iterator[Flag]:
    """A compulsory regional form in a local lot."""
    for lot in outcome.case.lots:
        own = [form for form in outcome.case.care_forms if form.id in lot.care_forms and form.compulsory_regional]
        if lot.scale == "local" and own:
            called = (("forms", "nl"), ("forms_en", "en"))
            yield Flag(
                "bought_locally",
                lot.id,
                None,
                "jeugdwet",
                REGIONAL,
                {"form_count": float(len(own))},
                {name: ", ".join(name_in(form, lang) for form in own) for name, lang in called},
            )


def _access_at_provider(outcome: Comparison) -> Iterator[Flag]:
    """Access handed to the provider: it then decides over the starts through the municipality's own access."""
    case = outcome.case
    for lot in case.lots:
        if case.policy.access(lot.id) != "provider":
            continue
        part = access_shares(case, [lot.id]).provider
        yield Flag("access_at_provider", lot.id, None, _one_law(outcome, lot.id), "", {"part": part})


def _result_without_hours(outcome: Comparison) -> Iterator[Flag]:
    """A decision under the Wmo that names a result and no hours."""
    for lot in outcome.case.lots:
        own = [form for form in outcome.case.care_forms if form.id in lot.care_forms and form.law == "wmo"]
        if own:
            for form in (form for form, facts in PAYMENT_FORMS.items() if facts.by_arrangement):
                yield Flag("result_without_hours", lot.id, form, "wmo", "", {"form_count": float(len(own))})


RULES: tuple[Callable[[Comparison], Iterator[Flag]], ...] = (
    _full_risk_transfer,
    _ceiling_lapses,
    _under_build_up,
    _unequal_terms,
    _exhausted_buffers,
    _early_warning,
    _switched_variant,
    _large_change,
    _bought_locally,
    _access_at_provider,
    _result_without_hours,
)
"""In the order in which they are listed."""
