"""The outcome of one comparison: every payment form on the same simulated clients.

Two kinds of content: *estimates* (with standard error), which go to results.json and the tables, and
*samples* (one value per scenario), which the figures draw and scenarios.parquet keeps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bekostiging.case.arguments import wrong_argument
from bekostiging.case.policy import Corner
from bekostiging.case.shown import Brief, millions, percent
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import Reference
from bekostiging.evaluation import figures
from bekostiging.evaluation.changes import BreakEven, MeasureOutcome, SubstitutionOutcome, Sweep, WithMeasures
from bekostiging.evaluation.evidence import Calibration, ControlVariate, ExactLayer, Sentence
from bekostiging.evaluation.figures import Estimates, Figure
from bekostiging.evaluation.samples import CORNERS, HEADROOMS, CountSamples, Headroom, Samples
from bekostiging.evaluation.study import Study
from bekostiging.lumpsum import (
    Decider,
    EquityRequirement,
    Judge,
    JudgedDesign,
    LimitMargin,
    LumpSumData,
    LumpSumDesign,
    Outcome,
    PriceRange,
    Stability,
)
from bekostiging.scenarios import Cells
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

if TYPE_CHECKING:
    import pandas as pd

    from bekostiging.evaluation.begroting_table import BudgetTable

TOTAL = "total"
"""Key of the sum over the reported municipalities."""
TERM = "term"
"""Key of the sum over the contract years (discounted with the case's rate)."""
Counts = dict[str, dict[str, dict[str, dict[str, Estimates]]]]
"""[municipality code or TOTAL][law or TOTAL][care form or TOTAL][year such as "2025"]: COUNT_FIGURES."""


@dataclass(frozen=True)
class FormResult(Brief):
    """One payment form, settled in both corners of "when the money is gone"."""

    form: PaymentForm
    """Name in ``PAYMENT_FORMS``."""
    samples: dict[Corner, Samples]
    """[corner]: one value per scenario."""
    municipalities: dict[str, dict[str, Estimates]]
    """[municipality code or TOTAL][year such as "2025" or TERM]: SPENDING_FIGURES, in the corner the case's policy names."""
    providers: dict[str, Estimates]
    """[provider id]: PROVIDER_FIGURES over the term, in the corner the case's policy names."""
    care_forms: dict[Corner, dict[str, Estimates]]
    """[corner][care form]: WAITING_FIGURES over the term."""
    headrooms: dict[Headroom, dict[str, Estimates]]
    """[headroom][care form or TOTAL]: the same with its own headroom, with the common one, and with the corridor counted
    in."""
    against_duty: dict[Headroom, Estimate]
    """[headroom]: clients who wait or are refused though their lot has the acceptance duty or no waiting list; of a lump sum
    alone."""
    corner_totals: dict[Corner, Estimates]
    """[corner]: CORNER_FIGURES and WAITING_FIGURES over the term."""
    administration: dict[str, Estimates]
    """[party: municipality or provider]: HOURS and EURO per year on average; empty without table."""
    ceilings: dict[tuple[str, str], dict[str, CeilingResult]]
    """[provider, lot][year]: contracts with a spending ceiling, under limited intake."""
    break_even: dict[str, BreakEven]
    """[volume, duration or price]."""
    parity_gap: Estimate | None
    """Expected payment of this form minus that of inspanningsgericht, both without ceiling and at the reference
    amount, as a fraction of the latter, over the term; the same scenarios."""


@dataclass(frozen=True)
class CeilingResult:
    """A spending ceiling in one contract and year: the chance that intake is warned and stopped, and when.

    Attributes
    ----------
    signal, stop : Estimate
        Probability of the signal and of the stop within the year.
    signal_by_month, stop_by_month : tuple of float, (12,)
        Probability of each month, January first.

    Examples
    --------
    >>> from bekostiging_solvers import Estimate, Scramblings
    >>> late = (0.0,) * 10
    >>> ceiling = CeilingResult(Estimate(0.3, 0.02), Estimate(0.1, 0.01), (*late, 0.1, 0.2), (*late, 0.0, 0.1))
    >>> sum(ceiling.stop_by_month) == ceiling.stop.value  # at most one stop a year
    True
    """

    signal: Estimate
    stop: Estimate
    signal_by_month: tuple[float, ...]
    stop_by_month: tuple[float, ...]


@dataclass(frozen=True)
class MixResult(Brief):
    """Every lot in the payment form it has today, settled on the same clients; figures as in ``FormResult``."""

    forms: dict[str, PaymentForm]
    """[lot]."""
    samples: dict[Corner, Samples]
    """[corner]: one value per scenario."""
    municipalities: dict[str, dict[str, Estimates]]
    """[municipality code or TOTAL][year or TERM]."""
    providers: dict[str, Estimates]
    """[provider id]."""
    corner_totals: dict[Corner, Estimates]
    """[corner]."""


@dataclass(frozen=True)
class RequiredEquity:
    """The least free buffer to ask in a lot with its design; ``saves``: what a requirement one point stricter is expected to
    save, and in the tail, over the term; None where there is no such design."""

    found: EquityRequirement
    saves: tuple[Estimate, Estimate] | None


@dataclass(frozen=True)
class InventedEquity:
    """``providers`` whose equity is neither own data nor published though it limits the design; the ``design`` without their
    limits, which asks of them a free buffer of at most ``requirement`` (fraction of the reference amounts of year one)."""

    providers: tuple[str, ...]
    design: LumpSumDesign
    requirement: float


@dataclass(frozen=True)
class LumpSumResult(Brief):
    """The decided lump sum on scenarios that made nothing of it.

    ``headline`` is the answer, ``plain`` the sampled optimum without margins (the same where no margin was found), ``free``
    the design without simple terms; ``data``: the design scenarios with the margins of the headline.
    """

    outcome: Outcome
    """``designed``, ``unproven``, ``breached`` or ``none`` (``lumpsum.decision``)."""
    data: LumpSumData
    judge: Judge
    """The scenarios that judge the design."""
    headline: JudgedDesign
    plain: JudgedDesign
    margin: LimitMargin | None
    """How the margins were found; None without a design."""
    free: JudgedDesign | None
    deciders: tuple[Decider, ...]
    """Providers whose limit decides the design."""
    equity: InventedEquity | None
    """The design without limits that rest on invented equity; None where there are none."""
    measured_against_budget: tuple[Estimate, ...]
    """Per lot: extra payment over the term if the layers were measured against b I; empty without a design."""
    price_ranges: tuple[PriceRange, ...]
    """What wider limits save."""
    requirements: tuple[RequiredEquity, ...]
    """The least free buffer per lot at which a design holds."""
    stability: Stability | None
    """The terms beside those of either half of the design scenarios; None without a design."""

    @property
    def design(self) -> LumpSumDesign:
        """The answer."""
        return self.headline.design

    @property
    def out_of_sample(self) -> LumpSumData:
        """The decision on the scenarios that judge it."""
        return self.judge.data


@dataclass(frozen=True)
class DeterministicScenario:
    """Expected outcome under given values of the risk factors: closed form, no sampling error.

    Attributes
    ----------
    id, name : str, dict of str to str
        Id of the shock, and its words in both languages.
    source, status : str
        Where the shock comes from.
    spending : dict of str to float
        Per payment form, of the reported municipalities, euro over the term; everybody is served.
    provider_result : dict of str to float
        Per payment form, payment minus cost of all providers, euro over the term.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> from bekostiging.contracts import build_contracts, reference
    >>> from bekostiging.evaluation import deterministic_scenario
    >>> from bekostiging.scenarios import build_cells
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> cells, form = build_cells(case), "inspanningsgericht"
    >>> contracts = {form: build_contracts(case, cells, reference(case, cells, 1), form)}
    >>> plain = deterministic_scenario(case, cells, contracts, case.discount(1))
    >>> plain.name["en"], round(plain.spending[form])
    ('as expected', 30197870)
    """

    id: str
    name: Sentence
    source: str
    status: str
    spending: dict[PaymentForm, float]
    provider_result: dict[PaymentForm, float]


@dataclass(frozen=True)
class Comparison(Study):
    """Everything ``bekostiging compare`` computed. ``forms`` is in the order of PAYMENT_FORMS; without a
    feasible lump sum, taakgericht is settled at the reference amounts and ``lumpsum.design`` says so.

    ``to_frame()``: every estimate of every form, with columns form, corner, about (municipality, provider, care_form,
    corner, room, administration), name (its id, or TOTAL; of a room also room/care form), period (a year or TERM), figure,
    value, standard_error and unit."""

    cells: Cells
    """Area x care form x provider."""
    reference: Reference
    """Reference amounts B0 and fair prices per contract and year."""
    n_scramblings: int
    """Independent randomisations of the scenarios; standard errors come from their spread."""
    n_years: int
    """Contract years."""
    risk_allocation: tuple[tuple[str, dict[PaymentForm, str]], ...]
    """Who bears which risk: (risk key, {form: party key}); the keys are those of bekostiging.contracts.RISKS."""
    headroom: FloatArray
    """(n_years, n_reported): begroting minus outside_contracts."""
    begroting: FloatArray
    """(n_years, n_reported): amount over the laws."""
    outside: FloatArray
    """(n_years, n_reported): outside_contracts over the laws."""
    index: FloatArray
    """(n_scenarios, n_contracts, n_years): index of the lump sums over what was expected, in the scenarios of ``forms``."""
    buffer: FloatArray
    """(n_providers,): free buffer K in euro."""
    forms: dict[PaymentForm, FormResult]
    mix: MixResult | None
    """Every lot in its own payment form of today; None where all lots have the same."""
    counts: Counts
    """Who is in care, everybody served."""
    count_samples: CountSamples
    """The same in every scenario."""
    control_variates: dict[PaymentForm, dict[Figure, ControlVariate]]
    """[form][EXPECTED or CVAR95]: spending of the reported municipalities over the term, everybody served."""
    lumpsum: LumpSumResult
    """The designed lump sum on scenarios that did not make it."""
    plain: DeterministicScenario
    """The deterministic scenario without shocks: every factor at one."""
    shocks: tuple[DeterministicScenario, ...]
    """Every shock of the case alone."""
    sweeps: tuple[Sweep, ...]
    """Spending over a range of one quantity at a time."""
    sensitivities: tuple[DeterministicScenario, ...]
    """One quantity at a time a little up and down: which assumption turns the ranking."""
    measures: tuple[MeasureOutcome, ...]
    """Every measure alone, at expectation."""
    with_measures: dict[PaymentForm, WithMeasures]
    """All measures of the case together, in scenarios; empty without measures. Every other figure is without them."""
    substitution: tuple[SubstitutionOutcome, ...]
    """Every row of table substitution."""
    calibration: tuple[Calibration, ...]
    """Figures of the model beside published ones."""
    exact: tuple[ExactLayer, ...]
    """Layers of the corridors in the first year from the aggregate distribution, where it applies."""
    exact_skipped: tuple[tuple[str, Sentence], ...]
    """("provider/lot", why not)."""

    def budget(self, form: PaymentForm | Literal["mix"]) -> BudgetTable:
        """What goes into the begroting under a payment form, or with every lot as it is paid today (``"mix"``, where lots
        differ); in the corner of the case's policy."""
        from bekostiging.evaluation.begroting_table import Paid, entered_contributions, tabulated

        paid_as = self.mix if form == "mix" else self.forms[form]
        if paid_as is None:
            same = "alle percelen hebben dezelfde vorm; noem die", "all lots have the same form; name it"
            raise wrong_argument("form", form, *same)
        case = self.case
        spending = paid_as.samples[self.corner].municipal[..., case.reported]
        paid = Paid(spending, self.headroom, self.outside, entered_contributions(case, self.years))
        scramblings = Scramblings(self.n_scramblings)
        return tabulated(paid, scramblings, case.policy.certainty, case.reported_codes, self.years)

    @property
    def designed(self) -> Outcome:
        """How the lump sum came out."""
        return self.lumpsum.outcome

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years of the comparison."""
        return tuple(self.case.first_year + t for t in range(self.n_years))

    @property
    def corner(self) -> Corner:
        """The corner the case's policy names; estimates not split by corner are in it."""
        return self.case.policy.when_money_is_gone

    def to_frame(self) -> pd.DataFrame:
        """Every estimate, a row each."""
        import pandas as pd

        columns = ("form", "corner", "about", "name", "period", "figure", "value", "standard_error", "unit")
        return pd.DataFrame(self._estimates(), columns=list(columns))

    def _estimates(self) -> Iterator[tuple[str | float | None, ...]]:
        """Rows of the frame."""

        def rows(*place: str, found: Estimates) -> Iterator[tuple[str | float | None, ...]]:
            """One row per figure."""
            for figure, estimate in found.items():
                yield (*place, figure.name, estimate.value, estimate.standard_error, figure.unit)

        for form, own in self.forms.items():
            for code, periods in own.municipalities.items():
                for period, found in periods.items():
                    yield from rows(form, self.corner, "municipality", code, period, found=found)
            for provider, found in own.providers.items():
                yield from rows(form, self.corner, "provider", provider, TERM, found=found)
            for corner in CORNERS:
                yield from rows(form, corner, "corner", TOTAL, TERM, found=own.corner_totals[corner])
                for care_form, found in own.care_forms[corner].items():
                    yield from rows(form, corner, "care_form", care_form, TERM, found=found)
            for headroom in HEADROOMS:
                for care_form, found in own.headrooms[headroom].items():
                    place = headroom if care_form == TOTAL else f"{headroom}/{care_form}"
                    yield from rows(form, "wait", "headroom", place, TERM, found=found)
            for headroom, estimate in own.against_duty.items():
                yield from rows(form, "wait", "headroom", headroom, TERM, found={figures.AGAINST_DUTY: estimate})
            for party, found in own.administration.items():
                yield from rows(form, self.corner, "administration", party, "year", found=found)

    def overview(self) -> pd.DataFrame:
        """Per payment form: spending and its tail, the weakest provider, and who waits too long on the common headroom."""
        import pandas as pd

        rows = []
        for form, own in self.forms.items():
            term = own.municipalities[TOTAL][TERM]
            weakest = max(
                own.providers.items(), key=lambda item: item[1][figures.BUFFER_EXHAUSTED_PROBABILITY].value
            )
            row = {
                "payment form": form,
                "expected, m euro": millions(term[figures.EXPECTED]),
                "worst 5 %, m euro": millions(term[figures.CVAR95]),
                "over the begroting": percent(term[figures.OVERRUN_PROBABILITY]),
                "weakest provider": weakest[0],
                "its buffer used up": percent(weakest[1][figures.BUFFER_EXHAUSTED_PROBABILITY]),
                "waiting beyond the norm, common headroom": str(
                    own.headrooms["common"][TOTAL][figures.CLIENTS_BEYOND_NORM]
                ),
            }
            rows.append(row)
        return pd.DataFrame(rows)

    def heading(self) -> str:
        """Case, years, scenarios, seed."""
        years = f"{self.years[0]}-{self.years[-1]}"
        return f"Payment forms of {self.case.name}, {years}, {self.n_scenarios} scenarios, seed {self.seed}"
