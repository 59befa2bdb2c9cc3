"""Commands that decide: lumpsum, equalise, share, capacity."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bekostiging.cli.application import print_notes, user_errors
from bekostiging.cli.explored import Explored
from bekostiging.cli.frame import study_case
from bekostiging.cli.options import (
    AgreedFile,
    CaseName,
    Explore,
    ExploreFor,
    Odf,
    Output,
    Papers,
    RiskWeight,
    Template,
    command,
)
from bekostiging.cli.papers import papers_wished
from bekostiging.options import OF_CAPACITY, Options

NOTHING_TO_PROPOSE = {
    "nl": "Er is geen taakgericht budget binnen alle grenzen, dus zijn er geen stukken; compare --papers schrijft ze met "
    "een andere vorm.",
    "en": "There is no lump sum within all limits, so there are no papers; compare --papers writes them with another form.",
}

if TYPE_CHECKING:
    from bekostiging.case import Case
    from bekostiging.case.errors import Note
    from bekostiging.evaluation import Study
    from bekostiging.report import PapersAsked
    from bekostiging.studies import LumpSumStudy


@command()
def lumpsum(
    case: CaseName,
    run: Options,
    output: Output,
    confidence: Annotated[
        float | None, typer.Option(help="Which tail counts, instead of the case's policy.")
    ] = None,
    risk_weight: RiskWeight = None,
    changes: Annotated[
        int | None, typer.Option("--bands", help="Most changes of share on a side of the reference.")
    ] = None,
    shares: Annotated[str | None, typer.Option(help="Shares to choose from: 0,0.25,0.5,0.75")] = None,
    edges: Annotated[str | None, typer.Option(help="Menu of edges instead of the layers: 0.02,0.05,0.1")] = None,
    mix: Annotated[bool, typer.Option(help="Choose the payment form of every lot too.")] = False,
    precision: Annotated[float | None, typer.Option(help="Euro to which every limit is to be known.")] = None,
    papers: Papers = False,
    template: Template = None,
    odf: Odf = False,
    explore: Explore = True,
    provider: ExploreFor = "",
    choices: AgreedFile = None,
) -> None:
    """Design the lump sum alone: its terms, its limits on out-of-sample scenarios, its margin, and alternatives."""

    def study(brought: Case, run: Options) -> Study:
        """Carry it out with these options."""
        from bekostiging.cli.texts import fractions
        from bekostiging.lumpsum import asked_terms
        from bekostiging.studies import study_lumpsum

        explored.prepare(brought, run)
        agreed = explored.agreed()
        _refuse_mix(mix or any(form != "taakgericht" for form in agreed.forms()), wish)
        return study_lumpsum(
            brought,
            confidence=confidence,
            risk_weight=risk_weight,
            simple=asked_terms(changes, fractions("--shares", shares)),
            edges=fractions("--edges", edges),
            mix=mix,
            precision=precision,
            agreed=agreed,
            **run,
        )

    told: list[Note] = []
    explored = Explored(output.lang, provider, choices)
    with user_errors(output.lang):
        wish = papers_wished(papers, template, odf, "")
        _refuse_mix(mix, wish)

    def write(study: LumpSumStudy, draft: Path) -> None:
        """Write the page of one provider, choices, and the papers."""
        explored.write(study, draft)
        told.extend(_papers(study, draft, output.lang, wish))

    try:
        study_case(case, output, run, study, "-lumpsum", also=write, explore=explore)
    finally:
        print_notes(told, output.lang)


def _papers(study: LumpSumStudy, draft: Path, lang: str, wish: PapersAsked | None) -> list[Note]:
    """Write the papers where they are asked for and there is a lump sum to propose; what must be told."""
    if wish is None:
        return []
    from bekostiging.report import write_papers

    return [NOTHING_TO_PROPOSE] if study.budget is None else write_papers(study, draft, lang, wish)


def _refuse_mix(mix: bool, wish: PapersAsked | None) -> None:
    """Refuse papers of lots that each have a form of their own.

    Raises
    ------
    UserError
        Both are asked for.
    """
    from bekostiging.case import UserError

    if mix and wish is not None:
        raise UserError(
            "--papers gaat niet samen met --mix, of met percelen die in een andere vorm vaststaan: de stukken stellen één "
            "vorm voor; laat --papers weg, of gebruik compare.",
            "--papers does not go with --mix, or with lots that stand in another form: papers propose one form; leave "
            "--papers out, or use compare.",
            exit_code=2,
        )


@command()
def equalise(
    case: CaseName,
    run: Options,
    output: Output,
    table: Annotated[
        Path | None,
        typer.Option(
            "--clients", metavar="CSV", help="Own clients (provider, profile, cost, groups) instead of simulated."
        ),
    ] = None,
    method: Annotated[str, typer.Option(help="least_squares, lad, quantile or least_largest.")] = "least_squares",
    quantile: Annotated[float, typer.Option(help="Of --method quantile.")] = 0.5,
    shrinkage: Annotated[
        str, typer.Option(metavar="CLIENTS", help="Clients the mean cost counts for, or cross_validated.")
    ] = "0",
    at_most: Annotated[int | None, typer.Option(help="Profiles with a norm amount of their own.")] = None,
    order: Annotated[
        list[str] | None, typer.Option(metavar="LIGHT<HEAVY", help="Order of profiles; repeat to add.")
    ] = None,
    group_bound: Annotated[
        list[str] | None,
        typer.Option(metavar="GROUP=LEAST:MOST", help="Bounds on the mean compensation of column:value."),
    ] = None,
    group_penalty: Annotated[
        list[str] | None, typer.Option(metavar="GROUP=WEIGHT", help="Penalty on the mean error of column:value.")
    ] = None,
    power: Annotated[float, typer.Option(help="Least part of the next euro that stays the provider's.")] = 0.8,
) -> None:
    """Norm amounts per profile, who gains and loses by them, and a pool between providers after the year."""

    def study(brought: Case, run: Options) -> Study:
        """Carry it out with these options."""
        from bekostiging.case import read_clients
        from bekostiging.cli.texts import named_numbers, ordered_pairs
        from bekostiging.equalisation import model_asked
        from bekostiging.studies import study_equalisation

        model = model_asked(
            method,
            quantile,
            shrinkage,
            at_most,
            ordered_pairs("--order", order or []),
            named_numbers("--group-bound", group_bound or [], 2),
            named_numbers("--group-penalty", group_penalty or [], 1),
            run["seed"],
        )
        clients = None if table is None else read_clients(table, brought.not_bsn)
        return study_equalisation(brought, model, table=clients, power=power, **run)

    study_case(case, output, run, study, "-equalisation")


@command()
def share(
    case: CaseName,
    run: Options,
    output: Output,
    game: Annotated[
        str | None, typer.Option(help="surcharge, fixed_parts or joint_contract; default: all that fit.")
    ] = None,
    table: Annotated[bool, typer.Option(help="Write every coalition and its cost.")] = False,
    solidarity: Annotated[
        float | None, typer.Option(help="Part by inhabitants in key dial, instead of the case's policy.")
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--high-cost-threshold",
            metavar="EURO",
            help="Per client and year, in key hybrid, instead of the case's policy.",
        ),
    ] = None,
    exit_cost: Annotated[
        float, typer.Option(min=0, metavar="EURO", help="Per municipality that leaves, over the term.")
    ] = 0.0,
) -> None:
    """Every sharing key side by side, what going together is worth, and who would be cheaper off alone."""

    def study(brought: Case, run: Options) -> Study:
        """Carry it out with these options."""
        from bekostiging.studies import study_sharing

        return study_sharing(
            brought,
            game=game,
            table=table,
            solidarity=solidarity,
            threshold=threshold,
            exit_cost=exit_cost,
            **run,
        )

    study_case(case, output, run, study, "-sharing")


@command(OF_CAPACITY)
def capacity(
    case: CaseName,
    run: Options,
    output: Output,
    lump_sum: Annotated[
        bool,
        typer.Option(
            "--lumpsum/--no-lumpsum", help="Also design the lump sum and say whether it buys the capacity."
        ),
    ] = False,
    gap: Annotated[float, typer.Option(min=0, max=0.5, help="Stop when no plan can be this much better.")] = 0.01,
    seconds: Annotated[float, typer.Option(min=1, help="Stop looking for a better plan after this long.")] = 120.0,
    risk_weight: RiskWeight = None,
) -> None:
    """Plan how many places of which care to reserve with whom, before demand is known; who waits, and what it costs."""

    def study(brought: Case, run: Options) -> Study:
        """Carry it out with these options."""
        from bekostiging.studies import study_capacity

        return study_capacity(brought, lump_sum=lump_sum, gap=gap, seconds=seconds, risk_weight=risk_weight, **run)

    study_case(case, output, run, study, "-capacity")
