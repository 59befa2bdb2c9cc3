"""The benchmark before a tender: a suite worked through, case by case, lot by lot, on the same clients.

``benchmark`` takes a suite and gives, per case, the scoreboard of every lot and payment form with who beats whom, how robust
each is under the shocks, what the decision models decide, and the case beside simulated regions of its size. Everything
depends on cases, suite and versions alone, not on the number of workers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bekostiging.case import Case, pseudonymised
from bekostiging.case.arguments import check_callable, checked_kind, checked_whole, kinds_checked
from bekostiging.case.shown import Brief, Shown, millions, percent
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.contracts import BASELINE
from bekostiging.evaluation.blocks import Blocks
from bekostiging.evaluation.legal_flags import Flag, flags
from bekostiging.evaluation.results import Comparison
from bekostiging.lumpsum import free_buffer
from bekostiging.options import Options, Progress, silent
from bekostiging.studies.comparison import compare
from bekostiging.studies.tender.decisions import Asked, Decision, decide
from bekostiging.studies.tender.ranks import Pair, expected_rank, pairs
from bekostiging.studies.tender.robustness import (
    NONE,
    Verdict,
    limits,
    share_acceptable,
    shocked,
    verdict,
)
from bekostiging.studies.tender.scoreboard import (
    EXPECTED,
    BothCorners,
    LotSample,
    LotView,
    criteria,
    figures,
    lot_sample,
    lot_views,
    tail,
)
from bekostiging.studies.tender.similar_regions import SimilarRegions, similar_regions
from bekostiging.studies.tender.suite import Suite, suite_cases
from bekostiging_solvers import Estimate, Scramblings

if TYPE_CHECKING:
    import pandas as pd

LotSamples = Mapping[PaymentForm, LotSample]


@dataclass(frozen=True)
class Score(Brief):
    """A payment form in a lot.

    Attributes
    ----------
    figures : dict of str to Estimate
        By criterion, see ``criteria``.
    ranks : dict of str to Estimate
        Expected rank among the payment forms by criterion, 1 the best.
    flags : tuple of Flag
        What a lawyer or supervisor would ask about.
    verdicts : tuple of Verdict
        One per shock.

    Examples
    --------
    >>> from bekostiging_solvers import Estimate
    >>> from bekostiging.studies import Condition, Verdict
    >>> kept = Condition("begroting", Estimate(0.02, 0.01), limit=0.05)
    >>> passed = Condition("begroting", Estimate(0.30, 0.02), limit=0.05)
    >>> score = Score({}, {}, (), (Verdict("growth", (kept,)), Verdict("wages", (passed,))))
    >>> score.robustness.value  # acceptable under one of two shocks
    0.5
    """

    figures: Mapping[str, Estimate]
    ranks: Mapping[str, Estimate]
    flags: tuple[Flag, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def robustness(self) -> Estimate | None:
        """Share of the shocks (not counting the scenarios without one) under which it is acceptable; None without shocks."""
        under = [one for one in self.verdicts if one.shock != NONE]
        return share_acceptable(under) if under else None


@dataclass(frozen=True)
class LotBoard(Brief):
    """A lot, or all together: who serves how many, every payment form, every pair on every criterion.

    Attributes
    ----------
    lot : str
        Id of the lot, or ``ALL_LOTS``.
    n_providers : int
        Providers with a contract.
    clients : float
        In care at some moment of a year, on average, everybody served.
    scores : dict of str to Score
        By payment form.
    pairs : tuple of Pair
        Two payment forms on a criterion.

    Examples
    --------
    >>> board = LotBoard("youth", 4, 2_310.0, scores={"taakgericht": Score({}, {}, (), ())}, pairs=())
    >>> board.n_providers, list(board.scores)
    (4, ['taakgericht'])
    """

    lot: str
    n_providers: int
    clients: float
    """In care at some moment of a year, on average, everybody served."""
    scores: Mapping[PaymentForm, Score]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class CaseBoard(Brief):
    """Everything of one case; ``asked``: the name by which the suite or the command line gave it."""

    asked: str
    outcome: Comparison
    """The comparison the board was made from."""
    lots: tuple[LotBoard, ...]
    """All lots together, then every lot."""
    decisions: Mapping[str, Decision]
    """By the name of the model."""
    similar: SimilarRegions | None
    """Where the region stands among simulated ones; None unless asked."""


@dataclass(frozen=True)
class Benchmark(Shown):
    """A suite and what every case of it gave; ``to_frame()``: a row per case, lot, form and criterion."""

    suite: Suite
    boards: tuple[CaseBoard, ...]
    """One per case."""

    def to_frame(self) -> pd.DataFrame:
        """The scoreboard with its ranks; concentration is not ranked."""
        import pandas as pd

        columns = ["case", "lot", "form", "criterion", "value", "standard_error", "rank", "rank_standard_error"]
        found = []
        for board in self.boards:
            for lot in board.lots:
                for form, score in lot.scores.items():
                    for name, one in score.figures.items():
                        rank = score.ranks.get(name)
                        ranked = (None, None) if rank is None else (rank.value, rank.standard_error)
                        place = (board.outcome.case.name, lot.lot, form, name)
                        found.append((*place, one.value, one.standard_error, *ranked))
        return pd.DataFrame(found, columns=columns)

    def overview(self) -> pd.DataFrame:
        """Every form over all lots: expected cost and far tail with their ranks, and under how many shocks it holds."""
        import pandas as pd

        far = tail(self.suite.confidence[-1])
        rows = []
        for board in self.boards:
            for form, score in board.lots[-1].scores.items():
                row = {"case": board.outcome.case.name, "payment form": form}
                for name in (EXPECTED, far):
                    row |= {
                        f"{name}, m euro": millions(score.figures[name]),
                        f"rank {name}": str(score.ranks[name]),
                    }
                held = score.robustness
                rows.append(row | {"acceptable under shocks": "" if held is None else percent(held)})
        return pd.DataFrame(rows)

    def heading(self) -> str:
        """Suite, scenarios, seed."""
        return f"Benchmark {self.suite.name}, {self.suite.scenarios} scenarios, seed {self.suite.seed}"

    def disclaimers(self) -> Mapping[str, str]:
        """What its cases want said, each sentence once, by language."""
        said = [board.outcome.case.disclaimer for board in self.boards]
        return {lang: " ".join(dict.fromkeys(one[lang] for one in said if lang in one)) for lang in ("nl", "en")}


@kinds_checked
def benchmark(suite: Suite, *, workers: int = 1, progress: Progress = silent) -> Benchmark:
    """Work through a suite: score payment forms and decision models on every case of it.

    Parameters
    ----------
    suite : Suite
        From ``read_suite``.
    workers : int, default 1
        Processes; the outcome does not depend on them.
    progress : callable, optional
        Called with (stage, done, total); stages as in ``compare``, and ``shocks``, ``decisions``, ``regions``.

    Returns
    -------
    Benchmark
        A scoreboard per case and lot.

    Raises
    ------
    UserError
        An argument of another type; a case that cannot be read; a shock that neither suite nor case defines; too few
        scenarios.

    Examples
    --------
    >>> from bekostiging import benchmark, read_suite
    >>> print(benchmark(read_suite("standard")))  # doctest: +SKIP
    """
    checked_kind("suite", suite, Suite, "read_suite")
    checked_whole("workers", workers, 1)
    check_callable("progress", progress)
    cases = [(name, pseudonymised(case)) for name, case in suite_cases(suite)]
    return Benchmark(suite, tuple(_board(suite, name, case, workers, progress) for name, case in cases))


def _board(suite: Suite, asked: str, case: Case, workers: int, report: Progress) -> CaseBoard:
    """One case of a suite."""
    outcome = compare(
        case,
        n_scenarios=suite.scenarios,
        design_scenarios=suite.design_scenarios,
        n_years=suite.years,
        seed=suite.seed,
        workers=workers,
        progress=report,
    )
    views = lot_views(outcome.case, outcome.lumpsum.data, free_buffer(outcome.case))
    samples = {form: outcome.forms[form].samples for form in PAYMENT_FORMS}
    settled = _settled(outcome, samples, views)
    verdicts = _verdicts(suite, outcome, views, settled, workers, report)
    told = flags(outcome)
    lots = tuple(_lot_board(suite, outcome, view, settled[view.lot], verdicts[view.lot], told) for view in views)
    return CaseBoard(
        asked,
        outcome,
        lots,
        _decisions(suite, case, outcome, workers, report),
        _similar(suite, outcome, workers, report),
    )


def _settled(
    outcome: Comparison, samples: Mapping[PaymentForm, BothCorners], views: Sequence[LotView]
) -> dict[str, LotSamples]:
    """What happened per lot and form."""
    case, discount = outcome.case, outcome.lumpsum.data.discount
    return {
        view.lot: {
            form: lot_sample(case, form, own, outcome.corner, view, discount) for form, own in samples.items()
        }
        for view in views
    }


def _verdicts(
    suite: Suite,
    outcome: Comparison,
    views: Sequence[LotView],
    settled: Mapping[str, LotSamples],
    workers: int,
    report: Progress,
) -> dict[str, dict[PaymentForm, list[Verdict]]]:
    """Per lot and form, a verdict without a shock and one under each shock."""
    effort = {lot: own[BASELINE] for lot, own in settled.items()}
    limit = {view.lot: limits(outcome, effort, view) for view in views}
    found: dict[str, dict[PaymentForm, list[Verdict]]] = {
        view.lot: {form: [] for form in PAYMENT_FORMS} for view in views
    }

    def judge(shock: str, under: Mapping[str, LotSamples], scramblings: Scramblings) -> None:
        """Every lot and form under one shock."""
        for lot, own in under.items():
            for form, sample in own.items():
                found[lot][form].append(verdict(shock, scramblings, sample, limit[lot]))

    judge(NONE, settled, Scramblings(outcome.n_scramblings))
    for k, shock in enumerate(suite.shocks):
        report("shocks", k, len(suite.shocks))
        samples, scramblings = shocked(outcome, shock, suite.shock_scenarios, Blocks(workers))
        judge(shock, _settled(outcome, samples, views), scramblings)
    if suite.shocks:
        report("shocks", len(suite.shocks), len(suite.shocks))
    return found


def _lot_board(
    suite: Suite,
    outcome: Comparison,
    view: LotView,
    samples: LotSamples,
    verdicts: Mapping[PaymentForm, Sequence[Verdict]],
    told: Sequence[Flag],
) -> LotBoard:
    """The payment forms of the suite in one lot."""
    scramblings = Scramblings(outcome.n_scramblings)
    asked = {form: samples[form] for form in suite.payment_forms}
    against = pairs(scramblings, asked, suite.confidence)
    scores = {
        form: Score(
            figures(scramblings, sample, suite.confidence),
            {name: expected_rank(form, name, against) for name in criteria(suite.confidence)},
            tuple(flag for flag in told if flag.form in (None, form) and _concerns(outcome.case, flag, view)),
            tuple(verdicts[form]),
        )
        for form, sample in asked.items()
    }
    clients = outcome.forms[BASELINE].samples["absorb"].clients[:, :, view.contracts]
    return LotBoard(view.lot, int(view.contracted.sum()), float(clients.sum(axis=2).mean()), scores, against)


def _concerns(case: Case, flag: Flag, view: LotView) -> bool:
    """Whether a flag about a lot, a contract or a provider concerns a lot."""
    own = [row for row, inside in zip(case.contracts, view.contracts, strict=True) if inside]
    return flag.subject in {
        *(row.lot for row in own),
        *(row.provider for row in own),
        *(f"{row.provider}/{row.lot}" for row in own),
    }


def _decisions(
    suite: Suite, case: Case, outcome: Comparison, workers: int, report: Progress
) -> dict[str, Decision]:
    """What every decision model of the suite decides."""
    options: Options = {"n_years": suite.years, "seed": suite.seed, "workers": workers}
    n: Options = {"n_scenarios": suite.decision_scenarios, "design_scenarios": suite.decision_scenarios}
    asked = Asked(case, outcome, suite.confidence, options | n)
    found = {}
    for k, model in enumerate(suite.decision_models):
        report("decisions", k, len(suite.decision_models))
        found[model] = decide(model, asked)
    if found:
        report("decisions", len(found), len(found))
    return found


def _similar(suite: Suite, outcome: Comparison, workers: int, report: Progress) -> SimilarRegions | None:
    """The case among simulated regions of its size; None where the suite asks for none."""
    if not suite.simulated_regions:
        return None
    return similar_regions(
        outcome,
        suite.simulated_regions,
        suite.region_scenarios,
        suite.confidence[-1],
        workers,
        partial(report, "regions"),
    )
