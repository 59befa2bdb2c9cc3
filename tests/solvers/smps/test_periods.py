"""Periods: written in both ways, where they may begin, and what is refused with its line."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from smps_files import CORE, TIME, write

from bekostiging_solvers import CVaR, Expectation, SmpsError, read_smps, solve_recourse

EXPLICIT = """TIME          SHOP
PERIODS       EXPLICIT
    ONE
    TWO
ROWS
    DEM       TWO
    CAP       ONE
COLUMNS
    Y         TWO
    X         ONE
ENDATA
"""
MIXED = """NAME          SHOP
ROWS
 N  COST
 G  DEM
 L  CAP
COLUMNS
    Y         COST      3.0            DEM       1.0
    X         COST      1.0            CAP       1.0
    X         DEM       1.0
RHS
    RHS       CAP       100.0          DEM       10.0
ENDATA
"""
"""The same program, the second period first."""


def _names(folder: Path, core: str, time: str) -> tuple[tuple[str, ...], ...]:
    """Columns and rows of both stages."""
    program = read_smps(write(folder, core=core, time=time))
    return program.first.column_names, program.first.row_names, program.column_names, program.row_names


OBJECTIVE_LAST = CORE.replace(" N  COST\n", "").replace(" G  DEM\n", " N  COST\n G  DEM\n")


@pytest.mark.parametrize(
    ("core", "time"),
    [
        (CORE, TIME),
        (CORE, TIME.replace("LP", "")),
        (CORE, TIME.replace("LP", "IMPLICIT")),
        (CORE, TIME.replace("LP", "ip")),
        (CORE, TIME.replace("LP", "2")),
        (CORE, TIME.replace("X         CAP ", "X         COST")),
        (OBJECTIVE_LAST, TIME.replace("Y         DEM ", "Y         COST")),
        (CORE, TIME.replace("TIME          SHOP\n", "")),
        (CORE, EXPLICIT),
        (CORE, EXPLICIT.replace("ROWS\n", "ROWS\n    COST      ONE\n")),
        (CORE, EXPLICIT.replace("    ONE\n    TWO\n", "    X  COST  ONE\n    Y  DEM  TWO\n")),
        (MIXED, EXPLICIT),
    ],
)
def test_both_ways_of_writing_periods(tmp_path: Path, core: str, time: str) -> None:
    assert _names(tmp_path, core, time) == (("X",), ("CAP",), ("Y",), ("DEM",))


def test_a_second_period_that_begins_at_the_objective_has_all_rows(tmp_path: Path) -> None:
    time = TIME.replace("X         CAP ", "X         COST").replace("Y         DEM ", "Y         COST")
    assert _names(tmp_path, CORE, time) == (("X",), (), ("Y",), ("CAP", "DEM"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    Y         DEM                      TWO\n", "", r"shop\.tim: 1 periods; two-stage programs have two"),
        ("ENDATA", "    Y   DEM   THREE\nENDATA", r"shop\.tim: 3 periods"),
        (
            "PERIODS       LP",
            "PERIODS       NET",
            r"line 2: PERIODS NET is not read; known are EXPLICIT, IMPLICIT",
        ),
        ("PERIODS       LP", "PERIODS       3", r"shop\.tim: PERIODS says 3 periods and 2 are listed"),
        ("    Y  ", "    Z  ", "line 4: period 2 begins at Z and DEM, which the core does not have"),
        ("DEM", "DEN", "line 4: period 2 begins at Y and DEN"),
        ("X         CAP", "Z         CAP", "line 3: period 1 begins at Z and CAP"),
        ("X         CAP", "Y         CAP", "line 3: period 1 begins after X, which then has no period"),
        ("X         CAP", "X         DEM", "line 3: period 1 begins after CAP, which then has no period"),
        ("Y         DEM", "X         DEM", "line 4: period 2 does not begin after period 1"),
        ("Y         DEM", "Y         COST", "line 4: period 2 does not begin after period 1"),
        ("TWO", "ONE", "line 4: period ONE stands there twice"),
        ("Y         DEM                      TWO", "Y         TWO", "line 4: Y TWO: asked is a column, a row and"),
        ("PERIODS       LP\n", "", "line 2: data before PERIODS"),
        ("ENDATA", "PERIODS\nENDATA", "line 5: section PERIODS stands there twice"),
        ("ENDATA", "ENDATA TWO", "line 5: TWO behind ENDATA means nothing"),
        ("ENDATA", "ROWS\nENDATA", "line 5: section ROWS belongs to PERIODS EXPLICIT"),
        ("ENDATA", "NODES\nENDATA", "line 5: NODES is another way to write scenarios"),
    ],
)
def test_what_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in TIME
    with pytest.raises(SmpsError, match=message):
        _names(tmp_path, CORE, TIME.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    X         ONE\n", "", r"shop\.tim: X has no period; list it in COLUMNS"),
        ("    CAP       ONE\n", "", r"shop\.tim: CAP has no period; list it in ROWS"),
        ("    X         ONE", "    X         TWO", "no column is in period ONE"),
        (
            "    X         ONE",
            "    X         THREE",
            "line 10: X THREE: asked is a name and its period, ONE or TWO",
        ),
        ("    X         ONE", "    Z         ONE", "line 10: Z is not in COLUMNS of the core"),
        ("    X         ONE", "    Y         ONE", "line 10: Y has a period already"),
        ("    CAP       ONE\n", "    CAP       ONE\n    DEM       ONE\n", "line 8: DEM has a period already"),
        ("    ONE\n    TWO", "    X  ONE\n    TWO", "line 3: X ONE: asked is the name of a period"),
        (
            "    ONE\n    TWO",
            "    Y  CAP  ONE\n    TWO",
            "line 3: Y begins period ONE and COLUMNS lists it in TWO",
        ),
        (
            "    ONE\n    TWO",
            "    X  CUP  ONE\n    TWO",
            "line 3: CUP begins period ONE and ROWS lists it in no period",
        ),
        ("    TWO\n", "", "line 5: DEM CAP ONE: asked is a name and its period, ONE"),
    ],
)
def test_what_is_refused_of_explicit_periods(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in EXPLICIT
    with pytest.raises(SmpsError, match=message):
        _names(tmp_path, CORE, EXPLICIT.replace(old, new))


def test_a_second_period_without_columns(tmp_path: Path) -> None:
    """What is random is then a limit of the first stage's columns."""
    time = EXPLICIT.replace("    Y         TWO", "    Y         ONE")
    assert _names(tmp_path, CORE, time) == (("X", "Y"), ("CAP",), (), ("DEM",))
    for method, risk in product(("extensive", "l-shaped"), (Expectation(), CVaR(0.9))):
        solution = solve_recourse(read_smps(tmp_path / "shop"), method=method, risk=risk)  # type: ignore[arg-type]
        assert solution.objective == pytest.approx(12.0)


def test_a_later_column_in_an_early_row(tmp_path: Path) -> None:
    core = CORE.replace("    Y         COST", "    Y         CAP       1.0\n    Y         COST")
    with pytest.raises(SmpsError, match=r"shop\.cor: row CAP of the first period has column Y of the second; put"):
        _names(tmp_path, core, TIME)
