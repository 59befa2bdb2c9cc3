"""``read_smps``: three files to one program."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from numbers import Integral
from pathlib import Path

import numpy as np

from bekostiging_solvers.smps.core import SETS, read_core
from bekostiging_solvers.smps.periods import read_periods
from bekostiging_solvers.smps.program import futures, two_stage, whole_distribution
from bekostiging_solvers.smps.stochastics import read_stochastics
from bekostiging_solvers.smps.text import SmpsError, SmpsWarning, find
from bekostiging_solvers.two_stage import TwoStageProgram


def read_smps(
    stem: str | Path,
    *,
    normalise: bool = False,
    sample: int | None = None,
    rng: np.random.Generator | int | None = None,
    sets: Mapping[str, str] | None = None,
) -> TwoStageProgram:
    """Read a two-stage program from SMPS files (Birge and others 1987, Gassmann and Schweitzer 2001).

    Every field of every line is understood or refused. What is refused, and where HiGHS reads an MPS file otherwise,
    stands in docs/solvers.md.

    Parameters
    ----------
    stem : str or Path
        What the names of the three files have in common, before .cor (or .core), .tim (.time) and .sto (.stoch).
    normalise : bool
        Divide probabilities that do not add up to one by their sum; False when left out. The answer is then that of the
        normalised distribution, as a warning says.
    sample : int, optional
        Draw so many scenarios, equally likely, in place of listing all combinations of independent outcomes.
    rng : numpy.random.Generator or int
        With ``sample``: the generator, or its seed.
    sets : mapping of str to str, optional
        For a core with more than one set of RHS, RANGES or BOUNDS: the one that counts, as ``{"RHS": "RHS2"}``.

    Returns
    -------
    TwoStageProgram
        Its scenarios are ``CoreScenarios``. A constant of the objective is a column ``constant`` of the second stage, fixed
        at one.

    Raises
    ------
    SmpsError
        What cannot be read, with file, line and remedy: a missing file, an unknown section or name, more
        than two periods, probabilities that do not add up to one (the message states the sum).
    TypeError, ValueError
        ``sample`` without ``rng``, or the other way round; ``sets`` of something else; an argument of another kind.

    Warns
    -----
    SmpsWarning
        A further N row, which is left out; a negative upper bound without a lower one; probabilities that were divided; an
        objective that is maximised, whose signs are changed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from bekostiging_solvers import read_smps, solve_recourse
    >>> stem = Path(tempfile.mkdtemp()) / "news"
    >>> core = '''ROWS
    ...  N  COST
    ...  G  SOLD
    ... COLUMNS
    ...     BUY   COST  2.0   SOLD  1.0
    ...     LATE  COST  10.0  SOLD  1.0
    ... RHS
    ...     RHS   SOLD  4.0
    ... ENDATA'''
    >>> time = '''PERIODS
    ...     BUY   COST  P1
    ...     LATE  SOLD  P2
    ... ENDATA'''
    >>> scenarios = '''INDEP         DISCRETE
    ...     RHS   SOLD  4.0  P2  0.5
    ...     RHS   SOLD  8.0  P2  0.5
    ... ENDATA'''
    >>> for ending, text in ((".cor", core), (".tim", time), (".sto", scenarios)):
    ...     _ = stem.with_suffix(ending).write_text(text)
    >>> solve_recourse(read_smps(stem)).objective
    16.0
    >>> read_smps(stem, sample=5, rng=1).n_scenarios
    5
    """
    drawn = _drawn(sample, rng)
    wanted = _wanted(sets)
    if not isinstance(stem, str | Path):
        raise TypeError(f"stem is the path of the three files without their ending, not {stem!r}")
    base = Path(stem)
    try:
        paths = [find(base, endings) for endings in ((".cor", ".core"), (".tim", ".time"), (".sto", ".stoch"))]
        core = read_core(paths[0], wanted)
        stages = read_periods(paths[1], core)
        groups, elements = read_stochastics(paths[2], core, stages)
    except OSError as error:
        raise SmpsError(f"{base.name}: {error.filename} cannot be opened ({error.strerror})") from None
    notes = [*core.notes, *whole_distribution(paths[2].name, groups, normalise=normalise)]
    program = two_stage(core, stages, elements.all, futures(paths[2].name, groups, elements.all, drawn))
    for note in notes:
        warnings.warn(note, SmpsWarning, stacklevel=2)
    return program


def _drawn(sample: object, rng: object) -> tuple[int, np.random.Generator] | None:
    """How many scenarios are drawn and from what, if they are."""
    if (sample is None) != (rng is None):
        raise ValueError("sample and rng go together: sample=1000, rng=1 draws the same scenarios every time")
    if sample is None:
        return None
    if not isinstance(sample, Integral) or isinstance(sample, bool) or sample < 1:
        raise ValueError(
            f"sample is the number of scenarios to draw, a whole number of at least 1, not {sample!r}"
        )
    if isinstance(rng, np.random.Generator):
        return int(sample), rng
    if not isinstance(rng, Integral) or isinstance(rng, bool) or rng < 0:
        raise TypeError(f"rng is a numpy.random.Generator or a seed, a whole number of at least 0, not {rng!r}")
    return int(sample), np.random.default_rng(int(rng))


def _wanted(sets: object) -> dict[str, str]:
    """The sets that count, by section."""
    given = {} if sets is None else sets
    if not isinstance(given, Mapping) or not all(isinstance(word, str) for pair in given.items() for word in pair):
        raise TypeError(f"sets gives sections the name of their set, as {{'RHS': 'RHS2'}}, not {sets!r}")
    wanted = {section.upper(): name for section, name in given.items()}
    if not wanted.keys() <= set(SETS):
        raise ValueError(f"sets are of {', '.join(SETS)}, not of {', '.join(sorted(wanted.keys() - set(SETS)))}")
    return wanted
