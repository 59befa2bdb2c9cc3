"""The core: what HiGHS reads of a clean file, what MPS leaves open, and what is refused with its line."""

from __future__ import annotations

import re
from pathlib import Path

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array
from smps_files import CORE, before_end, write

from bekostiging_solvers import SmpsError, SmpsWarning, read_smps, solve_recourse
from bekostiging_solvers.smps.core import Core, read_core
from bekostiging_solvers.smps.program import _limits

INF = np.inf
NUMBERS = st.integers(-50, 50).map(lambda k: k / 4)


def _core(folder: Path, text: str, **sets: str) -> Core:
    path = folder / "shop.cor"
    path.write_bytes(text.encode())
    return read_core(path, sets)


def _by_highs(folder: Path, text: str) -> tuple[highspy.HighsStatus, highspy.HighsLp]:
    """What HiGHS makes of the same file."""
    path = folder / "shop.mps"
    path.write_bytes(text.encode())
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    return highs.readModel(str(path)), highs.getLp()


@st.composite
def clean_core(draw: st.DrawFn) -> str:
    """Every kind of row and bound, integers between markers, ranges and a constant."""
    kinds = draw(st.lists(st.sampled_from("LGE"), min_size=1, max_size=4))
    rows = [f"R{i}" for i in range(len(kinds))]
    lines = [
        "NAME A",
        "ROWS",
        " N C",
        *(f" {kind} {row}" for kind, row in zip(kinds, rows, strict=True)),
        "COLUMNS",
    ]
    columns, bounds, whole = [f"X{j}" for j in range(draw(st.integers(1, 5)))], [], False
    for column in columns:
        if draw(st.booleans()):
            lines.append(f"    M{column} 'MARKER' '{'INTEND' if whole else 'INTORG'}'")
            whole = not whole
        lines.append(f"    {column} C {draw(NUMBERS.filter(bool))}")
        entered = draw(st.lists(st.sampled_from(rows), unique=True))
        lines += [f"    {column} {row} {draw(NUMBERS.filter(bool))}" for row in entered]
        kind = draw(st.sampled_from(["", "UP", "LO", "FX", "FR", "MI", "PL", "BV", "UI", "LI", "MI+UP", "LO+UP"]))
        low = draw(NUMBERS)
        if kind in ("UP", "UI", "LI"):  # of a fraction in UI or LI HiGHS warns
            low = float(abs(round(low)))
        parts = {"": [], "MI+UP": [("MI", ""), ("UP", low)], "LO+UP": [("LO", low), ("UP", low + 3)]}
        for own, value in parts.get(kind, [(kind, "" if kind in ("FR", "MI", "PL", "BV") else low)]):
            bounds.append(f" {own} B {column} {value}")
    if whole:
        lines.append("    M 'MARKER' 'INTEND'")
    right = draw(st.lists(st.sampled_from(["C", *rows]), unique=True))
    ranged = draw(st.lists(st.sampled_from(rows), unique=True))
    lines += ["RHS", *(f"    S {row} {draw(NUMBERS)}" for row in right)]
    lines += ["RANGES", *(f"    S {row} {draw(NUMBERS)}" for row in ranged), "BOUNDS", *bounds, "ENDATA"]
    return "\n".join(lines) + "\n"


@settings(max_examples=60, deadline=None)
@given(text=clean_core())
def test_a_clean_core_is_what_highs_reads(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("core")
    core = _core(folder, text)
    status, lp = _by_highs(folder, text)
    assert status == highspy.HighsStatus.kOk
    rows = [row for row, kind in core.rows.items() if kind != "N"]
    assert (rows, list(core.columns)) == (lp.row_names_, lp.col_names_)
    cost = [core.entries[core.objective, column] for column in core.columns]
    np.testing.assert_array_equal(cost, lp.col_cost_)
    assert -core.right.get("C", 0.0) == lp.offset_
    np.testing.assert_array_equal(core.lower, lp.col_lower_)
    np.testing.assert_array_equal(core.upper, lp.col_upper_)
    kinds = [kind != highspy.HighsVarType.kContinuous for kind in lp.integrality_] or [False] * len(cost)
    assert core.integer.tolist() == kinds
    lower, upper = _limits(core, rows)
    np.testing.assert_array_equal(lower, lp.row_lower_)
    np.testing.assert_array_equal(upper, lp.row_upper_)
    theirs = lp.a_matrix_
    entries = csc_array((theirs.value_, theirs.index_, theirs.start_), shape=(len(rows), len(cost))).toarray()
    ours = [[core.entries.get((row, column), 0.0) for column in core.columns] for row in rows]
    np.testing.assert_array_equal(np.reshape(ours, entries.shape), entries)


MARKED = CORE.replace("    X         COST", "    M 'MARKER' 'INTORG'\n    X         COST").replace(
    "    Y         COST", "    M 'MARKER' 'INTEND'\n    Y         COST"
)


@pytest.mark.parametrize(
    ("core", "lower", "upper", "integer"),
    [
        (CORE, [0, 0], [INF, 50], [False, False]),
        (MARKED, [0, 0], [1, 50], [True, False]),
        (before_end(MARKED, " LO BND X 2"), [2, 0], [INF, 50], [True, False]),
        (before_end(MARKED, " PL BND X"), [0, 0], [INF, 50], [True, False]),
        (before_end(CORE, " BV BND X 1.0"), [0, 0], [1, 50], [True, False]),
        (before_end(CORE, " MI BND X 0.0"), [-INF, 0], [INF, 50], [False, False]),
        (before_end(CORE, " FR BND X 1e30"), [-INF, 0], [INF, 50], [False, False]),
        (before_end(CORE, " PL BND X Inf"), [0, 0], [INF, 50], [False, False]),
        (before_end(CORE, " LO BND X -1e30"), [-INF, 0], [INF, 50], [False, False]),
        (before_end(CORE, " UP BND X Inf"), [0, 0], [INF, 50], [False, False]),
        (before_end(CORE, " UI BND X 7"), [0, 0], [7, 50], [True, False]),
        (before_end(CORE, " LI BND X 7"), [7, 0], [INF, 50], [True, False]),
        (before_end(CORE, " FX BND X -7"), [-7, 0], [-7, 50], [False, False]),
        (before_end(CORE, " MI BND X\n UP BND X -7"), [-INF, 0], [-7, 50], [False, False]),
        (before_end(CORE, " UP BND Y 50"), [0, 0], [INF, 50], [False, False]),
        (CORE.replace("BND       Y", "Y"), [0, 0], [INF, 50], [False, False]),
        (CORE.replace("UP BND       Y         50.0", "MI Y 0"), [0, -INF], [INF, INF], [False, False]),
        (CORE.replace("UP BND       Y         50.0", "MI Y"), [0, -INF], [INF, INF], [False, False]),
        (CORE.replace("50.0", "5.0D+01"), [0, 0], [INF, 50], [False, False]),
    ],
)
def test_bounds(tmp_path: Path, core: str, lower: list[float], upper: list[float], integer: list[bool]) -> None:
    read = _core(tmp_path, core)
    assert (read.lower.tolist(), read.upper.tolist(), read.integer.tolist()) == (lower, upper, integer)


@pytest.mark.parametrize("sense", ["OBJSENSE MIN", "OBJSENSE\n    MIN", " OBJSENSE\n    minimize"])
def test_a_minimisation_may_say_so(tmp_path: Path, sense: str) -> None:
    assert len(_core(tmp_path, CORE.replace("ROWS", f"{sense}\nROWS")).entries) == 5


COSTS = """STOCH         SHOP
INDEP         DISCRETE
    Y         COST      2.0            TWO       0.5
    Y         COST      4.0            TWO       0.5
    RHS       COST      -5.0           TWO       0.25
    RHS       COST      -1.0           TWO       0.75
ENDATA
"""


@pytest.mark.parametrize("sense", ["OBJSENSE MAX", "OBJSENSE\n    maximise"])
def test_a_maximisation_is_minus_a_minimisation(tmp_path: Path, sense: str) -> None:
    """All costs with the other sign, those of scenarios and the constant too: the same program, and it is said."""
    plain = read_smps(
        write(tmp_path, COSTS, before_end(CORE, "").replace("BOUNDS", "    RHS  COST  -5.0\nBOUNDS"))
    )
    core = CORE.replace("COST      1.0", "COST      -1.0").replace("COST      3.0", "COST      -3.0")
    core = core.replace("ROWS", f"{sense}\nROWS").replace("BOUNDS", "    RHS  COST  5.0\nBOUNDS")
    stoch = COSTS.replace("-", "").replace("COST      2", "COST      -2").replace("COST      4", "COST      -4")
    with pytest.warns(SmpsWarning, match=r"line [23]: the objective is maximised; its signs are changed"):
        program = read_smps(write(tmp_path, stoch, core))
    assert program.first.cost.tolist() == plain.first.cost.tolist() == [1.0]
    assert [s.cost.tolist() for s in program.scenarios] == [s.cost.tolist() for s in plain.scenarios]
    assert solve_recourse(program).objective == pytest.approx(
        10 + 0.25 * 5 + 0.75 * 1
    )  # ten of X, and the constant


def test_a_negative_upper_bound_alone_is_said(tmp_path: Path) -> None:
    with pytest.warns(SmpsWarning, match=r"shop\.cor, line 14: column X has upper bound -4 and no lower bound"):
        program = read_smps(write(tmp_path, core=before_end(CORE, " UP BND X -4")))
    assert (program.first.lower.tolist(), program.first.upper.tolist()) == ([-INF], [-4.0])


def test_a_further_n_row_is_left_out_and_said(tmp_path: Path) -> None:
    core = CORE.replace(" L  CAP", " N  GAIN\n L  CAP").replace(
        "    Y         COST", "    Y  GAIN  9.0\n    Y         COST"
    )
    with pytest.warns(SmpsWarning, match="line 4: row GAIN is a further N row beside the objective COST"):
        program = read_smps(write(tmp_path, core=core))
    assert (program.first.row_names, program.row_names) == (("CAP",), ("DEM",))


@pytest.mark.parametrize("section", ["RHS", "RANGES", "BOUNDS"])
def test_a_second_set_is_an_error_unless_chosen(tmp_path: Path, section: str) -> None:
    """Of capacity, the range on it, and the bound on Y: first 100, 5 and 50, then 60, 6 and 40."""
    core = CORE.replace("BOUNDS", "RANGES\n    RNG  CAP  5\nBOUNDS")
    more = {
        "RHS": ("RANGES", "    OTHER  CAP  60\nRANGES"),
        "RANGES": ("BOUNDS", "    OTHER  CAP  6\nBOUNDS"),
        "BOUNDS": ("ENDATA", " UP OTHER  Y  40\nENDATA"),
    }
    stem = write(tmp_path, core=core.replace(*more[section]))
    with pytest.raises(
        SmpsError, match=rf"line 1\d: {section} has sets .*'OTHER'.*sets=\{{'{section}': \.\.\.\}}"
    ):
        read_smps(stem)
    first, second = (
        read_smps(stem, sets={section: name})
        for name in ({"RHS": "RHS", "RANGES": "RNG", "BOUNDS": "BND"}[section], "OTHER")
    )
    numbers = [
        (p.first.row_upper[0], p.first.row_upper[0] - p.first.row_lower[0], p.scenarios[0].upper[0])
        for p in (first, second)
    ]
    changed = {"RHS": (60, 5, 50), "RANGES": (100, 6, 50), "BOUNDS": (100, 5, 40)}[section]
    assert numbers == [(100, 5, 50), changed]
    with pytest.raises(SmpsError, match=f"{section} has no set 'NONE'"):
        read_smps(stem, sets={section: "NONE"})


@pytest.mark.parametrize(
    ("changes", "line", "message"),
    [
        ([("NAME ", "OBJSENSE MOST\nNAME ")], 1, "objective sense MOST is not read; known are MAX, MAXIMISE"),
        ([("ROWS", "OBJSENSE\n    MAX\n    MIN\nROWS")], 4, "the objective sense stands there twice"),
        ([("BOUNDS", "QUADOBJ\n    X X 2.0\nBOUNDS")], 12, "QUADOBJ is quadratic, and programs are linear"),
        ([("BOUNDS", "QSECTION COST\n    X X 2.0\nBOUNDS")], 12, "QSECTION is quadratic"),
        ([("BOUNDS", "SOS\nBOUNDS")], 12, "SOS is not linear"),
        ([("BOUNDS", "PRICES\nBOUNDS")], 12, "PRICES is no section of this file; read are"),
        ([("COLUMNS", "BOUNDS\n UP BND X 3\nCOLUMNS")], 6, "section BOUNDS comes before COLUMNS"),
        ([("BOUNDS", "RHS\n    RHS DEM 3\nBOUNDS")], 12, "section RHS stands there twice"),
        ([("    RHS       CAP", "RHS       CAP")], 11, "section RHS stands there twice"),
        ([("RHS\n", "RHS  SHOP\n")], 10, "set SHOP has no line, those of RHS name 'RHS'; make them the same"),
        ([("ROWS\n", "ROWS COST\n")], 2, "COST behind ROWS means nothing"),
        ([(" L  CAP", " F  CAP")], 4, "a row has a kind"),
        ([(" L  CAP", " L  MY CAP")], 4, "a row has a kind .* and a name without blanks"),
        ([(" G  DEM", " G  CAP")], 5, "row CAP stands there twice"),
        ([("CAP       1.0", "CUP       1.0")], 7, "row not declared in ROWS: CUP"),
        ([("CAP       1.0", "CAP       one")], 7, "cannot be read .one is no number"),
        ([("CAP       1.0", "CAP       nan")], 7, "nan is no number"),
        ([("CAP       1.0", "CAP       1_0")], 7, "1_0 is no number"),
        ([("CAP       1.0", "CAP       Inf")], 7, "Inf is no number"),
        ([("CAP       1.0", "CAP       1e999")], 7, "1e999 is beyond every number"),
        ([("CAP       1.0", "CAP")], 7, "a row and its value are asked"),
        (
            [("    X         DEM       1.0", "    X         CAP       1.0")],
            8,
            "column X has a value in row CAP already",
        ),
        ([("RHS\n ", "    X  DEM  2.0\nRHS\n ")], 10, "column X returns after another one"),
        ([("    X         DEM", "    A COLUMN  DEM")], 8, "a row and its value are asked"),
        ([("    Y  ", "    M 'MARKER' 'SOSORG'\n    Y  ")], 9, "marker 'SOSORG' is not read"),
        ([("    Y  ", "    M 'MARKER' 'INTEND'\n    Y  ")], 9, "without the other one before it"),
        ([("DEM       10.0", "DEN       10.0")], 11, "row not declared in ROWS: DEN"),
        ([("DEM       10.0", "CAP       10.0")], 11, "row CAP has value 100 already in this set"),
        ([("BOUNDS", "RANGES\n    R COST 2\nBOUNDS")], 13, "row COST is of kind N and has no limits"),
        ([("UP BND       Y", "UP BND       Z")], 13, "column Z is not in COLUMNS"),
        ([("UP BND       Y", "SC BND       Y")], 13, "bound SC is not read; known are UP, LO"),
        ([("         50.0", "")], 13, "column BND is not in COLUMNS"),
        ([("50.0", "fifty")], 13, "fifty is no number"),
        ([("50.0", "-Inf")], 13, "-Inf leaves no value"),
        ([("UP BND       Y         50.0", "MI BND Y 5.0")], 13, "a bound MI has no value, this one has 5.0"),
        ([("UP BND       Y         50.0", "BV BND Y 2")], 13, "a bound BV has no value"),
        ([("UP BND       Y         50.0", "FR X Y")], 13, "X and Y are both columns"),
        ([("ENDATA", " UP BND Y 40\nENDATA")], 14, "column Y has upper bound 50 already"),
        ([("ENDATA", " LO BND Y 60\nENDATA")], 14, "lower bound 60 above upper bound 50"),
        ([("ENDATA", "ENDATA\n    X CAP 3")], 15, "text after ENDATA"),
        ([("ENDATA\n", "")], 13, "ends without ENDATA"),
        ([("NAME ", "    X CAP 1.0\nNAME ")], 1, "data before the first section"),
    ],
)
def test_what_is_refused(tmp_path: Path, changes: list[tuple[str, str]], line: int, message: str) -> None:
    text = CORE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(SmpsError, match=rf"^shop\.cor, line {line}: .*{message}"):
        _core(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CORE.replace(" N  COST\n", "").replace("COST      1.0            ", "").replace("COST      3.0            ", ""),
         r"shop\.cor: ROWS has no objective; add a row of kind N"),
        ("ROWS\n N COST\nCOLUMNS\nENDATA\n", r"shop\.cor: COLUMNS is empty"),
        ("", r"shop\.cor, line 0: the file ends without ENDATA"),
    ],
)  # fmt: skip
def test_a_core_without_what_it_needs(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SmpsError, match=message):
        _core(tmp_path, text)


DIFFERENCES = {
    "a coefficient that is no number": (("CAP       1.0", "CAP       one"), lambda lp: lp.a_matrix_.value_ == [1, 1]),
    "a coefficient of at most 1e-9": (("CAP       1.0", "CAP       1e-10"), lambda lp: lp.a_matrix_.value_ == [1, 1]),
    "a value a second time": (("X         DEM", "X         CAP"), lambda lp: lp.a_matrix_.value_ == [1, 1]),
    "a second set": (("BOUNDS", "    R2  CAP  1  COST  7\nBOUNDS"), lambda lp: lp.offset_ == -7),
    "an unknown row in RHS": (("DEM       10.0", "DEN       10.0"), lambda lp: lp.row_lower_[1] == 0),
    "an unknown column in BOUNDS": (("BND       Y", "BND       Z"), lambda lp: lp.col_names_ == ["X", "Y", "Z"]),
    "a bound MI with a value": (("UP BND       Y", "MI BND       Y"), lambda lp: lp.col_lower_[1] == -INF),
    "a negative UP without LO": (("50.0", "-5.0"), lambda lp: (lp.col_lower_[1], lp.col_upper_[1]) == (0, -5)),
    "a lower bound above the upper": (("50.0", "5\n LO BND Y 9"), lambda lp: (lp.col_lower_[1], lp.col_upper_[1]) == (9, 5)),
    "a name with a blank": (("    X         DEM", "    A NAME    DEM"), lambda lp: "A NAME" in lp.col_names_),
    "a further N row": ((" L  CAP", " N  GAIN\n L  CAP"), lambda lp: lp.row_names_ == ["CAP", "DEM"]),
    "OBJSENSE MAX": (("ROWS", "OBJSENSE MAX\nROWS"), lambda lp: lp.sense_ == highspy.ObjSense.kMaximize),
    "a semicontinuous column": (("UP BND", "SC BND"), lambda lp: len(lp.integrality_) == 2),
    "a set named behind RHS": (("RHS\n    RHS   ", "RHS  SHOP\n    SHOP  "), lambda lp: lp.num_col_ == 0),
}  # fmt: skip
"""What docs/solvers.md says of HiGHS's reader: a change of the file, and how that is seen."""


@pytest.mark.parametrize("case", DIFFERENCES)
def test_where_highs_reads_otherwise(tmp_path: Path, case: str) -> None:
    """HiGHS does what the table says; here it is refused, said or read."""
    (old, new), seen = DIFFERENCES[case]
    assert old in CORE
    text = CORE.replace(old, new, 1)
    assert seen(_by_highs(tmp_path, text)[1])
    table = (Path(__file__).parents[3] / "docs" / "solvers.md").read_text()
    assert re.search(rf"^\| {re.escape(case)} \|", table, re.MULTILINE)
    if case in ("a negative UP without LO", "a further N row", "OBJSENSE MAX"):
        assert _core(tmp_path, text).notes
    elif case in (
        "a coefficient of at most 1e-9",
        "a set named behind RHS",
    ):
        core = _core(tmp_path, text)
        assert (len(core.entries), core.upper[1]) == (5, 1.5 if "fractional" in case else 50)
    else:
        with pytest.raises(SmpsError, match=r"shop\.cor, line \d+"):
            _core(tmp_path, text)
