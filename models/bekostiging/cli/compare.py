"""Commands that compare payment forms: compare, stress, backtest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bekostiging.cli.application import brought_case, user_errors
from bekostiging.cli.frame import carry_out, study_case, used
from bekostiging.cli.options import CaseName, Dossier, Output, Seed, command
from bekostiging.options import Options

if TYPE_CHECKING:
    from bekostiging.case import Case
    from bekostiging.evaluation import Comparison, Study
    from bekostiging.options import Progress

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
) -> None:
    """Compare the four payment forms on the same simulated clients and design the lump sum."""

    def study(brought: Case, run: Options) -> Study:
        """Carry it out with these options."""
        from bekostiging.studies import compare

        return compare(brought, precision=precision, **run)

    def packed(outcome: Comparison, draft: Path) -> None:
        """Write the dossier."""
        from bekostiging.report import write_comparison_dossier

        write_comparison_dossier(outcome, case, settings, draft)

    settings = {name: value for name, value in run.items() if name in OF_RESULTS} | {"precision": precision}
    if dossier:
        with user_errors(output.lang):
            from bekostiging.report.tender.about import settings_of

            settings_of("compare", settings, "--dossier")
    study_case(case, output, run, study, also=packed if dossier else None)


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
