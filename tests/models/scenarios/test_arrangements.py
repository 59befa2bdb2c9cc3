"""Terms of arrangements move risk, not expectation: parity, self-check, and each term by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.case.tables import Policy
from bekostiging.contracts import build_contracts, price_levels, reference, settle
from bekostiging.scenarios import deviations, draw_block, expected_care_use, map_blocks, plan, self_check
from bekostiging.scenarios.arrangements import expected_arrangements
from bekostiging.scenarios.clients import _plain_price, profile_table
from bekostiging.scenarios.distributions import LAWS, Mixed
from bekostiging.scenarios.simulate import Block


def _with(case: Case, **policy: str) -> Case:
    mark = {"scope": "case", "source": "t", "status": "illustrative"}
    rows = (Policy.model_validate({"name": name, "value": value, **mark}) for name, value in policy.items())
    return replace(case, policy=(*case.policy, *rows))


def test_expected_number_of_arrangements_is_that_of_draws() -> None:
    """1 + floor(D / 1.5) of a log-normal with mean 1 and CV 0.9, against 400,000 draws."""
    law = Mixed(tuple(LAWS.values()), np.array([0]), np.array([1.0]), np.array([0.9]))
    rng = np.random.default_rng(1)
    drawn = 1 + np.floor(law.draw(np.zeros(400_000, dtype=np.int64), None, rng) / 1.5)
    error = float(drawn.std()) / len(drawn) ** 0.5
    assert expected_arrangements(law, np.array([1.5]))[0] == pytest.approx(float(drawn.mean()), abs=4 * error)
    assert expected_arrangements(law, np.array([np.inf]))[0] == 1.0


@pytest.mark.parametrize(
    "terms",
    [{"repeat_payment": "unpaid"}, {"extension_after": "1.5"}, {"paid_at_start": "0.3", "extension_after": "2"}],
    ids=["repeat", "extension", "start"],
)
def test_drawn_arrangements_follow_their_theory(small_case: Case, terms: dict[str, str]) -> None:
    """The self-check of a run with these terms is silent: every cell's arrangement units among its statistics."""
    case = _with(small_case, **terms)
    planned = plan(case, 256, 2, 7, "out_of_sample")

    def work(block: Block) -> object:
        use = block.care_use()
        return deviations(use, expected_care_use(case, planned.cells, 2, block.factors))

    checked = self_check(planned.cells, map_blocks(planned, work))
    assert checked.alarms == ()
    assert checked.n_statistics > 50


@pytest.mark.parametrize("terms", [{"repeat_payment": "unpaid"}, {"extension_after": "1.5"}])
def test_at_expectation_the_price_is_that_of_hours(small_case: Case, terms: dict[str, str]) -> None:
    """Price parity holds with every term, year by year."""
    case = _with(small_case, **terms)
    cells = plan(case, 32, 3, 1, "design").cells
    care_use = expected_care_use(case, cells, 3)
    terms_of = reference(case, cells, 3)
    for lot in case.lots:
        levels = price_levels(case, lot.id, care_use)
        hours, arrangements = (
            sum(
                settle(one, care_use, levels).payment
                for one in build_contracts(case, cells, terms_of, form, ceilings=False)
                if one.lot == lot.id
            )
            for form in ("inspanningsgericht", "outputgericht")
        )
        np.testing.assert_allclose(arrangements, hours, rtol=1e-9)


def test_an_extension_makes_duration_the_municipalitys_for_a_part(small_case: Case) -> None:
    """Longer trajectories cost an arrangement nothing, but with extensions they do."""
    planned = plan(small_case, 32, 2, 3, "design")
    block = draw_block(planned, 0)
    longer = replace(block, clients=replace(block.clients, duration=1.5 * block.clients.duration))
    plain, stretched = (own.care_use().arrangement_units for own in (block, longer))
    np.testing.assert_allclose(stretched, plain)
    again = plan(_with(small_case, extension_after="1.5"), 32, 2, 3, "design")
    first = draw_block(again, 0)
    second = replace(first, clients=replace(first.clients, duration=1.5 * first.clients.duration))
    assert second.care_use().arrangement_units.sum() > 1.05 * first.care_use().arrangement_units.sum()


def test_what_is_paid_at_the_start_comes_sooner(small_case: Case) -> None:
    """Starts of the last year bring their whole start part within the term."""
    cells = plan(small_case, 32, 2, 3, "design").cells
    plain, early = (
        expected_care_use(case, cells, 2) for case in (small_case, _with(small_case, paid_at_start="0.5"))
    )
    own = cells.contract >= 0
    before, after = (
        (use.arrangement_units + use.arrangement_units_at_result)[0][:, own].sum(axis=1) for use in (plain, early)
    )
    assert after[1] > before[1]


def test_disputes_are_paid_later_or_not_at_all(small_case: Case) -> None:
    """10 % disputed of which a fifth is lost: 2 % less is paid, and that is what is left unpaid."""
    cells = plan(small_case, 32, 2, 3, "design").cells
    care_use = expected_care_use(small_case, cells, 2)
    case = _with(small_case, disputed_share="0.1", disputed_lost="0.2")
    for lot in small_case.lots:
        levels = price_levels(small_case, lot.id, care_use)
        for plain, disputed in zip(
            *(
                build_contracts(one, cells, reference(one, cells, 2), "outputgericht", ceilings=False)
                for one in (small_case, case)
            ),
            strict=True,
        ):
            before, after = settle(plain, care_use, levels), settle(disputed, care_use, levels)
            np.testing.assert_allclose(after.payment, 0.98 * before.payment)
            np.testing.assert_allclose(after.unpaid, 0.02 * before.payment)


def test_an_own_price_is_paid_and_opens_the_parity_gap(small_case: Case) -> None:
    """Every profile of a care form at twice the price of the build-up: its arrangements count double, its hours do not."""
    form = small_case.profiles[0].care_form
    cells = plan(small_case, 32, 2, 3, "design").cells
    table = profile_table(small_case)
    place = [row.id for row in small_case.care_forms].index(form)
    own = [row for row in small_case.profiles if row.care_form == form]
    one = _plain_price(small_case, form)
    priced = tuple(
        row.model_copy(update={"price": 2 * one * float(table.intensity[place, own.index(row)])})
        if row in own
        else row
        for row in small_case.profiles
    )
    plain, dear = (
        expected_care_use(case, cells, 2) for case in (small_case, replace(small_case, profiles=priced))
    )
    twice = np.where(cells.care_form == place, 2.0, 1.0)
    np.testing.assert_allclose(dear.arrangement_units, twice * plain.arrangement_units, rtol=1e-9)
    np.testing.assert_array_equal(dear.units, plain.units)
