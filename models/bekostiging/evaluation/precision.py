"""Out-of-sample scenarios until the expected spending is known to a stated euro precision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bekostiging.case.errors import ArgumentError
from bekostiging.case.policy import Corner
from bekostiging.evaluation.block_settlement import OutOfSampleBlock, OutOfSampleWork
from bekostiging.evaluation.blocks import Blocks
from bekostiging.evaluation.evidence import Sentence
from bekostiging.evaluation.self_check import CheckedWork, checked
from bekostiging.scenarios import Plan, SelfCheck
from bekostiging_solvers import Scramblings

CONFIDENCE = 0.95
MOST_SCENARIOS = 131_072
"""Scenarios beyond which a precision is refused beforehand; about an hour for a region on two cores."""


def half_width(planned: Plan, out_of_sample: OutOfSampleBlock, corner: Corner) -> float:
    """Half-width in euro of the 95 % interval of expected yearly spending, of the worst payment form and year."""
    scramblings = Scramblings(planned.n_scramblings)
    widths = (
        scramblings.mean(planned.case.of_reported(samples[corner].municipal[:, t])).half_width(CONFIDENCE)
        for samples in out_of_sample.samples.values()
        for t in range(planned.n_years)
    )
    # an error that is not known cannot be brought down by more scenarios
    return max((width for width in widths if width is not None), default=0.0)


def settled(
    planned: Plan,
    work: OutOfSampleWork,
    blocks: Blocks,
    corner: Corner,
    precision: float | None,
    advance: Callable[[int, int], None],
) -> tuple[Plan, OutOfSampleBlock, SelfCheck, tuple[Sentence, ...]]:
    """Settle every block and check it; with ``precision`` (euro) double the scramblings until the half-width is met.

    Raises
    ------
    UserError
        A precision that asks more than 131,072 scenarios.
    """
    both = CheckedWork(work)
    arrays = blocks.series(planned, both, advance)
    out_of_sample = OutOfSampleBlock.of(arrays)
    if precision is None:
        return planned, out_of_sample, checked(planned, arrays), ()
    first = planned.n_scenarios
    while (width := half_width(planned, out_of_sample, corner)) > precision:
        needed = planned.n_scenarios * (width / precision) ** 2
        if needed > MOST_SCENARIOS:
            reachable = width * (planned.n_scenarios / MOST_SCENARIOS) ** 0.5
            asked, most = f"{needed:,.0f}", f"{MOST_SCENARIOS:,}"
            raise ArgumentError(
                "precision",
                f"precision {precision:.0f}: dat vraagt ongeveer {asked.replace(',', '.')} toekomsten, meer dan "
                f"{most.replace(',', '.')}; met {planned.n_scenarios} is de halve breedte {width:.0f} euro. Vraag "
                f"{reachable:.0f} of meer.",
                f"precision {precision:.0f}: that asks about {asked} scenarios, more than {most}; with "
                f"{planned.n_scenarios} the half-width is {width:.0f} euro. Ask {reachable:.0f} or more.",
            )
        wider = replace(planned, n_scramblings=2 * planned.n_scramblings)
        arrays = blocks.series(wider, both, advance, before=arrays)
        planned, out_of_sample = wider, OutOfSampleBlock.of(arrays)
    return planned, out_of_sample, checked(planned, arrays), (_precision_note(planned, first, width, precision),)


def _precision_note(planned: Plan, first: int, width: float, precision: float) -> Sentence:
    """What was asked and what it took."""
    return {
        "nl": f"Gevraagde nauwkeurigheid {precision:.0f} euro: met {planned.n_scenarios} nieuwe toekomsten is de halve "
        f"breedte van het 95 %-interval van de verwachte jaarlijkse uitgaven hoogstens {width:.0f} euro; ontworpen op "
        f"{first}.",
        "en": f"Precision asked {precision:.0f} euro: with {planned.n_scenarios} out-of-sample scenarios the half-width of "
        f"the 95 % interval of expected yearly spending is at most {width:.0f} euro; designed on {first}.",
    }
