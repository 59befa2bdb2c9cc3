"""The page settles as the contract objects do: random settings in a browser and in Python, before and after 16 bits."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from settings import as_choice, by_contracts, random_setting

from bekostiging.case import Case
from bekostiging.case.tables import ContractClause
from bekostiging.contracts import LUMP_SUM
from bekostiging.evaluation import TOTAL, Comparison
from bekostiging.evaluation import figures as names
from bekostiging.evaluation.cover import Cover
from bekostiging.evaluation.estimates import municipal_estimates, provider_estimates
from bekostiging.evaluation.what_if import RANGES, WhatIf, designed_setting
from bekostiging.lumpsum import free_buffer
from bekostiging.report.explore.packing import packed_page
from bekostiging.report.explore.page import MODULES, bundle
from bekostiging.studies.exploration import Exploration, explore
from bekostiging_solvers import Scramblings

SETTINGS, FEW, SCENARIOS = 500, 20, 64
EQUAL = 1e-6
"""Relative to the largest amount of the contract, municipality or provider."""
CENT = 0.01
PAIRS = {
    "municipal": "municipal",
    "revenue": "revenue",
    "cost": "cost",
    "payment": "payment",
    "contract_cost": "contractCost",
}
SOURCES, ROOT = files("bekostiging.report.explore"), Path(__file__).parents[4]
KERNEL = "\n".join(
    re.sub("^import .*;$", "", (SOURCES / name).read_text(), flags=re.MULTILINE).replace("export ", "")
    for name in ("kernel.js", "figures.js")
)


def with_terms(outcome: Comparison) -> Comparison:
    """With a shared ceiling, a main contractor, and clauses of every kind the page settles."""
    case = outcome.case

    def clause(kind: str, form: str, position: int, **terms: Any) -> ContractClause:
        own = {"lot": case.lots[0].id, "payment_form": form, "clause": kind, "position": position}
        return ContractClause(**own, **terms, source="test", status="illustrative")

    clauses = tuple(
        clause("quota_share", form, 1, share=0.3) for form in ("inspanningsgericht", LUMP_SUM)
    ) + tuple(
        clause("stop_loss", form, 2, share=0.8, lower=1.05, upper=1.2) for form in ("inspanningsgericht", LUMP_SUM)
    )
    clauses += (
        clause("equalisation_reserve", LUMP_SUM, 3, share=0.6, upper=0.03),
        clause("volume_clause", LUMP_SUM, 4, share=0.4, lower=0.97, upper=1.04),
        clause("provider_pool", LUMP_SUM, 5, share=0.5, lower=1.01, upper=1.3),
        clause("provider_pool", "inspanningsgericht", 3, share=0.4, lower=1.0),
        clause("equalisation_reserve", LUMP_SUM, 1, share=1.0).model_copy(update={"lot": case.lots[1].id}),
        clause("volume_clause", LUMP_SUM, 2, share=1.0, lower=0.9, upper=1.0).model_copy(
            update={"lot": case.lots[1].id}
        ),
    )
    contracts = list(case.contracts)
    first = contracts[0].lot
    own = [c for c, row in enumerate(contracts) if row.lot == first]
    for c in own[:2]:
        contracts[c] = contracts[c].model_copy(update={"ceiling": 4e6, "ceiling_pool": "samen"})
    other = contracts[own[1]].provider
    contracts[own[0]] = contracts[own[0]].model_copy(
        update={"main_contractor": other, "passed_tariff_share": 0.95, "passed_corridor_share": 0.5}
    )
    return replace(outcome, case=replace(case, contracts=tuple(contracts), clauses=clauses), n_scenarios=SCENARIOS)


@pytest.fixture(scope="module")
def plain(outcome: Comparison) -> Exploration:
    return explore(outcome)


@pytest.fixture(scope="module")
def rich(outcome: Comparison) -> Exploration:
    return explore(with_terms(outcome))


CALLED = """([model, text, choices]) => {
  const packed = (one) => {
    let text = "";
    new Uint8Array(one.buffer).forEach((byte) => { text += String.fromCharCode(byte); });
    return btoa(text);
  };
  const plain = atob(text);
  const bytes = Uint8Array.from(plain, (c) => c.charCodeAt(0)).buffer;
  const arrays = unpacked(model, bytes);
  const kernel = new Kernel(model, arrays);
  return choices.map((choice) => {
    const own = kernel.settle(choice);
    return Object.fromEntries(Object.entries(own).map(([key, all]) => [key, all.map(packed)]));
  });
}"""


def in_browser(
    browser: Any, found: Exploration, settings: list[WhatIf], *, exact: bool
) -> list[dict[str, np.ndarray]]:
    """What the kernel makes of settings, in the shapes of Python."""
    page, packed = browser.new_page(), packed_page(found, exact=exact)
    page.add_script_tag(content=KERNEL)
    told = []
    for k in range(0, len(settings), 50):
        choices = [as_choice(one) for one in settings[k : k + 50]]
        told += page.evaluate(CALLED, [packed.model, packed.text, choices])
    page.close()
    shape = (found.n_scenarios, found.n_years)
    return [
        {
            name: np.stack([np.frombuffer(base64.b64decode(one)).reshape(shape) for one in own[js]], axis=2)
            for name, js in PAIRS.items()
        }
        for own in told
    ]


def pooled_contracts(case: Case) -> dict[str, np.ndarray]:
    """How many contracts of each contract (itself) and provider a pool can touch; none elsewhere."""
    lots = {row.lot for row in case.clauses if row.clause == "provider_pool"}
    own = np.array([row.lot in lots for row in case.contracts], dtype=float)
    of_providers = [
        sum(pooled for row, pooled in zip(case.contracts, own, strict=True) if row.provider == one.id)
        for one in case.providers
    ]
    return {"payment": own, "revenue": np.array(of_providers)}


def largest_difference(one: np.ndarray, other: np.ndarray, pooled: np.ndarray | float) -> float:
    """Relative to the largest amount of each contract, municipality or provider. The contract objects divide a pool in whole
    cents, the page does not, and a contract that is left out has less than a cent: there a cent is a millionth."""
    scale = np.maximum(np.abs(one).max(axis=(0, 1)), pooled * CENT / EQUAL)
    off = np.abs(one - other).max(axis=(0, 1))
    assert not off[scale == 0].any()
    return float((off / np.where(scale == 0, 1.0, scale)).max())


@pytest.mark.parametrize("n", [FEW, pytest.param(SETTINGS, marks=pytest.mark.slow)])
def test_settings_are_settled_as_the_contracts_do(browser: Any, rich: Exploration, n: int) -> None:
    rng = np.random.default_rng(35)
    settings = [random_setting(rich, rng) for _ in range(n)]
    assert rich.n_scenarios == SCENARIOS
    page, python = in_browser(browser, rich, settings, exact=True), by_contracts(rich, settings)
    pooled = pooled_contracts(rich.case)
    for setting, own, other in zip(settings, page, python, strict=True):
        for name in PAIRS:
            assert largest_difference(other[name], own[name], pooled.get(name, 0.0)) <= EQUAL, (name, setting)
    totals = {round(float(one["payment"].sum())) for one in python}
    assert len(totals) == n  # every setting came to something else


ONE_BY_ONE = """([model, text, choices]) => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  const arrays = unpacked(model, bytes);
  const kept = new Figures(model, arrays);
  return choices.map((choice) => JSON.stringify(kept.of(choice)) === JSON.stringify(figures(model, arrays, choice)));
}"""


def test_what_a_change_leaves_is_kept_and_the_rest_settled_again(browser: Any, rich: Exploration) -> None:
    """One slider after the other, as a reader moves them: the same figures to the last digit as of a page just opened."""
    rng = np.random.default_rng(37)
    setting = designed_setting(rich.case, LUMP_SUM)
    settings = [setting]
    for _ in range(30):
        other = random_setting(rich, rng)
        name = rng.choice(
            ["volume", "price", "begroting", "certainty", "without_municipalities", "lot", "lot", "lot"]
        )
        if name == "lot":
            lot = str(rng.choice(list(setting.lots)))
            setting = replace(setting, lots={**setting.lots, lot: other.lots[lot]})
        else:
            setting = replace(setting, **{name: getattr(other, name)})
        settings.append(setting)
    settings += [replace(setting, without_providers=random_setting(rich, rng).without_providers), setting]
    page, packed = browser.new_page(), packed_page(rich, exact=True)
    page.add_script_tag(content=KERNEL)
    same = page.evaluate(ONE_BY_ONE, [packed.model, packed.text, [as_choice(one) for one in settings]])
    page.close()
    assert same == [True] * len(settings)


def test_16_bits_move_spending_by_no_more_than_the_page_says(browser: Any, plain: Exploration) -> None:
    rng = np.random.default_rng(36)
    usual = designed_setting(plain.case, LUMP_SUM)
    settings = [usual, *(replace(usual, begroting=random_setting(plain, rng).begroting) for _ in range(2))]
    said = packed_page(plain).rounding
    page, python = in_browser(browser, plain, settings, exact=False), by_contracts(plain, settings)
    for own, other in zip(page, python, strict=True):
        off = np.abs(own["municipal"].sum(axis=2) - other["municipal"].sum(axis=2)).max()
        assert 0 < off <= said
        assert said < 1e-4 * other["municipal"].sum(axis=2).max()


def test_figures_of_the_design_are_those_of_the_comparison(
    browser: Any, plain: Exploration, outcome: Comparison
) -> None:
    """Everybody served; the comparison settles to the cent, so amounts agree to within a cent a payment."""
    page, packed = browser.new_page(), packed_page(plain, exact=True)
    page.add_script_tag(content=KERNEL)
    script = CALLED.replace("kernel.settle(choice)", "figures(model, arrays, choice)").replace(
        "return Object.fromEntries(Object.entries(own).map(([key, all]) => [key, all.map(packed)]));",
        "return own;",
    )
    usual = designed_setting(plain.case, LUMP_SUM)
    (own,) = page.evaluate(script, [packed.model, packed.text, [as_choice(usual)]])
    samples, scramblings = outcome.forms[LUMP_SUM].samples["absorb"], Scramblings(outcome.n_scramblings)
    discount = plain.discount
    spending = municipal_estimates(plain.case, scramblings, samples, Cover.of(outcome.lumpsum.data), discount)[
        TOTAL
    ]
    pairs = {
        "expected": names.EXPECTED,
        "p10": names.P10,
        "p90": names.P90,
        "resistance": names.REQUIRED_RESISTANCE_CAPACITY,
        "overrun_probability": names.OVERRUN_PROBABILITY,
        "overrun_size": names.OVERRUN_SIZE,
    }
    assert len(own["spending"]) == len(spending) == plain.n_years + 1
    for period, figures in spending.items():
        told = own["spending"].get(period) or own["spending"]["term"]
        for js, figure in pairs.items():
            if figure not in figures or told[js] is None:
                continue
            assert told[js]["value"] == pytest.approx(figures[figure].value, abs=1.0, rel=1e-6), (period, js)
        assert told["expected"]["error"] == pytest.approx(
            figures[names.EXPECTED].standard_error, abs=0.1, rel=1e-4
        )
    providers = provider_estimates(plain.case, scramblings, samples, free_buffer(plain.case), discount)
    for told, figures in zip(own["providers"], providers.values(), strict=True):
        assert told["expected"]["value"] == pytest.approx(figures[names.EXPECTED_RESULT].value, abs=1.0)
        assert told["worst"]["value"] == pytest.approx(figures[names.CVAR95_LOSS].value, abs=1.0)
        assert told["buffer_used_up"]["value"] == figures[names.BUFFER_EXHAUSTED_PROBABILITY].value


NODE_CHECK = """
import { between } from "./figures.js";
import { asLink, fromLink, read, written, wrongChoice } from "./state.js";
const page = JSON.parse(process.argv[2]);
const design = page.design;
const told = { between: [0, 1, 1.5, 2, 9].map((x) => between([1, 2], [10, 20], x)), refused: {} };
const state = { shown: 1, variants: [{ name: "A", choice: design }, { name: "B", choice: { ...design, volume: 1.1 } }] };
told.link = fromLink(page, asLink(page, state));
told.file = read(page, written(page, state));
told.state = state;
told.elsewhere = read(page, written({ ...page, designed: { other: 1 } }, state));
told.damaged = [fromLink(page, "#k=%%%"), fromLink(page, "#k=e30"), read(page, "{"), read(page, "[]"),
  read(page, written({ ...page, case: "other" }, state)), read(page, written({ ...page, version: 9 }, state)),
  read(page, written(page, { ...state, shown: 7 })),
  read(page, written({ ...page, designed: undefined }, state))].map((one) => one.problem);
for (const [name, value] of Object.entries(JSON.parse(process.argv[3]))) told.refused[name] = wrongChoice(page, value);
console.log(JSON.stringify(told));
"""


def test_state_goes_into_a_link_and_a_file_and_back(small_case: Case, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    for name in MODULES:
        (tmp_path / name).write_text((SOURCES / name).read_text())
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "check.js").write_text(NODE_CHECK)
    design = as_choice(designed_setting(small_case, LUMP_SUM))
    lot = small_case.lots[0].id
    wrong = {
        f"{name} {end}": design | {name: RANGES[name][0] - 1} for name in ("volume", "certainty") for end in "x"
    }
    wrong |= {"a word": design | {"volume": "1"}, "no lots": design | {"lots": {}}, "more": design | {"other": 1}}
    wrong |= {"form": design | {"lots": design["lots"] | {lot: design["lots"][lot] | {"form": "<script>"}}}}
    wrong |= {"provider": design | {"without_providers": ["nobody"]}, "right": design}
    forms = ["inspanningsgericht", "outputgericht", LUMP_SUM]
    page = {
        "case": small_case.name, "fingerprint": "x", "format": "bekostiging-keuze", "version": 1, "design": design,
        "designed": {row.id: {"loading": 0.1 + 0.2} for row in small_case.lots}, "ranges": RANGES,
        "lot_forms": {row.id: forms for row in small_case.lots}, "providers": ["aanbieder-1"],
        "lot_providers": {lot: ["aanbieder-1", "aanbieder-2"]}, "municipalities": list(small_case.reported_codes),
    }  # fmt: skip
    asked = [node, "check.js", json.dumps(page), json.dumps(wrong)]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["between"] == [10, 10, 15, 20, 20]
    assert told["link"] == {"state": told["state"]}
    assert told["file"] == {"state": told["state"], "otherDesign": False}
    assert told["elsewhere"] == {"state": told["state"], "otherDesign": True}
    assert told["damaged"] == [
        "damaged_link", "damaged_link", "damaged", "no_choices", "other_case", "other_version", "wrong",
        "former",
    ]  # fmt: skip
    assert told["refused"].pop("right") == ""
    assert all(told["refused"].values()), told["refused"]


def test_the_bundle_has_no_module_left_and_no_connection() -> None:
    script = bundle()
    assert "\nimport " not in script
    assert "\nexport " not in script
    for word in ("fetch(", "XMLHttpRequest", "WebSocket", "innerHTML", "eval(", "http://", "sendBeacon"):
        assert word not in script.replace("http://www.w3.org/2000/svg", ""), word


def test_types_are_checked(tmp_path: Path) -> None:
    """With the version of TypeScript that stands in .ci/explore, which installs it: another one judges otherwise."""
    asked = re.search(r"typescript@(\d+\.\d+\.\d+)", (ROOT / ".ci" / "explore").read_text())
    assert asked is not None
    tsc = shutil.which("tsc")
    if tsc is None:
        pytest.skip(f"no tsc on this machine: npm install --global typescript@{asked[1]}")
    told = subprocess.run([tsc, "--version"], capture_output=True, text=True, check=True).stdout
    if told.split()[-1] != asked[1]:
        pytest.skip(f"tsc is of another version than {asked[1]}: {told.strip()}")
    for name in MODULES:
        (tmp_path / name).write_text((SOURCES / name).read_text())
    options = ["--checkJs", "--allowJs", "--noEmit", "--strict", "--target", "es2022", "--module", "es2022"]
    command = [tsc, *options, "--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable", *MODULES]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
