"""The difference between two results, and what of it comes from what.

Three parts add up to the difference of every figure. Program: the cases of both under the program of today, minus what was
published then. The kinds of input that differ: the Shapley value over them, each coalition a case with those kinds of B and
the others of A, computed on one seed. Chance: what is left, since the published results have scenarios of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Unpack

import numpy as np

from bekostiging.case import Case, CaseError, UserError, check_case
from bekostiging.case.arguments import checked_path, kinds_checked
from bekostiging.case.errors import Note
from bekostiging.case.shown import Shown
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm
from bekostiging.evaluation.figures import Figure
from bekostiging.options import OF_DIFFERENCE, Options, RunOptions, run_options
from bekostiging.program import program_fingerprint
from bekostiging.studies.breaking_point import payment_form
from bekostiging.studies.difference.folders import ResultFolder, read_folder
from bekostiging.studies.difference.groups import GROUPS, Group, case_of_groups
from bekostiging.studies.difference.inputs import InputChange, input_changes
from bekostiging.studies.difference.runs import (
    COMPARED,
    SettledRun,
    settled_run,
    stored_begroting,
    stored_figures,
    stored_spending,
)
from bekostiging_solvers import Estimate, Scramblings, shapley, shared_processes, together

if TYPE_CHECKING:
    import pandas as pd

PROGRAM, CHANCE = "program", "chance"
Block = tuple[Group, ...]
"""Kinds of input that are changed together."""
JOINED: tuple[frozenset[Group], ...] = (
    frozenset({"data", "contract"}),
    frozenset({"data", "contract", "parameters"}),
    frozenset(GROUPS),
)
"""What is changed together where a case with one of each is none, the fewest first."""


@dataclass(frozen=True)
class FigureDifference:
    """One figure: ``before`` in A, ``after`` in B, ``parts`` by kind of input (joined with ``+``), PROGRAM and CHANCE, which
    add up to the difference; empty where it cannot be taken apart. ``common``: what the inputs do together, on the same
    scenarios.

    Examples
    --------
    >>> from bekostiging.evaluation.figures import EXPECTED
    >>> parts = {"data": Estimate(2.0, 0.5), CHANCE: Estimate(1.0, 0.8)}
    >>> one = FigureDifference(EXPECTED, Estimate(10.0, 0.5), Estimate(13.0, 0.5), parts, Estimate(2.0, 0.5))
    >>> one.difference, one.real
    (3.0, True)
    """

    figure: Figure
    before: Estimate
    after: Estimate
    parts: Mapping[str, Estimate]
    common: Estimate | None

    @property
    def difference(self) -> float:
        """After minus before."""
        return self.after.value - self.before.value

    @property
    def real(self) -> bool | None:
        """Whether what the inputs do is more than noise (95 %); None where it is not known."""
        if self.common is None or (half := self.common.half_width()) is None:
            return None
        return abs(self.common.value) > half


@dataclass(frozen=True)
class Difference(Shown):
    """Two results side by side; ``to_frame()``: a row per figure and part.

    Attributes
    ----------
    a, b : ResultFolder
        As they were read.
    form : str or None
        Payment form that is compared; None: every lot as it is paid in its own case.
    changes : tuple of InputChange
        What was entered differently; empty too where a case is not known.
    blocks : tuple of tuple of str
        Kinds of input that were changed together.
    joined : dict or None
        Why kinds of input are changed together, by language.
    figures : tuple of FigureDifference
        Over the term.
    spending, begroting : dict
        Expected spending by municipality and period, and what is begroot over the term, in A and in B.
    totals_only : tuple of dict
        Why nothing is attributed, by language; empty where it is.
    n_scenarios, seed : int
        Of the runs that attribute.

    Examples
    --------
    >>> a, b = (ResultFolder(name.upper(), Path(name), "", {}, None, None, "") for name in ("a", "b"))
    >>> Difference(a, b, None, (), (), None, (), ({}, {}), ({}, {}), (), 128, 1)
    <Difference: b (B) against a (A), 0 cells entered differently>
    """

    a: ResultFolder
    b: ResultFolder
    form: PaymentForm | None
    changes: tuple[InputChange, ...]
    blocks: tuple[Block, ...]
    joined: Note | None
    figures: tuple[FigureDifference, ...]
    spending: tuple[Mapping[str, Mapping[str, float]], Mapping[str, Mapping[str, float]]]
    begroting: tuple[Mapping[str, float], Mapping[str, float]]
    totals_only: tuple[Note, ...]
    n_scenarios: int
    seed: int

    def to_frame(self) -> pd.DataFrame:
        """Before, after, and every part of every figure."""
        import pandas as pd

        rows = []
        for one in self.figures:
            parts = {"before": one.before, "after": one.after, **one.parts}
            rows += [
                (one.figure.name, part, found.value, found.standard_error, one.figure.unit)
                for part, found in parts.items()
            ]
        return pd.DataFrame(rows, columns=["figure", "part", "value", "standard_error", "unit"])

    def heading(self) -> str:
        """What is compared."""
        return f"{self.b.place.name} (B) against {self.a.place.name} (A), {len(self.changes)} cells entered differently"

    @property
    def known_case(self) -> Case | None:
        """The case of B, else of A, by whose names things are called."""
        return self.b.case or self.a.case


@kinds_checked
def study_difference(
    a: Path | str, b: Path | str, *, form: str | None = None, **options: Unpack[Options]
) -> Difference:
    """Two results of ``compare`` side by side: what was entered differently, and what of the difference comes from what.

    Parameters
    ----------
    a, b : str or path
        Folders that ``compare`` wrote.
    form : str, optional
        Payment form to compare; by default every lot as it is paid in its own case.
    **options
        As ``bekostiging.RunOptions``, of the runs that attribute the difference: 128 scenarios by default.

    Returns
    -------
    Difference
        Inputs that differ, totals, and parts that add up to the difference.

    Raises
    ------
    UserError
        No folder of results; a file that was changed since; an unknown payment form; an option out of range.

    Examples
    --------
    >>> from bekostiging import study_difference
    >>> print(study_difference("results-2027", "results-2028"))  # doctest: +SKIP
    >>> study_difference("no-results", "results-2028")
    Traceback (most recent call last):
    bekostiging.case.errors.UserError: Result A, no-results, is no folder of results: ...
    """
    run = run_options(OF_DIFFERENCE | options)
    chosen = None if form is None else payment_form(form)
    folders = tuple(
        read_folder(checked_path(name, place), name, name.upper()) for name, place in (("a", a), ("b", b))
    )
    for name, folder in zip("ab", folders, strict=True):
        _refuse_other(folder, name)
    one, two = folders
    forms = _forms(folders, chosen)
    stored = [stored_figures(own.figures, paid) for own, paid in zip(folders, forms, strict=True)]
    why = _why_totals_only(folders)
    blocks: tuple[Block, ...] = ()
    joined: Note | None = None
    changes: tuple[InputChange, ...] = ()
    attributed: dict[Figure, tuple[dict[str, Estimate], Estimate]] = {}
    if one.case is not None and two.case is not None:
        changes = input_changes(one.case, two.case)
        if not why:
            blocks, joined = _blocks(one.case, two.case, changes)
            attributed = _attributed((one, two), (one.case, two.case), chosen, blocks, run, stored)
    return Difference(
        a=one,
        b=two,
        form=chosen,
        changes=changes,
        blocks=blocks,
        joined=joined,
        figures=tuple(
            FigureDifference(
                figure,
                stored[0][figure],
                stored[1][figure],
                *(attributed[figure] if attributed else ({}, None)),
            )
            for figure in COMPARED
        ),
        spending=(stored_spending(one.figures, forms[0]), stored_spending(two.figures, forms[1])),
        begroting=(stored_begroting(one.figures), stored_begroting(two.figures)),
        totals_only=why,
        n_scenarios=run.n_scenarios,
        seed=run.seed,
    )


def _refuse_other(folder: ResultFolder, argument: str) -> None:
    """Refuse the result of another study than a comparison."""
    if not folder.comparison:
        raise UserError(
            f"{{{argument}}} {folder.place} is geen resultaat van compare; noem een map die compare schreef.",
            f"{{{argument}}} {folder.place} is no result of compare; name a folder that compare wrote.",
            exit_code=2,
            arguments=[argument],
        )


def _forms(
    folders: Sequence[ResultFolder], chosen: PaymentForm | None
) -> tuple[PaymentForm | Literal["mix"], PaymentForm | Literal["mix"]]:
    """What of each results.json is compared: where lots have one form, that of a case that is known."""
    known = next((own.case.lots[0].payment_form for own in folders if own.case is not None), None)
    found: list[PaymentForm | Literal["mix"]] = []
    for own in folders:
        if chosen is not None:
            found.append(chosen)
        elif own.figures.get("mix") is not None:
            found.append("mix")
        elif own.case is not None:
            found.append(own.case.lots[0].payment_form)
        else:
            found.append(known or next(iter(PAYMENT_FORMS)))
    return found[0], found[1]


def _why_totals_only(folders: Sequence[ResultFolder]) -> tuple[Note, ...]:
    """Why nothing can be attributed."""
    notes = []
    for own in folders:
        if own.without is not None:
            nl = f"{own.label} ({own.place.name}): {own.without['nl']}. Daarom staan hier alleen de totalen."
            en = f"{own.label} ({own.place.name}): {own.without['en']}. So only the totals stand here."
            notes.append({"nl": nl, "en": en})
    years = [len(own.years) for own in folders]
    if years[0] != years[1]:
        nl = f"A loopt over {years[0]} jaar en B over {years[1]} jaar: totalen over de looptijd zijn niet te vergelijken."
        en = f"A runs over {years[0]} years and B over {years[1]}: totals over the term cannot be compared."
        notes.append({"nl": nl, "en": en})
    return tuple(notes)


def _blocks(a: Case, b: Case, changes: Sequence[InputChange]) -> tuple[tuple[Block, ...], Note | None]:
    """The kinds of input that differ, in blocks so that every case in between is a case."""
    differ = {change.group for change in changes}
    groups = [group for group in GROUPS if group in differ]
    separate: tuple[Block, ...] = tuple((group,) for group in groups)
    reason = _problem(a, b, separate)
    if reason is None:
        return separate, None
    for joint in JOINED:
        together_now: Block = tuple(group for group in groups if group in joint)
        blocks = (together_now, *((group,) for group in groups if group not in joint))
        if len(together_now) > 1 and _problem(a, b, blocks) is None:
            return blocks, reason
    return (tuple(groups),), reason


def _problem(a: Case, b: Case, blocks: Sequence[Block]) -> Note | None:
    """Why some case in between is none; None where all are."""
    for mask in range(1, 2 ** len(blocks) - 1):
        try:
            check_case(_between(a, b, blocks, mask))
        except CaseError as error:
            return {lang: error.problems[0].text(lang) for lang in ("nl", "en")}
    return None


def _between(a: Case, b: Case, blocks: Sequence[Block], mask: int) -> Case:
    """Case A with the blocks of B whose bit is set; all of them: B."""
    if mask == 2 ** len(blocks) - 1:
        return b
    return case_of_groups(a, b, [group for i, block in enumerate(blocks) if mask >> i & 1 for group in block])


def _attributed(
    folders: tuple[ResultFolder, ResultFolder],
    cases: tuple[Case, Case],
    form: PaymentForm | None,
    blocks: Sequence[Block],
    run: RunOptions,
    stored: Sequence[Mapping[Figure, Estimate]],
) -> dict[Figure, tuple[dict[str, Estimate], Estimate]]:
    """Parts of every figure, and what the inputs do together on the same scenarios."""
    a, b = cases
    size = 2 ** len(blocks)
    same: Options = {
        "n_scenarios": run.n_scenarios,
        "design_scenarios": run.design_scenarios,
        "n_years": len(folders[0].years),
        "seed": run.seed,
        "named": True,
    }
    asked = (
        [partial(settled_run, _between(a, b, blocks, mask), form, same) for mask in range(size)] if blocks else []
    )
    today = program_fingerprint()
    again = [i for i, own in enumerate(folders) if own.program != today]
    asked += [partial(settled_run, cases[i], form, _settings(folders[i])) for i in again]
    run.progress("attribution", 0, 1)
    with shared_processes():
        runs = together(asked, run.workers)
    run.progress("attribution", 1, 1)
    shares = _shares(runs[:size], blocks) if blocks else None
    renewed = dict(zip(again, runs[size if blocks else 0 :], strict=True))
    found = {}
    for f, figure in enumerate(COMPARED):
        parts = {} if shares is None else {"+".join(block): one[f] for block, one in shares[0].items()}
        common = Estimate(0.0, 0.0) if shares is None else shares[1][f]
        parts[PROGRAM] = _program(figure, f, renewed, stored)
        known = sum(part.value for part in parts.values())
        noise = np.hypot(stored[0][figure].standard_error or 0.0, stored[1][figure].standard_error or 0.0)
        total = stored[1][figure].value - stored[0][figure].value
        freedom = stored[0][figure].degrees_of_freedom
        parts[CHANCE] = Estimate(total - known, float(noise), degrees_of_freedom=freedom)
        found[figure] = (parts, common)
    return found


def _settings(folder: ResultFolder) -> Options:
    """What the result of a folder was made with."""
    settings = folder.figures["settings"]
    return {
        "n_scenarios": int(settings["n_scenarios"]),
        "design_scenarios": int(folder.figures["lumpsum"]["n_design_scenarios"]),
        "n_years": len(folder.years),
        "seed": int(settings["seed"]),
        "named": True,
    }


def _program(
    figure: Figure, place: int, renewed: Mapping[int, SettledRun], stored: Sequence[Mapping[Figure, Estimate]]
) -> Estimate:
    """What the program of today makes of the same cases: A's more, B's less; zero where both were made with it."""
    moved = {i: float(run.values[place].mean()) - stored[i][figure].value for i, run in renewed.items()}
    return Estimate(moved.get(0, 0.0) - moved.get(1, 0.0), 0.0)


def _shares(
    runs: Sequence[SettledRun], blocks: Sequence[Block]
) -> tuple[dict[Block, list[Estimate]], list[Estimate]]:
    """The Shapley value of every block and what all do together, per figure; errors on the common scenarios."""
    scramblings = Scramblings(runs[0].n_scramblings)
    moved = np.array([run.values - runs[0].values for run in runs])
    weights = np.zeros((len(blocks), len(runs)))
    for mask in range(1, len(runs)):
        weights[:, mask] = shapley(np.eye(len(runs))[mask])
    shares = {
        block: [scramblings.mean(values) for values in np.tensordot(weight, moved, axes=1)]
        for block, weight in zip(blocks, weights, strict=True)
    }
    return shares, [scramblings.mean(values) for values in moved[-1]]
