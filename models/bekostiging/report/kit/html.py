"""Templates of the pages: HTML escaped, nothing undefined, nothing that nobody sees."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bekostiging.characters import visible


def template(name: str) -> Template:
    """A template by the name of its file."""
    environment = Environment(
        loader=PackageLoader("bekostiging.report.kit", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _seen(value: object) -> object:
    """A text of the case as a page shows it; what the package itself made as HTML stays as it is."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
