"""The last three lines of ``new --from``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bekostiging.evaluation import Assumed
from bekostiging.report import assumed_lines

FOUND = Assumed(
    spending=34_912_345.0, growth={"jeugdwet": 0.0271, "wmo": -0.004}, error={"jeugdwet": 0.0112, "wmo": None},
    growth_point=1_020_000.0, spread=0.0262, spread_euro=701_000.0, price_years=(2023, 2024), index=0.0703,
    index_euro=2_430_000.0, index_invented=(2026,), tariff_percent=349_123.0, invented={"Begeleiding Wmo": 3_491_234.0},
    too_short=False,
)  # fmt: skip


def test_three_lines_in_both_languages() -> None:
    plain = [line.replace("\u00a0", " ") for line in assumed_lines(FOUND, (2026, 2029), (), "nl")]
    assert plain == [
        "Groei: cliënten per jaar Jeugdwet 2,7 % ± 1,1, Wmo −0,4 %, met demografie, geschat uit uw historie en "
        "de landelijke groei. De contracten kosten naar verwachting 34,9 miljoen euro in 2026-2029; één procentpunt meer "
        "groei per jaar is 1,02 miljoen euro meer.",
        "Spreiding: de instroom van een zorgvorm in een gemeente schommelt van jaar op jaar doorgaans 2,6 %, geschat uit "
        "uw historie en landelijke cijfers; is zij in elk jaar van 2026-2029 zoveel hoger, dan is dat 0,70 miljoen "
        "euro meer.",
        "Prijzen: euro's gedeeld door eenheden van 2023, 2024; met de index naar 2026 gebracht: 7,0 %, 2,43 miljoen euro "
        "van het bedrag; de index van 2026 is verzonnen: vul OVA en PPC in; verzonnen tarieven voor Begeleiding Wmo, 10 % "
        "van het bedrag; één procent op elk tarief is 0,35 miljoen euro.",
    ]
    short = assumed_lines(replace(FOUND, too_short=True), (2026, 2029), (), "nl")[1]
    assert "de cijfers zijn te kort om te weten hoe sterk, en een deel hiervan is een ondergrens" in short
    english = assumed_lines(FOUND, (2026, 2029), (), "en")
    assert [line.split(":")[0] for line in english] == ["Growth", "Spread", "Prices"]


def test_what_rests_on_the_nation_alone_is_not_said_to_be_of_history() -> None:
    alone = replace(FOUND, own_growth=False, own_spread=False)
    growth, spread, _ = assumed_lines(alone, (2026, 2029), (), "nl")
    assert (
        "naar de landelijke groei alleen: uw historie heeft daar te weinig jaren voor (nodig zijn er 3 met"
        in growth
    )
    assert "geschat uit landelijke cijfers alleen" in spread
    brought = assumed_lines(alone, (2026, 2029), ("demand", "risk_factors"), "nl")
    assert ["alleen" in one for one in brought] == [False] * 3


def test_small_amounts_are_euros() -> None:
    """A tariff percent of 4,316 euro is no "0.00 million"."""
    small = replace(FOUND, tariff_percent=4316.0, spread_euro=0.0, index_euro=2_440_716_000.0)
    _, spread, prices = (one.replace("\u00a0", " ") for one in assumed_lines(small, (2026, 2029), (), "nl"))
    assert spread.endswith("zoveel hoger, dan is dat 0 euro meer.")
    assert prices.endswith("één procent op elk tarief is 4.316 euro.")
    assert "2.440,7 miljoen euro van het bedrag" in prices


@pytest.mark.parametrize(("table", "line"), [("demand", 0), ("risk_factors", 1), ("offers", 2)])
def test_what_was_brought_is_said(table: str, line: int) -> None:
    for lang, word in (("nl", " uit uw aanbod" if table == "offers" else "uw tabel"), ("en", "your table")):
        told = [word in one for one in assumed_lines(FOUND, (2026, 2029), [table], lang)]
        assert told == [place == line for place in range(3)]
