"""One headless browser for a file of tests, where there is one; else they are skipped with the reason."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def started() -> Iterator[object]:
    """A browser of the machine, driven by Playwright; nothing is downloaded."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="group browser is not installed (uv sync --group browser)"
    )
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no chromium on this machine")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
