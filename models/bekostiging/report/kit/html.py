"""Templates of the pages: HTML escaped, nothing undefined."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


def template(name: str) -> Template:
    """A template by the name of its file."""
    environment = Environment(
        loader=PackageLoader("bekostiging.report.kit", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
