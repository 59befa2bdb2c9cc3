"""Outcomes: every scenario is the core with its values written in, which HiGHS reads; by hand; and what is refused."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array
from smps_files import CORE, STOCH, TIME, before_end, write

from bekostiging_solvers import SmpsError, SmpsWarning, TwoStageProgram, read_smps, solve_recourse

VALUES = {
    ("RHS", "DEM"): 10.0, ("RHS", "BAL"): 4.0, ("RHS", "COST"): 2.0, ("RNG", "BAL"): -3.0, ("Y", "COST"): 3.0,
    ("Y", "DEM"): 1.5, ("X", "DEM"): 1.25, ("X", "BAL"): 0.5, ("UP BND", "Y"): 60.0, ("FX BND", "Z"): 5.0,
}  # fmt: skip
"""What may be random in a larger shop, by the names of a line, and its value in the core."""
Outcome = dict[tuple[str, str], float]


def _core(values: Outcome) -> str:
    """The core with some values, those of an equation with a range too."""
    v = VALUES | values
    return f"""ROWS
 N COST
 L CAP
 G DEM
 E BAL
COLUMNS
    X COST 1.0 CAP 1.0
    X DEM {v["X", "DEM"]} BAL {v["X", "BAL"]}
    Y COST {v["Y", "COST"]} DEM {v["Y", "DEM"]}
    Z COST 4.0 BAL 1.0
RHS
    RHS CAP 100.0 COST {v["RHS", "COST"]}
    RHS DEM {v["RHS", "DEM"]} BAL {v["RHS", "BAL"]}
RANGES
    RNG BAL {v["RNG", "BAL"]}
BOUNDS
 UP BND Y {v["UP BND", "Y"]}
 FX BND Z {v["FX BND", "Z"]}
ENDATA
"""


@st.composite
def groups(draw: st.DrawFn) -> list[tuple[str, str, list[tuple[float, Outcome]]]]:
    """Independent groups: kind and rule of a section, and outcomes with their probability."""
    names, found = draw(st.permutations(list(VALUES))), []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["INDEP", "BLOCKS"]))
        size = 1 if kind == "INDEP" else draw(st.integers(1, 3))
        own, names = names[:size], names[size:]
        if not own:
            break
        weights = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
        value = st.integers(1, 40).map(lambda k: k / 8)
        outcomes = [(w / sum(weights), {name: draw(value) for name in own}) for w in weights]
        for _, outcome in outcomes[1:]:  # a later realisation may leave out what is as in the first
            for name in draw(st.sets(st.sampled_from(own))) if kind == "BLOCKS" else ():
                del outcome[name]
        found.append((kind, draw(st.sampled_from(["REPLACE", "ADD", "MULTIPLY", ""])), outcomes))
    return found


def _stoch(found: list[tuple[str, str, list[tuple[float, Outcome]]]]) -> str:
    """The stoch file of groups."""
    lines = ["STOCH A"]
    for number, (kind, rule, outcomes) in enumerate(found):
        lines.append(f"{kind} DISCRETE {rule}")
        for p, outcome in outcomes:
            if kind == "BLOCKS":
                lines += [
                    f" BL B{number} TWO {p!r}",
                    *(f"    {a} {b} {value}" for (a, b), value in outcome.items()),
                ]
            else:
                lines += [f"    {a} {b} {value} TWO {p!r}" for (a, b), value in outcome.items()]
    return "\n".join([*lines, "ENDATA\n"])


def _expected(found: list[tuple[str, str, list[tuple[float, Outcome]]]]) -> list[tuple[float, Outcome]]:
    """Every combination: its probability and the values of the core it changes."""
    by_rule = {"ADD": lambda old, new: old + new, "MULTIPLY": lambda old, new: old * new}
    scenarios = []
    for chosen in product(*(range(len(outcomes)) for _, _, outcomes in found)):
        p, values = 1.0, {}
        for (_, rule, outcomes), k in zip(found, chosen, strict=True):
            p *= outcomes[k][0]
            change = by_rule.get(rule, lambda _, new: new)
            values |= {
                name: change(VALUES[name], value) for name, value in (outcomes[0][1] | outcomes[k][1]).items()
            }
        scenarios.append((p, values))
    return scenarios


def _by_highs(folder: Path, text: str) -> highspy.HighsLp:
    (folder / "one.mps").write_text(text)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(folder / "one.mps")) == highspy.HighsStatus.kOk
    return highs.getLp()


def _same(program: TwoStageProgram, scenario: int, lp: highspy.HighsLp) -> None:
    """Whether a scenario, with the first stage, is what HiGHS read."""
    one, first = program.scenarios[scenario], program.first
    constant = -1 if program.column_names[-1] == "constant" else None
    assert lp.offset_ == (one.cost[-1] if constant else 0.0)
    theirs = csc_array((lp.a_matrix_.value_, lp.a_matrix_.index_, lp.a_matrix_.start_), shape=(3, 3)).toarray()
    ours = np.hstack([one.technology.toarray(), one.matrix.toarray()])
    np.testing.assert_allclose(ours[:, :3], theirs[1:])
    for name, theirs in (("cost", lp.col_cost_), ("lower", lp.col_lower_), ("upper", lp.col_upper_)):
        np.testing.assert_allclose([*getattr(first, name), *getattr(one, name)[:constant]], theirs)
    np.testing.assert_allclose(one.row_lower, lp.row_lower_[1:])
    np.testing.assert_allclose(one.row_upper, lp.row_upper_[1:])


@settings(max_examples=40, deadline=None)
@given(found=groups())
def test_every_scenario_is_the_core_with_its_values(
    tmp_path_factory: pytest.TempPathFactory, found: list[tuple[str, str, list[tuple[float, Outcome]]]]
) -> None:
    folder = tmp_path_factory.mktemp("sto")
    program = read_smps(write(folder, _stoch(found), _core({}), TIME))
    expected = _expected(found)
    np.testing.assert_allclose(program.probabilities, [p for p, _ in expected])
    for scenario, (_, values) in enumerate(expected[:6]):
        _same(program, scenario, _by_highs(folder, _core(values)))


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_scenarios_have_the_values_of_their_parents(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder, lines, scenarios = tmp_path_factory.mktemp("sto"), ["SCENARIOS"], []
    n = data.draw(st.integers(1, 5))
    for s in range(n):
        parent = data.draw(st.integers(-1, s - 1))
        own = data.draw(st.dictionaries(st.sampled_from(list(VALUES)), st.integers(1, 40).map(lambda k: k / 8)))
        scenarios.append((scenarios[parent] if parent >= 0 else {}) | own)
        lines.append(f" SC S{s} {f'S{parent}' if parent >= 0 else 'ROOT'} {1 / n!r} TWO")
        lines += [f"    {a} {b} {value}" for (a, b), value in own.items()]
    program = read_smps(write(folder, "\n".join([*lines, "ENDATA\n"]), _core({}), TIME))
    for scenario, values in enumerate(scenarios):
        _same(program, scenario, _by_highs(folder, _core(values)))


@pytest.mark.parametrize("kind", ["INDEP", "BLOCKS"])
@pytest.mark.parametrize(
    ("rule", "values", "demands"),
    [
        ("", (8, 12), [8, 12]),
        ("REPLACE", (8, 12), [8, 12]),
        ("ADD", (-2, 2), [8, 12]),
        ("MULTIPLY", (0.8, 1.2), [8, 12]),
    ],
)
def test_a_rule_by_hand(
    tmp_path: Path, kind: str, rule: str, values: tuple[float, float], demands: list[float]
) -> None:
    """Demand 10 in the core; 12 units bought at 1 serve both futures, as one more costs 1 and saves 0.5 x 3."""
    lines = {
        "INDEP": [f"    RHS DEM {value} TWO 0.5" for value in values],
        "BLOCKS": [f" BL B TWO 0.5\n    RHS DEM {value}" for value in values],
    }[kind]
    program = read_smps(write(tmp_path, "\n".join([f"{kind} DISCRETE {rule}", *lines, "ENDATA\n"])))
    assert [scenario.row_lower[0] for scenario in program.scenarios] == pytest.approx(demands)
    assert solve_recourse(program).objective == pytest.approx(12.0)


def test_a_realisation_that_lists_what_differs_from_the_first(tmp_path: Path) -> None:
    """The second one has the first one's demand of 12 and a price of its own, not the core's 10."""
    stoch = "BLOCKS DISCRETE\n BL B TWO 0.5\n    RHS DEM 12\n    Y COST 4\n BL B TWO 0.5\n    Y COST 6\nENDATA\n"
    program = read_smps(write(tmp_path, stoch))
    assert [(one.row_lower[0], one.cost[0]) for one in program.scenarios] == [(12, 4), (12, 6)]


def test_a_constant_of_the_objective(tmp_path: Path) -> None:
    """The right-hand side of the objective is minus its constant: -7 in the core adds 7, random -7 and -9 add 8."""
    core = CORE.replace("RHS       CAP", "RHS       COST -7 CAP")
    assert solve_recourse(read_smps(write(tmp_path, core=core))).objective == pytest.approx(12.0 + 7.0)
    more = before_end(STOCH, "    RHS COST -7 TWO 0.5\n    RHS COST -9 TWO 0.5")
    for method in ("extensive", "l-shaped"):
        program = read_smps(write(tmp_path, more))
        assert solve_recourse(program, method=method).objective == pytest.approx(12.0 + 8.0)
    taken = CORE.replace("Y ", "constant ")
    named = read_smps(write(tmp_path, more, taken, TIME.replace("Y ", "constant ")))
    assert named.column_names == ("constant", "constant_")


def test_a_value_written_twice_says_one_thing(tmp_path: Path) -> None:
    """As sslp of 100 scenarios does."""
    program = read_smps(write(tmp_path, "BLOCKS\n BL B TWO 1\n    RHS DEM 4\n    RHS DEM 4.0\nENDATA\n"))
    assert program.scenarios[0].row_lower.tolist() == [4.0]


def test_what_never_differs_stands_in_the_core(tmp_path: Path) -> None:
    program = read_smps(write(tmp_path, before_end(STOCH, "    Y COST 5.0 TWO 1.0")))
    assert set(program.scenarios.changes) == {"row_lower"}  # type: ignore[attr-defined]
    assert program.scenarios[1].cost.tolist() == [5.0]


def test_no_outcome_is_the_core(tmp_path: Path) -> None:
    with pytest.warns(SmpsWarning, match=r"shop\.sto lists no outcome; the one scenario is the core itself"):
        program = read_smps(write(tmp_path, "STOCH A\nBLOCKS DISCRETE\nENDATA\n"))
    assert (program.n_scenarios, program.scenarios[0].row_lower.tolist()) == (1, [10.0])


@pytest.mark.parametrize(
    ("stoch", "message"),
    [
        (STOCH.replace("DISCRETE", "NORMAL"), "line 2: only DISCRETE distributions are read, not NORMAL"),
        (STOCH.replace("DISCRETE", "ADD MULTIPLY"), "line 2: ADD MULTIPLY says it twice"),
        (STOCH.replace("INDEP ", "NODES "), "line 2: NODES is another way to write scenarios"),
        (before_end(STOCH, "STOCH AGAIN"), "line 5: STOCH stands in the midst of the file"),
        (STOCH.replace("ENDATA", "ENDATA TWO"), "line 5: TWO behind ENDATA means nothing"),
        (STOCH.replace("INDEP         DISCRETE\n", ""), "line 2: data before INDEP, BLOCKS or SCENARIOS"),
        (STOCH.replace("RHS  ", "Q    "), "line 3: Q is no column of the core, and its right-hand side is RHS"),
        (STOCH.replace("DEM", "DEN"), "line 3: random element of row DEN, which the core does not have"),
        (STOCH.replace("DEM", "CAP"), r"line 3: random element \(RHS, CAP\) belongs to the first period"),
        (STOCH.replace("RHS       DEM ", "X         COST"), "line 3: .*belongs to the first period"),
        (STOCH.replace("TWO", "ONE"), "line 3: period ONE: what is random belongs to the second period, TWO"),
        (STOCH.replace("TWO", "TWO X"), "line 3: a column .or right-hand side., row, value, period and probability"),
        (STOCH.replace("8.0 ", "nan "), "line 3: cannot be read .nan is no number"),
        (STOCH.replace("0.5\nE", "1.5\nE"), "line 4: probability 1.5 does not lie between 0 and 1"),
        (STOCH.replace("0.5\nE", "-0.5\nE"), "line 4: probability -0.5 does not lie"),
        (STOCH.replace("0.5\nE", "0.4\nE"), r"line 3: probabilities of element \(RHS, DEM\) add up to 0.9, must be 1"),
        (STOCH.replace("0.5", "0"), "add up to 0, must be 1; correct them"),
        (before_end(STOCH, "SCENARIOS\n SC S ROOT 1.0 TWO"), "line 5: SCENARIOS lists whole futures"),
        (before_end(STOCH, "INDEP ADD\n    RHS DEM 1 TWO 0.5"), r"line 6: element \(RHS, DEM\) has outcomes under REPLACE"),
        (
            before_end(STOCH, "BLOCKS\n BL B TWO 1.0\n    RHS DEM 4"),
            r"line 7: \(right, DEM\) is in element \(RHS, DEM\) too, and both are independent",
        ),
        ("BLOCKS\n    RHS DEM 4\nENDATA\n", "line 2: values before the first BL line"),
        ("BLOCKS\n BL B TWO\nENDATA\n", "line 2: cannot be read .TWO is no number"),
        ("BLOCKS\n BL B\nENDATA\n", "line 2: BL, the name of a block"),
        ("BLOCKS\n BL B TWO 1\n    RHS DEM 4 DEM 5\nENDATA\n", r"line 3: \(right, DEM\) has value 4 in this outcome"),
        ("BLOCKS ADD\n BL B TWO 1\n    RHS DEM 4 DEM 4\nENDATA\n", r"line 3: \(right, DEM\) has value 4 in this"),
        ("BLOCKS\n BL B TWO 1\n    RHS DEM 4 5\nENDATA\n", "line 3: a column .or right-hand side. is asked"),
        ("BLOCKS MULTIPLY\n BL B TWO 1\n    Y CAP 4\nENDATA\n", r"line 3: random element \(Y, CAP\) belongs to the first"),
        ("BLOCKS\n BL B TWO 1\n MI BND Y 4\nENDATA\n", "line 3: a column .or right-hand side. is asked"),
        ("BLOCKS\n BL B TWO 1\n UP OTHER Y 4\nENDATA\n", "line 3: the bounds of the core are set 'BND', not 'OTHER'"),
        ("BLOCKS\n BL B TWO 1\n UP BND Q 4\nENDATA\n", "line 3: column Q is not in the core"),
        ("BLOCKS\n BL B TWO 1\n UP BND X 4\nENDATA\n", "line 3: the bound of X belongs to the first period"),
        ("INDEP\n UP BND Y -4 TWO 0.5\n UP BND Y 4 TWO 0.5\nENDATA\n", "column Y has in some scenario a lower bound above"),
        ("SCENARIOS ADD\n SC S ROOT 1 TWO\nENDATA\n", "line 1: ADD is defined for INDEP and BLOCKS; write the values"),
        ("SCENARIOS\n    RHS DEM 4\nENDATA\n", "line 2: values before the first SC line"),
        ("SCENARIOS\n SC S ROOT\nENDATA\n", "line 2: SC, the name of a scenario"),
        ("SCENARIOS\n SC S T 1 TWO\nENDATA\n", "line 2: parent T of scenario S does not stand before it"),
        ("SCENARIOS\n SC S ROOT 1 TWO\n SC S ROOT 0 TWO\nENDATA\n", "line 3: scenario S stands there twice"),
        ("SCENARIOS\n SC S ROOT 1 ONE\n SC T S 0 ONE\nENDATA\n", "line 3: period ONE: what is random belongs to"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, stoch: str, message: str) -> None:
    with pytest.raises(SmpsError, match=message):
        read_smps(write(tmp_path, stoch))


def test_a_product_of_nothing(tmp_path: Path) -> None:
    """A place the core has no value in can be set, not multiplied."""
    core = CORE.replace("    X         DEM       1.0\n", "")
    stoch = "INDEP DISCRETE\n    X DEM 0.5 TWO 0.5\n    X DEM 1.5 TWO 0.5\nENDATA\n"
    program = read_smps(write(tmp_path, stoch, core))
    assert [one.technology.toarray().tolist() for one in program.scenarios] == [[[0.5]], [[1.5]]]
    with pytest.raises(SmpsError, match=r"line 2: \(X, DEM\) has no value in the core to multiply"):
        read_smps(write(tmp_path, stoch.replace("DISCRETE", "MULTIPLY"), core))


def test_names_that_are_words_too(tmp_path: Path) -> None:
    """Columns SC, BL and UP: what follows tells them from the words that open a scenario, a block or a bound."""
    scenarios = "SCENARIOS\n SC A ROOT 0.5 TWO\n    {0} COST 4\n SC B ROOT 0.5 TWO\n    {0} COST 6\nENDATA\n"
    blocks = "BLOCKS\n BL B TWO 0.5\n    {0} COST 4\n BL B TWO 0.5\n    {0} COST 6\nENDATA\n"
    indep = "INDEP\n    {0} COST 4 TWO 0.5\n    {0} COST 6 TWO 0.5\n UP BND {0} 7 TWO 1\nENDATA\n"
    for name, text in (("SC", scenarios), ("BL", blocks), ("UP", indep)):
        core, time = (file.replace("    Y ", f"    {name} ") for file in (CORE, TIME))
        program = read_smps(write(tmp_path, text.format(name), core.replace("BND       Y", f"BND  {name}"), time))
        assert [one.cost[0] for one in program.scenarios] == [4, 6]


def test_the_right_hand_side_is_the_set_that_counts(tmp_path: Path) -> None:
    """Published files say RHS whatever the set is called; the set that counts has its own name too."""
    named = CORE.replace("    RHS       CAP", "    rhs       CAP")
    two = CORE.replace("BOUNDS", "    RHS2 CAP 60 DEM 10\nBOUNDS")
    assert read_smps(write(tmp_path, core=named)).n_scenarios == 2
    for stoch in (STOCH, STOCH.replace("RHS ", "RHS2")):
        assert read_smps(write(tmp_path, stoch, two), sets={"RHS": "RHS2"}).first.row_upper.tolist() == [60]
    with pytest.raises(SmpsError, match="line 3: RHS2 is no column of the core, and its right-hand side is RHS"):
        read_smps(write(tmp_path, STOCH.replace("RHS ", "RHS2"), two), sets={"RHS": "RHS"})


@pytest.mark.parametrize(("rule", "kind"), [("ADD", "LO"), ("MULTIPLY", "UP")])
def test_a_bound_that_is_not_there_changes_by_replacing(tmp_path: Path, rule: str, kind: str) -> None:
    core = CORE.replace(" UP BND       Y         50.0", " FR BND Y")
    text = f"INDEP {{}}\n {kind} BND Y 2 TWO 0.5\n {kind} BND Y 3 TWO 0.5\nENDATA\n"
    with pytest.raises(SmpsError, match=f"has no value in the core to {rule.lower()}; give it one there"):
        read_smps(write(tmp_path, text.format(rule), core))
    assert read_smps(write(tmp_path, text.format(""), core)).n_scenarios == 2


@pytest.mark.parametrize("method", ["extensive", "l-shaped"])
def test_a_coefficient_that_is_zero_in_some_scenarios(tmp_path: Path, method: str) -> None:
    """Y serves nothing in half of the futures: 12 units of X are bought, as one more costs 1 and saves at least 1.5."""
    stoch = before_end(STOCH, "    Y DEM 0.0 TWO 0.5\n    Y DEM 1.0 TWO 0.5")
    solution = solve_recourse(read_smps(write(tmp_path, stoch)), method=method)  # type: ignore[arg-type]
    assert solution.objective == pytest.approx(12.0)


def test_a_column_with_the_name_of_the_right_hand_side(tmp_path: Path) -> None:
    core, time = CORE.replace("    Y  ", "    RHS"), TIME.replace("    Y  ", "    RHS")
    with pytest.raises(SmpsError, match="line 3: RHS is a column and a set of the core too"):
        read_smps(write(tmp_path, core=core.replace("BND       Y", "BND       RHS"), time=time))
