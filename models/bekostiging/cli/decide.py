"""Commands that decide: lumpsum, equalise, share, capacity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bekostiging.cli.app import (
    NO_SOLUTION,
    CaseName,
    DesignFutures,
    Futures,
    FuturesTwice,
    Language,
    LanguageOption,
    Named,
    Out,
    Overwrite,
    Seed,
    Workers,
    Years,
    app,
    brought_case,
    print_end,
    print_sentence,
    user_errors,
)

if TYPE_CHECKING:
    from bekostiging.case import Case

Study = TypeVar("Study")


def _studied(
    brought: Case,
    decide: Callable[..., Study],
    write: Callable[[Study, Path], None],
    sentences: Callable[[Study, str], Sequence[str]],
    *,
    folder: Path,
    lang: str,
    overwrite: bool,
    page: str = "report.html",
) -> Study:
    """Decide under a progress bar, write the result folder whole, and print what was found and where it is."""
    from bekostiging import report

    report.refuse_existing(folder, overwrite)
    with report.progress_bars(lang) as advance:
        study = decide(progress=advance)
    report.write_folder(folder, lambda draft: write(study, draft), overwrite=overwrite)
    for sentence in sentences(study, lang):
        print_sentence(sentence)
    print_end(brought.disclaimer, folder, lang, page)
    return study


@app.command()
def lumpsum(
    case: CaseName,
    scenarios: Futures = 512,
    design_scenarios: DesignFutures = 2048,
    years: Years = 4,
    seed: Seed = 1,
    confidence: Annotated[
        float | None, typer.Option(help="Which tail counts, instead of the case's policy.")
    ] = None,
    risk_weight: Annotated[
        float | None, typer.Option(help="Weight of the tail, instead of the case's policy.")
    ] = None,
    bands: Annotated[int | None, typer.Option(help="Most changes of share on a side of the reference.")] = None,
    shares: Annotated[str | None, typer.Option(help="Shares to choose from: 0,0.25,0.5,0.75")] = None,
    edges: Annotated[str | None, typer.Option(help="Menu of edges instead of the layers: 0.02,0.05,0.1")] = None,
    mix: Annotated[bool, typer.Option("--mix", help="Choose the payment form of every lot too.")] = False,
    precision: Annotated[float | None, typer.Option(help="Euro to which every limit is to be known.")] = None,
    out: Out = None,
    lang: LanguageOption = Language.NL,
    workers: Workers = 2,
    overwrite: Overwrite = False,
    named: Named = False,
) -> None:
    """Design the lump sum alone: its terms, its limits on fresh futures, its margin, and alternatives."""
    with user_errors(lang):
        from bekostiging import report
        from bekostiging.case import fractions
        from bekostiging.lumpsum import asked_terms
        from bekostiging.stress import study_lumpsum

        brought = brought_case(case, lang)
        study = _studied(
            brought,
            partial(
                study_lumpsum,
                brought,
                n_scenarios=scenarios,
                design_scenarios=design_scenarios,
                n_years=years,
                seed=seed,
                workers=workers,
                confidence=confidence,
                risk_weight=risk_weight,
                simple=asked_terms(bands, fractions("--shares", shares)),
                edges=fractions("--edges", edges),
                mix=mix,
                precision=precision,
                named=named,
            ),
            lambda study, draft: report.write_study(study, draft, lang, named=named),
            report.study_sentences,
            folder=out or Path(f"bekostiging-{brought.name}-lumpsum"),
            lang=lang,
            overwrite=overwrite,
            page="lumpsum.html",
        )
    if study.lumpsum.outcome != "designed":
        raise typer.Exit(NO_SOLUTION)


@app.command()
def equalise(
    case: CaseName,
    clients: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Own clients (provider, profile, cost, groups) instead of simulated."),
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
    scenarios: FuturesTwice = 512,
    design_scenarios: DesignFutures = 2048,
    years: Years = 4,
    seed: Seed = 1,
    out: Out = None,
    lang: LanguageOption = Language.NL,
    workers: Workers = 2,
    overwrite: Overwrite = False,
    named: Named = False,
) -> None:
    """Norm amounts per profile, who gains and loses by them, and a pool between providers after the year."""
    with user_errors(lang):
        from bekostiging import report
        from bekostiging.case import named_numbers, ordered_pairs, read_clients
        from bekostiging.equalisation import model_asked
        from bekostiging.stress import study_equalisation

        brought = brought_case(case, lang)
        table = None if clients is None else read_clients(clients)
        model = model_asked(
            method,
            quantile,
            shrinkage,
            at_most,
            ordered_pairs("--order", order or []),
            named_numbers("--group-bound", group_bound or [], 2),
            named_numbers("--group-penalty", group_penalty or [], 1),
            seed,
        )
        _studied(
            brought,
            partial(
                study_equalisation,
                brought,
                model,
                table=table,
                power=power,
                n_scenarios=scenarios,
                design_scenarios=design_scenarios,
                n_years=years,
                seed=seed,
                workers=workers,
                named=named,
            ),
            lambda study, draft: report.write_equalisation(study, draft, lang, named=named),
            report.equalisation_sentences,
            folder=out or Path(f"bekostiging-{brought.name}-equalisation"),
            lang=lang,
            overwrite=overwrite,
        )


@app.command()
def share(
    case: CaseName,
    game: Annotated[
        str | None, typer.Option(help="surcharge, fixed_parts or joint_contract; default: all that fit.")
    ] = None,
    table: Annotated[bool, typer.Option("--table", help="Write every coalition and its cost.")] = False,
    solidarity: Annotated[
        float | None, typer.Option(help="Part by inhabitants in key dial, instead of the case's policy.")
    ] = None,
    high_cost_threshold: Annotated[
        float | None, typer.Option(metavar="EURO", help="Per client and year, in key hybrid; idem.")
    ] = None,
    exit_cost: Annotated[
        float, typer.Option(min=0, metavar="EURO", help="Per municipality that leaves, over the term.")
    ] = 0.0,
    scenarios: Futures = 512,
    design_scenarios: DesignFutures = 2048,
    years: Years = 4,
    seed: Seed = 1,
    out: Out = None,
    lang: LanguageOption = Language.NL,
    workers: Workers = 2,
    overwrite: Overwrite = False,
) -> None:
    """Every sharing key side by side, what going together is worth, and who would be cheaper off alone."""
    with user_errors(lang):
        from bekostiging import report
        from bekostiging.stress import study_sharing

        brought = brought_case(case, lang)
        _studied(
            brought,
            partial(
                study_sharing,
                brought,
                game=game,
                table=table,
                solidarity=solidarity,
                threshold=high_cost_threshold,
                exit_cost=exit_cost,
                n_scenarios=scenarios,
                design_scenarios=design_scenarios,
                n_years=years,
                seed=seed,
                workers=workers,
            ),
            lambda study, draft: report.write_sharing(study, draft, lang, table=table),
            report.sharing_sentences,
            folder=out or Path(f"bekostiging-{brought.name}-sharing"),
            lang=lang,
            overwrite=overwrite,
        )


@app.command()
def capacity(
    case: CaseName,
    lump_sum: Annotated[
        bool, typer.Option("--lumpsum", help="Also design the lump sum and say whether it buys the capacity.")
    ] = False,
    gap: Annotated[float, typer.Option(min=0, max=0.5, help="Stop when no plan can be this much better.")] = 0.01,
    seconds: Annotated[float, typer.Option(min=1, help="Stop looking for a better plan after this long.")] = 120.0,
    risk_weight: Annotated[
        float | None, typer.Option(help="Weight of the tail, instead of the case's policy.")
    ] = None,
    scenarios: FuturesTwice = 128,
    design_scenarios: DesignFutures = 2048,
    years: Years = 1,
    seed: Seed = 1,
    out: Out = None,
    lang: LanguageOption = Language.NL,
    workers: Workers = 2,
    overwrite: Overwrite = False,
    named: Named = False,
) -> None:
    """Plan how many places of which care to reserve with whom, before demand is known; who waits, and what it costs."""
    with user_errors(lang):
        from bekostiging import report
        from bekostiging.stress import study_capacity

        brought = brought_case(case, lang)
        study = _studied(
            brought,
            partial(
                study_capacity,
                brought,
                lump_sum=lump_sum,
                design_scenarios=design_scenarios,
                gap=gap,
                seconds=seconds,
                risk_weight=risk_weight,
                n_scenarios=scenarios,
                n_years=years,
                seed=seed,
                workers=workers,
                named=named,
            ),
            lambda study, draft: report.write_capacity(study, draft, lang, named=named),
            report.capacity_sentences,
            folder=out or Path(f"bekostiging-{brought.name}-capacity"),
            lang=lang,
            overwrite=overwrite,
        )
    if study.budget is not None and study.budget.decision.outcome != "designed":
        raise typer.Exit(NO_SOLUTION)
