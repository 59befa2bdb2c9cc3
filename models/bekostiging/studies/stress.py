"""What could go otherwise: shocks together, expert views on the scenarios, and what breaks a begroting or a provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

from bekostiging.case import Case, UserError
from bekostiging.case.arguments import checked_texts, kinds_checked
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.evaluation.deterministic_scenarios import check_shocks, deterministic_scenario
from bekostiging.evaluation.results import Comparison, DeterministicScenario
from bekostiging.evaluation.study import Study, check_case_given
from bekostiging.lumpsum import Outcome
from bekostiging.options import Options, run_options
from bekostiging.studies.breaking_point import BEGROTING, ReverseStress, payment_form, reverse_stress, target_place
from bekostiging.studies.comparison import compare, contracts_in_force
from bekostiging.studies.views import Pooled, pooled, read_view

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class StressStudy(Study):
    """Answers on the scenarios of the comparison ``outcome``; ``to_frame()``: a row per question, subject and figure, euro
    over the term.

    ``together``: the deterministic scenario of the shocks; ``believed``: figures under the views; both None where not asked.
    ``broken``: per target the nearest scenario of the factors that breaks it.
    """

    outcome: Comparison
    together: DeterministicScenario | None
    believed: Pooled | None
    broken: tuple[ReverseStress, ...]

    @property
    def designed(self) -> Outcome:
        """How the lump sum of the comparison came out."""
        return self.outcome.designed

    def to_frame(self) -> pd.DataFrame:
        """Every answer."""
        import pandas as pd

        columns = ("question", "subject", "form", "figure", "value", "standard_error")
        rows: list[tuple[str, str, str, str, float | None, float | None]] = []
        if self.together is not None:
            for form in PAYMENT_FORMS:
                more = self.together.spending[form] - self.outcome.plain.spending[form]
                rows.append(("shocks", self.together.id, form, "spending", more, None))
        if self.believed is not None:
            views = "; ".join(self.believed.views)
            for form, own in self.believed.under.items():
                rows += [
                    ("views", views, form, figure.name, one.value, one.standard_error)
                    for figure, one in own.items()
                ]
        for reverse in self.broken:
            subject = ("reverse", reverse.target, reverse.form)
            rows.append((*subject, "distance", reverse.distance, None))
            if (one := reverse.probability) is not None:
                rows.append((*subject, "probability", one.value, one.standard_error))
        return pd.DataFrame(rows, columns=list(columns))

    def heading(self) -> str:
        """Case, scenarios, seed."""
        return f"Stress of {self.case.name}, {self.n_scenarios} scenarios, seed {self.seed}"


@kinds_checked
def study_stress(
    case: Case,
    *,
    shocks: Sequence[str] = (),
    views: Sequence[str] = (),
    targets: Sequence[str] = (),
    form: str = "taakgericht",
    **options: Unpack[Options],
) -> StressStudy:
    """Compare the payment forms, then apply shocks, take up expert views and search what breaks a target.

    At least one of ``shocks``, ``views`` and ``targets`` is given.

    Parameters
    ----------
    case : Case
        From ``read_case``.
    shocks : sequence of str, optional
        Names of table shocks, applied together.
    views : sequence of str, optional
        Views on the scenarios, such as ``P(growth >= 8 %) = 0.8`` (see ``pooled``).
    targets : sequence of str, optional
        ``begroting`` or ids of providers: what has to break.
    form : str, default "taakgericht"
        Payment form under which the targets break.
    **options
        As ``bekostiging.RunOptions``.

    Returns
    -------
    StressStudy
        The comparison and an answer to every question.

    Raises
    ------
    UserError
        Nothing is asked; a shock, view, target or payment form that is not known; an option out of range.

    Examples
    --------
    >>> from bekostiging import read_case, study_stress
    >>> study = study_stress(read_case("almere"), targets=["begroting"])  # doctest: +SKIP
    >>> print(study)  # doctest: +SKIP
    """
    run_options(options)
    check_case_given(case)
    shocks, views = checked_texts("shocks", shocks), checked_texts("views", views)
    targets = checked_texts("targets", targets)
    if not (shocks or views or targets):
        raise UserError(
            "stress: er is niets gevraagd; vraag iets met {shocks} (een schok uit tabel shocks), {views} (een oordeel zoals "
            "'P(growth >= 8 %) = 0.8') of {targets} (begroting of een aanbieder).",
            "stress: nothing is asked; ask with {shocks} (a shock of table shocks), {views} (a view such as "
            "'P(growth >= 8 %) = 0.8') or {targets} (begroting or a provider).",
            exit_code=2,
            arguments=["shocks", "views", "targets"],
        )
    chosen = payment_form(form)
    places = [target_place(case, target, "targets") for target in targets]
    check_shocks(case, shocks)
    for text in views:
        read_view(text)
    outcome = compare(case, **options)
    contracts, discount = contracts_in_force(outcome), outcome.lumpsum.data.discount
    # providers of a running case are numbered by now
    names = [BEGROTING if place is None else outcome.case.providers[place].id for place in places]
    return StressStudy(
        case=outcome.case,
        n_scenarios=outcome.n_scenarios,
        seed=outcome.seed,
        named=outcome.named,
        notes=outcome.notes,
        self_check=outcome.self_check,
        outcome=outcome,
        together=deterministic_scenario(outcome.case, outcome.cells, contracts, discount, shocks)
        if shocks
        else None,
        believed=pooled(outcome, views) if views else None,
        broken=tuple(reverse_stress(outcome, chosen, name, outcome.n_scenarios, outcome.seed) for name in names),
    )
