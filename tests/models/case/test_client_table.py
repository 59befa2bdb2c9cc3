"""A file of clients: both dialects, and everything that must not be in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from citizen_numbers import made

from bekostiging.case import UserError, read_clients

GOOD = "provider;profile;cost;town\np1;licht;1200,50;a\np2;zwaar;0;b\n"


def _file(tmp_path: Path, text: str) -> Path:
    place = tmp_path / "clients.csv"
    place.write_text(text, encoding="utf-8")
    return place


@pytest.mark.parametrize("text", [GOOD, GOOD.replace(",", ".").replace(";", ",")])
def test_both_dialects_say_the_same(tmp_path: Path, text: str) -> None:
    table = read_clients(_file(tmp_path, text))
    assert table.provider == ("p1", "p2")
    assert table.profile == ("licht", "zwaar")
    assert table.cost.tolist() == [1200.5, 0.0]
    assert table.groups == {"town": ("a", "b")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("cost", "prijs"), "column cost is missing"),
        (GOOD.replace("town", "BSN"), "column bsn says who a client is and is never read"),
        (GOOD.replace("town", ""), "row 2: has something in column 4, which has no name"),
        (GOOD.replace("town", "cost"), "stands there twice"),
        (GOOD.replace("1200,50", "1.200"), "row 2, column cost: '1.200' is no amount"),
        (
            GOOD.replace("1200,50", "-3"),
            "row 2, column cost: -3 euro is below zero; add a correction to the row that it",
        ),
        (GOOD.replace("1200,50", "nan"), "row 2, column cost: 'nan' is no amount"),
        (GOOD.replace("zwaar", ""), "row 3: every client has a provider, a profile and a cost"),
        (GOOD.replace(";b", ""), "row 3: has 3 fields where the header has 4"),
        (GOOD.replace("\np2", "\n\n\np2").replace("zwaar", ""), "row 5: every client has a provider"),
        (GOOD.replace("a\np2", '"a\n\np2'), "row 2: a quotation mark in this row is closed nowhere"),
        (GOOD.replace("a\n", '"a\nb"\n'), "row 2: a cell between quotation marks goes on to row 3"),
        (
            GOOD.replace("zwaar", '"zwaar') + 'p3;"licht;1;c\n',
            "row 3: text follows a closing quotation mark .row 4.",
        ),
        ("", "this file is empty"),
        (GOOD.replace(";b", f";{made()}"), "row 3, column town: this may be a citizen service number"),
        (GOOD.splitlines()[0], "it holds no client"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as caught:
        read_clients(_file(tmp_path, text))
    assert made() not in caught.value.text("nl")


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no such file"):
        read_clients(tmp_path / "none.csv")
    place = tmp_path / "clients.csv"
    place.write_bytes(b"provider\xff\xfe")
    with pytest.raises(UserError, match="table clients: this file is not UTF-8"):
        read_clients(place)


CLIENTS = "client;aanbieder;Profiel;kosten;opmerking Jan;plaats\n"


def test_corrections_are_netted_per_client_and_said(tmp_path: Path) -> None:
    """1000 - 250 of client 1 with p1; its row at p2 and that of client 2 stay; Dutch names and a euro sign are read."""
    rows = "1;p1;licht;€ 1.000,00;x;a\n2;p1;licht;500;;b\n1;p1;licht;-250;credit;a\n1;p2;licht;(0);;a\n"
    table = read_clients(_file(tmp_path, CLIENTS + rows))
    assert table.cost.tolist() == [750.0, 500.0, 0.0]
    assert table.provider == ("p1", "p1", "p2")
    assert table.groups == {"plaats": ("a", "b", "a")}
    assert [note["nl"] for note in table.notes] == [
        "cliënten: kolom 'opmerking jan' is niet gelezen; zij begint als een opmerking",
        "cliënten: 1 negatief bedrag is als correctie opgeteld bij de andere rijen van die cliënt",
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "1;p1;licht;100;;a\n1;p1;licht;-2000000;;a\n",
            "row 3, column cost: -1999900 euro is below zero; add the row that",
        ),
        ("1;p1;licht;100;;a\n1;p2;licht;-50,5;;a\n", "row 3, column cost: -50.5 euro is below zero"),
        (";p1;licht;100;;a\n;p1;licht;-5;;a\n", "row 3, column cost: -5 euro is below zero"),
    ],
)
def test_what_stays_below_zero_is_named_in_plain_digits(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        read_clients(_file(tmp_path, CLIENTS + rows))
    assert said in caught.value.text("en")
    assert caught.value.text("nl") != caught.value.text("en")
