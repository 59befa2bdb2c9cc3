"""What every study has: the case as it is computed on, its notes, and the simulation beside its own theory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from bekostiging.case import (
    Case,
    dated_notes,
    pseudonymised,
    spread_notes,
    stock_and_starts,
    with_policy,
)
from bekostiging.case.arguments import checked_kind
from bekostiging.case.errors import Note
from bekostiging.case.form_choice import shown_forms
from bekostiging.case.growth import growth_notes
from bekostiging.case.history_notes import history_notes
from bekostiging.case.pseudonym import privacy_notes
from bekostiging.case.shown import Shown
from bekostiging.case.tables import CLAUSES, PAYMENT_FORMS
from bekostiging.contracts import CaseMixCap, Clause, hours_budget_notes
from bekostiging.evaluation.blocks import Advance, Blocks
from bekostiging.evaluation.memory import check_memory
from bekostiging.evaluation.notes import measured, not_used_yet
from bekostiging.evaluation.transition import handover, without_closed
from bekostiging.lumpsum import Outcome
from bekostiging.options import RunOptions
from bekostiging.scenarios import Plan, SelfCheck, factor_distribution_notes, plan
from bekostiging.scenarios.simulate import Stream, refuse_unreachable


@dataclass(frozen=True, kw_only=True)
class Study(Shown):
    """Base of every study of a case; ``bekostiging.report`` presents each kind.

    ``print(study)`` gives its main figures in ten lines, ``to_frame()`` every figure, ``write_results(study, folder)`` the
    report.
    """

    case: Case
    """The case as it was computed on."""
    n_scenarios: int
    """Drawn, after rounding up."""
    seed: int
    """Seed of every draw."""
    named: bool
    """Whether providers of a running case bear their own names."""
    notes: tuple[Note, ...]
    """Things said once."""
    self_check: SelfCheck | None
    """The out-of-sample scenarios beside their own theory; None where no clients are drawn."""

    @property
    def designed(self) -> Outcome | None:
        """How the lump sum came out that the study rests on; None where it rests on none."""
        return None

    def disclaimers(self) -> Mapping[str, str]:
        """What the case wants said with every figure, by language."""
        return self.case.disclaimer


@dataclass(frozen=True)
class Prepared:
    """A case as a study computes on it: providers numbered unless named, policy as asked, closed lots run off.

    ``brought``: before lots were closed; ``unoffered``: what their old contracts still cost.
    """

    brought: Case
    case: Case
    unoffered: tuple[Note, ...]
    run: RunOptions

    @cached_property
    def blocks(self) -> Blocks:
        """Where blocks are drawn and kept."""
        return Blocks(self.run.workers, self.run.cluster, self.run.folder)

    def plan(self, stream: Stream) -> Plan:
        """The scenarios of a stream, when the run fits in memory.

        Raises
        ------
        UserError
            Too few scenarios; more memory than there is.
        """
        planned = plan(self.case, self.run.n_scenarios, self.run.n_years, self.run.seed, stream)
        check_memory(planned, self.run)
        return planned

    def advance(self, stage: str) -> Advance:
        """Progress of one stage."""
        return partial(self.run.progress, stage)

    def notes(
        self, plan: Plan, checked: SelfCheck, own: Sequence[Note] = (), judged: int | None = None
    ) -> tuple[Note, ...]:
        """Notes of a study judged on the scenarios of a plan; ``own``: those of this study alone; ``judged``: scenarios."""
        return (
            *measured(plan, checked, judged),
            *privacy_notes(self.brought),
            *own,
            *stock_and_starts(self.brought),
            *factor_distribution_notes(self.case),
            *growth_notes(self.case),
            *spread_notes(self.case),
            *history_notes(self.case),
            *self.unoffered,
            *handover(self.case, plan.cells),
            *_hours_budgets(self.case),
            *clause_notes(self.case),
            *not_used_yet(self.case),
            *dated_notes(self.brought),
        )


def _hours_budgets(case: Case) -> tuple[Note, ...]:
    """How long hours budgets are, where pages show a form with such budgets."""
    shown = any(PAYMENT_FORMS[form].hours_budget for form in shown_forms(case))
    return hours_budget_notes(case) if shown else ()


def clause_notes(case: Case) -> tuple[Note, ...]:
    """What must be said of clauses: those after the corridor, and a cap on case mix without profiles."""
    return (*_after_corridor(case), *_without_profiles(case))


def _without_profiles(case: Case) -> Iterator[Note]:
    """A cap on case mix in a lot without profiles of different weight."""
    weighed = {row.care_form for row in case.profiles if row.share < 1}
    lots = {lot.id: lot for lot in case.lots}
    capped = dict.fromkeys(row.lot for row in case.clauses if row.clause == CaseMixCap.kind)
    if bare := [lots[own].name for own in capped if not weighed & set(lots[own].care_forms)]:
        yield {
            "nl": f"Grens aan zorgzwaarte ({', '.join(bare)}): er zijn geen profielen, dus is het bedrag per cliënt "
            "begrensd; vul tabel profiles in om de zwaarte van de profielen te begrenzen.",
            "en": f"Cap on growth of case mix ({', '.join(bare)}): there are no profiles, so the amount per client is "
            "capped; fill in table profiles to cap the weight of profiles.",
        }


def _after_corridor(case: Case) -> tuple[Note, ...]:
    """Clauses after the corridor, which are settled and not decided with."""
    kinds: dict[str, list[str]] = {}
    names = {lot.id: lot.name for lot in case.lots}
    for row in case.clauses:
        clause = CLAUSES[row.clause]
        if PAYMENT_FORMS[row.payment_form].lump_sum and issubclass(clause, Clause) and clause.after_corridor:
            kinds.setdefault(row.clause, []).append(names[row.lot])
    return tuple(
        {
            "nl": f"Het beding {CLAUSES[kind].name[0]} ({', '.join(lots)}) komt na de bandbreedte. Het is afgerekend in de "
            "bedragen van de vergelijking, maar niet meegewogen in ontwerp, grenzen en budgettabel van het vaste budget "
            "alleen: gemeenten betalen daardoor nooit meer dan daar staat, aanbieders houden nooit meer over. De grenzen "
            "van aanbieders (vermogen, rendement) zijn dus gunstiger beoordeeld dan zij met dit beding uitvallen. Wat het "
            "waard is, staat in stappen (compare --step).",
            "en": f"The clause {CLAUSES[kind].name[1]} ({', '.join(lots)}) comes after the corridor. It is settled in the "
            "amounts of the comparison, and not counted in the design, the limits and the budget table of the lump sum "
            "alone: municipalities never pay more than stands there, providers never keep more. So the limits of "
            "providers (equity, return) are judged more favourably than they turn out with this clause. What it is worth "
            "stands in the steps (compare --step).",
        }
        for kind, lots in kinds.items()
    )


def check_case_given(case: Case) -> None:
    """Refuse a name or path in place of a case.

    >>> check_case_given("almere")
    Traceback (most recent call last):
    bekostiging.case.errors.ArgumentError: case almere: give a Case, as read_case returns it
    """
    checked_kind("case", case, Case, "read_case")


def prepared(case: Case, run: RunOptions, **policy: float | None) -> Prepared:
    """The case of a study, with other ``policy`` numbers where given.

    Raises
    ------
    UserError
        No case; a policy number outside its range; closed lots that cost more than is begroot; a cluster that is silent.
    """
    check_case_given(case)
    refuse_unreachable(run.cluster)
    brought = with_policy(case if run.named else pseudonymised(case), **policy)
    ready, unoffered = without_closed(brought, min(run.n_years, brought.n_years))
    return Prepared(brought, ready, unoffered, run)
