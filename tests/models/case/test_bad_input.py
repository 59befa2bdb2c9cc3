"""Every bad input of a user gets one sentence: table, row, column, rule, remedy; all of them together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from citizen_numbers import made
from conftest import Edit

from bekostiging.case import CaseError, UserError, read_case


def _sentences(folder: Path, lang: str = "en") -> list[str]:
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    return caught.value.text(lang).splitlines()


def _only_sentence(folder: Path, lang: str = "en") -> str:
    found = _sentences(folder, lang)
    assert len(found) == 1, found
    return found[0]


def test_the_untouched_folder_is_in_order(folder: Path) -> None:
    assert read_case(folder).name == "region"


def test_missing_table(folder: Path) -> None:
    (folder / "offers.csv").unlink()
    assert _only_sentence(folder) == (
        "table offers: this table is missing; add offers.csv (`bekostiging new` gives an example)"
    )


def test_a_file_of_almost_the_name_of_an_optional_table(folder: Path) -> None:
    (folder / "profiles.csv").rename(folder / "profile.csv")
    assert _only_sentence(folder) == (
        "table profiles: profile.csv is not read so; name it profiles.csv, or give it quite another name"
    )


def test_missing_column(folder: Path) -> None:
    path = folder / "offers.csv"
    path.write_text(path.read_text().replace("unit_cost", "unit_kost", 1))
    assert _only_sentence(folder) == "table offers, column unit_kost: unknown column; did you mean unit_cost?"


def test_a_missing_column_of_which_none_is_near(folder: Path) -> None:
    path = folder / "offers.csv"
    path.write_text(path.read_text().replace("unit_cost", "x", 1))
    assert _sentences(folder) == [
        "table offers, column unit_cost: this column is missing; add it",
        "table offers, column x: unknown column; remove it, or put 'remark' before its name if it need not be read",
    ]


def test_unknown_key_offers_the_nearest(folder: Path, edit: Edit) -> None:
    known = read_case(folder).providers[0].id
    edit("contracts", 0, "provider", known + "x")
    first = _sentences(folder)[0]
    assert first == (
        f"table contracts, row 2, column provider: '{known}x' is not in table providers; did you mean {known}?"
    )


def test_negative_volume(folder: Path, edit: Edit) -> None:
    edit("demand", 1, "starts_per_year", "-3")
    assert _only_sentence(folder) == (
        "table demand, row 3, column starts_per_year: -3 is negative; fill in zero or a positive number"
    )


def test_shares_that_do_not_sum_to_one(folder: Path, edit: Edit) -> None:
    edit("profiles", 0, "share", "0.9")
    found = _sentences(folder)
    assert re.match(
        r"table profiles, column share: shares add up to [\d.]+ for care form \w+, must be 1; mend them", found[0]
    )


def test_market_shares_that_do_not_sum_to_one(folder: Path, edit: Edit) -> None:
    edit("offers", 0, "market_share", "0.01")
    assert any(
        re.match(
            r"table offers, column market_share: market shares of care form .* must be 1; mend the shares", line
        )
        for line in _sentences(folder)
    )


def test_duplicate_key(folder: Path) -> None:
    path = folder / "waiting.csv"
    if not path.is_file():
        path = folder / "indices.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n")
    sentence = _only_sentence(folder)
    assert f"row {len(lines) + 1}" in sentence
    assert "is also on row 2; keep one of them" in sentence


def test_text_for_a_number(folder: Path, edit: Edit) -> None:
    edit("providers", 2, "equity", "veel")
    assert _only_sentence(folder) == (
        "table providers, row 4, column equity: 'veel' is not a number; fill in a number"
    )
    assert _only_sentence(folder, "nl") == (
        "tabel providers, rij 4, kolom equity: 'veel' is geen getal; vul een getal in"
    )


def test_ambiguous_number_in_a_dutch_file(folder: Path) -> None:
    path = folder / "administration.csv"
    lines = path.read_text().splitlines()
    header = lines[0].split(",")
    cells = lines[1].split(",")
    cells[header.index("hours_per_contract")] = "1.234"
    dutch = [";".join(header), ";".join(cell.replace(".", ",") if i != header.index("hours_per_contract") else cell
                                        for i, cell in enumerate(cells))]  # fmt: skip
    path.write_text("\n".join(dutch) + "\n")
    assert _only_sentence(folder) == (
        "table administration, row 2, column hours_per_contract: number 1.234 is ambiguous (thousands or decimals); "
        "write it without a thousands separator"
    )


def test_assumption_without_source(folder: Path, edit: Edit) -> None:
    edit("offers", 0, "source", "")
    assert _only_sentence(folder) == (
        "table offers, row 2, column source: an assumption without source; fill in the source (publication, own "
        "records, or 'estimate by ...')"
    )


def test_ceiling_in_a_lump_sum_lot(folder: Path, edit: Edit) -> None:
    case = read_case(folder)
    lot = case.contracts[0].lot
    place = next(i for i, row in enumerate(case.lots) if row.id == lot)
    edit("lots", place, "payment_form", "taakgericht")
    edit("contracts", 0, "ceiling", "100000")
    first = _sentences(folder)[0]
    assert first.startswith(
        f"table contracts, row 2-5, column ceiling, 4 cells: a ceiling in lot {lot}, which is taakgericht;"
    )
    assert first.endswith("(Contractstandaard Wmo art. 1.5): leave it empty")


def test_corridor_base_that_messages_cannot_show(folder: Path, edit: Edit) -> None:
    edit("lots", 0, "messages", "none")
    sentence = _only_sentence(folder)
    assert "measures the corridor on shadow_production, which messages 'none' cannot show" in sentence
    assert "take messages full or another base in policy" in sentence


def test_policy_has_no_silent_default(folder: Path) -> None:
    path = folder / "policy.csv"
    path.write_text(
        "\n".join(line for line in path.read_text().splitlines() if not line.startswith("share_max")) + "\n"
    )
    assert _only_sentence(folder) == (
        "table policy, column name: share_max is missing; add a row with scope case (there is no silent default)"
    )


def test_all_problems_are_listed_together(folder: Path, edit: Edit) -> None:
    edit("demand", 0, "mean_duration_weeks", "0")
    edit("providers", 0, "equity", "")
    edit("offers", 1, "tariff", "x")
    found = _sentences(folder)
    assert len(found) == 3
    assert {line.split(",")[0] for line in found} == {"table demand", "table providers", "table offers"}


def test_gap_between_layers(folder: Path, edit: Edit) -> None:
    case = read_case(folder)
    row = next(i for i, layer in enumerate(case.layers) if layer.layer == "deficit_2")
    edit("layers", row, "lower", "1.05")
    assert any("make them meet" in line for line in _sentences(folder))


def test_a_file_that_is_not_utf8(folder: Path) -> None:
    path = folder / "areas.csv"
    path.write_bytes(path.read_text().encode() + "é".encode("cp1252"))
    assert _only_sentence(folder) == "table areas: this file is not UTF-8; save it in Excel as 'CSV UTF-8'"


def test_unknown_case_offers_the_nearest() -> None:
    with pytest.raises(UserError) as caught:
        read_case("almeer")
    assert caught.value.text("nl").endswith("Bedoelt u almere?")
    assert caught.value.exit_code == 1


def test_a_citizen_number_is_refused_and_never_printed(folder: Path, edit: Edit) -> None:
    edit("areas", 0, "name", made())
    sentence = _only_sentence(folder)
    assert "may be a citizen service number; remove it" in sentence
    assert made() not in sentence


def test_a_contract_without_clients(folder: Path, edit: Edit) -> None:
    case = read_case(folder)
    for row, demand in enumerate(case.demand):
        if demand.care_form == "residential":
            edit("demand", row, "clients_at_start", "0")
            edit("demand", row, "starts_per_year", "0")
    found = _sentences(folder)
    assert all(
        "expects no client at all in lot residential; fill in demand and market_share" in line for line in found
    )
    assert len(found) == sum(row.lot == "residential" for row in case.contracts)


def test_given_shares_that_leave_no_room(folder: Path, edit: Edit) -> None:
    """An inner layer shared for 1.0 with a decided layer outside it, whose share is at most share_max 0.8."""
    case = read_case(folder)
    row = next(i for i, layer in enumerate(case.layers) if layer.layer == "deficit_1")
    edit("layers", row, "share", "1")
    sentence = _only_sentence(folder)
    assert "must share at least 1 and at most 0.8: shares rise outward" in sentence
    assert sentence.endswith("change the shares given or those limits")


def test_empirical_durations_need_their_history(folder: Path, edit: Edit) -> None:
    """Absent, they are asked for; present, duration_cv must be theirs: 10 and 30 weeks equally often have 0.5."""
    edit("demand", 0, "duration_distribution", "empirical")
    form = read_case_row(folder, "demand", 0, "care_form")
    assert _only_sentence(folder) == (
        f"table demand, row 2, column duration_distribution: care form {form} takes empirical, but durations has no "
        "row of it; fill in its durations or choose another distribution"
    )
    (folder / "durations.csv").write_text(
        "care_form,weeks,trajectories,source,status\n"
        f"{form},10,4,own count,own_data\n{form},30,4,own count,own_data\n"
    )
    assert "have 0.5; fill that in" in _only_sentence(folder)
    edit("demand", 0, "duration_cv", "0.5")
    case = read_case(folder)
    assert case.durations[1].weeks == 30.0


def test_a_law_without_spread(folder: Path, edit: Edit) -> None:
    edit("demand", 0, "units_distribution", "gamma")
    edit("demand", 0, "units_cv", "0")
    assert _only_sentence(folder) == (
        "table demand, row 2, column units_cv: units_cv is 0 with distribution gamma; fill in a spread above 0 or "
        "take lognormal"
    )


def _correlate(folder: Path, *rows: tuple[str, str, float]) -> None:
    lines = [f"{one},{other},{value},expert,estimated" for one, other, value in rows]
    (folder / "correlations.csv").write_text(
        "\n".join(["factor_1,factor_2,correlation,source,status", *lines]) + "\n"
    )


def test_correlations_of_one_level_once_and_known(folder: Path) -> None:
    factors = {row.level: row.id for row in read_case(folder).risk_factors}
    _correlate(folder, (factors["national"], factors["municipality"], 0.2))
    assert "are not of one level; correlate factors of one level" in _only_sentence(folder)
    pair = (factors["wages"], factors["prices"])
    _correlate(folder, (*pair, 0.2), (*reversed(pair), 0.2))
    assert "every pair of two factors stands once; remove the row" in _only_sentence(folder)
    _correlate(folder, (factors["wages"], "inflatie", 0.2))
    assert "'inflatie' is not in table risk_factors" in _sentences(folder)[0]
    _correlate(folder, (*pair, 0.4))
    assert read_case(folder).correlations[0].correlation == 0.4


def test_correlations_that_cannot_hold_together(folder: Path) -> None:
    """0.9, 0.9 and -0.9 contradict each other; the nearest is 1/2, 1/2, -1/2 by symmetry."""
    known = read_case(folder).risk_factors
    three = [row.id for row in known if row.level in ("national", "wages", "prices")][:3]
    _correlate(folder, (three[0], three[1], 0.9), (three[0], three[2], 0.9), (three[1], three[2], -0.9))
    told = _only_sentence(folder)
    assert "cannot hold together (the matrix is not positive semidefinite)" in told
    assert f"{three[0]}-{three[1]} 0.5; {three[0]}-{three[2]} 0.5; {three[1]}-{three[2]} -0.5" in told


def read_case_row(folder: Path, table: str, row: int, column: str) -> str:
    """A cell as written."""
    lines = [line.split(",") for line in (folder / f"{table}.csv").read_text(encoding="utf-8-sig").splitlines()]
    return lines[row + 1][lines[0].index(column)]


def _table(folder: Path, name: str, *lines: str) -> None:
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            ("m,M,guidance,gp,inflow,0.1,0.5,1,2,x,own_data",),
            "table measures, row 2, column effect: measure m makes inflow grow (0.1); take a shock or substitution for that",
        ),
        (
            (
                "m,M,guidance,gp,inflow,-0.1,0.5,1,2,x,own_data",
                "m,M,mental_care,gp,inflow,-0.1,0.6,1,2,x,own_data",
            ),
            "table measures, row 3, column chance: measure m has chance 0.5 and 0.6; it succeeds as a whole, give one "
            "chance",
        ),
    ],
)
def test_measures_that_cannot_be(folder: Path, rows: tuple[str, ...], sentence: str) -> None:
    head = "id,name,care_form,channel,quantity,effect,chance,first_year,years,source,status"
    _table(folder, "measures", head, *rows)
    assert _only_sentence(folder) == sentence


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            ("zvw,wlz,0.1,1,2,x,own_data",),
            "table substitution, row 2, column destination: from zvw to wlz: 'wlz' cannot stand here; substitution is "
            "between two care forms or between a care form and another payer",
        ),
        (
            ("guidance,zwv,0.1,1,2,x,own_data",),
            "table substitution, row 2, column destination: from guidance to zwv: 'zwv' cannot stand here;",
        ),
        (
            ("guidance,zvw,0.6,1,2,x,own_data", "guidance,wlz,0.6,1,2,x,own_data"),
            "table substitution, row 3, column share: 1.2 of the starts leave guidance, at most 1; lower share",
        ),
    ],
)
def test_substitution_that_cannot_be(folder: Path, rows: tuple[str, ...], sentence: str) -> None:
    _table(folder, "substitution", "origin,destination,share,first_year,years,source,status", *rows)
    assert _only_sentence(folder).startswith(sentence)


def test_substitution_without_a_destination_anywhere(folder: Path, edit: Edit) -> None:
    case = read_case(folder)
    for row, demand in enumerate(case.demand):
        if demand.care_form == "wmo_guidance":
            edit("demand", row, "starts_per_year", "0")
    head = "origin,destination,share,first_year,years,source,status"
    _table(folder, "substitution", head, "guidance,wmo_guidance,0.1,1,2,x,own_data")
    assert _only_sentence(folder) == (
        "table substitution, row 2, column destination: no area has starts of both guidance and wmo_guidance in demand; "
        "fill in those rows"
    )


def test_more_second_trajectories_than_there_are(folder: Path) -> None:
    _table(
        folder,
        "combinations",
        "care_form,second_care_form,share,source,status",
        "guidance,residential,0.9,x,own_data",
    )
    assert "in clients_at_start of residential, the combinations ask" in _sentences(folder)[0]
    assert _sentences(folder)[0].endswith("lower share")


def test_a_care_form_combined_with_itself(folder: Path) -> None:
    _table(
        folder,
        "combinations",
        "care_form,second_care_form,share,source,status",
        "guidance,guidance,0.1,x,own_data",
    )
    assert _only_sentence(folder) == (
        "table combinations, row 2, column second_care_form: care form guidance is combined with itself; name two care forms"
    )


def test_channels_beyond_one(folder: Path, edit: Edit) -> None:
    edit("demand", 0, "own_access_share", "0.7")
    edit("demand", 0, "gp_share", "0.5")
    assert _only_sentence(folder) == (
        "table demand, row 2, column gp_share: own_access_share and gp_share add up to 1.2, at most 1; mend them"
    )


CLAUSE = {
    "lot": "", "payment_form": "taakgericht", "position": "1", "clause": "stop_loss", "share": "0.5", "lower": "1.1",
    "upper": "", "threshold": "", "cap": "", "length": "", "source": "t", "status": "illustrative",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "column", "told"),
    [
        ({"lower": ""}, "lower", "lower is missing; fill it in"),
        ({"cap": "5000"}, "cap", "cap has no meaning; leave it empty"),
        ({"upper": "1.05"}, "upper", "the cap (1.05) is not above the floor (1.1); swap or mend them"),
        ({"share": "1.5"}, "share", "1.5 is too large, allowed is at most 1; mend the number"),
        (
            {"clause": "sanction", "payment_form": "outputgericht", "lower": "", "length": "3"},
            "payment_form",
            "exists only with taakgericht; set payment_form to that or take another clause",
        ),
        (
            {"clause": "provider_pool", "lower": "0.9"},
            "lower",
            "a pool begins at lower 1 and is mirrored below it",
        ),
        (
            {"clause": "performance", "lower": "", "upper": "1.2"},
            "upper",
            "the target (1.2) is a share from 0 to 1",
        ),
        ({"lot": "nowhere"}, "lot", "nowhere"),
    ],
)
def test_clauses_that_cannot_be(folder: Path, changed: dict[str, str], column: str, told: str) -> None:
    """One sentence naming lot, form and position, the rule and the remedy."""
    row = CLAUSE | {"lot": read_case(folder).lots[0].id} | changed
    (folder / "clauses.csv").write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n")
    sentence = _only_sentence(folder)
    assert sentence.startswith(f"table clauses, row 2, column {column}")
    assert told in sentence


def test_layers_of_single_clients_do_not_overlap(folder: Path) -> None:
    """From 20,000 to 50,000 and from 40,000 on: between 40,000 and 50,000 the same euro would move twice."""
    lot = read_case(folder).lots[0].id
    row = CLAUSE | {"lot": lot, "clause": "high_cost_pool", "lower": ""}
    rows = [row | {"threshold": "20000", "cap": "30000"}, row | {"position": "2", "threshold": "40000"}]
    (folder / "clauses.csv").write_text(
        "\n".join([",".join(row), *(",".join(one.values()) for one in rows)]) + "\n"
    )
    sentence = _only_sentence(folder)
    assert sentence.startswith("table clauses, row 3, column threshold")
    assert (
        "begins at 40000 euro, and that of clause 1 goes on to 50000 euro; let them follow each other" in sentence
    )
    rows[1]["threshold"] = "50000"
    (folder / "clauses.csv").write_text(
        "\n".join([",".join(row), *(",".join(one.values()) for one in rows)]) + "\n"
    )
    assert len(read_case(folder).clauses) == 2


def test_a_pool_without_a_ceiling(folder: Path, edit: Edit) -> None:
    edit("contracts", 0, "ceiling_pool", "samen")
    edit("contracts", 0, "ceiling", "")
    assert (
        "is in ceiling pool samen without a ceiling; fill in ceiling or take it out of the pool"
        in _only_sentence(folder)
    )


def test_a_main_contractor_of_itself(folder: Path, edit: Edit) -> None:
    edit("contracts", 0, "main_contractor", read_case(folder).contracts[0].provider)
    assert (
        "the same or a subcontractor there (Contractstandaard Wmo v1.2 art. 3.9); take another"
        in _only_sentence(folder)
    )


def test_a_negative_tariff(folder: Path, edit: Edit) -> None:
    edit("offers", 0, "tariff", "-5")
    assert _only_sentence(folder).startswith("table offers, row 2, column tariff:")


def test_a_missing_price_of_a_profile_in_use(folder: Path, edit: Edit) -> None:
    edit("profiles", 0, "price", "5000")
    sentence = _only_sentence(folder)
    assert sentence.startswith("table profiles, row 3, column price: profile ")
    assert sentence.endswith(
        "is in use and has no price while others have; fill in price or leave it empty everywhere"
    )


@pytest.mark.parametrize(
    "name", ["PROFILES.CSV", "Profiles.csv", "profiles.csv.txt", "profiles.txt", "profile.csv"]
)
def test_a_file_of_almost_the_name_of_a_table_is_named(folder: Path, name: str) -> None:
    (folder / "profiles.csv").rename(folder / name)
    assert _only_sentence(folder) == (
        f"table profiles: {name} is not read so; name it profiles.csv, or give it quite another name"
    )


def test_a_table_beside_the_tables_is_told(folder: Path) -> None:
    (folder / "demand (1).csv").write_text("a;b\n1;2\n")
    assert [note["en"] for note in read_case(folder).notes] == [
        "file demand (1).csv was not read: it is not named after a table"
    ]


def test_a_table_that_is_a_broken_link_is_named(folder: Path) -> None:
    (folder / "profiles.csv").unlink()
    (folder / "profiles.csv").symlink_to("nowhere.csv")
    assert _only_sentence(folder) == (
        "table profiles: this is no regular file; put a file there, no folder or broken link"
    )


def test_a_head_that_is_nested_too_deep_is_one_sentence(folder: Path) -> None:
    (folder / "case.toml").write_text("x = " + "[" * 9000)
    assert _only_sentence(folder) == "table case.toml: is not valid TOML (nested too deep); mend it"


def test_many_unknown_columns_are_one_cause(folder: Path) -> None:
    path = folder / "demand.csv"
    header, _, rows = path.read_text().partition("\n")
    path.write_text(f"{header},{','.join(f'x{place}' for place in range(3000))}\n{rows}")
    found = _sentences(folder)
    assert sum("unknown column" in line for line in found) == 20
    assert "2980 more columns are unknown; is the separator right, and is it this table?" in found[0]
