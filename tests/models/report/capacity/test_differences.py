"""A difference in words: less, none, more, and within its error; money, places and weeks, in both languages."""

from __future__ import annotations

import pytest

from bekostiging.report.capacity.differences import Subject, in_words
from bekostiging.report.kit.texts import Texts
from bekostiging_solvers import Estimate

PLAIN = {
    ("cost", -440_000.0): ("0,4 miljoen euro goedkoper", "0.4 million euro cheaper"),
    ("cost", 0.0): ("even duur", "equally dear"),
    ("cost", -3.0): ("even duur", "equally dear"),
    ("cost", 440_000.0): ("0,4 miljoen euro duurder", "0.4 million euro dearer"),
    ("place", -10_000.0): ("kost 10.000 meer dan zij bespaart", "costs 10,000 more than it saves"),
    ("place", 0.3): ("kost wat zij bespaart", "costs what it saves"),
    ("place", 1_200.0): ("bespaart 1.200", "saves 1,200"),
    ("weeks", -12.0): ("12 weken minder", "12 weeks less"),
    ("weeks", 0.0): ("evenveel", "as many"),
    ("weeks", 12.0): ("12 weken meer", "12 weeks more"),
}
# error 100,000 with 9 degrees of freedom: the 95 % interval is 226,216 wide on each side (Student, table)
ESTIMATED = {
    ("cost", -440_000.0, 100_000.0): (
        "tussen 0,2 en 0,7 miljoen euro goedkoper",
        "between 0.2 and 0.7 million euro cheaper",
    ),
    ("cost", 440_000.0, 100_000.0): (
        "tussen 0,2 en 0,7 miljoen euro duurder",
        "between 0.2 and 0.7 million euro dearer",
    ),
    ("cost", -200_000.0, 100_000.0): ("hoogstens 0,4 miljoen euro verschil", "at most 0.4 million euro apart"),
    ("cost", 200_000.0, 100_000.0): ("hoogstens 0,4 miljoen euro verschil", "at most 0.4 million euro apart"),
    ("cost", 0.0, 100_000.0): ("hoogstens 0,2 miljoen euro verschil", "at most 0.2 million euro apart"),
    ("cost", 1_000.0, 10_000.0): ("hoogstens 0,02 miljoen euro verschil", "at most 0.02 million euro apart"),
    ("weeks", 3.0, 4.0): ("hoogstens 12 weken verschil", "at most 12 weeks apart"),
    ("cost", 440_000.0, 0.0): ("0,4 miljoen euro duurder", "0.4 million euro dearer"),
}


@pytest.mark.parametrize(("case", "said"), PLAIN.items())
def test_a_plain(case: tuple[Subject, float], said: tuple[str, str]) -> None:
    subject, value = case
    assert tuple(in_words(value, subject, Texts(lang)) for lang in ("nl", "en")) == said


@pytest.mark.parametrize(("case", "said"), ESTIMATED.items())
def test_an_estimate_in_words(case: tuple[Subject, float, float], said: tuple[str, str]) -> None:
    subject, value, error = case
    for lang, words in zip(("nl", "en"), said, strict=True):
        told = in_words(Estimate(value, error, degrees_of_freedom=9), subject, Texts(lang)).replace("\u00a0", " ")
        assert words in told
        assert ("niet aantoonbaar" in told or "not shown" in told) == ("verschil" in words or "apart" in words)
        assert not any(sign in told for sign in ("-", "−", "+"))
