"""Write the pictures of docs/verken.md from the page of the example region; ``python scripts/explore_pictures.py``, or of a
verken.html that is there: ``python scripts/explore_pictures.py results/verken.html``.

Needs group ``browser`` and a Chromium of the machine; nothing is downloaded.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bekostiging.case import read_case
from bekostiging.report.explore.page import write_explore
from bekostiging.studies import compare

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
WIDTH, HEIGHT = 1180, 760
SCENARIOS, DESIGN = 128, 96


def pictures(page: Any, folder: Path) -> None:
    """The page as it opens, a lot whose terms were changed and locked, and proposals side by side."""
    page.screenshot(path=folder / "verken-begin.png")
    page.click("#add")
    page.fill("#name", "Krapper budget")
    page.press("#name", "Enter")
    lot = page.locator("details.lot").first
    lot.locator("input[data-name=budget]").fill("0.97")
    lot.locator("select[data-name=corridor]").select_option("own")
    lot.locator("input[data-name=free_zone]").fill("0.05")
    lot.locator("input[data-name=locked]").check()
    page.set_viewport_size({"width": WIDTH, "height": 2 * HEIGHT})
    lot.screenshot(path=folder / "verken-perceel.png")
    page.click("#add")
    page.fill("#name", "Meer cliënten")
    page.press("#name", "Enter")
    page.locator("input[data-name=volume]").fill("1.05")
    page.wait_for_timeout(500)
    page.locator("section[aria-labelledby=h-variants]").screenshot(path=folder / "verken-voorstellen.png")


def photographed(path: Path) -> None:
    """Open the page and write its pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no chromium on this machine")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(path.resolve().as_uri())
        page.wait_for_timeout(1000)
        pictures(page, IMAGES)
        browser.close()


def main() -> None:
    if len(sys.argv) > 1:
        photographed(Path(sys.argv[1]))
        return
    outcome = compare(read_case("region"), n_scenarios=SCENARIOS, design_scenarios=DESIGN, workers=2)
    with tempfile.TemporaryDirectory() as draft:
        photographed(write_explore(outcome, Path(draft)))


if __name__ == "__main__":
    main()
