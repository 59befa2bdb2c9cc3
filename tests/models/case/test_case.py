"""Reading, writing, scaffolding and pseudonyms."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bekostiging.case import (
    POLICIES,
    Case,
    UserError,
    pseudonymised,
    read_case,
    scaffold_case,
    with_policy,
    write_case,
)
from bekostiging.case.explanation import explain
from bekostiging.case.optional_tables import PARTIES
from bekostiging.case.rows import columns, weakest
from bekostiging.case.tables import TABLES, Administration, Policy


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_written_cases_read_back_equal(small_case: Case, tmp_path: Path, lang: str) -> None:
    (tmp_path / "case").mkdir()
    write_case(small_case, tmp_path / "case", lang)
    again = read_case(tmp_path / "case")
    for table in TABLES:
        plain = [row.model_dump() for row in getattr(small_case, table)]
        assert [row.model_dump() for row in getattr(again, table)] == plain


def test_the_region_has_two_names_and_is_seeded() -> None:
    assert read_case("region") == read_case("voorbeeldregio")
    assert len(read_case("region").municipalities) == 8
    assert len(read_case("region").providers) == 40


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_new_case_is_complete_and_in_order(tmp_path: Path, lang: str) -> None:
    scaffold_case(tmp_path / "mijn", lang)
    assert read_case(tmp_path / "mijn").kind == "planning"
    explained = {"nl": "uitleg", "en": "explanation"}[lang]
    assert {path.stem for path in (tmp_path / "mijn" / explained).iterdir()} == set(TABLES)
    assert (tmp_path / "mijn" / {"nl": "LEESMIJ.md", "en": "README.md"}[lang]).is_file()


def test_a_new_case_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "vol").mkdir()
    (tmp_path / "vol" / "brief.txt").write_text("blijf af")
    with pytest.raises(UserError, match="nothing is overwritten"):
        scaffold_case(tmp_path / "vol", "nl")
    assert [path.name for path in (tmp_path / "vol").iterdir()] == ["brief.txt"]


def test_municipality_codes_get_their_zeros_and_it_is_said_once(folder: Path) -> None:
    for path in folder.glob("*.csv"):
        path.write_text(path.read_text().replace("0501", "501"))
    case = read_case(folder)
    assert all(len(row.code) == 4 for row in case.municipalities if row.code.isdigit())


def test_a_running_case_is_numbered_unless_asked(folder: Path) -> None:
    real = {row.id: f"zorg-{row.id}-bv" for row in read_case(folder).providers}
    for name in ("providers", "contracts", "offers", "capacity"):
        path = folder / f"{name}.csv"
        for old, new in real.items():
            path.write_text(path.read_text().replace(f"{old},", f"{new},"))
    head = folder / "case.toml"
    head.write_text(head.read_text().replace('kind = "planning"', 'kind = "running"'))
    numbered = pseudonymised(read_case(folder))
    assert {row.id for row in numbered.providers}.isdisjoint(real.values())
    assert {row.provider for row in numbered.contracts} <= {row.id for row in numbered.providers}
    assert {row.provider for row in numbered.offers} <= {row.id for row in numbered.providers}
    assert {row.provider for row in numbered.capacity} <= {row.id for row in numbered.providers}


def test_archetypes_keep_their_names(small_case: Case) -> None:
    assert pseudonymised(small_case) is small_case


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_column_and_policy_is_explained(lang: str) -> None:
    for table, model in TABLES.items():
        text = explain(model, lang)
        for column in columns(model):
            assert f"| `{column}` |" in text, (table, column)
            assert not re.search(rf"\| `{column}` .*\|  \|", text), (table, column)
    policy = explain(Policy, lang)
    for name in POLICIES:
        assert re.search(rf"\| `{name}` \| [^|]+ \| [^|]{{5,}} \|", policy), name


def test_a_case_knows_who_is_reported_and_what_a_later_euro_is_worth(small_case: Case) -> None:
    first, *rest = small_case.municipalities
    case = replace(small_case, municipalities=(first.model_copy(update={"reported": False}), *rest))
    assert case.reported == tuple(range(1, len(case.municipalities)))
    assert case.reported_codes == tuple(row.code for row in rest)
    paid = np.arange(2.0 * len(case.municipalities)).reshape(2, -1)
    np.testing.assert_array_equal(case.of_reported(paid), paid[:, 1:].sum(axis=1))
    # 1/1.25 = 0.8, squared 0.64
    np.testing.assert_allclose(with_policy(case, discount_rate=0.25).discount(3), [1.0, 0.8, 0.64])


def test_administration_is_hours_of_clients_and_contracts(small_case: Case) -> None:
    def row(form: str, party: str, per_client: float, per_contract: float) -> Administration:
        return Administration(
            payment_form=form, party=party, hours_per_client=per_client, hours_per_contract=per_contract, euro_per_hour=50,
            source="t", status="illustrative",
        )  # fmt: skip

    table = (row("taakgericht", "municipality", 1, 10), row("taakgericht", "provider", 2, 0))
    case = replace(small_case, administration=(*table, row("outputgericht", "provider", 9, 9)))
    clients = np.array([0.0, 3.0])
    # 50 euro: (3 x 1 + 2 contracts x 10) hours of the municipality, 3 x 2 of the providers
    municipality = case.administration_euro("taakgericht", ("municipality",), clients, 2)
    np.testing.assert_allclose(municipality, [1000, 1150])
    np.testing.assert_allclose(case.administration_euro("taakgericht", PARTIES, clients, 2), [1000, 1450])
    assert case.administration_of_contract("taakgericht") == 500
    assert replace(case, administration=()).administration_of_contract("taakgericht") == 0


def test_several_origins_are_what_the_weakest_is() -> None:
    assert weakest(["published", "own_data"]) == "own_data"
    assert weakest(["estimated", "illustrative", "published"]) == "illustrative"
