"""The text of a contract: what can be signed, said once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from bekostiging.case import Case
from bekostiging.contracts import Corridor
from bekostiging.lumpsum import Conflict, Limit, LumpSumDesign, example_data, menu_corridor, with_corridor
from bekostiging.report.lumpsum.contract_text import ContractText
from bekostiging.studies import LumpSumStudy


@pytest.fixture
def contract(lumpsum_study: LumpSumStudy) -> ContractText:
    result = lumpsum_study.lumpsum
    return ContractText(lumpsum_study.case, result.data, result.design)


def _with(contract: ContractText, edges: tuple[float, ...], shares: list[float]) -> ContractText:
    """The first lot alone with these edges, and shares of deficits outward, then of surpluses outward."""
    (lot,) = with_corridor(example_data(), menu_corridor(edges)).lots
    corridor = lot.corridor
    n = len(edges) + 1
    outward = {
        sign: sorted(
            np.flatnonzero(corridor.sign == sign), key=lambda k: abs(corridor.lower[k] + corridor.upper[k] - 2)
        )
        for sign in (1.0, -1.0)
    }
    share = np.zeros(corridor.n_layers)
    share[outward[1.0]], share[outward[-1.0]] = shares[:n], shares[n:]
    first = contract.data.lots[0]
    data = replace(contract.data, lots=(replace(first, corridor=corridor), *contract.data.lots[1:]))
    return replace(contract, data=data, design=replace(contract.design, share=(share, *contract.design.share[1:])))


@pytest.mark.parametrize(
    ("edges", "shares", "told"),
    [
        ((0.05,), [0.8, 0.8, 0.8, 0.8], "Van elke afwijking betaalt (bij een tekort) of ontvangt (bij een overschot) "
         "de gemeente 80\u00a0%."),
        ((0.05, 0.1), [0, 0.5, 0.5, 0, 0.5, 0.5], "Van een afwijking betaalt (bij een tekort) of ontvangt (bij een "
         "overschot) de gemeente: niets van het deel tot 5\u00a0% en 50\u00a0% van het deel boven 5\u00a0%."),
        ((0.03, 0.08), [0, 0.5, 0.75, 0, 0, 0], "Van een tekort betaalt de gemeente: niets van het deel tot 3\u00a0%, "
         "50\u00a0% van het deel van 3\u00a0% tot 8\u00a0% en 75\u00a0% van het deel boven 8\u00a0%. Een overschot is "
         "voor de aanbieder."),
        ((0.05,), [0, 0, 0, 0], "Elke afwijking is voor de aanbieder."),
        ((0.025,), [0, 0.125, 0.5, 0.5], "Van een tekort betaalt de gemeente: niets van het deel tot 2,5\u00a0% en "
         "12,5\u00a0% van het deel boven 2,5\u00a0%. Van een overschot ontvangt de gemeente 50\u00a0%."),
    ],
)  # fmt: skip
def test_equal_shares_are_one_band(
    contract: ContractText, edges: tuple[float, ...], shares: list[float], told: str
) -> None:
    """By hand: layers of equal shares merge, from the reference amount outward, and so do sides that are alike."""
    text = _with(contract, edges, shares).articles()[1].texts
    assert any(told in own for _, own in text), text


def test_bands_pay_what_the_layers_pay(contract: ContractText) -> None:
    """On any deviation the bands as they are signed give the share of the layers, within the rounding to tenths."""
    for j, lot in enumerate(contract.data.lots):
        corridor: Corridor = lot.corridor
        for sign in (1.0, -1.0):
            bands = contract.bands(j, sign)
            for size in (0.01, 0.04, 0.07, 0.15, 0.6):
                signed = sum(share * max(0.0, min(size, far) - near) for near, far, share in bands)
                base = 1 + sign * size
                inside = np.clip(np.minimum(base, corridor.upper) - corridor.lower, 0, None)
                if sign < 0:
                    inside = np.clip(corridor.upper - np.maximum(base, corridor.lower), 0, None)
                own = corridor.sign == sign
                paid = float((inside[own] * contract.design.share[j][own]).sum())
                assert signed == pytest.approx(paid, abs=size * 5e-4 + 1e-12), (lot.name, sign, size)


def test_there_is_no_number_that_cannot_be_signed(contract: ContractText) -> None:
    """Percentages up to a hundred in at most tenths, no estimate with an error, no amount of somebody else."""
    text = " ".join(contract.lines())
    for percentage in re.findall(r"([\d.,]+)\u00a0%", text):
        assert float(percentage.replace(".", "").replace(",", ".")) <= 100
        assert re.fullmatch(r"\d+(,\d)?", percentage)
    assert not re.search(r"[±~≈]|naar verwachting|toekomsten|kans\b|euro \d|\d euro", text)
    assert not [row.name for row in contract.case.providers if row.name in text]
    for row in contract.amounts()[1:]:
        assert all(re.fullmatch(r"\d{1,3}(\.\d{3})*", cell) for cell in row[1:]), row


def test_every_subject_has_its_article(contract: ContractText) -> None:
    titles = [article.title for article in contract.articles()]
    assert titles == [
        "Budget", "Verrekening", "Index", "Acceptatie en wachten", "Bewijs en controle", "Betaling en afrekening",
        "Overige bedingen", "Herijking", "Einde en overdracht",
    ]  # fmt: skip
    lots = {row.name for row in contract.case.lots}
    for article in contract.articles():
        named = Counter(name for own, _ in article.texts for name in own)
        assert set(named) == lots, article.title
        assert len(set(named.values())) == 1, article.title  # of every part once
        assert len({text for _, text in article.texts}) == len(article.texts), article.title


def test_policy_turns_the_articles(contract: ContractText) -> None:
    case = contract.case
    first = case.lots[0].id

    def text(case: Case, article: int) -> str:
        return " ".join(own for _, own in replace(contract, case=case).articles()[article].texts)

    def policy(name: str, value: str) -> Case:
        rows = [row for row in case.policy if row.name != name]
        row = next(iter(case.policy)).model_copy(update={"name": name, "scope": first, "value": value, "unit": ""})
        others = [row.model_copy(update={"scope": lot.id}) for lot in case.lots]
        return replace(case, policy=type(case.policy)((*rows, *others)))

    assert "ook als het budget op is" in text(policy("acceptance_duty", "yes"), 3)
    assert "mag een inwoner weigeren om [gronden]" in text(policy("acceptance_duty", "no"), 3)
    assert "Een wachtlijst mag niet." in text(policy("waiting_list", "not_allowed"), 3)
    assert "vermenigvuldigd met de verhouding" in text(policy("indexation", "multiplicative"), 2)
    assert "nagerekend met de definitieve index" in text(policy("first_year_index", "provisional"), 2)
    weeks = replace(case, lots=tuple(row.model_copy(update={"handover_weeks": 13.0}) for row in case.lots))
    assert "binnen 13 weken" in text(weeks, 8)
    assert "binnen [termijn]" in text(replace(case, lots=tuple(
        row.model_copy(update={"handover_weeks": 0.0}) for row in case.lots)), 8)  # fmt: skip


def test_without_a_design_there_is_no_contract(contract: ContractText) -> None:
    design: LumpSumDesign = replace(
        contract.design, conflicts=(Conflict(Limit("solvency", ("aanbieder-1",)), 1.0),)
    )
    assert not design.feasible
    assert replace(contract, design=design).articles() == []
    assert replace(contract, design=design).lines() == []
