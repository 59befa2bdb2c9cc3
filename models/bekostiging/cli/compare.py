"""Commands that compare payment forms, or two comparisons: compare, stress, backtest, diff."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bekostiging.cli.application import brought_case, print_notes, user_errors
from bekostiging.cli.explored import Explored
from bekostiging.cli.frame import carry_out, study_case, used
from bekostiging.cli.options import (
    CaseName,
    ChoicesFile,
    Dossier,
    Explore,
    ExploreFor,
    Odf,
    Output,
    Papers,
    Proposed,
    Seed,
    Template,
    command,
)
from bekostiging.cli.papers import papers_wished
from bekostiging.options import OF_DIFFERENCE, Options

if TYPE_CHECKING:
    from bekostiging.case import Case
    from bekostiging.case.errors import Note
    from bekostiging.evaluation import Comparison, Study
    from bekostiging.options import Progress
    from bekostiging.report import PapersAsked
    from bekostiging.studies import CounterOffer, Difference

OF_RESULTS = ("n_scenarios", "design_scenarios", "n_years", "seed", "named")
"""Options of a run that its numbers depend on, for the dossier."""


@command()
def compare(
    case: CaseName,
    run: Options,
    output: Output,
    precision: Annotated[
        float | None,
        typer.Option(
            min=1,
            metavar="EURO",
            help="Draw out-of-sample scenarios until expected yearly spending is known to this.",
        ),
    ] = None,
    dossier: Dossier = False,
    papers: Papers = False,
    template: Template = None,
    odf: Odf = False,
    form: Proposed = "",
    sheets: Annotated[
        bool, typer.Option(help="Also write a sheet per provider, with its own figures alone.")
    ] = False,
    step: Annotated[bool, typer.Option(help="Also write what each term is worth, one change at a time.")] = False,
    counter: Annotated[
        str, typer.Option("--counter-offer", metavar="LOADING,ZONE", help="What a sheet prices: 0.03,0.05.")
    ] = "0.03,0.05",
    explore: Explore = True,
    provider: ExploreFor = "",
    choices: ChoicesFile = None,
) -> None:
    """Compare the four payment forms on the same simulated clients and design the lump sum."""

    def study(brought: Case, run: Options) -> Study:
        """Carry it out with these options."""
        from bekostiging.studies import compare

        explored.prepare(brought, run)
        return compare(brought, precision=precision, **run)

    settings = {name: value for name, value in run.items() if name in OF_RESULTS} | {"precision": precision}
    with user_errors(output.lang):
        if dossier:
            from bekostiging.report.tender.about import settings_of

            settings_of("compare", settings, "--dossier")
        wish = papers_wished(papers, template, odf, form)
        offer = _counter_offer(counter) if sheets else None
    explored = Explored(output.lang, provider, choices)
    more = _More(case, output.lang, settings if dossier else None, wish, offer, step, explored)
    try:
        study_case(case, output, run, study, also=more.write, explore=explore)
    finally:
        print_notes(more.told, output.lang)


@dataclass
class _More:
    """What else is written of a comparison: each ``step`` to the agreement, sheets that price an ``offer``, papers as
    wished, a dossier with its ``settings``, pages of what was ``explored``; and what is told of it."""

    case: str
    lang: str
    settings: dict[str, object] | None
    wish: PapersAsked | None
    offer: CounterOffer | None
    step: bool
    explored: Explored
    told: list[Note] = field(default_factory=list)

    def write(self, outcome: Comparison, draft: Path) -> None:
        """Write it into the result folder."""
        from bekostiging.report import write_comparison_dossier, write_papers, write_provider_sheets, write_steps

        self.explored.write(outcome, draft)
        if self.step:
            write_steps(outcome, draft, self.lang)
        if self.offer is not None:
            write_provider_sheets(outcome, draft, self.lang, self.offer)
        if self.wish is not None:
            self.told += write_papers(outcome, draft, self.lang, self.wish)
        if self.settings is not None:
            write_comparison_dossier(outcome, self.case, self.settings, draft)


def _counter_offer(text: str) -> CounterOffer:
    """What the sheets of providers price.

    Raises
    ------
    UserError
        Something else than two numbers within reason.
    """
    from bekostiging.case import UserError
    from bekostiging.cli.texts import fractions
    from bekostiging.studies import CounterOffer

    numbers = fractions("--counter-offer", text)
    if len(numbers) != 2:
        raise UserError(
            f"--counter-offer {text}: geef twee getallen met een komma ertussen, de opslag en de vrije zone: 0.03,0.05",
            f"--counter-offer {text}: give two numbers with a comma between them, loading and free zone: 0.03,0.05",
            exit_code=2,
        )
    return CounterOffer(*numbers)


@command()
def stress(
    case: CaseName,
    run: Options,
    output: Output,
    shocks: Annotated[
        list[str] | None, typer.Option("--shock", metavar="ID", help="Named shock of the case; repeat to combine.")
    ] = None,
    views: Annotated[
        list[str] | None,
        typer.Option(
            "--view", metavar="VIEW", help="Expert view such as 'P(growth >= 8 %) = 0.8'; repeat to add."
        ),
    ] = None,
    targets: Annotated[
        list[str] | None,
        typer.Option(
            "--reverse",
            metavar="TARGET",
            help="begroting, or a provider: what breaks it, and how likely; repeat to add.",
        ),
    ] = None,
    form: Annotated[str, typer.Option(help="Payment form of --reverse.")] = "taakgericht",
) -> None:
    """Shocks together, expert views on the scenarios, and what would break a begroting or a provider."""

    def study(brought: Case, run: Options) -> Study:
        """Carry it out with these options."""
        from bekostiging.studies import study_stress

        return study_stress(
            brought, shocks=shocks or [], views=views or [], targets=targets or [], form=form, **run
        )

    study_case(case, output, run, study, "-stress")


@command()
def backtest(
    case: CaseName,
    output: Output,
    origin: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Last year known; default: the third of the longest series.")
    ] = None,
    n_scenarios: Annotated[int, typer.Option("--scenarios", min=16, help="Number of scenarios.")] = 1024,
    seed: Seed = 1,
) -> None:
    """Predict years that history knows from the years before, and say how often the intervals hold."""
    with user_errors(output.lang):
        from bekostiging.case import UserError, pseudonymised

        if output.folder is not None and output.folder.suffix == ".json":
            raise UserError(
                f"--out {output.folder}: backtest schrijft een map, met de cijfers in results.json; noem een map.",
                f"--out {output.folder}: backtest writes a folder, with the figures in results.json; name a folder.",
                exit_code=2,
            )
        brought = brought_case(case, output.lang)

        def compute(progress: Progress) -> Study:
            """Carry it out with these options."""
            from bekostiging.studies import backtest

            return backtest(brought, origin, n_scenarios, seed)

        carry_out(compute, Path(f"bekostiging-{pseudonymised(brought).name}-backtest"), output, apart=used(case))


@command(OF_DIFFERENCE)
def diff(
    a: Annotated[Path, typer.Argument(metavar="A", help="A folder that compare wrote.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="Another one: a later year, a variant, another region.")],
    run: Options,
    output: Output,
    form: Annotated[
        str | None, typer.Option(help="Payment form to compare; default: every lot as it is paid.")
    ] = None,
) -> None:
    """Two results side by side: what was entered differently, and what of the difference comes from what."""
    with user_errors(output.lang):

        def compute(progress: Progress) -> Difference:
            """Carry it out with these options."""
            from bekostiging.studies import study_difference

            return study_difference(a, b, form=form, **(run | {"progress": progress}))

        carry_out(compute, Path(f"bekostiging-{b.name}-diff"), output, apart=(a, b))
