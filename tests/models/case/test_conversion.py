"""Folder to workbook and back, without loss: every table of every case that can be written."""

from __future__ import annotations

import math
import re
import tempfile
from pathlib import Path
from typing import Any, get_origin

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic.fields import FieldInfo
from typer.testing import CliRunner

from bekostiging.case import UserError, convert, read_case
from bekostiging.case.bsn import find
from bekostiging.case.conversion import draft_from
from bekostiging.case.fields import bounds, choices, leaf, reason
from bekostiging.case.quantities import MOST
from bekostiging.case.read import Draft
from bekostiging.case.rows import Row, columns
from bekostiging.case.tables import TABLES, Area, Policy
from bekostiging.case.workbook.write import write_workbook
from bekostiging.case.write import write_folder
from bekostiging.characters import one_form
from bekostiging.cli import app

AWKWARD = ("=1+1", "'=1", "''=1", "+31", "-", "@x", "'s-Gravenhage", "0034", "1,5", "1e5", "TRUE", "ja", "#N/A", "nan",
           "_x0041_", "a;b,c", 'zeg "ja"', "twee\nregels", "naam", "sleutel", "status", "totaal", "2024-01-01",
           "é€😀")  # fmt: skip
"""Texts that some reader on the way might take for something else."""
plain_text = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], include_characters="\n"), min_size=1, max_size=12
)
texts = (
    (st.sampled_from(AWKWARD) | plain_text)
    .map(lambda text: one_form(text).strip())
    .filter(lambda text: text and not find(text, dates=False))
)
keys = texts.map(lambda text: re.sub(r"[/|\s]", "-", text)).filter(
    lambda text: not (text.isdigit() and len(text) < 4) and not find(text, dates=False)
)
"""A municipality of less than four digits gets its zeros, and is told."""


def _numbers(info: FieldInfo, *, whole: bool) -> st.SearchStrategy[Any]:
    own = bounds(info)
    low, high = max(own.low, -1e300), min(own.high, 1e300)
    if whole:
        return st.integers(int(max(low, -1e9)), int(min(high, 1e9)))
    why = reason(info)
    least = why.least if why else 0.0
    return st.floats(low, high, exclude_min=own.low_open, exclude_max=own.high_open, allow_nan=False).filter(
        lambda number: number == 0 or abs(number) >= least
    )


def _values(model: type[Row], name: str) -> st.SearchStrategy[Any]:
    info = model.model_fields[name]
    kind = leaf(info)
    if (model, name) == (Policy, "value"):
        return st.floats(0, MOST).map(repr) | st.sampled_from(["yes", "absorb", "=1"])
    if words := choices(info):
        made: st.SearchStrategy[Any] = st.sampled_from(words)
    elif get_origin(kind) is tuple:
        made = st.lists(keys, min_size=1, max_size=3).map(tuple)
    elif kind is bool:
        made = st.booleans()
    elif kind in (int, float):
        made = _numbers(info, whole=kind is int)
    else:
        made = keys if info.is_required() else keys | st.just("")
    return made | st.none() if info.default is None else made


def _rows(model: type[Row]) -> st.SearchStrategy[tuple[Row, ...]]:
    fields = {name: _values(model, name) for name in columns(model)}
    return st.lists(st.fixed_dictionaries(fields).map(lambda values: model(**values)), min_size=1, max_size=3).map(
        tuple
    )


ratio = st.floats(0.5, 3)
sentence = st.just({}) | st.fixed_dictionaries({"nl": texts, "en": texts})
heads = st.none() | st.fixed_dictionaries(
    {"name": st.from_regex(r"[a-zA-Z_\d-]{1,12}", fullmatch=True), "title": sentence, "disclaimer": sentence,
     "kind": st.sampled_from(["planning", "running"]), "base_year": st.integers(2000, 2100),
     "trajectories_per_person": ratio | st.dictionaries(st.sampled_from(["jeugdwet", "wmo"]), ratio, min_size=1),
     "names": st.sampled_from(["", "real", "invented"]), "not_bsn": st.sampled_from(["", "lots.id 3: own | case.title: x"])}
)  # fmt: skip


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Some tables with a few rows each, and perhaps a head."""
    names = draw(st.lists(st.sampled_from(sorted(TABLES)), min_size=1, max_size=4, unique=True))
    return Draft(draw(heads), {name: draw(_rows(TABLES[name])) for name in TABLES if name in names})


def _dump(draft: Draft) -> dict[str, Any]:
    tables = {name: [row.model_dump() for row in rows] for name, rows in draft.tables.items()}
    return {"head": draft.head, **tables}


def _texts(draft: Draft) -> list[object]:
    return [value for rows in draft.tables.values() for row in rows for value in row.model_dump().values()]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drafts(), st.sampled_from(["nl", "en"]))
@example(
    Draft(None, {"policy": (Policy(name="x", scope="case", value="nan", source="-", status="estimated"),)}), "nl"
)
@example(
    Draft(None, {"areas": (Area(id="sleutel", municipality="gemeente", name="naam", inhabitants_0_17=0.1 + 0.2,
                                inhabitants_18_64=1e12, inhabitants_65_plus=1e-6, source="bron", status="estimated"),)}),
    "nl",
)  # fmt: skip
def test_a_folder_becomes_a_workbook_and_a_folder_again_without_loss(draft: Draft, lang: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        write_folder(draft, root / "a", lang)
        assert _dump(draft_from(root / "a")) == _dump(draft)
        convert(root / "a", root / "b.xlsx", lang)
        convert(root / "b.xlsx", root / "c", "en" if lang == "nl" else "nl")
        convert(root / "c", root / "d.xlsx", "en")
        for name in ("b.xlsx", "c", "d.xlsx"):
            found = draft_from(root / name)
            assert _dump(found) == _dump(draft), name
            # numbers that the head says are no BSN are told each time
            told = [note for note in found.notes if "geen burgerservicenummer" not in note["nl"]]
            # a folder says which texts go on over a line break; nothing else needs to be known
            assert all("een cel loopt door over een regeleinde" in note["nl"] for note in told)
            assert not told or (name == "c" and "\\n" in repr(_texts(draft)))


def test_a_number_keeps_all_its_digits(tmp_path: Path) -> None:
    """0.1 + 0.2 needs seventeen digits; xlsxwriter writes sixteen of its own."""
    awkward = Area(id="a", municipality="b", name="c", inhabitants_0_17=0.1 + 0.2, inhabitants_18_64=math.pi * 1e8,
                   inhabitants_65_plus=1 / 3, source="s", status="estimated")  # fmt: skip
    write_workbook(Draft(None, {"areas": (awkward,)}), tmp_path / "x.xlsx", "nl")
    (area,) = draft_from(tmp_path / "x.xlsx").tables["areas"]
    assert area.model_dump() == awkward.model_dump()


@pytest.mark.parametrize("name", ["almere", "region"])
def test_embedded_cases_as_workbooks(name: str, tmp_path: Path) -> None:
    convert(name, tmp_path / "x.xlsx", "nl")
    again, case = read_case(tmp_path / "x.xlsx"), read_case(name)
    for table in TABLES:
        assert [row.model_dump() for row in getattr(again, table)] == [
            row.model_dump() for row in getattr(case, table)
        ]


def test_estimates_are_not_written_back(tmp_path: Path) -> None:
    """An empty spread of almere is estimated when it is read, and stays empty in what is converted."""
    convert("almere", tmp_path / "x.xlsx", "nl")
    rows = {row.id: row for row in draft_from(tmp_path / "x.xlsx").tables["risk_factors"]}  # type: ignore[attr-defined]
    assert rows["municipal_inflow"].standard_deviation is None
    assert next(row for row in read_case("almere").risk_factors if row.id == "municipal_inflow").standard_deviation


def test_the_command(tmp_path: Path) -> None:
    run = CliRunner()
    there = run.invoke(app, ["convert", "almere", str(tmp_path / "a.xlsx")])
    assert (there.exit_code, there.output) == (0, f"Geschreven: {tmp_path / 'a.xlsx'}\n")
    back = run.invoke(app, ["convert", str(tmp_path / "a.xlsx"), str(tmp_path / "a"), "--lang", "en"])
    assert back.exit_code == 0, back.output
    assert (tmp_path / "a" / "case.toml").is_file()
    twice = run.invoke(app, ["convert", "almere", str(tmp_path / "a.xlsx")])
    assert twice.exit_code == 1
    assert "er wordt niets overschreven" in twice.output


def test_a_folder_without_tables_is_no_case(tmp_path: Path) -> None:
    (tmp_path / "leeg").mkdir()
    with pytest.raises(UserError, match=r"holds no case: no case\.toml and not one table"):
        convert(tmp_path / "leeg", tmp_path / "x.xlsx", "nl")
    assert not (tmp_path / "x.xlsx").exists()


@pytest.mark.parametrize("what", ["file", "device", "broken link"])
def test_a_target_that_is_no_folder_is_called_so(what: str, folder: Path, tmp_path: Path) -> None:
    """Not "not empty", which an empty file is."""
    target = Path("/dev/null") if what == "device" else tmp_path / "target"
    if what == "file":
        target.touch()
    elif what == "broken link":
        target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(UserError, match="exists and is no folder"):
        convert(folder, target)
