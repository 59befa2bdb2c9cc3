"""How a remark says numbers, names and questions: by hand, at the edges of every rule."""

from __future__ import annotations

import pytest

from bekostiging.evaluation.sense.remark import (
    MONEY,
    USE,
    WEEKS,
    WHICH,
    Odd,
    clustered,
    euro,
    listed,
    many,
    percent,
    plain,
    price,
    question,
    remark,
    together,
)


@pytest.mark.parametrize(
    ("number", "decimals", "nl"),
    [
        (1_234_567.891, 0, "1.234.568"),
        (1234.56, 1, "1.234,6"),
        (-0.4, 0, "0"),
        (-0.04, 1, "0,0"),
        (-1.5, 1, "-1,5"),
    ],
)
def test_numbers(number: float, decimals: int, nl: str) -> None:
    """Nothing has no sign."""
    assert plain(number, "nl", decimals) == nl
    assert plain(number, "en", decimals) == nl.translate(str.maketrans({".": ",", ",": "."}))


@pytest.mark.parametrize(
    ("amount", "nl"),
    [
        (0.0, "0 euro"),
        (0.0000012, "0,000001 euro"),
        (0.078, "0,078 euro"),
        (0.5, "0,50 euro"),
        (1.0, "1,00 euro"),
        (999.0, "999,00 euro"),
        (1000.0, "1.000 euro"),
        (99_999.0, "99.999 euro"),
        (100_000.0, "0,10 miljoen euro"),
        (-994_000.0, "-0,99 miljoen euro"),
        (1e6, "1,0 miljoen euro"),
        (99.94e6, "99,9 miljoen euro"),
        (100e6, "100 miljoen euro"),
        (994e6, "994 miljoen euro"),
        (1e9, "1,0 miljard euro"),
        (100e9, "100 miljard euro"),
    ],
)
def test_amounts(amount: float, nl: str) -> None:
    assert euro(amount, "nl") == nl
    english = nl.translate(str.maketrans({".": ",", ",": "."}))
    assert euro(amount, "en") == english.replace("miljoen", "million").replace("miljard", "billion")


@pytest.mark.parametrize(
    ("amount", "nl"),
    [
        (0.5, "0,50 euro"),
        (0.078, "0,078 euro"),
        (1.0, "1,00 euro"),
        (999.99, "999,99 euro"),
        (1000.0, "1.000 euro"),
    ],
)
def test_prices(amount: float, nl: str) -> None:
    assert price(amount, "nl") == nl


@pytest.mark.parametrize(
    ("fraction", "nl"), [(0.0104, "1 %"), (0.0106, "1,1 %"), (0.0149, "1,5 %"), (0.0196, "2 %"), (-0.03, "-3 %")]
)
def test_percentages(fraction: float, nl: str) -> None:
    """A decimal where it says something."""
    assert percent(fraction, "nl") == nl


@pytest.mark.parametrize(
    ("ratio", "nl"),
    [
        (0.0, ""),
        (-1.0, ""),
        (1.0, "Dat is 1,0 keer zoveel."),
        (0.5, "Dat is 2,0 keer zo weinig."),
        (9.9, "Dat is 9,9 keer zoveel."),
        (10.0, "Dat is 10 keer zoveel."),
        (99.0, "Dat is 99 keer zoveel."),
        (1234.0, "Dat is 1.200 keer zoveel."),
        (1 / 1234, "Dat is 1.200 keer zo weinig."),
    ],
)
def test_how_many_times(ratio: float, nl: str) -> None:
    assert many(ratio, "nl") == nl


@pytest.mark.parametrize(
    ("names", "nl", "en"),
    [
        (["a"], "a", "a"),
        (["a", "b", "a"], "a en b", "a and b"),
        (["a", "b", "c"], "a, b en een andere", "a, b and another"),
        (["a", "b", "c", "d"], "a, b en 2 andere", "a, b and 2 others"),
    ],
)
def test_rows_by_name(names: list[str], nl: str, en: str) -> None:
    assert (listed(names, "nl"), listed(names, "en")) == (nl, en)


@pytest.mark.parametrize(
    ("ratio", "en"),
    [
        (1340.0, "Are amounts in thousands?"),  # within a third of it
        (1360.0, None),
        (1 / 1340, "Are amounts in thousands?"),
        (100.0, "Are euros and cents mixed up?"),
        (1e6, "Are amounts in millions?"),
        (12.0, "Are amounts a month and a year mixed up?"),
        (3.0, None),
        (0.0, None),
        (-1000.0, None),
    ],
)
def test_the_question_of_a_factor(ratio: float, en: str | None) -> None:
    assert question(ratio, MONEY) == (WHICH if en is None else question(ratio, MONEY))
    assert question(ratio, MONEY)["en"] == (en or "Find out which of the two is right.")


@pytest.mark.parametrize(
    ("known", "factors"),
    [
        (MONEY, {1000: "Are amounts in thousands?", 100: "Are euros and cents mixed up?", 1e6: "Are amounts in millions?",
                 12: "Are amounts a month and a year mixed up?"}),
        (USE, {365 / 84: "Are hours a month given, not a week?", 12: "Are numbers a month given, not a year?",
               60: "Are minutes and hours mixed up?",
               1000: "Is a tariff or number a thousand times too large or too small?"}),
        (WEEKS, {365 / 84: "Are weeks and months mixed up?", 7: "Are days and weeks mixed up?",
                 365 / 7: "Are weeks and years mixed up?"}),
    ],
)  # fmt: skip
def test_a_known_factor_is_recognised_up_to_a_third(
    known: tuple[tuple[float, dict[str, str]], ...], factors: dict[float, str]
) -> None:
    """Up or down; a month is 365 / 84 weeks. Each by itself, for the next one may be nearer."""
    for one, (factor, en) in zip(known, factors.items(), strict=True):
        for ratio in (factor, 1.34 * factor, factor / 1.34):
            assert question(ratio, [one])["en"] == question(1 / ratio, [one])["en"] == en
        for ratio in (1.36 * factor, factor / 1.36):
            assert question(ratio, [one]) == WHICH


def _odd(name: str, ratio: float, weight: float = 0.0) -> Odd:
    return Odd(name, ratio, {"nl": f"{name} is raar.", "en": f"{name} is odd."}, weight)


def test_no_factor_of_two_between_rows_of_one_mistake() -> None:
    ratios = (8.0, 1.0, 2.0, 4.1, 0.0)
    found = [[one.ratio for one in cluster] for cluster in clustered(_odd(str(ratio), ratio) for ratio in ratios)]
    assert found == [[0.0], [1.0, 2.0], [4.1, 8.0]]


def test_the_weightiest_row_speaks_for_the_others() -> None:
    rows = [_odd("a", 1.0, 5.0), _odd("b", 1.0, 9.0), _odd("c", 1.0, 7.0)]
    assert together(rows) == {
        "nl": "b is raar. Dat geldt ook voor a en c.",
        "en": "b is odd. The same goes for a and c.",
    }
    assert together(rows[:1]) == {"nl": "a is raar.", "en": "a is odd."}


def test_a_remark_ends_with_what_it_is_worth() -> None:
    said, asked = {"nl": "Dit.", "en": "This."}, {"nl": "Klopt het?", "en": "Is it right?"}
    one = remark("kind", "table", ["a", "b", "c"], said, asked, 63_500.0)
    assert (one.nl, one.en) == (
        "Dit. Klopt het? Dat scheelt 63.500 euro per jaar.",
        "This. Is it right? That is a difference of 63,500 euro a year.",
    )
    assert one.where == {"nl": "a, b en een andere", "en": "a, b and another"}
    other = remark("kind", "table", {"nl": ["jeugdhulp"], "en": ["youth care"]}, said, {}, 1000.0)
    assert other.where == {"nl": "jeugdhulp", "en": "youth care"}
    assert other.nl == "Dit. Dat scheelt 1.000 euro per jaar."
