"""A small core, its periods and its futures in SMPS, to be varied: buy X under a capacity, then Y at a higher price."""

from __future__ import annotations

from pathlib import Path

CORE = """NAME          SHOP
ROWS
 N  COST
 L  CAP
 G  DEM
COLUMNS
    X         COST      1.0            CAP       1.0
    X         DEM       1.0
    Y         COST      3.0            DEM       1.0
RHS
    RHS       CAP       100.0          DEM       10.0
BOUNDS
 UP BND       Y         50.0
ENDATA
"""
TIME = """TIME          SHOP
PERIODS       LP
    X         CAP                      ONE
    Y         DEM                      TWO
ENDATA
"""
STOCH = """STOCH         SHOP
INDEP         DISCRETE
    RHS       DEM       8.0            TWO       0.5
    RHS       DEM       12.0           TWO       0.5
ENDATA
"""


def write(folder: Path, stoch: str = STOCH, core: str = CORE, time: str = TIME) -> Path:
    """The stem of three files."""
    for ending, text in ((".cor", core), (".tim", time), (".sto", stoch)):
        (folder / f"shop{ending}").write_bytes(text.encode())
    return folder / "shop"


def before_end(text: str, more: str) -> str:
    """A file with lines before its ENDATA."""
    return text.replace("ENDATA\n", f"{more}\nENDATA\n")
