"""Files of kinds that are seldom seen: the answer that follows by hand, or one sentence with file and line.

X costs 1, Y 3; 8 or 12 are needed with chance 1/2. 12 of X cost 12, 8 of X and 4 of Y half of the time 14.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from smps_files import CORE, STOCH, TIME, before_end, write

from bekostiging_solvers import SmpsError, read_smps, solve_recourse

SCENARIOS = "STOCH         SHOP\nSCENARIOS     DISCRETE\n"
ONE = " SC S1        ROOT      1.0            TWO\n"
HALVES = (
    " SC S1        ROOT      0.5            TWO\n    RHS       DEM       8.0\n"
    " SC S2        {parent}        0.5            TWO\n    RHS       DEM       12.0\n"
)
INTEGER = "    M1        'MARKER'                 'INTORG'\n"


def _tabbed(text: str) -> str:
    return "\n".join("\t" + "\t".join(line.split()) if line.startswith(" ") else line for line in text.split("\n"))


def _ranged(row: str, value: str, core: str = CORE) -> str:
    return core.replace("BOUNDS", f"RANGES\n    RNG       {row}       {value}\nBOUNDS")


def _renamed(name: str) -> dict[str, str]:
    return {kind: text.replace("DEM", name) for kind, text in (("core", CORE), ("stoch", STOCH), ("time", TIME))}


RIGHT: dict[str, tuple[dict[str, str], float]] = {
    "lines end as on Windows": ({"core": CORE.replace("\n", "\r\n"), "time": TIME.replace("\n", "\r\n")}, 12),
    "lines end as once on Apple": ({"core": CORE.replace("\n", "\r")}, 12),
    "tabs": ({"core": _tabbed(CORE), "stoch": _tabbed(STOCH), "time": _tabbed(TIME)}, 12),
    "a byte order mark": ({"core": "\ufeff" + CORE}, 12),
    "sections in lower case": ({"core": CORE.replace("ROWS", "rows")}, 12),
    "blank lines": ({"core": CORE.replace("COLUMNS", "\n\nCOLUMNS")}, 12),
    "names of 300 signs": (_renamed("D" * 300), 12),
    "accents": (_renamed("DÉM"), 12),
    "an exponent of Fortran": ({"core": CORE.replace("100.0", "1.0D2")}, 12),
    "a constant of seven": ({"core": CORE.replace("RHS\n", "RHS\n    RHS       COST     -7.0\n", 1)}, 19),
    "between 95 and 100 of X": ({"core": _ranged("CAP", "5.0")}, 95),
    "need, or up to 3 less": ({"core": _ranged("DEM", "-3.0", CORE.replace(" G  DEM", " E  DEM"))}, 9.5),
    "one of Y, always": ({"core": CORE.replace(" UP BND       Y         50.0", " FX BND       Y         1.0")}, 14),
    "integer to the end, at most one": ({"core": CORE.replace("    X         COST", INTEGER + "    X         COST")}, 28),
    "one outcome": ({"stoch": STOCH[: STOCH.index("    RHS       DEM       12")].replace("0.5", "1.0") + "ENDATA\n"}, 8),
    "one scenario": ({"stoch": SCENARIOS + ONE + "    RHS       DEM       8.0\nENDATA\n"}, 8),
    "one scenario that changes nothing": ({"stoch": SCENARIOS + ONE + "ENDATA\n"}, 10),
    "no section": ({"stoch": "STOCH SHOP\nENDATA\n"}, 10),
    "a scenario from another": ({"stoch": SCENARIOS + HALVES.format(parent="S1") + "ENDATA\n"}, 12),
    "a scenario that never comes": (
        {
            "stoch": SCENARIOS + HALVES.format(parent="ROOT")
            + " SC S3        ROOT      0.0            TWO\n    RHS       DEM       13.0\nENDATA\n"
        },
        12,
    ),
}  # fmt: skip
REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "a range of costs": ({"core": _ranged("COST", "5.0")}, r"line 13: row COST is of kind N .* E, L or G"),
    "no column to speak of": (
        {"core": CORE.replace("RHS\n", "    Z\nRHS\n", 1)}, r"shop.cor, line 10: a row and its value are asked",
    ),
    "a value twice": (
        {"core": CORE.replace("    Y         COST", "    X         DEM       1.0\n    Y         COST")},
        r"shop.cor, line 9: column X has a value in row DEM already",
    ),
    "a column in two pieces": (
        {"core": CORE.replace("RHS\n", "    X         CAP       2.0\nRHS\n", 1)}, r"shop.cor, line 10: column X returns",
    ),
    "a row twice": ({"core": CORE.replace(" L  CAP", " L  CAP\n L  CAP")}, r"shop.cor, line 5: row CAP stands there twice"),
    "two bounds": ({"core": before_end(CORE, " UP BND       Y         20.0")}, r"column Y has upper bound 50 already"),
    "integer twice": (
        {"core": CORE.replace("    X         COST", 2 * INTEGER + "    X         COST")}, r"line 8: marker 'INTORG' without",
    ),
    "sixteen to a digit": ({"core": CORE.replace("100.0", "0x64")}, r"line 11: cannot be read \(0x64 is no number\)"),
    "digits of elsewhere": ({"core": CORE.replace("100.0", "١٠٠")}, r"line 11: cannot be read"),
    "a remark behind a value": ({"core": CORE.replace("100.0", "100.0 * half")}, r"\(half is no number"),
    "a byte of nothing": ({"core": CORE.replace("100.0", "1\x0000")}, r"shop.cor is no text .* zero bytes"),
    "an empty file": ({"stoch": ""}, r"shop.sto.*ends without ENDATA"),
    "a chance below zero": ({"stoch": STOCH.replace("0.5\nE", "-0.5\nE")}, r"shop.sto, line 4: probability -0.5"),
    "chances of two": ({"stoch": STOCH.replace("0.5", "1.0")}, r"add up to 2, must be 1; pass normalise=True"),
    "a scenario twice": (
        {"stoch": SCENARIOS + HALVES.format(parent="ROOT").replace("S2", "S1") + "ENDATA\n"},
        r"shop.sto, line 5: scenario S1",
    ),
    "what is known is random": ({"stoch": STOCH.replace("DEM", "CAP")}, r"\(RHS, CAP\) belongs to the first period"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::bekostiging_solvers.SmpsWarning")
@pytest.mark.parametrize("kind", RIGHT)
def test_a_seldom_kind_is_read(kind: str, tmp_path: Path) -> None:
    files, objective = RIGHT[kind]
    assert solve_recourse(read_smps(write(tmp_path, **files))).objective == pytest.approx(objective)


@pytest.mark.parametrize("kind", REFUSED)
def test_a_mistake_is_named_with_its_line(kind: str, tmp_path: Path) -> None:
    files, message = REFUSED[kind]
    with pytest.raises(SmpsError, match=message):
        read_smps(write(tmp_path, **files))
