"""Messages into a store: what a line becomes, every rule with its count, bad input in one sentence with nothing kept."""

from __future__ import annotations

import datetime as dt
import random
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from region_messages import (
    KEY,
    MUNICIPALITY,
    PERSON,
    PUBLISHED,
    answer,
    authorisation,
    claim,
    claim_body,
    claim_line,
    empty_store,
    message,
    start,
    stop,
    written,
    zipped,
)

from bekostiging.case import UserError
from bekostiging.messages import Key
from bekostiging.messages.remarks import RULES
from bekostiging.store import Imported, Store, import_messages, open_store
from bekostiging.store.tables import FILLED

pytest.importorskip("duckdb")
pytest.importorskip("lxml")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    empty_store(tmp_path / "regio.duckdb", [MUNICIPALITY, "0384", "0363"])
    with open_store(tmp_path / "regio.duckdb", read_only=False) as opened:
        yield opened


def brought(store: Store, place: Path) -> Imported:
    outcome = import_messages(store, place, KEY)
    assert len(outcome) == 1
    return outcome[0]


def rows_in(store: Store) -> int:
    return sum(store.rows(f"SELECT count(*) FROM {table}")[0][0] for table in (*FILLED, "imports", "remarks"))


def test_a_claim_becomes_a_row_with_its_amounts_in_cents(store: Store, tmp_path: Path) -> None:
    told = brought(store, written(tmp_path / "a.xml", claim([claim_line(4, 1250)], 5000)))
    assert (told.lines, told.left_out, told.remarks.counts) == (1, 0, {})
    kept = store.rows(
        """SELECT person, law, municipality, provider, begins, ends, volume, unit, tariff, cents, credit
        FROM claims"""
    )
    assert kept == [
        (KEY.pseudonym("person", PERSON), "jeugdwet", MUNICIPALITY, "65656055", dt.date(2025, 1, 1),
         dt.date(2025, 1, 31), 4.0, "hour", 1250, 5000, False)
    ]  # fmt: skip


def test_a_credit_is_negative(store: Store, tmp_path: Path) -> None:
    brought(store, written(tmp_path / "a.xml", claim([claim_line(4, 1250, sign="C", previous="R0")], -5000)))
    assert store.rows("SELECT volume, cents, credit, previous IS NOT NULL FROM claims") == [
        (-4.0, -5000, True, True)
    ]


def test_messages_about_care_are_joined_by_their_authorisation(store: Store, tmp_path: Path) -> None:
    brought(store, zipped(tmp_path / "a.zip", [authorisation(), start(), stop(), claim([claim_line()], 5000)]))
    found = store.rows(
        """SELECT DISTINCT authorisation, person FROM authorisations UNION SELECT authorisation, person FROM starts
        UNION SELECT authorisation, person FROM stops UNION SELECT authorisation, person FROM claims"""
    )
    assert len(found) == 1
    kept = store.rows("SELECT begins, ends, volume, unit, frequency, birth_year FROM authorisations")
    assert kept == [(dt.date(2025, 1, 1), dt.date(2025, 12, 31), 2, "hour", "2", 2012)]
    assert store.rows("SELECT begins, ends, reason FROM stops") == [
        (dt.date(2025, 1, 6), dt.date(2025, 6, 30), "31")
    ]


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="on top: the published examples are not here")
def test_the_published_examples_are_read_and_valid(store: Store) -> None:
    """Counted in the files by hand; 325 awards 340.00 of 580.00, and its three rejected lines are the 240.00 between."""
    outcome = import_messages(store, PUBLISHED / "messages", KEY, PUBLISHED / "xsd")
    assert [(one.file, one.lines, one.left_out, one.checked) for one in outcome] == [
        ("JW301.xml", 2, 0, True), ("JW305.xml", 2, 0, True), ("JW307.xml", 2, 0, True), ("JW323.xml", 5, 0, True),
        ("JW325.xml", 3, 0, True),
    ]  # fmt: skip
    assert store.rows("SELECT sum(cents)::INT FROM claims") == [(79000,)]
    assert store.rows("SELECT submitted, awarded FROM answered_totals") == [(-58000, -34000)]
    assert store.rows("SELECT sum(cents)::INT FROM rejections") == [(24000,)]


LINES: dict[str, tuple[str, str, int]] = {
    "a negative volume": (claim_line("-4", 1250, 5000), "number", 1),
    "a volume that is no number": (claim_line("four", 1250, 5000), "number", 1),
    "an endless number": (claim_line("9" * 5000, 1250, 5000), "number", 1),
    "an empty amount": (claim_line(4, 1250, ""), "missing", 1),
    "a two-digit year": (claim_line(first="01-01-25"), "two_digit_year", 1),
    "a day that is none": (claim_line(first="2025-02-30"), "date", 1),
    "an end before its begin": (claim_line(first="2025-01-31", last="2025-01-01"), "period", 1),
    "neither debit nor credit": (claim_line(sign="X"), "debit_credit", 1),
    "an amount that is not P x Q": (claim_line(4, 1250, 5001), "not_p_times_q", 0),
    "an unknown unit": (claim_line(unit="99"), "unknown_unit", 0),
    "an unknown category": (claim_line(category="99"), "unknown_category", 0),
}


@pytest.mark.parametrize("name", LINES)
def test_an_odd_line_follows_its_rule_and_its_neighbour_is_kept(store: Store, tmp_path: Path, name: str) -> None:
    line, rule, left_out = LINES[name]
    told = brought(store, written(tmp_path / "a.xml", claim([line, claim_line(reference="R2")], 0)))
    assert (told.lines, told.left_out) == (2, left_out)
    assert sum(times for (own, _), times in told.remarks.counts.items() if own == rule) == 1
    assert store.rows("SELECT count(*) FROM claims") == [(2 - left_out,)]
    assert store.rows("SELECT sum(times)::INT FROM remarks WHERE rule = ?", [rule]) == [(1,)]
    nl = RULES[rule].nl
    assert any(nl in note["nl"] for note in told.notes())


def test_the_euros_of_a_rule_are_counted(store: Store, tmp_path: Path) -> None:
    told = brought(store, written(tmp_path / "a.xml", claim([claim_line(4, 1250, 6000)], 6000)))
    assert told.remarks.cents["not_p_times_q", ""] == 1000
    assert "10.00 euro" in told.notes()[1]["en"]


def test_lines_that_do_not_add_up_to_the_total_are_said(store: Store, tmp_path: Path) -> None:
    told = brought(store, written(tmp_path / "a.xml", claim([claim_line(4, 1250)], 7000)))
    assert told.remarks.cents["total", ""] == 2000


def test_euros_as_units_are_cents_and_no_product(store: Store, tmp_path: Path) -> None:
    told = brought(store, written(tmp_path / "a.xml", claim([claim_line(5000, 1, 5000, unit="83")], 5000)))
    assert not told.remarks.counts
    assert store.rows("SELECT unit, volume, cents FROM claims") == [("euro", 5000.0, 5000)]


@pytest.mark.parametrize(
    ("code", "unit"),
    [("01", "minute"), ("04", "hour"), ("14", "etmaal"), ("16", "dagdeel"), ("82", "piece"), ("84", "piece")],
)
def test_every_unit_has_its_word(store: Store, tmp_path: Path, code: str, unit: str) -> None:
    brought(store, written(tmp_path / "a.xml", claim([claim_line(unit=code)], 5000)))
    assert store.rows("SELECT unit FROM claims") == [(unit,)]


def test_a_number_in_a_comment_is_counted_and_not_kept(store: Store, tmp_path: Path) -> None:
    told = brought(store, written(tmp_path / "a.xml", authorisation(comment=f"zie {PERSON}")))
    assert told.remarks.counts == {("comment_number", ""): 1}
    assert PERSON not in "".join(note["en"] for note in told.notes())
    assert store.rows("SELECT count(*) FROM authorisations") == [(1,)]


def test_a_number_that_fails_the_test_is_counted(store: Store, tmp_path: Path) -> None:
    wrong = f"{PERSON[:-1]}{(int(PERSON[-1]) + 1) % 10}"
    told = brought(store, written(tmp_path / "a.xml", claim([claim_line()], 5000, person=wrong)))
    assert told.remarks.counts == {("number_test", ""): 1}


def test_a_line_without_a_person_is_left_out(store: Store, tmp_path: Path) -> None:
    told = brought(store, written(tmp_path / "a.xml", claim([claim_line()], 5000, person="")))
    assert told.remarks.counts["missing", "Bsn"] == 1
    assert store.rows("SELECT count(*) FROM claims") == [(0,)]


def test_a_client_without_a_number_is_not_the_one_before(store: Store, tmp_path: Path) -> None:
    text = claim([claim_line()], 10000).replace(
        "</m:Client></m:Clienten>",
        f"</m:Client><m:Client><m:Prestaties>{claim_line(reference='R2')}</m:Prestaties></m:Client></m:Clienten>",
    )
    told = brought(store, written(tmp_path / "a.xml", text))
    assert (told.lines, told.left_out) == (2, 1)
    assert told.remarks.counts["missing", "Bsn"] == 1


def test_a_message_that_came_before_is_counted_once(store: Store, tmp_path: Path) -> None:
    """The same message in another file, as a zip of a quarter holds what a zip of a month held."""
    brought(store, written(tmp_path / "a.xml", claim([claim_line()], 5000)))
    told = brought(
        store,
        zipped(tmp_path / "b.zip", [claim([claim_line()], 5000), claim([claim_line(reference="R2")], 5000, "2")]),
    )
    assert told.remarks.counts == {("repeated_message", "323"): 1}
    assert store.rows("SELECT count(*) FROM claims") == [(2,)]


def test_an_answer_rejects_its_lines(store: Store, tmp_path: Path) -> None:
    brought(store, zipped(tmp_path / "a.zip", [claim([claim_line()], 5000), answer([claim_line(codes="9321")])]))
    assert store.rows("SELECT codes, cents FROM rejections") == [("9321", 5000)]
    assert store.rows("SELECT claims.reference = rejections.reference FROM claims, rejections") == [(True,)]


def test_an_answer_with_no_remark_rejects_nothing(store: Store, tmp_path: Path) -> None:
    brought(store, zipped(tmp_path / "a.zip", [claim([claim_line()], 5000), answer([claim_line(codes="0200")])]))
    assert store.rows("SELECT count(*) FROM rejections") == [(0,)]


def test_an_answer_that_rejects_the_whole_claim_is_known(store: Store, tmp_path: Path) -> None:
    brought(store, zipped(tmp_path / "a.zip", [claim([claim_line()], 5000), answer([], codes="9338")]))
    assert store.rows("SELECT rejected FROM messages WHERE kind = '325'") == [(True,)]


def test_an_answer_without_its_message_is_said(store: Store, tmp_path: Path) -> None:
    told = brought(store, written(tmp_path / "a.xml", answer([claim_line(codes="9321")])))
    assert told.remarks.counts == {("answer_without_message", "325"): 1}


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>'


def _zip_bomb(place: Path) -> Path:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b" " * 60_000_000)
    return place


def _cut(place: Path) -> Path:
    text = claim([claim_line(reference=f"R{number}") for number in range(40)], 200000)
    return written(place, text[: len(text) // 2])


def _cp1252(place: Path) -> Path:
    place.write_bytes(authorisation(comment="coördinatie").encode("cp1252"))
    return place


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no zip": (lambda at: written(at.with_suffix(".zip"), "no zip"), "this is no zip"),
    "a zip without messages": (lambda at: _other_zip(at.with_suffix(".zip")), "this zip has 0 xml files"),
    "truncated": (lambda at: _cut(at), "the message breaks off"),
    "empty": (lambda at: written(at, ""), "this file is empty"),
    "a zip in a zip": (lambda at: _nested(at.with_suffix(".zip")), r"another zip inside \(meer.zip\)"),
    "an entity bomb": (lambda at: written(at, BOMB), "has a DOCTYPE"),
    "a zip bomb": (lambda at: _zip_bomb(at.with_suffix(".zip")), "more than 250 times"),
    "another version": (lambda at: written(at, message("323", "", version="2_4")), "this is version 2.4 of ijw"),
    "another kind": (lambda at: written(at, message("399", "")), "message 399 is not used"),
    "another municipality": (
        lambda at: written(at, message("323", claim_body([claim_line()], 5000), municipality="0363")[:-1] + ">"),
        "this message is of municipality 0363, and this store is of 0034",
    ),
    "other XML": (lambda at: written(at, "<a><b/></a>"), "no message of iJw or iWmo"),
    "no XML": (lambda at: written(at, "Beste collega,"), "the message breaks off|no valid XML"),
    "Windows-1252": (lambda at: _cp1252(at), "not in UTF-8"),
    "a header without a day": (lambda at: written(at, message("323", "", dated="30-01-25")), "the header lacks"),
    "an element without an end": (
        lambda at: written(at, claim([claim_line()], 5000).replace("</m:Eenheid>", "")), "no valid XML"),
}  # fmt: skip


def _other_zip(place: Path) -> Path:
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("a.txt", "text")
    return place


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_refused_in_one_sentence_and_nothing_is_kept(tmp_path: Path, name: str) -> None:
    empty_store(tmp_path / "regio.duckdb", [MUNICIPALITY])
    make, sentence = REFUSED[name]
    with open_store(tmp_path / "regio.duckdb", read_only=False) as store:
        told = brought(store, make(tmp_path / "bad.xml"))
        assert rows_in(store) == 0
    assert told.refused is not None
    text = told.refused.text("en")
    assert re.search(sentence, text), text
    assert text.endswith("Nothing was imported.")
    assert "\n" not in text


def test_one_bad_message_refuses_its_whole_zip(store: Store, tmp_path: Path) -> None:
    good = [claim([claim_line(reference=f"R{number}")], 5000, str(number)) for number in range(5)]
    told = brought(store, zipped(tmp_path / "a.zip", [*good, good[0][:300]]))
    assert told.refused is not None
    assert "a.zip, 005.xml" in told.refused.text("en")
    assert rows_in(store) == 0


def test_one_bad_file_leaves_the_others(store: Store, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    written(tmp_path / "in" / "a.xml", "<a/>")
    written(tmp_path / "in" / "b.xml", claim([claim_line()], 5000))
    outcome = import_messages(store, tmp_path / "in", KEY)
    assert [one.refused is None for one in outcome] == [False, True]
    assert store.rows("SELECT count(*) FROM claims") == [(1,)]


def test_the_same_file_under_another_name_is_refused(store: Store, tmp_path: Path) -> None:
    brought(store, written(tmp_path / "a.xml", claim([claim_line()], 5000)))
    before = rows_in(store)
    told = brought(store, written(tmp_path / "b.xml", claim([claim_line()], 5000)))
    assert told.refused is not None
    assert "already, as a.xml" in told.refused.text("en")
    assert rows_in(store) == before


def test_another_key_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="this key is another"):
        import_messages(store, written(tmp_path / "a.xml", claim([claim_line()], 5000)), Key(bytes(32)))


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="on top: the published schemas are not here")
def test_what_is_not_valid_against_the_schema_is_refused_without_its_text(store: Store, tmp_path: Path) -> None:
    place = written(tmp_path / "a.xml", claim([claim_line(unit="99")], 5000, person=f"{PERSON}7"))
    told = import_messages(store, place, KEY, PUBLISHED / "xsd")[0]
    assert told.refused is not None
    assert "not valid against the schema" in told.refused.text("en")
    assert PERSON not in told.refused.text("nl") + told.refused.text("en")
    assert rows_in(store) == 0


def test_no_network_and_no_file_is_read_for_a_message(store: Store, tmp_path: Path, no_network: None) -> None:
    secret = written(tmp_path / "secret.txt", "SECRET")
    text = claim([claim_line()], 5000).replace(
        '<?xml version="1.0" encoding="UTF-8"?>', f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    )
    told = brought(store, written(tmp_path / "a.xml", text))
    assert told.refused is not None
    assert "SECRET" not in told.refused.text("en")


def _mutated(text: bytes, seed: int) -> bytes:
    """A file that was damaged somewhere: bytes changed, lost, doubled or moved."""
    draw = random.Random(seed)
    data = bytearray(text)
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(len(data))
        width = draw.choice((1, 1, 2, 8, 60, 400))
        match draw.randrange(5):
            case 0:
                data[at : at + width] = bytes(draw.randrange(256) for _ in range(width))
            case 1:
                del data[at : at + width]
            case 2:
                data[at:at] = data[at : at + width]
            case 3:
                other = draw.randrange(len(data))
                data[at : at + width], data[other : other + width] = (
                    data[other : other + width],
                    data[at : at + width],
                )
            case _:
                found = [one.span() for one in re.finditer(rb">[^<>]+<", bytes(data))]
                if found:
                    low, high = draw.choice(found)
                    data[low + 1 : high - 1] = draw.choice(
                        (
                            b"",
                            b"-1",
                            b"99999999999999999999",
                            b"2025-13-45",
                            b"&amp;",
                            b"\xc3\xab",
                            b"0",
                            b"D",
                            b" 5 ",
                            b"NaN",
                        )
                    )
        if not data:
            break
    return bytes(data)


def _survives(tmp_path: Path, seeds: range) -> None:
    """No traceback, no hang, and of every file that is kept all lines are accounted for."""
    bases = [
        claim([claim_line(reference=f"R{number}") for number in range(6)], 30000),
        authorisation(), start(), stop(), answer([claim_line(codes="9321"), claim_line(reference="R2", codes="9387")]),
    ]  # fmt: skip
    empty_store(tmp_path / "regio.duckdb", [MUNICIPALITY])
    refused = 0
    began = time.monotonic()
    with open_store(tmp_path / "regio.duckdb", read_only=False) as store:
        for seed in seeds:
            place = tmp_path / f"{seed}.xml"
            place.write_bytes(_mutated(bases[seed % len(bases)].encode(), seed))
            before = rows_in(store)
            told = brought(store, place)
            if told.refused is not None:
                refused += 1
                assert rows_in(store) == before, seed
                continue
            tables = ("authorisations", "starts", "stops", "requests", "claims", "rejections")
            number = store.rows("SELECT max(import) FROM imports")[0][0]
            kept = sum(
                store.rows(f"SELECT count(*) FROM {table} WHERE import = ?", [number])[0][0] for table in tables
            )
            unanswered = 2 if bases[seed % len(bases)].count("RetourCode") else 0
            assert told.lines - told.left_out - unanswered <= kept <= told.lines, seed
    assert 0 < refused < len(seeds)
    assert time.monotonic() - began < 10 * len(seeds), "a hang"


def test_damaged_files_never_end_in_a_traceback(tmp_path: Path) -> None:
    _survives(tmp_path, range(50))


@pytest.mark.slow
def test_many_damaged_files_never_end_in_a_traceback(tmp_path: Path) -> None:
    _survives(tmp_path, range(1000, 1500))


def _nested(place: Path) -> Path:
    """A zip with a message and another zip in it."""
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("a.xml", claim([claim_line()], 5000))
        archive.writestr("map/meer.zip", b"PK")
    return place


def _macos(place: Path) -> Path:
    """A zip as macOS makes it: beside every file one of its own."""
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("berícht één.xml", claim([claim_line()], 5000))
        archive.writestr("__MACOSX/._berícht één.xml", b"\x00\x05\x16")
        archive.writestr("lees mij.txt", "geen bericht")
    return place


def _two(place: Path) -> Path:
    """Messages of both laws in one zip."""
    wmo = message("323", claim_body([claim_line(category="01", product="01A01")], 5000), "9", law="wmo")
    return zipped(place, [claim([claim_line()], 5000), wmo])


def _three_products(place: Path) -> Path:
    """An authorisation of three products of one client."""
    text = authorisation()
    one = re.search(r"<m:ToegewezenProduct>.*?</m:ToegewezenProduct>", text, re.DOTALL)
    assert one is not None
    more = "".join(one[0].replace("300201", number) for number in ("300201", "300202", "300203"))
    return written(place, text.replace(one[0], more))


def _utf16(place: Path) -> Path:
    place.write_bytes(claim([claim_line()], 5000).replace("UTF-8", "UTF-16").encode("utf-16"))
    return place


def _folder(place: Path) -> Path:
    """A folder with other files, an empty folder, and names with spaces and accents."""
    (place / "leeg").mkdir(parents=True)
    (place / "lees mij.txt").write_text("x", encoding="utf-8")
    (place / "berícht één.XML").write_text(claim([claim_line()], 5000), encoding="utf-8")
    return place


READ: dict[str, tuple[Callable[[Path], Path], str, int]] = {
    "a zip of macOS": (lambda at: _macos(at.with_suffix(".zip")), "claims", 1),
    "both laws in one zip": (lambda at: _two(at.with_suffix(".zip")), "claims", 2),
    "three products of one client": (lambda at: _three_products(at), "authorisations", 3),
    "UTF-16": (lambda at: _utf16(at), "claims", 1),
    "a byte order mark": (lambda at: written(at, "\ufeff" + claim([claim_line()], 5000)), "claims", 1),
    "a zip that is called xml": (
        lambda at: zipped(at.with_suffix(".zip"), [claim([claim_line()], 5000)]).rename(at), "claims", 1),
    "a folder with other files": (lambda at: _folder(at.with_suffix("")), "claims", 1),
    "no volume": (lambda at: written(at, claim([claim_line(0, 1250, 0)], 0)), "claims", 1),
    "a credit without its debit": (
        lambda at: written(at, claim([claim_line(sign="C", previous="NIX")], -5000)), "claims", 1),
    "a tariff beyond all amounts": (
        lambda at: written(at, claim([claim_line(9 * 10**12, 9 * 10**12, 5)], 5)), "claims", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_what_looks_odd_and_is_none_is_read(store: Store, tmp_path: Path, name: str) -> None:
    make, table, count = READ[name]
    told = brought(store, make(tmp_path / "odd.xml"))
    assert told.refused is None
    assert (told.left_out, store.rows(f"SELECT count(*) FROM {table}")) == (0, [(count,)])


def test_a_file_without_rights_is_one_sentence(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_: object) -> str:
        raise PermissionError(13, "Permission denied")

    written(tmp_path / "a.xml", claim([claim_line()], 5000))
    monkeypatch.setattr("bekostiging.messages.guard.Source.digest", denied)
    told = brought(store, tmp_path / "a.xml")
    assert told.refused is not None
    assert told.refused.text("en") == (
        "a.xml: this file cannot be read (Permission denied); check the rights and the connection. Nothing was imported."
    )
    assert rows_in(store) == 0
