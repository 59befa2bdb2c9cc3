"""Citizen service numbers: every spelling is found and masked, and what is innocent is left alone."""

from __future__ import annotations

import random
from itertools import accumulate

import pytest
from citizen_numbers import made, numbers, short
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.case import UserError
from bekostiging.case.bsn import coded, comments, find, found_in, mask, passes
from bekostiging.case.errors import ArgumentError, CaseError, Problem

N, S = made(), short()
GAPS = ("", "", "", " ", ".", "\u00a0", "\u202f", "\u200b", "\u200c", "\u00ad", "\ufeff", ". ", "\u200b \u2060")
BEFORE = ("", "BSN", "x", "cliënt ", "nr.", "12: ", "3 ", "(", "'", "_")
AFTER = ("", ".", "x", " en meer", "B01", ", 12", ")", "'", "_2")


def test_the_elfproef_by_hand() -> None:
    """9999 0000 c: 9(9 + 8 + 7 + 6) = 270 = 24 x 11 + 6, so the ninth digit is 6."""
    assert made() == "99990000" + "6"
    assert [passes(f"99990000{last}") for last in range(10)] == [last == 6 for last in range(10)]
    assert passes(S)
    assert passes("0" + S)
    assert not passes("0" * 9)
    assert not passes(N[1:] + "00")
    assert not passes(N[:7])


@given(
    numbers,
    st.booleans(),
    st.lists(st.sampled_from(GAPS), min_size=8, max_size=8),
    st.sampled_from(BEFORE),
    st.sampled_from(AFTER),
)
def test_every_spelling_is_found_and_masked(
    number: str, shortened: bool, gaps: list[str], before: str, after: str
) -> None:
    digits = number[1:] if shortened and number[0] == "0" else number
    text = before + "".join(a + b for a, b in zip(digits, [*gaps[: len(digits) - 1], ""], strict=True)) + after
    found = find(text, dates=False)
    grouped = "".join(gap if gap.strip(" .\u00a0\u202f") == "" else " " for gap in gaps)
    if len(digits) == 8 and grouped:
        # eight digits in groups may be two years or a written date, which are left alone
        return
    assert len(found) == 1, text
    start, end = found[0]
    assert [sign for sign in text[start:end] if sign.isdigit()] == list(digits) or before == "3 "
    left = "".join(sign for sign in mask(text, dates=False) if sign.isdigit())
    assert digits not in left
    assert not find(mask(text, dates=False), dates=False)


@pytest.mark.parametrize(
    "text",
    [
        N, S, f"BSN{N}", f"{N}x", f"NL{N}B01", f"{N[:4]}.{N[4:6]}.{N[6:]}", f"{N[:3]} {N[3:6]} {N[6:]}", f"0{S}",
        f"{N[:4]}-{N[4:6]}-{N[6:]}", f"{N[:3]}\u00a0{N[3:6]}\u00a0{N[6:]}", "\u200b".join(N), " ".join(N), ".".join(N),
        f"zie {N}.", f"clients_{N}.csv", f"2025_{N}", f"2025-{N}.csv", f"rij 3 {N}", f"{N},{N}", f"{N[:4]} - {N[4:]}",
        "".join(chr(ord("０") + int(digit)) for digit in N),
        repr(f"{N[:3]}\u00a0{N[3:6]}\u200b{N[6:]}"), f"a\n{N}\nb", f"{N[:4]}\n{N[4:]}",
    ],
)  # fmt: skip
def test_spellings(text: str) -> None:
    assert find(text)
    assert not find(mask(text))
    kept = "".join(sign for sign in mask(text) if sign.isdecimal())
    assert N[2:] not in kept
    assert S[2:] not in kept


@pytest.mark.parametrize(
    "text",
    [
        f"{N}1", f"1{N}", f"{N[:3]} {N[3:6]} {N[6:]} 000", f"1.{N[:3]}.{N[3:6]}.{N[6:]}", f"€ {N[:3]}.{N[3:6]}.{N[6:]}",
        f"{N} euro", f"EUR {N}", "2023 2024", "2019-2024", "20250131", "31-01-2025", "2025-01-31", "31.01.2025",
        f"AGB {S}", f"AGB-code: {S}", f"KvK-nummer {S}", f"BU{S}", f"RSIN {N}", "stcrt-2024-12345", "12,345,678",
    ],
)  # fmt: skip
def test_what_says_that_it_is_something_else(text: str) -> None:
    assert not find(text)
    assert mask(text) == text


GROUPED = ((3, 3, 3), (4, 2, 3), (1,) * 9, (9,), (2, 3, 4), (4, 5), (5, 4), (1, 4, 4), (2, 2, 2, 3), (3, 2, 4))


def _grouped(digits: str, sizes: tuple[int, ...], gap: str) -> str:
    ends = list(accumulate(sizes))
    return gap.join(digits[end - size : end] for end, size in zip(ends, sizes, strict=True))


@given(
    st.lists(numbers, min_size=2, max_size=5),
    st.sampled_from(GROUPED),
    st.sampled_from((" ", ".", "\u00a0", "-")),
    st.sampled_from(("", "3 ", "111 ", "cliënten ")),
    st.sampled_from(("", " 7", " 111", " en meer")),
)
def test_numbers_next_to_each_other_are_all_masked(
    several: list[str], sizes: tuple[int, ...], gap: str, before: str, after: str
) -> None:
    """In one way of writing, with the same gap between them as inside them; a stray number before or after hides none."""
    if before.strip().isdigit() and after.strip().isdigit():
        before = ""
    text = before + gap.join(_grouped(number, sizes, gap) for number in several) + after
    left = "".join(sign for sign in mask(text, dates=False) if sign.isdigit())
    assert len(left) <= len("".join(sign for sign in before + after if sign.isdigit())), text


def test_a_long_number_in_groups_is_an_amount_up_to_twelve_digits() -> None:
    """A billion with cents has twelve; eighteen digits are two numbers."""
    assert not find(f"{N[:3]} {N[3:6]} {N[6:]} 000")
    assert not find(f"000 {N[:3]} {N[3:6]} {N[6:]}")
    assert len(find(" ".join([N[:3], N[3:6], N[6:]] * 2))) == 2
    assert not find("0123 4567 8901 2345")


def test_the_address_of_a_computer_is_one_behind_its_scheme() -> None:
    """Some of these 256 pass the elfproef; without ``tcp://``, or with a number above 255, they are numbers of persons."""
    chance = [text for n in range(256) if find(text := f"10.255.{n}.1")]
    assert chance
    assert not [text for text in chance if find(f"tcp://{text}:8786")]
    digits = next(number for seed in range(9) if (number := made(seed)))
    assert find(f"tcp://{digits[:3]}.{digits[3:6]}.{digits[6:8]}.{digits[8:]}")


def test_a_date_is_one_in_free_text_alone() -> None:
    """Of the days of 1985 some pass the elfproef; as a label of a group none is a date."""
    days = [f"1985{month:02d}{day:02d}" for month in range(1, 13) for day in range(1, 29)]
    chance = [day for day in days if passes(day)]
    assert chance
    for day in chance:
        assert not find(day)
        assert find(day, dates=False)


def test_eight_digits_are_a_code_where_the_column_says_so() -> None:
    assert coded("providers", "id")
    assert coded("contracts", "provider")
    assert not coded("lots", "name")
    assert not find(S, codes=True)
    assert find(N, codes=True)
    assert find(f"{S[:4]} {S[4:]}", codes=True)


def _innocent(draw: random.Random) -> str:
    """A cell of free text as cases have them, that holds no person."""
    n, year = draw.randrange, draw.randrange(2010, 2031)
    kinds = (
        lambda: f"begroting {year}, vastgesteld {n(1, 29):02d}-{n(1, 13):02d}-{year}",
        lambda: f"€ {n(1, 999)}.{n(1000):03d}.{n(1000):03d},{n(100):02d}",
        lambda: f"{n(10**8)} euro volgens de jaarrekening {year}",
        lambda: f"CBS StatLine {n(80000, 90000)}NED, {year - 1}-{year}",
        lambda: f"GM{n(2000):04d}, BU{n(2000):04d}{n(100):02d}{n(100):02d}",
        lambda: f"AGB {n(10**8):08d}; KvK {n(10**8):08d}",
        lambda: f"Stcrt. {year}, {n(1, 60000)}",
        lambda: f"https://zoek.officielebekendmakingen.nl/gmb-{year}-{n(1, 600000)}.html",
        lambda: f"{n(12)}-{n(12, 18)} jaar, {n(20)} tot {n(20, 60)} weken",
        lambda: f"export {year}{n(1, 13):02d}{n(1, 29):02d}.csv",
        lambda: f"postcode {n(1000, 10000)} AB {n(1, 400)}, telefoon 0{n(10, 100)}-{n(10**6, 10**7)}",
        lambda: f"IBAN NL{n(10, 100)} BANK 0{n(10**8, 10**9)}",
        lambda: f"schatting van {n(10, 100)} % op {n(10**6)} cliënten, {year} en {year + 1}",
        lambda: f"doi 10.{n(1000, 10000)}/j.{year}.{n(100, 1000)}",
        lambda: f"{year - 2} {year - 1} {year}",
        lambda: f"{n(10, 100)}.{n(1000):03d} uren in {n(1, 53)} weken",
        lambda: f"mobiel 06 {n(10**8):08d}",
        lambda: f"bedrag {n(10, 1000)}.{n(1000):03d}.{n(1000):03d} volgens de begroting",
    )
    return draw.choice(kinds)()


def test_false_alarms_on_innocent_cells() -> None:
    """docs/privacy.md states the rate: our own draw of cells as cases have them, 10,000 with seed 27.

    Two of the 18 kinds say nothing of what they are, and a number passes one time in eleven: 10,000 x 2/18 x 1/11 = 101.
    """
    draw = random.Random(27)
    alarms = [text for text in (_innocent(draw) for _ in range(10_000)) if find(text)]
    assert {text.split()[0] for text in alarms} == {"mobiel", "bedrag"}
    assert len(alarms) == pytest.approx(10_000 * 2 / 18 / 11, abs=30)


def test_a_bare_number_is_found_one_time_in_eleven() -> None:
    """Of any eleven numbers in a row ten last digits at most pass: a share of 1/11, by the elfproef itself."""
    draw = random.Random(27)
    found = sum(bool(find(f"kenmerk {draw.randrange(10**8, 10**9)}")) for _ in range(10_000))
    assert found / 10_000 == pytest.approx(1 / 11, abs=0.012)


def test_a_key_and_a_comment_are_texts_too() -> None:
    told = {"a": {N: 1}, "b": ["x", f"{N}"], "c": 5}
    assert [place for place, _ in found_in(told)] == ["a", "b"]
    assert not any(N in place for place, _ in found_in({N: {"x": S}}))
    assert list(comments(f"a = 1\nb = 2 # {N}")) == [(2, f"# {N}")]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_error_shows_the_digits(lang: str) -> None:
    sentence = f"'{N}' in {N[:3]}.{N[3:6]}.{N[6:]} and {S!r}"
    problem = Problem(N, sentence, sentence, row=3, column=f"c{N}")
    for error in (
        UserError(sentence, sentence),
        ArgumentError("file", f"file {sentence}", f"file {sentence}"),
        CaseError([problem]),
    ):
        said = error.text(lang) + repr(error) + str(error) + repr(vars(error))
        assert N not in said
        assert S not in said
        assert "*********" in said


def test_the_code_of_a_provider_stays_readable_in_an_error() -> None:
    said = CaseError([Problem("contracts", f"'{S}' is fout", f"'{S}' is wrong", 2, "provider")]).text("en")
    assert said == f"table contracts, row 2, column provider: '{S}' is wrong"
