"""Three files: how they are found and written, what is drawn of them, and what they cost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smps_files import CORE, STOCH, TIME, before_end, write

from bekostiging_solvers import CoreScenarios, SmpsError, SmpsWarning, read_smps, solve_recourse


def _spoilt(stem: Path, ending: str, content: bytes) -> None:
    stem.with_suffix(ending).write_bytes(content)


@pytest.mark.parametrize("comment", ["* prijs per één uur\n", "* \u2018quoted\u2019\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-8-sig", "cp1252"])
def test_comments_and_names_of_any_age(tmp_path: Path, encoding: str, comment: str) -> None:
    """UTF-8 is tried first; what is not is Latin-1, in which every byte is a letter."""
    stem = write(tmp_path)
    name = "Ü" if encoding != "latin-1" else "Y"
    for ending, text in ((".cor", CORE), (".tim", TIME), (".sto", STOCH)):
        own = comment + text.replace("    Y  ", f"    {name}  ").replace("BND       Y", f"BND       {name}")
        _spoilt(stem, ending, own.encode(encoding, errors="replace"))
    assert read_smps(stem).column_names == (name,)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("    ", "\t"),
        lambda text: "* comment\n\n" + text.replace("\n", "\n* comment\n", 2),
        lambda text: "\n".join(f" {line}" for line in text.splitlines()) + "\n",
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n* after the end\n\x1a",
        lambda text: text.replace("ROWS", "rows").replace("INDEP", "indep").replace("PERIODS", "Periods"),
    ],
)
def test_the_same_files_written_otherwise(tmp_path: Path, change: object) -> None:
    """Other line ends, tabs, comments, indented headers, no last line end, an end-of-file mark, small letters."""
    files = [change(text) for text in (STOCH, CORE, TIME)]  # type: ignore[operator]
    assert solve_recourse(read_smps(write(tmp_path, *files))).objective == pytest.approx(12.0)


def test_files_are_found_by_their_stem(tmp_path: Path) -> None:
    stem = write(tmp_path)
    stem.with_suffix(".tim").rename(tmp_path / "shop.TIME")
    assert read_smps(str(stem)).n_scenarios == 2
    with pytest.raises(SmpsError, match=r"shop\.cor\.cor .*; give shop, without \.cor"):
        read_smps(stem.with_suffix(".cor"))
    (tmp_path / "shop.core").write_text(CORE)
    with pytest.raises(SmpsError, match=r"shop\.cor and shop\.core both stand there"):
        read_smps(stem)
    with pytest.raises(SmpsError, match=r"shop\.cor .or \.core. is missing"):
        read_smps(tmp_path / "nowhere" / "shop")


@pytest.mark.parametrize("content", [CORE.encode("utf-16"), b"\x1f\x8b\x00\x00"])
def test_what_is_no_text(tmp_path: Path, content: bytes) -> None:
    stem = write(tmp_path)
    _spoilt(stem, ".cor", content)
    with pytest.raises(SmpsError, match=r"shop\.cor is no text in UTF-8 or Latin-1 .*save it as UTF-8"):
        read_smps(stem)


def test_normalising_says_so(tmp_path: Path) -> None:
    stem = write(tmp_path, STOCH.replace("0.5", "0.4"))
    with pytest.raises(SmpsError, match=r"add up to 0\.8, must be 1; pass normalise=True"):
        read_smps(stem)
    with pytest.warns(
        SmpsWarning, match=r"add up to 0\.8 and were divided by that; every answer is that of the normalised"
    ):
        program = read_smps(stem, normalise=True)
    np.testing.assert_allclose(program.probabilities, 0.5)


def test_rounding_over_many_elements(tmp_path: Path) -> None:
    """Each sum is within rounding; that of all combinations must be too."""
    more = "\n".join(
        f"    X R{k} {v} TWO {p}" for k in range(10) for v, p in ((1, "0.3333333333"), (2, "0.6666666666"))
    )
    core = CORE.replace(" G  DEM\n", " G  DEM\n" + "".join(f" G  R{k}\n" for k in range(10)))
    program = read_smps(write(tmp_path, before_end(STOCH, more), core))
    assert program.n_scenarios == 2048
    assert program.probabilities.sum() == pytest.approx(1.0, abs=1e-12)


def _many(n_elements: int, n_outcomes: int) -> tuple[str, str]:
    """Core and stoch with independent demands, each 0, 1, ... with equal probability."""
    rows = [f"R{k}" for k in range(n_elements)]
    core = CORE.replace(" G  DEM\n", " G  DEM\n" + "".join(f" G  {row}\n" for row in rows))
    lines = [f"    RHS {row} {v} TWO {1 / n_outcomes!r}" for row in rows for v in range(n_outcomes)]
    return core, "\n".join(["INDEP DISCRETE", *lines, "ENDATA\n"])


def test_too_many_combinations_are_drawn(tmp_path: Path) -> None:
    """40 elements of two outcomes: 1,099,511,627,776 combinations (as in 20term); half of the values drawn is one."""
    core, stoch = _many(40, 2)
    stem = write(tmp_path, stoch, core)
    with pytest.raises(SmpsError, match=r"1099511627776 combinations .*sample=1000, rng=1"):
        read_smps(stem)
    program = read_smps(stem, sample=5000, rng=1)
    demands = np.array([one.row_lower[1:] for one in program.scenarios[:5000]])
    assert set(demands.ravel()) == {0.0, 1.0}
    # 5 standard errors of a share of one half
    np.testing.assert_allclose(demands.mean(axis=0), 0.5, atol=5 * 0.5 / np.sqrt(5000))
    np.testing.assert_array_equal(program.probabilities, np.full(5000, 1 / 5000))
    again = read_smps(stem, sample=5000, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(again.scenarios[4999].row_lower, program.scenarios[4999].row_lower)


def test_a_sample_of_scenarios_has_their_probabilities(tmp_path: Path) -> None:
    stoch = "SCENARIOS\n SC A ROOT 0.9 TWO\n    RHS DEM 8\n SC B A 0.1 TWO\n    RHS DEM 12\nENDATA\n"
    program = read_smps(write(tmp_path, stoch), sample=4000, rng=3)
    share = np.mean([one.row_lower[0] == 12 for one in program.scenarios])
    assert abs(share - 0.1) < 5 * np.sqrt(0.1 * 0.9 / 4000)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"sample": 10}, "sample and rng go together"),
        ({"rng": 1}, "sample and rng go together"),
        ({"sample": 0, "rng": 1}, "a whole number of at least 1, not 0"),
        ({"sample": 1.5, "rng": 1}, "a whole number of at least 1, not 1.5"),
        ({"sample": "10", "rng": 1}, "a whole number of at least 1, not '10'"),
        ({"sample": 10, "rng": "one"}, "rng is a numpy.random.Generator or a seed, .* not 'one'"),
        ({"sample": 10, "rng": -1}, "rng is a numpy.random.Generator or a seed, .* not -1"),
        ({"sets": ["RHS"]}, "sets gives sections the name of their set"),
        ({"sets": {"RHS": 2}}, "sets gives sections the name of their set"),
        ({"sets": {"COLUMNS": "X"}}, "sets are of RHS, RANGES, BOUNDS, not of COLUMNS"),
    ],
)
def test_what_cannot_be_asked(tmp_path: Path, asked: dict[str, object], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        read_smps(write(tmp_path), **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("stem", [None, 3, b"shop"])
def test_a_stem_is_a_path(stem: object) -> None:
    with pytest.raises(TypeError, match="stem is the path of the three files without their ending, not"):
        read_smps(stem)  # type: ignore[arg-type]


WORDS = [
    "RHS", "DEM", "COST", "X", "Y", "nan", "1e400", "-5", "0", "'MARKER'", "'INTORG'", "ROWS", "ENDATA", "BL", "SC", "TWO",
    "UP", "FX", "MI", "ADD", "é", "\x0c", "\x00", "1e30", "N", "E", "*", "inf", "RANGES", "EXPLICIT", "",
]  # fmt: skip
FUTURES = [
    STOCH,
    "SCENARIOS\n SC A ROOT 0.5 TWO\n    RHS DEM 8\n SC B A 0.5 TWO\n    Y COST 4\n    X DEM 0.5\nENDATA\n",
    "BLOCKS ADD\n BL B TWO 0.5\n    RHS DEM 8\n BL B TWO 0.5\n    Y COST 1\nINDEP\n UP BND Y 40 TWO 1\nENDATA\n",
]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
@pytest.mark.filterwarnings("ignore::bekostiging_solvers.SmpsWarning")
def test_any_damage_is_read_or_one_sentence(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Fields and lines removed, doubled, exchanged and replaced: a program, or SmpsError that names the file."""
    files = {"stoch": data.draw(st.sampled_from(FUTURES)), "core": CORE, "time": TIME}
    damaged = data.draw(st.sampled_from(sorted(files)))
    lines = files[damaged].split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        i, j = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        fields, word = lines[i].split() or [""], data.draw(st.sampled_from(WORDS))
        k = data.draw(st.integers(0, len(fields) - 1))
        indent = lines[i][: len(lines[i]) - len(lines[i].lstrip())]
        kind = data.draw(st.sampled_from(["replace", "insert", "remove", "double", "exchange", "indent"]))
        if kind in ("replace", "insert", "remove"):
            fields[k : k + (kind != "insert")] = [] if kind == "remove" else [word]
            lines[i] = indent + " ".join(fields)
        elif kind == "double":
            lines.insert(i, lines[j])
        elif kind == "exchange":
            lines[i], lines[j] = lines[j], lines[i]
        else:
            lines[i] = lines[i].strip() if indent else f" {lines[i]}"
    files[damaged] = "\n".join(lines)
    stem = write(tmp_path_factory.mktemp("damage"), files["stoch"], files["core"], files["time"])
    said = ""
    try:
        assert all(np.isfinite(one.cost).all() for one in read_smps(stem).scenarios)
    except SmpsError as error:
        said = str(error)
    assert said == "" or said.startswith("shop.")


def test_a_million_scenarios_are_three_columns(tmp_path: Path) -> None:
    """As lands: three demands of a hundred outcomes; what is kept is a million values of each, and the core once."""
    core, stoch = _many(3, 100)
    program = read_smps(write(tmp_path, stoch, core))
    assert program.n_scenarios == 1_000_000
    scenarios = program.scenarios
    assert isinstance(scenarios, CoreScenarios)
    assert {name: values.shape for name, (_, values) in scenarios.changes.items()} == {"row_lower": (1_000_000, 3)}
    # the last element changes first
    assert [scenarios[s].row_lower[1:].tolist() for s in (0, 1, 100, 10_000, 999_999)] == [
        [0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [99, 99, 99],
    ]  # fmt: skip
