"""The worked example of docs/sharing.md: its numbers are those of tests/models/sharing/test_sharing.py, and on the page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bekostiging.sharing import SharingData, core_test, joint_contract_game, key_results, solve_game

PAGE = (Path(__file__).parents[3] / "docs" / "sharing.md").read_text()
USED = np.array([[10.0, 20.0], [14.0, 20.0], [10.0, 28.0], [14.0, 20.0]])
HALF = np.repeat(USED.sum(axis=1, keepdims=True) / 2, 2, axis=1)
DATA = SharingData(
    municipalities=("town 1", "town 2"),
    used=USED,
    paid={"in_force": USED[:, None], "half": HALF[:, None]},
    in_force="in_force",
    cost=USED[:, None],
    administration=np.array([6.0]),
    discount=np.ones(1),
    confidence=0.5,
    cost_of_capital=0.1,
    n_groups=2,
)


def _on_page(*texts: str) -> None:
    for text in texts:
        assert f"**{text}**" in PAGE, text


def test_the_table_is_the_data() -> None:
    for future, row in enumerate(USED, start=1):
        assert f"| {future} | {row[0]:.0f} | {row[1]:.0f} | {row.sum():.0f} |" in PAGE


def test_what_going_together_saves() -> None:
    found = solve_game(DATA, "surcharge")
    assert [one.value for one in found.alone] == pytest.approx([2, 2])
    assert found.together.value == pytest.approx(2)
    assert [one.value for one in (*found.shapley, *found.nucleolus, *found.saving)] == pytest.approx([1] * 6)
    _on_page("2", "1", "worth 1")


def test_a_key_of_half_each() -> None:
    first, _ = key_results(DATA, "half", 0.0)
    assert first.expected.value == pytest.approx(17)
    _on_page(f"{first.volatility.value:.2f}", f"{first.worst_year.value:.0f}", f"+{first.change.value:.0f}")
    _on_page(f"{core_test(DATA, 'half', 0.0).euros.value:.0f}")
    assert core_test(DATA, "half", 4.5).holds


def test_the_joint_contract() -> None:
    _, one, two, both = joint_contract_game(DATA.cost, DATA.administration, 0.5, 0.1)
    _on_page(f"{one:.2f}", f"{two:.2f}", f"{both:.2f}")
    assert f"saves {one + two - both:.2f}" in PAGE
