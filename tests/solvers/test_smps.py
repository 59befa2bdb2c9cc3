"""SMPS: a small file of our own in all three kinds, what is wrong with a file, and the published instance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bekostiging_solvers import SmpsError, SmpsWarning, read_smps, solve_recourse

DATA = Path(__file__).parents[3] / "shared" / "data" / "smps"
CORE = """NAME          NEWS
ROWS
 N  COST
 L  SPACE
 G  SOLD
COLUMNS
    X         COST      2.0            SPACE     1.0
    X         SOLD      1.0
    Y         COST      10.0           SOLD      1.0
RHS
    RHS       SPACE     100.0          SOLD      5.0
ENDATA
"""
TIME = """TIME          NEWS
PERIODS
    X         SPACE                    P1
    Y         SOLD                     P2
ENDATA
"""
INDEP = """STOCH         NEWS
INDEP         DISCRETE
    RHS       SOLD      4.0            P2        0.5
    RHS       SOLD      8.0            P2        0.5
    Y         COST      10.0           P2        0.75
    Y         COST      30.0           P2        0.25
ENDATA
"""
BLOCKS = """STOCH         NEWS
BLOCKS        DISCRETE
 BL B1        P2        0.5
    RHS       SOLD      4.0
 BL B1        P2        0.5
    RHS       SOLD      8.0
 BL B2        P2        0.75
    Y         COST      10.0
 BL B2        P2        0.25
    Y         COST      30.0
ENDATA
"""
SCENARIOS = """STOCH         NEWS
SCENARIOS     DISCRETE
 SC S1        ROOT      0.375          P2
    RHS       SOLD      4.0
    Y         COST      10.0
 SC S2        ROOT      0.125          P2
    RHS       SOLD      4.0
    Y         COST      30.0
 SC S3        ROOT      0.375          P2
    RHS       SOLD      8.0
    Y         COST      10.0
 SC S4        S3        0.125          P2
    Y         COST      30.0
ENDATA
"""


def _write(folder: Path, stoch: str, core: str = CORE, time: str = TIME) -> Path:
    for ending, text in ((".cor", core), (".tim", time), (".sto", stoch)):
        (folder / f"news{ending}").write_text(text)
    return folder / "news"


@pytest.mark.parametrize("stoch", [INDEP, BLOCKS, SCENARIOS])
def test_three_kinds_of_the_same_future(tmp_path: Path, stoch: str) -> None:
    """Buying ahead costs 2, later 10 or 30 (mean 15): buy 8, cost 16; the fourth unit on is worth 0.5 x 15 > 2."""
    program = read_smps(_write(tmp_path, stoch))
    assert program.n_scenarios == 4
    np.testing.assert_allclose(sorted(program.probabilities), [0.125, 0.125, 0.375, 0.375])
    solution = solve_recourse(program)
    assert solution.objective == pytest.approx(16.0)
    np.testing.assert_allclose(solution.x, [8.0])


def test_a_random_matrix(tmp_path: Path) -> None:
    """A unit bought ahead yields 1 or 0.5: with demand 5 sold, 10 units serve both scenarios at 20; fewer cost more."""
    stoch = INDEP.replace("    RHS       SOLD      4.0 ", "    X         SOLD      1.0 ").replace(
        "    RHS       SOLD      8.0 ", "    X         SOLD      0.5 "
    )
    solution = solve_recourse(read_smps(_write(tmp_path, stoch)))
    assert solution.objective == pytest.approx(20.0)
    np.testing.assert_allclose(solution.x, [10.0])


def test_bounds_ranges_and_integers(tmp_path: Path) -> None:
    core = CORE.replace(
        "ENDATA",
        "RANGES\n    RNG       SPACE     95.0\nBOUNDS\n UP BND       X         7.5\n LI BND       Y         1\nENDATA",
    )
    program = read_smps(_write(tmp_path, INDEP, core))
    assert program.first.row_lower.tolist() == [5.0]
    assert program.first.upper.tolist() == [7.5]
    assert program.scenarios[0].lower.tolist() == [1.0]
    assert program.has_integer_recourse


def test_a_probability_sum_is_stated_never_repaired(tmp_path: Path) -> None:
    stem = _write(tmp_path, INDEP.replace("0.25", "0.226"))
    with pytest.raises(SmpsError, match=r"add up to 0\.976, must be 1; pass normalise=True"):
        read_smps(stem)
    with pytest.warns(SmpsWarning, match=r"add up to 0\.976 and were divided by that"):
        assert read_smps(stem, normalise=True).probabilities.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("core", "time", "stoch", "message"),
    [
        (CORE.replace(" G  SOLD\n", ""), TIME, INDEP, "not declared in ROWS: SOLD"),
        (CORE, TIME.replace("    Y ", "    Z "), INDEP, "period 2 begins at Z"),
        (CORE, TIME.replace("    Y         SOLD                     P2\n", ""), INDEP, "1 periods"),
        (CORE, TIME, INDEP.replace("DISCRETE", "NORMAL"), "line 2: only DISCRETE"),
        (CORE, TIME, INDEP.replace("SOLD  ", "GONE  "), "row GONE, which the core does not have"),
        (
            CORE,
            TIME,
            INDEP.replace("RHS       SOLD ", "RHS       SPACE"),
            "belongs to the first period",
        ),
        (CORE.replace("2.0            SPACE", "two            SPACE"), TIME, INDEP, "line 7: cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, core: str, time: str, stoch: str, message: str) -> None:
    with pytest.raises(SmpsError, match=message):
        read_smps(_write(tmp_path, stoch, core, time))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    stem = _write(tmp_path, INDEP)
    (tmp_path / "news.tim").unlink()
    with pytest.raises(SmpsError, match=r"news\.tim \(or \.time\) is missing"):
        read_smps(stem)


@pytest.mark.skipif(not DATA.is_dir(), reason="on top: the published instance is not here")
@pytest.mark.parametrize("method", ["extensive", "l-shaped"])
def test_lands(method: str) -> None:
    """Louveaux and Smeers (1988): 381.853333 at (2.667, 4, 3.333, 2)."""
    solution = solve_recourse(read_smps(DATA / "lands"), method=method)  # type: ignore[arg-type]
    assert solution.objective == pytest.approx(381.853333, rel=1e-6)
    assert solution.bound <= solution.objective
    np.testing.assert_allclose(solution.x, [2.667, 4.0, 3.333, 2.0], atol=0.01)


@pytest.mark.skipif(not DATA.is_dir(), reason="on top: the published instance is not here")
def test_lands_as_blocks(tmp_path: Path) -> None:
    for ending in (".cor", ".tim"):
        (tmp_path / f"l{ending}").write_text((DATA / f"lands{ending}").read_text())
    (tmp_path / "l.sto").write_text((DATA / "lands-blocks.sto").read_text())
    assert solve_recourse(read_smps(tmp_path / "l")).objective == pytest.approx(381.853333, rel=1e-6)
