"""Claims from an own system, StatLine, Iv3, annual accounts, extract and counts: what comes in, and what does not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
from citizen_numbers import made
from openpyxl import Workbook
from region_messages import KEY, MUNICIPALITY, PUBLISHED, empty_store

from bekostiging.case import CaseError, UserError
from bekostiging.store import (
    Imported,
    Store,
    fetch_statline,
    import_claims,
    import_statline,
    import_table,
    open_store,
    privacy_facts,
)
from bekostiging.store.statline import estimated_suppressed, read_csv, read_json
from bekostiging.store.tables import latest

pytest.importorskip("duckdb")
HEAD = (
    "gemeente;agb;wet;bsn;toewijzing;productcode;begindatum;einddatum;aantal;eenheid;bedrag;ontvangen;referentie"
)
MAPPING = """
municipality = "gemeente"
provider = "agb"
law = "wet"
person = "bsn"
authorisation = "toewijzing"
product = "productcode"
begins = "begindatum"
ends = "einddatum"
volume = "aantal"
unit = "eenheid"
amount = "bedrag"
received = "ontvangen"
reference = "referentie"
separator = ";"
decimal = ","
date = "%d-%m-%Y"
amounts = "euro"
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    empty_store(tmp_path / "regio.duckdb", [MUNICIPALITY])
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    with open_store(tmp_path / "regio.duckdb", read_only=False) as opened:
        yield opened


def line(**changed: str) -> str:
    """One line of a region's own file."""
    cells = {
        "gemeente": "34", "agb": "65656055", "wet": "jeugdwet", "bsn": made(), "toewijzing": "300201",
        "productcode": "45A03",
        "begindatum": "01-01-2025", "einddatum": "31-01-2025", "aantal": "4,5", "eenheid": "uur", "bedrag": "1.270,05",
        "ontvangen": "10-02-2025", "referentie": "R1",
    }  # fmt: skip
    return ";".join((cells | changed).values())


def brought(store: Store, tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Imported:
    """What became of a file with these lines."""
    (tmp_path / "paid.csv").write_text("\n".join([HEAD, *lines, ""]), encoding=encoding)
    return import_claims(store, tmp_path / "paid.csv", KEY, tmp_path / "map.toml")[0]


def test_a_line_is_the_claim_that_a_message_would_give(store: Store, tmp_path: Path) -> None:
    """Leading zero of the code restored, cents exact, and the pseudonyms of a message 323."""
    told = brought(store, tmp_path, line())
    assert (told.lines, told.left_out, told.first) == (1, 0, dt.date(2025, 1, 1))
    kept = store.rows(
        "SELECT municipality, person, authorisation, begins, ends, volume, unit, cents, received FROM claims"
    )
    number = KEY.pseudonym("authorisation", f"jeugdwet:{MUNICIPALITY}:300201")
    assert kept == [
        (MUNICIPALITY, KEY.pseudonym("person", made()), number, dt.date(2025, 1, 1), dt.date(2025, 1, 31), 4.5, "hour",
         127005, dt.date(2025, 2, 10))
    ]  # fmt: skip


def test_a_number_without_its_leading_zero_or_with_dots_is_the_same_person(store: Store, tmp_path: Path) -> None:
    number = "012345672"
    dotted = f"{number[:4]}.{number[4:6]}.{number[6:]}"
    brought(
        store, tmp_path, line(bsn=number), line(bsn=number[1:], referentie="R2"), line(bsn=dotted, referentie="R3")
    )
    assert store.rows("SELECT count(DISTINCT person), count(*) FROM claims") == [(1, 3)]


ODD = {
    "a two-digit year": ({"begindatum": "01-01-25"}, "date"),
    "a day that is none": ({"begindatum": "31-02-2025"}, "date"),
    "an end before its begin": ({"einddatum": "31-12-2024"}, "period"),
    "an amount that is none": ({"bedrag": "veel"}, "number"),
    "a negative volume of a positive amount": ({"aantal": "-4"}, "number"),
    "another law": ({"wet": "zvw"}, "missing"),
    "nobody": ({"bsn": ""}, "missing"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_line_is_left_out_and_counted(store: Store, tmp_path: Path, name: str) -> None:
    changed, rule = ODD[name]
    told = brought(store, tmp_path, line(), line(**changed))
    assert (told.lines, told.left_out) == (2, 1)
    assert told.remarks.counts == {(rule, ""): 1}
    assert store.rows("SELECT count(*) FROM claims") == [(1,)]


def test_a_credit_is_negative_and_an_unknown_unit_is_named(store: Store, tmp_path: Path) -> None:
    told = brought(store, tmp_path, line(aantal="-1", bedrag="-75"), line(eenheid="rit", referentie="R2"))
    assert store.rows("SELECT credit, cents, unit FROM claims ORDER BY cents") == [
        (True, -7500, "hour"), (False, 127005, "rit"),
    ]  # fmt: skip
    assert told.remarks.counts == {("unknown_unit", "rit"): 1}


def test_another_municipality_refuses_the_file(store: Store, tmp_path: Path) -> None:
    told = brought(store, tmp_path, line(), line(gemeente="0363"))
    assert told.refused is not None
    assert "municipality 0363 is not of this store" in told.refused.text("en")
    assert store.rows("SELECT count(*) FROM claims") == [(0,)]


def test_lines_with_another_number_of_fields_refuse_the_file_without_their_text(
    store: Store, tmp_path: Path
) -> None:
    told = brought(store, tmp_path, line(), f"{line()};{made(3)}")
    assert told.refused is not None
    assert "1 lines have another number of fields" in told.refused.text("en")
    assert made(3) not in told.refused.text("nl")
    assert store.rows("SELECT count(*) FROM claims") == [(0,)]


def test_windows_1252_is_read(store: Store, tmp_path: Path) -> None:
    told = brought(store, tmp_path, line(agb="coöperatie"), encoding="cp1252")
    assert told.refused is None
    assert store.rows("SELECT provider FROM claims") == [("coöperatie",)]


def test_a_workbook_is_read_as_its_csv(store: Store, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD.split(";"))
    sheet.append([34, 65656055, "jeugdwet", made(), 300201, "45A03", "01-01-2025", "31-01-2025", "4,5", "uur", "1.270,05",
                  "10-02-2025", "R1"])  # fmt: skip
    book.save(tmp_path / "paid.xlsx")
    told = import_claims(store, tmp_path / "paid.xlsx", KEY, tmp_path / "map.toml")[0]
    assert told.refused is None, told.refused
    assert store.rows("SELECT municipality, provider, cents FROM claims") == [(MUNICIPALITY, "65656055", 127005)]


def test_no_number_of_a_csv_is_in_any_byte(store: Store, tmp_path: Path) -> None:
    brought(store, tmp_path, *(line(bsn=made(seed), referentie=f"R{seed}") for seed in range(20)))
    store.run("CHECKPOINT")
    (tmp_path / "paid.csv").unlink()
    content = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    assert not any(made(seed).encode() in content for seed in range(20))


@pytest.mark.parametrize("field", ["provider", "product", "unit"])
def test_a_mapping_that_would_keep_numbers_is_refused(store: Store, tmp_path: Path, field: str) -> None:
    names = {"provider": "agb", "product": "productcode", "unit": "eenheid"}
    wrong = MAPPING.replace(f'{field} = "{names[field]}"', f'{field} = "bsn"')
    (tmp_path / "map.toml").write_text(wrong, encoding="utf-8")
    told = brought(store, tmp_path, line())
    assert told.refused is not None
    assert f"named as {field} holds what may be a citizen service number" in told.refused.text("en")
    store.run("CHECKPOINT")
    assert made().encode() not in (tmp_path / "regio.duckdb").read_bytes()


def test_the_proposed_mapping_reads_the_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("\n".join([HEAD, line(), ""]), encoding="utf-8")
    with pytest.raises(UserError, match="is a proposal for which column is what"):
        import_claims(store, tmp_path / "own.csv", KEY)
    told = import_claims(store, tmp_path / "own.csv", KEY, tmp_path / "own.toml")[0]
    assert (told.refused, told.left_out) == (None, 0)
    assert store.rows("SELECT cents FROM claims") == [(127005,)]


WRONG_MAPPINGS = {
    "no TOML": ("=", "this is no TOML"),
    "an unknown field": (MAPPING + 'colour = "bsn"\n', "colour: unknown"),
    "a column that is not there": (MAPPING.replace('"agb"', '"kvk"'), "the file has no column kvk"),
    "a field that is missing": (MAPPING.replace('person = "bsn"\n', ""), "person is missing"),
    "another decimal": (MAPPING.replace('decimal = ","', 'decimal = "x"'), "decimal: choose from"),
}


@pytest.mark.parametrize("name", WRONG_MAPPINGS)
def test_a_wrong_mapping_is_one_sentence(store: Store, tmp_path: Path, name: str) -> None:
    text, sentence = WRONG_MAPPINGS[name]
    (tmp_path / "map.toml").write_text(text, encoding="utf-8")
    told = brought(store, tmp_path, line())
    assert told.refused is not None
    assert sentence in told.refused.text("en")


STATLINE = """Jeugdzorg in natura; regio
Onderwerp
WijkenEnBuurten;Perioden;AantalInwoners_5;WmoClienten_89
GM0034    ;2022JJ00;   1000;    100
WK003401  ;2022JJ00;    400;     60
WK003402  ;2022JJ00;    300;      .
WK003403  ;2022JJ00;    300;       
GM0363    ;2022*;    9000;      *
Bron: CBS
"""


def test_suppressed_figures_are_open_or_estimated_and_never_zero(store: Store, tmp_path: Path) -> None:
    """100 of the municipality, 60 of one district: 40 over two districts of 300 inhabitants."""
    (tmp_path / "wmo.csv").write_text(STATLINE, encoding="utf-8")
    import_statline(store, tmp_path / "wmo.csv", "estimate")
    kept = store.rows("SELECT area, value, state FROM statistics WHERE quantity = 'WmoClienten' ORDER BY area")
    assert kept == [
        (MUNICIPALITY, 100.0, "final"), ("WK003401", 60.0, "final"), ("WK003402", 20.0, "estimated"),
        ("WK003403", 20.0, "estimated"),
    ]  # fmt: skip
    figures = read_csv(STATLINE)
    assert [one.value for one in figures if one.area == "WK003402" and one.quantity == "WmoClienten"] == [None]
    assert [one.state for one in figures if one.area == "GM0363"] == ["provisional", "suppressed"]


def test_what_is_left_below_zero_stays_open() -> None:
    figures = read_csv(STATLINE.replace("    100\n", "     50\n"))
    judged = [one for one, _ in estimated_suppressed(figures, ["WmoClienten"])]
    open_ones = [one for one in judged if (one.area, one.quantity) == ("WK003402", "WmoClienten")]
    assert [one.value for one in open_ones] == [None]


MERGED = """RegioS;Perioden;WmoClienten_1
GM0034;2021JJ00;100
GM0363;2021JJ00;9
GM0457;2021JJ00;20
GM0034;2022JJ00;105
GM0363;2022JJ00;10
GM0034;2023JJ00;140
GM0363;2023JJ00;77
"""


def test_municipalities_that_merged_add_up_until_the_year_of_their_merger(store: Store, tmp_path: Path) -> None:
    """0457 went into 0363 in 2022 and that into 0034 in 2023: 129 in 2021, 115 in 2022, and 140 after it: figures of a
    municipality that is gone by then do not count again."""
    (tmp_path / "wmo.csv").write_text(MERGED, encoding="utf-8")
    (tmp_path / "herindeling.csv").write_text(
        "origin;destination;year\n0457;0363;2022\n363;34;2023\n", encoding="utf-8"
    )
    import_statline(store, tmp_path / "wmo.csv", mergers=tmp_path / "herindeling.csv")
    found = store.rows("SELECT year, value FROM statistics WHERE area = ? ORDER BY year", [MUNICIPALITY])
    assert found == [(2021, 129.0), (2022, 115.0), (2023, 140.0)]


def test_a_year_that_lacks_a_part_of_a_merger_stays_open(store: Store, tmp_path: Path) -> None:
    (tmp_path / "wmo.csv").write_text(MERGED.replace("GM0363;2022JJ00;10\n", ""), encoding="utf-8")
    (tmp_path / "herindeling.csv").write_text(
        "origin;destination;year\n0457;0363;2022\n0363;0034;2023\n", encoding="utf-8"
    )
    import_statline(store, tmp_path / "wmo.csv", mergers=tmp_path / "herindeling.csv")
    found = store.rows("SELECT year, value, state FROM statistics WHERE area = ? ORDER BY year", [MUNICIPALITY])
    assert found == [(2021, 129.0, "final"), (2022, None, "suppressed"), (2023, 140.0, "final")]


def test_spending_of_a_municipality_that_is_gone_counts_for_todays(store: Store, tmp_path: Path) -> None:
    """2021: 100 and 20 euro together; 2022 lacks what is gone: left out, and said; from its merger on it has no row."""
    (tmp_path / "iv3.csv").write_text(
        "municipality;year;taakveld;kind;amount\n0034;2021;6.72;jaarrekening;100\n0363;2021;6.72;jaarrekening;20\n"
        "0034;2022;6.72;jaarrekening;100\n0034;2023;6.752;jaarrekening;130\n0363;2023;6.752;jaarrekening;9\n",
        encoding="utf-8",
    )
    (tmp_path / "herindeling.csv").write_text("origin;destination;year\n0363;0034;2023\n", encoding="utf-8")
    told = import_table(store, "iv3", tmp_path / "iv3.csv", mergers=tmp_path / "herindeling.csv")[0]
    found = store.rows("SELECT municipality, year, sum(cents)::BIGINT FROM spending GROUP BY ALL ORDER BY ALL")
    assert found == [(MUNICIPALITY, 2021, 12000), (MUNICIPALITY, 2023, 13000)]
    assert told.remarks.counts == {("merged", "2022"): 1, ("merged", "2023"): 1}
    assert (told.lines, told.left_out) == (5, 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("origin;destination\n0363;0034\n", "column year is missing"),
        ("origin;destination;year\n0363;0034;soon\n", "the first year without the old municipality"),
        ("origin;destination;year\nWeesp;0034;2022\n", "CBS codes of four digits"),
        ("origin;destination;year\n0363;0457;2022\n0457;0363;2023\n", "merges into itself"),
    ],
)
def test_mergers_that_cannot_be(store: Store, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "wmo.csv").write_text(MERGED, encoding="utf-8")
    (tmp_path / "herindeling.csv").write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        import_statline(store, tmp_path / "wmo.csv", mergers=tmp_path / "herindeling.csv")
    assert words in caught.value.text("en")
    assert store.rows("SELECT count(*) FROM statistics") == [(0,)]


def test_parts_of_a_figure_do_not_count_as_the_figure() -> None:
    """Columns without a number say of which care and age; T001 and 10000 are all of them."""
    text = (
        "RegioS;Perioden;VormVanJeugdzorg;Leeftijd;JongerenMetJeugdzorg_1\nGM0034;2023JJ00;T001038;10000;500\n"
        "GM0034;2023JJ00;A028725;10000;300\nGM0034;2023JJ00;A028726;51300;20\n"
    )
    assert [(one.quantity, one.value) for one in read_csv(text)] == [
        ("JongerenMetJeugdzorg", 500.0), ("JongerenMetJeugdzorg / A028725", 300.0),
        ("JongerenMetJeugdzorg / A028726 / 51300", 20.0),
    ]  # fmt: skip
    figure = {
        "Id": 1,
        "Measure": "M1",
        "Value": 7,
        "RegioS": "GM0034",
        "Perioden": "2023JJ00",
        "Leeftijd": "51300",
    }
    assert [(one.quantity, one.value) for one in read_json(json.dumps({"value": [figure]}))] == [
        ("M1 / 51300", 7.0)
    ]


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="on top: the export of CBS is not here")
def test_the_export_of_cbs_is_read(store: Store) -> None:
    """Almere 2022, seen in the file by eye: 217,828 inhabitants, 6,680 youths in care, 11,940 Wmo clients."""
    place = PUBLISHED.parent / "cbs" / "kerncijfers_wijken_buurten_2022_almere_statline.csv"
    assert import_statline(store, place)[0].refused is None
    found = dict(
        store.rows("SELECT quantity, value FROM statistics WHERE area = ? AND year = 2022", [MUNICIPALITY])
    )
    assert (found["AantalInwoners"], found["WmoClienten"]) == (217828, 11940)
    assert found["JongerenMetJeugdzorgInNatura"] == 6680
    assert found["inhabitants_65_plus"] == 27797
    assert found["inhabitants_0_17"] == pytest.approx(40106 + 0.3 * 27025)


def test_another_file_is_no_statline(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    (tmp_path / "b.json").write_text("{}", encoding="utf-8")
    for name in ("a.csv", "b.json"):
        told = import_statline(store, tmp_path / name)[0]
        assert told.refused is not None
        assert "no export of StatLine" in told.refused.text("en")


def test_the_interface_is_asked_page_by_page_and_says_what_is_secret(tmp_path: Path) -> None:
    row = {"Measure": "M1", "RegioS": "GM0034  ", "ValueAttribute": "None"}
    pages = {
        "MeasureCodes": {"value": [{"Identifier": "M1", "Title": "Jongeren"}]},
        "first": {"value": [{**row, "Perioden": "2022JJ00", "Value": 12}], "@odata.nextLink": "https://next"},
        "next": {"value": [{**row, "Perioden": "2023JJ00", "Value": None, "ValueAttribute": "Confidential"}]},
    }
    asked = []

    def opened(address: str) -> str:
        asked.append(address)
        name = "MeasureCodes" if "MeasureCodes" in address else "next" if "next" in address else "first"
        return json.dumps(pages[name])

    file = fetch_statline("85099NED", [MUNICIPALITY], tmp_path, opened)
    figures = read_json(file.read_text(encoding="utf-8"))
    assert [(one.year, one.quantity, one.value, one.state) for one in figures] == [
        (2022, "Jongeren", 12.0, "final"), (2023, "Jongeren", None, "suppressed"),
    ]  # fmt: skip
    assert len(asked) == 3
    assert "GM0034" in asked[1]


def test_without_network_one_sentence(tmp_path: Path) -> None:
    def opened(address: str) -> str:
        raise URLError("no network")

    with pytest.raises(UserError, match="CBS does not answer"):
        fetch_statline("85099NED", [MUNICIPALITY], tmp_path, opened)
    assert list(tmp_path.iterdir()) == []


def test_importing_asks_no_network(store: Store, tmp_path: Path, no_network: None) -> None:
    (tmp_path / "wmo.csv").write_text(STATLINE, encoding="utf-8")
    assert import_statline(store, tmp_path / "wmo.csv")[0].refused is None


GOOD = {
    "iv3": "municipality;year;taakveld;kind;amount\n34;2022;6.72;jaarrekening;1000,50\n0034;2025;6.762;begroting;2000\n",
    "digimv": "provider;name;year;equity;total_assets;turnover;result\n65656055;De Kade;2024;1000;5000;9000;-20\n",
    "counts": "provider;region;form;year;quarter;quantity;value\n65656055;JR01;ambulant;2025;2;waiting_clients;31\n",
    "extract": "provider;municipality;form;trajectory;birth_year;referrer;authorised;intended;begins;ends;reason;amount;"
    "volume\n"
    "65656055;0034;45;T1;2012;02;2025-01-02;2025-01-10;2025-02-07;;;1200,50;16\n",
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_table_of_a_fixed_layout_comes_in(store: Store, tmp_path: Path, kind: str) -> None:
    (tmp_path / "t.csv").write_text(GOOD[kind], encoding="utf-8")
    told = import_table(store, kind, tmp_path / "t.csv", KEY)[0]
    assert told.refused is None, told.refused
    assert told.lines == {"iv3": 2, "digimv": 4, "counts": 1, "extract": 1}[kind]


def test_the_waiting_time_of_an_extract_is_between_intended_and_actual_start(store: Store, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(GOOD["extract"], encoding="utf-8")
    import_table(store, "extract", tmp_path / "t.csv", KEY)
    assert store.rows("SELECT begins - intended, referrer, cents, ends FROM extracts") == [
        (28, "gp", 120050, None)
    ]
    assert b"T1" not in (tmp_path / "regio.duckdb").read_bytes()


BAD = {
    "a taakveld before it was there": ("iv3", "0034;2022;6.762;begroting;1", "there is no taakveld 6.762 in 2022"),
    "a taakveld after it was split": ("iv3", "0034;2025;6.72;begroting;1", "there is no taakveld 6.72 in 2025"),
    "another kind of spending": ("iv3", "0034;2025;6.762;raming;1", "column kind: choose from begroting"),
    "no amount": ("digimv", "1;a;2024;x;1;1;1", "column equity: is no number"),
    "another quantity": ("counts", "1;JR01;a;2025;1;profit;1", "column quantity: choose from result"),
    "a quarter of five": ("counts", "1;JR01;a;2025;5;result;1", "column quarter: give a whole number from 1 to 4"),
    "an amount without end": ("digimv", "1;a;2024;1;1;1;1e999", "column result: is no number"),
    "a turnover below zero": ("digimv", "1;a;2024;1;1;-1;1", "column turnover: is negative"),
    "an amount left out": ("iv3", "0034;2025;6.762;begroting;", "column amount: is empty; fill it in"),
    "fewer than nobody": ("counts", "1;JR01;a;2025;1;waiting_clients;-3", "column value: is negative"),
    "an end before its begin": (
        "extract",
        "1;0034;45;T1;2012;02;;;2025-02-07;2025-02-01;;1;1",
        "column ends: lies before begins",
    ),
    "a volume below zero": ("extract", "1;0034;45;T1;2012;02;;;;;;1;-1", "column volume: is negative"),
    "a day that is none": ("extract", "1;0034;45;T1;2012;02;2-1-2025;;;;;1;1", "column authorised: is no day"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_row_refuses_the_file_with_its_place(store: Store, tmp_path: Path, name: str) -> None:
    kind, row, sentence = BAD[name]
    (tmp_path / "t.csv").write_text(f"{GOOD[kind]}{row}\n", encoding="utf-8")
    told = import_table(store, kind, tmp_path / "t.csv", KEY)[0]
    assert told.refused is not None
    assert sentence in told.refused.text("en")
    assert f"row {GOOD[kind].count(chr(10)) + 1}" in told.refused.text("en")
    assert store.rows("SELECT count(*) FROM imports") == [(0,)]


def test_a_file_with_corrected_figures_takes_the_place_of_the_one_before_it(store: Store, tmp_path: Path) -> None:
    """Of what it has: other years, taakvelden and quarters of the earlier file stay."""
    head = {kind: text.split("\n")[0] for kind, text in GOOD.items()}
    for kind, first, then in (
        ("iv3", "0034;2024;6.762;begroting;7\n0034;2025;6.762;begroting;5", "0034;2025;6.762;begroting;6"),
        ("digimv", "1;a;2023;1;2;3;4\n1;a;2024;1;2;3;4", "1;a;2024;9;2;3;4"),
        ("counts", "1;JR01;;2025;1;result;7\n1;JR01;;2025;2;result;5", "1;JR01;;2025;2;result;6"),
    ):
        for rows in (first, then):
            (tmp_path / "t.csv").write_text(f"{head[kind]}\n{rows}\n", encoding="utf-8")
            assert import_table(store, kind, tmp_path / "t.csv", KEY)[0].refused is None
    assert store.rows(f"SELECT year, cents FROM {latest('spending')} ORDER BY ALL") == [(2024, 700), (2025, 600)]
    assert store.rows(f"SELECT year, value FROM {latest('accounts')} WHERE quantity = 'equity' ORDER BY ALL") == [
        (2023, 1.0),
        (2024, 9.0),
    ]
    assert store.rows(f"SELECT quarter, value FROM {latest('quarter_counts')} ORDER BY ALL") == [
        (1, 7.0),
        (2, 6.0),
    ]


def test_a_column_with_numbers_of_citizens_is_refused(store: Store, tmp_path: Path) -> None:
    head, row = GOOD["extract"].strip().split("\n")
    (tmp_path / "t.csv").write_text(f"{head};bsn\n{row};{made()}\n", encoding="utf-8")
    told = import_table(store, "extract", tmp_path / "t.csv", KEY)[0]
    assert told.refused is not None
    assert "column bsn is never read" in told.refused.text("en")
    (tmp_path / "u.csv").write_text(GOOD["digimv"].replace("De Kade", f"De Kade {made()}"), encoding="utf-8")
    told = import_table(store, "digimv", tmp_path / "u.csv")[0]
    assert told.refused is not None
    assert "may be a citizen service number" in told.refused.text("en")
    assert made() not in told.refused.text("en")


def test_the_privacy_facts_are_of_the_store_and_name_nobody(store: Store, tmp_path: Path) -> None:
    brought(store, tmp_path, *(line(bsn=made(seed), referentie=f"R{seed}") for seed in range(12)))
    facts = privacy_facts(store, dt.date(2035, 1, 1))
    assert (facts.persons, facts.kinds, facts.due) == (12, (("claims", 1),), ((2025, 12),))
    assert facts.tables == (("claims", 12, dt.date(2025, 1, 1), dt.date(2025, 1, 1)),)
