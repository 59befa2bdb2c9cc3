"""The benchmark: figures that add up, ranks with the uncertainty of paired differences, verdicts by hand, limit cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from suites import mini

from bekostiging.case import read_case, synthetic_region
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.equalisation import bootstrap
from bekostiging.evaluation import CORNERS, TERM, TOTAL, Comparison
from bekostiging.evaluation.blocks import Blocks
from bekostiging.evaluation.figures import BUFFER_EXHAUSTED_PROBABILITY, EURO, EXPECTED, REFUSED, WAITING_CLIENTS
from bekostiging.options import Options
from bekostiging.studies import ALL_LOTS, NO_SHOCK, Benchmark, Verdict, benchmark, equalisation, read_suite
from bekostiging.studies.tender.decisions import Asked, decide
from bekostiging.studies.tender.ranks import certainty, expected_rank, pairs
from bekostiging.studies.tender.robustness import Condition, Limits, limits, share_acceptable, shocked, verdict
from bekostiging.studies.tender.scoreboard import LotSample, lot_views
from bekostiging.studies.tender.similar_regions import placed
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

FEW: Options = {"n_scenarios": 32, "design_scenarios": 32, "n_years": 2}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Benchmark:
    return benchmark(read_suite(mini(tmp_path_factory.mktemp("suite"))))


def _sample(spending: FloatArray, **changes: object) -> LotSample:
    n = len(spending)
    plain = LotSample(
        spending=spending,
        yearly=spending[:, None],
        exhausted=np.zeros((n, 1), dtype=np.bool_),
        unserved=np.zeros(n),
        turned_away=np.zeros(n),
        administration=np.ones(n),
        concentration=np.ones(n),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_lots_add_up_to_the_municipalities_and_to_all_who_are_not_served(outcome: Comparison) -> None:
    for form in PAYMENT_FORMS:
        for corner in CORNERS:
            one = outcome.forms[form].samples[corner]
            paid = outcome.case.of_reported(one.municipal)
            np.testing.assert_allclose(one.lot_spending.sum(axis=2), paid, rtol=0, atol=0.005)
            unserved = (one.waiting + one.refused).sum(axis=2)
            np.testing.assert_allclose(one.lot_unserved.sum(axis=2), unserved, rtol=0, atol=1e-9)


@pytest.mark.slow
def test_all_lots_is_what_the_comparison_says(found: Benchmark) -> None:
    board = found.boards[0]
    whole = board.lots[-1]
    assert whole.lot == ALL_LOTS
    for form, score in whole.scores.items():
        own = board.outcome.forms[form]
        told = own.municipalities[TOTAL][TERM][EXPECTED]
        assert score.figures["expected"].value == pytest.approx(told.value, rel=1e-12)
        assert score.figures["expected"].standard_error == pytest.approx(told.standard_error, rel=1e-9)
        parts = sum(lot.scores[form].figures["expected"].value for lot in board.lots[:-1])
        assert parts == pytest.approx(told.value, rel=1e-12)
        administration = sum(one[EURO].value for one in own.administration.values())
        assert score.figures["administration"].value == pytest.approx(administration, rel=1e-12)
        waiting = own.corner_totals["wait"][WAITING_CLIENTS].value + own.corner_totals["wait"][REFUSED].value
        assert score.figures["unserved"].value == pytest.approx(waiting, rel=1e-12)
        worst = max(one[BUFFER_EXHAUSTED_PROBABILITY].value for one in own.providers.values())
        assert score.figures["buffer_exhausted"].value >= worst


def test_buffers_are_divided_over_the_lots(outcome: Comparison) -> None:
    views = lot_views(outcome.case, outcome.lumpsum.data, outcome.buffer)
    parts = sum(view.buffer for view in views[:-1])
    np.testing.assert_allclose(parts, outcome.buffer, rtol=1e-12)
    np.testing.assert_array_equal(views[-1].buffer, outcome.buffer)


def test_certainty_is_the_t_test_on_differences_per_scrambling() -> None:
    """SciPy's paired t test on the means of 16 scramblings is the other formulation."""
    rng = np.random.default_rng(1)
    a = rng.normal(1e6, 5e4, 16 * 8)
    b = a + rng.normal(3e3, 1e4, 16 * 8)
    (cost, *_) = pairs(Scramblings(16), {"taakgericht": _sample(a), "outputgericht": _sample(b)}, [0.9])
    means = (a - b).reshape(16, 8).mean(axis=1)
    assert cost.certainty == pytest.approx(1 - stats.ttest_1samp(means, 0.0, alternative="less").pvalue, abs=1e-12)
    assert cost.in_scenarios is not None
    assert cost.in_scenarios.value == (a < b).mean()


def test_common_futures_make_a_small_difference_certain() -> None:
    """One euro apart in every scenario: certain, however wide the scenarios are; apart it would drown in the noise."""
    spending = np.random.default_rng(2).normal(1e6, 1e5, 256)
    found = pairs(
        Scramblings(16), {"taakgericht": _sample(spending), "outputgericht": _sample(spending + 1)}, [0.9]
    )
    assert [one.certainty for one in found if one.criterion == "expected"] == [1.0]
    assert expected_rank("taakgericht", "expected", found).value == pytest.approx(1.0, abs=1e-6)
    assert expected_rank("outputgericht", "cvar_0.9", found).value == pytest.approx(2.0, abs=1e-6)


def test_equal_forms_share_a_rank() -> None:
    spending = np.random.default_rng(3).normal(1e6, 1e5, 64)
    three = {form: _sample(spending) for form in ("taakgericht", "outputgericht", "maatwerktraject")}
    found = pairs(Scramblings(16), three, [0.9])  # type: ignore[arg-type]
    assert {one.certainty for one in found} == {0.5}
    assert {one.in_scenarios.value for one in found if one.in_scenarios is not None} == {0.5}
    assert expected_rank("outputgericht", "expected", found) == Estimate(2.0, 0.5**0.5)


@pytest.mark.slow
def test_ranks_of_a_lot_add_up(found: Benchmark) -> None:
    """Of n forms they sum to n (n + 1) / 2, whoever is sure of what."""
    for lot in found.boards[0].lots:
        for criterion in ("expected", "cvar_0.9", "buffer_exhausted", "unserved", "administration"):
            ranks = [score.ranks[criterion].value for score in lot.scores.values()]
            assert sum(ranks) == pytest.approx(6.0)


@pytest.mark.parametrize(("difference", "sure"), [((0.0, 0.0), 0.5), ((-1.0, 0.0), 1.0), ((2.0, 0.0), 0.0)])
def test_certainty_without_noise(difference: tuple[float, float], sure: float) -> None:
    assert certainty(Estimate(*difference, degrees_of_freedom=15)) == sure


def test_a_verdict_by_hand() -> None:
    """Of 64 scenarios 8 overrun a room of 10 (12.5 %) and 4 use up a buffer (6.25 %)."""
    spending = np.where(np.arange(64) % 8 == 0, 11.0, 9.0)
    exhausted = (np.arange(64) % 16 == 0)[:, None]
    sample = _sample(spending, exhausted=exhausted, turned_away=np.full(64, 2.0))
    loose = Limits(np.array([10.0]), np.array([0.0]), False, 0.2, 0.1, False)
    assert verdict("x", Scramblings(16), sample, loose).acceptable
    for tight, name in (
        (replace(loose, overrun=0.1), "begroting"),
        (replace(loose, exhausted=0.05), "buffer"),
        (replace(loose, no_waiting=True), "waiting"),
    ):
        told = verdict("x", Scramblings(16), sample, tight)
        assert [one.name for one in told.conditions if not one.holds] == [name]
        assert not told.acceptable


def _chance_of_overrun(years: list[float], stock: list[float], *, refills: bool = False) -> float:
    """Room of 10 a year; one scenario in eight spends ``years``, the others 9."""
    spending = np.where(np.arange(64)[:, None] % 8 == 0, np.array(years), 9.0)
    sample = _sample(spending.sum(axis=1), yearly=spending)
    limit = Limits(np.full(len(years), 10.0), np.array(stock), refills, 0.1, 1.0, False)
    told = verdict("x", Scramblings(16), sample, limit)
    (begroting,) = (one for one in told.conditions if one.name == "begroting")
    assert begroting.holds == (begroting.value.value <= 0.1)
    return begroting.value.value


@pytest.mark.parametrize(
    ("years", "stock", "refills", "chance"),
    [
        ([11.0, 9.0], [1.0, 1.0], False, 0.0),
        # a stock of 1 is there once: 1 in each of two years asks 2
        ([11.0, 11.0], [1.0, 1.0], False, 0.125),
        ([11.0, 11.0], [2.0, 2.0], False, 0.0),
        # what is added in the second year bears the second year, never the first
        ([11.0, 11.0], [1.0, 2.0], False, 0.0),
        ([12.0, 9.0], [1.0, 2.0], False, 0.125),
        # a year of 1 below what is begroot gives back what was used only where the policy lets it
        ([11.0, 9.0, 11.0], [1.0, 1.0, 1.0], False, 0.125),
        ([11.0, 9.0, 11.0], [1.0, 1.0, 1.0], True, 0.0),
    ],
)
def test_a_stock_is_used_once(years: list[float], stock: list[float], refills: bool, chance: float) -> None:
    assert _chance_of_overrun(years, stock, refills=refills) == chance


def test_cover_is_divided_over_the_lots_by_spending(outcome: Comparison) -> None:
    """A lot that is a quarter of spending has a quarter of begroting, structural cover (2 million a year) and stock."""
    own = outcome.lumpsum
    structural = np.full((1, 2, outcome.n_years), 1e6)
    told = replace(outcome, lumpsum=replace(own, data=replace(own.data, structural=structural)))
    first, *_, whole = lot_views(outcome.case, own.data, outcome.buffer)
    yearly = np.full((32, outcome.n_years), 4e6)
    samples = {ALL_LOTS: _sample(yearly.sum(axis=1), yearly=yearly)}
    samples[first.lot] = _sample(yearly.sum(axis=1) / 4, yearly=yearly / 4)
    all_of_it, quarter = (limits(told, samples, view) for view in (whole, first))
    np.testing.assert_allclose(all_of_it.headroom, outcome.headroom.sum(axis=1) + 2e6)
    np.testing.assert_allclose(all_of_it.stock, own.data.stock.sum(axis=0))
    np.testing.assert_allclose(quarter.headroom, all_of_it.headroom / 4)
    np.testing.assert_allclose(quarter.stock, all_of_it.stock / 4)


def test_robustness_is_a_share_with_the_doubt_of_its_verdicts() -> None:
    """Two sure verdicts and one on the edge (probability 1/2): two of three hold, error sqrt(1/4) / 3."""
    sure, edge = Condition("begroting", Estimate(0.0, 0.0), 0.1), Condition("buffer", Estimate(0.05, 0.01), 0.05)
    no = Condition("buffer", Estimate(0.5, 0.0), 0.05)
    found = share_acceptable([Verdict("a", (sure,)), Verdict("b", (sure, edge)), Verdict("c", (no,))])
    assert found.value == pytest.approx(2 / 3)
    assert found.standard_error == pytest.approx(0.5 / 3)


def test_a_shock_of_nothing_changes_nothing(outcome: Comparison) -> None:
    """Limit case: a factor of one, as many scenarios as the comparison: the same samples to the bit."""
    shock = replace(outcome, case=replace(outcome.case, shocks=(_shock(1.0),)))
    samples, scramblings = shocked(shock, "growth", outcome.n_scenarios, Blocks())
    assert scramblings.n_scramblings == outcome.n_scramblings
    for form in PAYMENT_FORMS:
        for corner in CORNERS:
            np.testing.assert_array_equal(
                samples[form][corner].municipal, outcome.forms[form].samples[corner].municipal
            )


@pytest.mark.slow
def test_growth_costs_more_where_volume_is_paid(found: Benchmark, outcome: Comparison) -> None:
    """Twenty percent more starts in both years: per hour spending grows, within what the stock allows; and verdicts tell."""
    shock = replace(outcome, case=replace(outcome.case, shocks=(_shock(1.2),)))
    samples, _ = shocked(shock, "growth", 32, Blocks())
    plain = outcome.forms["inspanningsgericht"].samples["absorb"].municipal.sum()
    assert 1.03 < samples["inspanningsgericht"]["absorb"].municipal.sum() / plain < 1.2
    for score in found.boards[0].lots[-1].scores.values():
        assert [one.shock for one in score.verdicts] == [NO_SHOCK, "growth"]
        assert score.robustness == share_acceptable(score.verdicts[1:])


def _shock(factor: float) -> object:
    from bekostiging.case.tables import Shock

    return Shock(
        id="growth",
        name="g",
        quantity="inflow",
        factor=factor,
        first_year=1,
        years=4,
        source="test",
        status="illustrative",
    )


def test_a_place_among_regions_by_hand() -> None:
    """Of four regions one is below and one equal: percentile (1 + 1/2) / 4; its error that of four coins, half a region more
    on either side: chance 2 / 5."""
    found = placed(2.0, np.array([1.0, 2.0, 3.0, 4.0]))
    assert found.percentile.value == pytest.approx(0.375)
    assert found.percentile.standard_error == pytest.approx((0.4 * 0.6 / 4) ** 0.5)
    assert placed(9.0, np.array([1.0, 2.0, 3.0, 4.0])).percentile.standard_error == pytest.approx(0.15)
    assert (found.low, found.middle, found.high) == pytest.approx((1.3, 2.5, 3.7))


@pytest.mark.slow
def test_it_shows_itself_to_an_analyst(found: Benchmark) -> None:
    frame = found.to_frame()
    assert len(frame) == 4 * 3 * 6
    whole = frame[(frame.lot == ALL_LOTS) & (frame.criterion == "expected")]
    assert whole["rank"].sum() == pytest.approx(6.0)
    assert frame[frame.criterion == "concentration"]["rank"].isna().all()
    html = found._repr_html_()
    assert "Benchmark mini, 32 scenarios, seed 1" in html
    assert "Every figure of this synthetic region is invented" in html


@pytest.mark.slow
def test_simulated_regions_have_the_size_of_the_case(found: Benchmark) -> None:
    similar = found.boards[0].similar
    assert similar is not None
    assert (similar.n_regions, similar.municipalities, similar.providers) == (3, 2, 6)
    areas = synthetic_region(2, 6, 1001, similar.inhabitants).areas
    people = sum(row.inhabitants_0_17 + row.inhabitants_18_64 + row.inhabitants_65_plus for row in areas)
    assert people == pytest.approx(similar.inhabitants, abs=3)
    assert all(0 <= one.percentile.value <= 1 for own in similar.placed.values() for one in own.values())


def test_the_lump_sum_at_the_confidence_of_the_case_is_the_designed_one(outcome: Comparison) -> None:
    asked = Asked(outcome.case, outcome, (outcome.case.policy.confidence, 0.6), FEW)
    figures = decide("lumpsum", asked).figures
    loading = [one.value.value for one in figures if one.figure == "loading" and one.confidence == 0.95]
    np.testing.assert_allclose(loading, outcome.lumpsum.design.loading, atol=1e-9)
    capital = {one.confidence: one.value.value for one in figures if one.figure == "capital"}
    assert capital[0.6] < capital[0.95]


def test_what_a_case_cannot_have_is_told() -> None:
    """One municipality has nobody to share with; the benchmark goes on."""
    case = synthetic_region(municipalities=1, providers=3)
    told = decide("sharing", Asked(case, None, (0.9,), FEW))  # type: ignore[arg-type]
    assert told.figures == ()
    assert told.told is not None
    assert "at least two reported municipalities" in told.told["en"]


@pytest.mark.parametrize(
    ("model", "figures"),
    [("equalisation", {"tail_before", "tail_after", "power"}), ("sharing", {"worth", "leaving"})],
)
def test_every_decision_model_has_figures(
    outcome: Comparison, model: str, figures: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few clients and resamples: what is fitted is tested elsewhere."""
    monkeypatch.setattr(equalisation, "CLIENTS", 2_000)
    monkeypatch.setattr(bootstrap, "RESAMPLES", 10)
    found = decide(model, Asked(outcome.case, outcome, (0.9,), FEW))
    assert found.told is None, found.told
    assert {one.figure for one in found.figures} == figures


def test_capacity_decides_with_a_proof() -> None:
    """The embedded case has the tables it needs; the plan is proved to a percent and its tail costs more."""
    found = decide("capacity", Asked(read_case("almere"), None, (0.9,), FEW | {"n_years": 1}))  # type: ignore[arg-type]
    figures = {figure.figure: figure.value for figure in found.figures}
    assert figures["places"].value > 0
    assert 0 <= figures["gap"].value <= 0.01
    assert figures["plan_tail"].value > figures["plan_cost"].value


@pytest.mark.parametrize(("seen", "limit", "sure"), [(0, 0.05, 1 - 0.95**64), (64, 0.9, 0.0)])
def test_a_condition_without_an_error_is_as_certain_as_its_futures(seen: int, limit: float, sure: float) -> None:
    """Nobody of 64: were the limit the truth, somebody would be seen with probability 1 - 0.95^64 = 96 %."""
    found = Scramblings(16).probability(np.arange(64) < seen)
    assert found.standard_error is None
    assert Condition("buffer", found, limit, 64).probability == pytest.approx(sure)


def test_an_order_in_every_future_seen_has_no_error() -> None:
    a = np.random.default_rng(4).normal(1e6, 1e5, 64)
    found = pairs(Scramblings(16), {"taakgericht": _sample(a), "outputgericht": _sample(a + 1e5)}, [0.9])
    assert found[0].in_scenarios == Estimate(1.0, None, degrees_of_freedom=15)
