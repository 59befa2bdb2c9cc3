"""A comparison as a frame: every estimate once, under the name of what it is about."""

from __future__ import annotations

import pytest

from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.evaluation import TERM, TOTAL, Comparison
from bekostiging.evaluation.figures import (
    AGAINST_DUTY,
    CLIENTS_BEYOND_NORM,
    EXPECTED,
    EXPECTED_RESULT,
    HOURS,
    SPENDING,
)


def test_every_estimate_has_its_row(outcome: Comparison) -> None:
    """By form, corner, subject, name, period and figure; no key twice, and the values of the result."""
    frame = outcome.to_frame()
    keys = ["form", "corner", "about", "name", "period", "figure"]
    assert not frame.duplicated(keys).any()
    found = {tuple(row[:6]): row[6] for row in frame.itertuples(index=False)}
    first = str(outcome.case.first_year)
    care_form = outcome.case.lots[0].care_forms[0]
    for form, own in outcome.forms.items():
        provider = outcome.case.providers[0].id
        for about, estimate in (
            ((outcome.corner, "municipality", TOTAL, TERM, EXPECTED), own.municipalities[TOTAL][TERM][EXPECTED]),
            ((outcome.corner, "municipality", TOTAL, first, EXPECTED), own.municipalities[TOTAL][first][EXPECTED]),
            (
                (outcome.corner, "provider", provider, TERM, EXPECTED_RESULT),
                own.providers[provider][EXPECTED_RESULT],
            ),
            (("wait", "corner", TOTAL, TERM, SPENDING), own.corner_totals["wait"][SPENDING]),
            (
                ("absorb", "care_form", care_form, TERM, CLIENTS_BEYOND_NORM),
                own.care_forms["absorb"][care_form][CLIENTS_BEYOND_NORM],
            ),
            (
                ("wait", "headroom", "common", TERM, CLIENTS_BEYOND_NORM),
                own.headrooms["common"][TOTAL][CLIENTS_BEYOND_NORM],
            ),
            (
                ("wait", "headroom", f"own/{care_form}", TERM, CLIENTS_BEYOND_NORM),
                own.headrooms["own"][care_form][CLIENTS_BEYOND_NORM],
            ),
            ((outcome.corner, "administration", "provider", "year", HOURS), own.administration["provider"][HOURS]),
        ):
            *place, figure = about
            assert found[form, *place, figure.name] == estimate.value
    told = frame[frame["figure"] == AGAINST_DUTY.name]
    assert set(told["form"]) == {form for form, facts in PAYMENT_FORMS.items() if facts.lump_sum}


def test_years_and_heading(outcome: Comparison) -> None:
    assert outcome.years == (2026, 2027, 2028, 2029)
    assert outcome.heading().endswith(", 2026-2029, 32 scenarios, seed 1")


def test_the_overview_names_the_weakest_provider(outcome: Comparison) -> None:
    """The one whose buffer is used up most often."""
    table = outcome.overview()
    assert list(table["payment form"]) == list(outcome.forms)
    for row, own in zip(table.to_dict("records"), outcome.forms.values(), strict=True):
        chance = {
            name: found["buffer_exhausted_probability"].value for name, found in by_name(own.providers).items()
        }
        assert chance[row["weakest provider"]] == pytest.approx(max(chance.values()))


def by_name(providers: dict) -> dict:
    """Estimates by the name of their figure."""
    return {code: {figure.name: one for figure, one in found.items()} for code, found in providers.items()}
