"""A suite so small that a test can work through it."""

from __future__ import annotations

from pathlib import Path

MINI = """\
name = "mini"
title = { nl = "Proef", en = "Trial" }
cases = []
payment_forms = ["inspanningsgericht", "taakgericht", "outputgericht"]
confidence = [0.9]
shocks = ["growth"]
decision_models = ["lumpsum"]
scenarios = 32
design_scenarios = 32
shock_scenarios = 32
decision_scenarios = 32
simulated_regions = 3
region_scenarios = 32
years = 2
seed = 1

[[region]]
name = "tiny"
municipalities = 2
providers = 6
seed = 1

[[shock]]
id = "growth"
name = "Volumegroei"
quantity = "inflow"
factor = 1.2
first_year = 1
years = 2
source = "test"
status = "illustrative"
"""

BARE = (
    ('shocks = ["growth"]', "shocks = []"),
    ('["lumpsum"]', "[]"),
    ("simulated_regions = 3", "simulated_regions = 0"),
)
"""Changes that leave the scoreboard alone."""


def mini(place: Path, *changes: tuple[str, str]) -> Path:
    """Write the suite, with changes."""
    text = MINI
    for was, now in changes:
        assert was in text
        text = text.replace(was, now, 1)
    path = place / "mini.toml"
    path.write_text(text)
    return path
