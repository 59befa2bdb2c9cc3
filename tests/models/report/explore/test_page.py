"""The page as a person uses it: in a headless browser, by keyboard and pointer, at three widths."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bekostiging.case import UserError
from bekostiging.contracts import LUMP_SUM
from bekostiging.evaluation import Comparison
from bekostiging.report.explore.inline import inline_explore
from bekostiging.report.explore.page import PAGE, provider_id, write_explore
from bekostiging.report.explore.recomputed import recomputed_page, recomputed_results
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import LumpSumStudy
from bekostiging.studies.choices_file import Choices, read_choices
from bekostiging.studies.exploration import explore
from bekostiging.studies.recomputed import recomputed

WIDTHS = ((1366, 768), (1920, 1080), (390, 844))
NASTY = "</script><script>document.title='x'</script>\"'&\u202e\u0007"
"""A name that would be code, or hide what follows it."""


@pytest.fixture(scope="module")
def place(outcome: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_explore(outcome, tmp_path_factory.mktemp("explore"))


def opened(browser: Any, path: Path, hash_: str = "", width: int = 1366, height: int = 768) -> Any:
    """The page, with everything that went wrong or was asked of a network in ``page.wrong``."""
    page = browser.new_page(viewport={"width": width, "height": height}, accept_downloads=True)
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
    page.on(
        "request", lambda asked: None if asked.url.startswith(("file:", "blob:")) else page.wrong.append(asked.url)
    )
    page.goto(path.as_uri() + hash_)
    return page


def settled(page: Any) -> str:
    """The answer, once the page has shown what was asked last."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return str(page.text_content("#answer"))


def test_a_slider_moves_by_keyboard_and_pointer_and_undo_brings_it_back(browser: Any, place: Path) -> None:
    page = opened(browser, place)
    first = settled(page)
    volume = page.locator("input[data-name=volume]")
    volume.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    by_key = settled(page)
    assert by_key != first
    assert volume.input_value() == "1.05"
    box = volume.bounding_box()
    page.mouse.click(box["x"] + 4, box["y"] + box["height"] / 2)
    assert float(volume.input_value()) < 0.75
    assert settled(page) not in (first, by_key)
    while page.is_enabled("#undo"):
        page.click("#undo")
        settled(page)
    assert settled(page) == first
    assert page.wrong == []
    page.close()


def test_the_keyboard_alone_will_do(browser: Any, place: Path) -> None:
    """A slider, undo until nothing is left, another proposal and its name (one that runs from right to left), no pointer."""
    page = opened(browser, place)
    first = settled(page)

    def tab_to(selector: str) -> None:
        for _ in range(100):
            page.keyboard.press("Tab")
            if page.evaluate("(own) => document.activeElement.matches(own)", selector):
                return
        raise AssertionError(selector)

    tab_to("input[data-name=volume]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    assert page.input_value("input[data-name=volume]") == "1.3"
    assert settled(page) != first
    tab_to("#undo")
    while page.is_enabled("#undo"):
        page.keyboard.press("Enter")
        settled(page)
    assert settled(page) == first
    assert page.evaluate("document.activeElement.parentElement.id") == "tabs"  # the keyboard is not lost
    tab_to("#add")
    page.keyboard.press("Enter")
    settled(page)
    tab_to("#name")
    page.keyboard.type("\u05e9\u05dc\u05d5\u05dd")
    page.keyboard.press("Enter")
    settled(page)
    assert page.locator("#tabs button").nth(1).text_content() == "\u05e9\u05dc\u05d5\u05dd"
    page.close()


def test_three_proposals_go_through_a_link_and_a_file_and_are_computed_again(
    browser: Any, place: Path, outcome: Comparison, tmp_path: Path
) -> None:
    page = opened(browser, place)
    for name, value in (("volume", "1.1"), ("price", "0.05")):
        page.click("#add")
        page.locator(f"input[data-name={name}]").fill(value)
    page.fill("#name", NASTY)
    page.press("#name", "Enter")
    page.locator("select[data-name=form]").first.select_option("outputgericht")
    page.locator("input[data-name=locked]").first.check()
    said = settled(page)
    assert page.locator("#tabs button").count() == 3
    assert page.title() != "x"
    page.click("#link")
    link = page.input_value("#link-text")
    again = opened(browser, place, "#" + link.split("#")[1])
    assert settled(again) == said
    assert again.locator("#tabs button").count() == 3
    assert again.locator("select[data-name=form]").first.is_disabled()
    with page.expect_download() as download:
        page.click("#save")
    saved = tmp_path / "keuze.json"
    download.value.save_as(saved)
    fresh = opened(browser, place)
    fresh.set_input_files("#file", saved)
    fresh.locator("#tabs button").nth(2).wait_for()
    assert settled(fresh) == said
    assert [*page.wrong, *again.wrong, *fresh.wrong] == []
    for one in (page, again, fresh):
        one.close()
    _computed_again(outcome, read_choices(saved, outcome.case))


def _computed_again(outcome: Comparison, choices: Choices) -> None:
    """On the scenarios of the page itself the figures are the same; on fresh ones they lie within some errors."""
    from bekostiging.report.explore.page import fingerprint_of

    found = recomputed(outcome, choices, fingerprint_of(outcome.case))
    assert found.same_case
    assert found.variants[0].name == "Ontwerp"
    expected = [
        own for one in found.variants for own in one.figures if own.name == "expected" and own.place == "term"
    ]
    assert len(expected) == 3
    for own in expected:
        assert own.said is not None
        assert own.difference == pytest.approx(0.0, abs=0.02 * own.said)
    for variant in found.variants:
        kinds = {own.limit.kind for own in variant.limits}
        assert {"begroting", "reserve", "solvency", "return_on_capital", "fair_price", "loading_cap"} <= kinds
    assert len(recomputed_results(found)["variants"]) == 3
    told = recomputed_page(outcome, found, Texts("nl"))
    assert "<script>document.title" not in told


def test_a_damaged_or_foreign_file_is_refused_in_the_page(browser: Any, place: Path, tmp_path: Path) -> None:
    page, texts = opened(browser, place), Texts("nl").sections["explore"]
    before = settled(page)
    cases = {"{": "refused_damaged", "[1, 2]": "refused_no_choices", json.dumps(FORMER): "refused_former"}
    for text, key in cases.items():
        own = tmp_path / f"{key}.json"
        own.write_text(text)
        page.set_input_files("#file", own)
        page.locator("#message", has_text=texts[key]).wait_for()
        assert settled(page) == before
    page.close()
    linked = opened(browser, place, "#k=%%%")
    linked.locator("#message", has_text=texts["refused_damaged_link"]).wait_for()
    assert settled(linked) == before
    linked.close()


def test_it_fits_at_every_width(browser: Any, place: Path) -> None:
    page = opened(browser, place)
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        settled(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


NARROWEST = WIDTHS[-1]


@pytest.mark.parametrize(
    ("width", "height"), [NARROWEST, *(pytest.param(*one, marks=pytest.mark.slow) for one in WIDTHS[:-1])]
)
def test_everybody_can_use_it(browser: Any, place: Path, width: int, height: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="group browser is not installed")
    page = opened(browser, place, width=width, height=height)
    settled(page)
    found = axe.Axe().run(page).response["violations"]
    serious = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
    assert serious == [], [(one["id"], one["nodes"][0]["html"]) for one in found]
    assert page.locator("input:not([type=file]):not([aria-label]):not([id=name])").count() > 0
    page.close()


def test_it_prints_what_was_chosen_without_the_controls(browser: Any, place: Path) -> None:
    page = opened(browser, place)
    page.locator("input[data-name=volume]").fill("1.2")
    settled(page)
    page.emulate_media(media="print")
    assert not page.is_visible(".controls")
    assert page.is_visible("#chosen table")
    assert len(page.pdf(format="A4")) > 10_000
    page.close()


def test_nothing_can_connect(browser: Any, place: Path) -> None:
    page = opened(browser, place)
    policy = page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")
    assert policy.startswith("default-src 'none'")
    assert "connect-src 'none'" in policy
    assert "unsafe" not in policy
    tried = page.evaluate("fetch('https://example.org').then(() => 'yes', () => 'no')")
    assert tried == "no"
    page.close()


def test_names_stay_text(browser: Any, outcome: Comparison, tmp_path: Path) -> None:
    case = outcome.case
    lots = tuple(row.model_copy(update={"name": NASTY}) for row in case.lots)
    providers = tuple(row.model_copy(update={"name": NASTY}) for row in case.providers)
    path = write_explore(replace(outcome, case=replace(case, lots=lots, providers=providers)), tmp_path)
    page = opened(browser, path)
    settled(page)
    assert page.title() != "x"
    assert "document.title='x'" in page.text_content("#providers")
    assert page.wrong == []
    page.close()


def test_the_page_of_a_provider_has_nobody_elses_numbers(
    browser: Any, outcome: Comparison, tmp_path: Path
) -> None:
    case = outcome.case
    own, others = case.providers[0].id, [row for row in case.providers[1:]]
    path = write_explore(outcome, tmp_path, provider=own)
    text = path.read_text()
    data = json.loads(text.split('id="page-data">')[1].split("</script>")[0])
    model = data["model"]
    assert [one["id"] for one in model["providers"]] == [own]
    assert len(model["contracts"]) == sum(row.provider == own for row in case.contracts)
    assert (model["municipalities"], model["headroom"], model["pools"], model["waiting"]) == ([], [], [], None)
    assert all(lot["keys"] == [] for lot in model["lots"])
    for row in others:
        assert f'"{row.id}"' not in text
        assert row.name not in text
    page = opened(browser, path)
    first = settled(page)
    page.locator("input[data-name=budget]").first.fill("0.9")
    assert settled(page) != first
    assert page.locator("#spending").count() == 0
    assert page.wrong == []
    page.close()


def test_a_provider_that_is_not_there_is_refused(outcome: Comparison) -> None:
    with pytest.raises(UserError, match="no contract here; choose one of"):
        provider_id(outcome.case, "nobody", outcome.case)


FORMER = {
    "format": "bekostiging-keuze", "version": 1, "case": "x", "fingerprint": "x", "shown": 0, "variants": [],
}  # fmt: skip
"""A file without the lump sum that budgets are a part of, as first pages saved it."""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "damaged or no JSON"),
        ("[" * 100_000, "damaged or no JSON"),
        ('{"a": 1}', "no keuze.json of an explore page"),
        ("NaN", "no keuze.json of an explore page"),
        (json.dumps(FORMER), "was saved on a page of an earlier bekostiging.* save the choice there once more"),
        (None, "there is no such file"),
    ],
)
def test_the_command_refuses_what_is_no_choice(
    outcome: Comparison, tmp_path: Path, text: str | None, told: str
) -> None:
    path = tmp_path / "keuze.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UserError, match=told):
        read_choices(path, outcome.case)


def test_the_file_is_called_as_the_manual_says() -> None:
    assert PAGE == "verken.html"


EXTREME: tuple[dict[str, object], ...] = (
    {"budget": 0.7, "corridor": {"free_zone": 0.0, "deficit": 0.0, "surplus": 1.0}},
    {"budget": 1.3, "corridor": {"free_zone": 0.3, "deficit": 1.0, "surplus": 0.0}, "index": "cost"},
    {"form": "inspanningsgericht", "ceiling": 0.5, "index": "forecast"},
    {"form": "outputgericht", "ceiling": 1.5},
)
"""Terms at the ends of their ranges."""


def test_at_the_ends_of_every_range_the_page_has_numbers(browser: Any, place: Path, outcome: Comparison) -> None:
    page = opened(browser, place)
    settled(page)
    lots = [lot.id for lot in outcome.case.lots]
    codes = list(outcome.case.reported_codes)
    for k, terms in enumerate(EXTREME):
        of_all = {
            "volume": 0.7 if k % 2 else 1.3,
            "duration": 1.3 if k % 2 else 0.7,
            "price": 0.1,
            "certainty": 0.99,
        }
        choice = of_all | {
            "lots": dict.fromkeys(lots, terms),
            "without_municipalities": codes if k == 3 else codes[:1],
        }
        page.goto(place.as_uri() + linked(choice))
        page.reload()
        told = settled(page)
        text = page.text_content("main")
        for nonsense in ("NaN", "undefined", "Infinity", "null"):
            assert nonsense not in text, (nonsense, terms)
        assert any(char.isdigit() for char in told)
    assert page.wrong == []
    page.close()


def linked(choice: dict[str, object]) -> str:
    """A link with one proposal that differs from the design so much."""
    text = json.dumps({"shown": 0, "variants": [["A", choice]]}).encode()
    return "#k=" + base64.urlsafe_b64encode(text).decode().rstrip("=")


def test_a_lot_keeps_a_provider(browser: Any, place: Path, outcome: Comparison) -> None:
    page = opened(browser, place)
    before = settled(page)
    page.locator("summary", has_text=Texts("nl")["explore", "without_providers"]).click()
    boxes = page.locator("input[data-name=without_providers]")
    messages = []
    for k in range(boxes.count()):
        boxes.nth(k).click()
        told = settled(page)
        messages.append(page.text_content("#message"))
    assert told != before
    assert any("geen aanbieder over" in one for one in messages)
    left = sum(boxes.nth(k).is_checked() for k in range(boxes.count()))
    assert 0 < left < boxes.count()
    page.close()


def test_the_command_gives_the_numbers_of_the_page_on_its_scenarios(
    browser: Any, place: Path, outcome: Comparison, tmp_path: Path
) -> None:
    """Everything at once, to within what the 16 bits and cents move: a thousandth of spending is far more than that."""
    page = opened(browser, place)
    page.locator("input[data-name=volume]").fill("1.04")
    page.locator("input[data-name=price]").fill("0.02")
    page.locator("input[data-name=budget]").first.fill("0.97")
    page.locator("select[data-name=form]").nth(1).select_option("inspanningsgericht")
    page.locator("select[data-name=index]").nth(2).select_option("cost")
    settled(page)
    with page.expect_download() as download:
        page.click("#save")
    download.value.save_as(tmp_path / "keuze.json")
    page.close()
    choices = read_choices(tmp_path / "keuze.json", outcome.case)
    (found,) = recomputed(outcome, choices, "x", fresh=0).variants
    told = [own for own in found.figures if own.said is not None]
    assert len(told) > 20
    largest = max(abs(own.found.value) for own in told)
    for own in told:
        assert own.difference == pytest.approx(0.0, abs=1e-5 * largest), (own.place, own.name)


def test_a_notebook_shows_the_page_in_a_frame(browser: Any, outcome: Comparison, tmp_path: Path) -> None:
    shown = inline_explore(outcome, lang="en", height=500)._repr_html_()
    assert 'sandbox="allow-scripts' in shown
    assert "allow-same-origin" not in shown
    host = tmp_path / "notebook.html"
    host.write_text(f"<!doctype html><meta charset=utf-8><body>{shown}</body>")
    page = opened(browser, host)
    frame = page.frame_locator("iframe")
    frame.locator("#answer", has_text="thousand euro").wait_for()
    assert not frame.locator("#link").is_visible()
    assert page.wrong == []
    page.close()


def numbers_in(found: object) -> Iterator[float]:
    """Every number of some JSON."""
    if isinstance(found, dict):
        for one in found.values():
            yield from numbers_in(one)
    elif isinstance(found, list):
        for one in found:
            yield from numbers_in(one)
    elif isinstance(found, float | int) and not isinstance(found, bool):
        yield float(found)


@pytest.mark.parametrize("of", ["comparison", pytest.param("lump sum", marks=pytest.mark.slow)])
def test_no_number_of_another_provider_stands_there_or_is_left_by_subtraction(
    outcome: Comparison, request: pytest.FixtureRequest, tmp_path: Path, of: str
) -> None:
    """Amounts of others, sums of a lot, a year or all, and those sums less what the provider knows of itself."""
    study: Comparison | LumpSumStudy = outcome
    if of == "lump sum":
        study = request.getfixturevalue("lumpsum_study")
    found = explore(study)
    case, own = study.case, study.case.providers[0].id
    path = write_explore(study, tmp_path, provider=own)
    data = json.loads(path.read_text().split('id="page-data">')[1].split("</script>")[0])
    shown = np.unique(np.abs([one for one in numbers_in(data) if abs(one) > 1000]))
    lump = found.contracts[LUMP_SUM]
    amounts = {
        name: np.array([np.asarray(getattr(one, name)) for one in lump]) for name in ("reference", "budget")
    } | {
        key: np.stack([found.arrays[f"{c}/{key}"].mean(axis=0) for c in range(len(lump))])
        for key in ("base", "cost")
    }
    mine = np.array([row.provider == own for row in case.contracts])
    secret = [found.buffer[1:], [found.buffer.sum(), found.buffer[1:].sum()]]
    for values in amounts.values():
        secret.append(values[~mine].ravel())
        groups = [np.array([row.lot == lot.id for row in case.contracts]) for lot in case.lots]
        for group in (*groups, np.ones(len(mine), dtype=bool)):
            if (group & ~mine).any():
                whole = values[group].sum(axis=0)
                secret += [whole, whole - values[group & mine].sum(axis=0), [whole.sum()]]
    for one in np.concatenate([np.ravel(part) for part in secret]):
        place = np.abs(shown - one) <= 1e-9 * abs(one) if one else np.zeros(1, dtype=bool)
        assert not place.any(), one
    kept = amounts["reference"][mine].ravel()
    assert np.isin(np.round(kept), np.round(shown)).all()  # the search finds what does stand there
