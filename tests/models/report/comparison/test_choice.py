"""The choice side by side: computed or judged, and the same four facts for every party."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from csv_tables import put_table

from bekostiging.case import Case, PolicyTable, read_case
from bekostiging.case.errors import CaseError
from bekostiging.case.form_choice import shown_forms
from bekostiging.case.optional_tables import JUDGED_CRITERIA, Judgement
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.evaluation import Comparison
from bekostiging.evaluation.access import access_shares
from bekostiging.report.comparison.choice import choice_table, party_blocks
from bekostiging.report.comparison.waiting import late_clients
from bekostiging.report.kit.texts import Texts

NL, EN = Texts("nl"), Texts("en")
OWN = Judgement(
    criterion="disputes",
    payment_form="taakgericht",
    judgement="strong",
    source="in drie jaar geen enkel geschil",
    status="own_data",
)
FIELD = {
    "maatwerk": "++ + + ++",
    "flexibiliteit": "−− ++ ++ +",
    "keuzevrijheid": "+ − −− +",
    "geschillen": "+ −− − +",
}
"""An article on maatwerktrajecten, after the Handreiking Uitvoeringsvarianten iJw en iWmo (Zorginstituut Nederland); forms
in the order of the table."""


def test_the_criteria_of_the_field_computed_or_judged(outcome: Comparison) -> None:
    """Every form of the package where a lot is paid by maatwerktraject; without that one where none is."""
    case = outcome.case
    traject = case.lots[0].model_copy(update={"payment_form": "maatwerktraject"})
    assert len(dict(choice_table(outcome, NL))["wachten"]) == 3
    rows = dict(choice_table(replace(outcome, case=replace(case, lots=(traject, *case.lots[1:]))), NL))
    assert [name.removesuffix(" (oordeel, niet berekend)") for name in rows] == [
        "maatwerk", "flexibiliteit", "keuzevrijheid", "grip op uitgaven", "prikkel",
        "administratie, verzonnen (illustratief)", "geschillen", "wachten",
    ]  # fmt: skip
    judged = {name.split(" (")[0]: cells for name, cells in rows.items() if "(oordeel, niet berekend)" in name}
    marks = {name: " ".join(cell.split()[0] for cell in cells) for name, cells in judged.items()}
    assert marks == FIELD
    assert all("kans op overschrijding" in cell for cell in rows["grip op uitgaven"])


def test_hours_that_are_invented_are_marked_and_others_are_not(outcome: Comparison) -> None:
    case = outcome.case
    own = tuple(row.model_copy(update={"status": "own_data"}) for row in case.administration)
    told = [name for name, _ in choice_table(replace(outcome, case=replace(case, administration=own)), NL)]
    assert own
    assert "administratie" in told


@pytest.mark.parametrize("texts", [NL, EN], ids=["nl", "en"])
def test_the_field_judges_every_form_of_the_package(texts: Texts) -> None:
    own = {f"judged_{criterion}_{form}" for criterion in JUDGED_CRITERIA for form in PAYMENT_FORMS}
    assert own == {key for key in texts.sections["judgements"] if key.startswith("judged_")}


def test_an_own_judgement_comes_in_the_place_of_the_field_s_with_its_reason(outcome: Comparison) -> None:
    own = replace(outcome, case=replace(outcome.case, judgements=(OWN,)))
    before, after = dict(choice_table(outcome, NL)), dict(choice_table(own, NL))
    place = list(PAYMENT_FORMS).index("taakgericht")
    (changed,) = (name for name in before if before[name] != after[name])
    assert changed.startswith("geschillen")
    assert after[changed][place] == "+ in drie jaar geen enkel geschil (eigen oordeel)"
    assert [cell for k, cell in enumerate(after[changed]) if k != place] == [
        cell for k, cell in enumerate(before[changed]) if k != place
    ]


def test_a_judgement_is_read_from_the_case_or_refused_with_its_place(folder: Path) -> None:
    row = {"criterion": "disputes", "payment_form": "taakgericht", "judgement": "gunstig", "source": "eigen ervaring",
           "status": "own_data"}  # fmt: skip
    put_table(folder, "judgements", [row])
    assert [one.judgement for one in read_case(folder).judgements] == ["strong"]
    for column, wrong in (
        ("judgement", "prima"),
        ("criterion", "prijs"),
        ("payment_form", "lumpsum"),
        ("source", ""),
    ):
        put_table(folder, "judgements", [row | {column: wrong}])
        with pytest.raises(CaseError) as refused:
            read_case(folder)
        (problem,) = refused.value.problems
        assert (problem.table, problem.row, problem.column) == ("judgements", 2, column)


def test_every_party_has_the_same_four_facts(outcome: Comparison) -> None:
    for texts in (NL, EN):
        blocks = party_blocks(outcome, texts)
        assert len(blocks) == 3
        assert len({tuple(about for about, _ in block.points) for block in blocks}) == 1
        for block in blocks:
            assert len(block.points) == 4
            for _, sentence in block.points:
                assert sentence[0].isupper()
                assert sentence.endswith(".")
                assert "{" not in sentence


def test_a_block_and_the_table_tell_the_same_waiting(outcome: Comparison) -> None:
    """From one value: what the sentence says is what is counted per form."""
    told = dict(party_blocks(outcome, NL)[0].points)["Wachten"]
    counts = {form: late_clients(outcome, form, "common") for form in shown_forms(outcome.case)}
    for form, n in counts.items():
        assert f"{NL.numbers.plain(n)} ({NL['forms', form]})" in told or len(set(counts.values())) == 1


@pytest.mark.parametrize(
    ("fate", "inhabitant"),
    [
        ("stay", "In alle percelen houdt wie nu hulp krijgt zijn aanbieder."),
        ("taken_over", "In alle percelen moet wie nu hulp krijgt bij een vertrekkende aanbieder naar een andere."),
        ("closed", "In alle percelen houdt wie nu hulp krijgt zijn aanbieder tot de hulp klaar is."),
    ],
)
def test_who_must_change_provider(outcome: Comparison, fate: str, inhabitant: str) -> None:
    lots = tuple(row.model_copy(update={"sitting_clients": fate}) for row in outcome.case.lots)
    changed = replace(outcome, case=replace(outcome.case, lots=lots))
    assert dict(party_blocks(changed, NL)[0].points)["Wisselen van aanbieder"] == inhabitant
    one = replace(outcome, case=replace(outcome.case, lots=(lots[0], *outcome.case.lots[1:])))
    if fate != "stay":
        assert f"In het perceel {lots[0].name} " in dict(party_blocks(one, NL)[0].points)["Wisselen van aanbieder"]


def test_who_decides_on_access_adds_up(small_case: Case) -> None:
    """Half of the starts through the municipality's own access: half is its, or the provider's where it got the access."""
    demand = tuple(row.model_copy(update={"own_access_share": 0.5, "gp_share": 0.2}) for row in small_case.demand)
    case = replace(small_case, demand=demand)
    lots = [lot.id for lot in case.lots]
    shares = access_shares(case, lots)
    assert (shares.municipality, shares.provider, shares.referrer) == pytest.approx((0.5, 0.0, 0.5))
    handed = replace(
        case,
        policy=PolicyTable(
            (
                *(row for row in case.policy if row.name != "access"),
                case.policy[0].model_copy(update={"name": "access", "scope": "case", "value": "provider"}),
            )
        ),
    )
    shares = access_shares(handed, lots)
    assert (shares.municipality, shares.provider, shares.referrer) == pytest.approx((0.0, 0.5, 0.5))
    assert access_shares(case, []).starts == 0.0
