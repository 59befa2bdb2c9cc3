"""The packages of the extra ``data``, imported where they are used: without them one sentence with the remedy."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bekostiging.case.errors import UserError


def lxml_etree() -> Any:
    """The module ``lxml.etree``.

    Raises
    ------
    UserError
        It is not installed.
    """
    return _found("lxml.etree")


def duckdb_module() -> Any:
    """The module ``duckdb``.

    Raises
    ------
    UserError
        It is not installed.
    """
    return _found("duckdb")


def _found(name: str) -> Any:
    """A module of the extra."""
    try:
        return import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        raise UserError(
            f"{package} is niet geïnstalleerd en is nodig om berichten te lezen en te bewaren; geef `python -m pip install "
            '"bekostiging[data]"`.',
            f"{package} is not installed and is needed to read and keep messages; give `python -m pip install "
            '"bekostiging[data]"`.',
            exit_code=2,
        ) from None
