"""A case before there are contracts: whoever offers a care form of a lot is taken as one of its providers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bekostiging.case.arguments import checked_path
from bekostiging.case.core_tables import Contract
from bekostiging.case.errors import Note
from bekostiging.case.model import Case
from bekostiging.case.read import (
    EMBEDDED,
    SYNTHETIC,
    doubted,
    located,
    of_today,
    read_case,
    read_draft,
    source_of,
    told,
    validated,
)
from bekostiging.case.tables import TABLES

NO_CONTRACTS: Note = {
    "nl": "Er zijn nog geen contracten: wie in een perceel een zorgvorm aanbiedt, telt hier als aanbieder van dat perceel.",
    "en": "There are no contracts yet: whoever offers a care form of a lot counts as one of its providers here.",
}


def read_case_before_contracts(name: str | Path) -> Case:
    """Read a case as ``read_case`` does, of which table contracts may be empty or absent; ``notes`` says so.

    Parameters
    ----------
    name : str or path
        As of ``read_case``.

    Returns
    -------
    Case
        With a contract for whoever offers a care form of a lot, where the case has none.

    Raises
    ------
    UserError
        No such case, folder or workbook.
    CaseError
        Everything wrong in the other tables.

    Examples
    --------
    >>> from bekostiging.case import read_case, read_case_before_contracts
    >>> read_case_before_contracts("veenrand").contracts == read_case("veenrand").contracts
    True
    """
    if not isinstance(name, str):
        name = checked_path("name", name)
    if str(name) in (*EMBEDDED, *SYNTHETIC):
        return read_case(name)
    source = source_of(name)
    required = [table for table, model in TABLES.items() if model.required and table != "contracts"]
    with located(source):
        read = read_draft(source, required, head="required")
        with doubted(read):
            draft = of_today(read)
            if draft.tables.get("contracts"):
                return read_case(name)
            tables: dict[str, Any] = {**draft.tables, "contracts": implied_contracts(draft.tables)}
            notes = (*told(source, draft.notes), NO_CONTRACTS)
            return validated(Case(**draft.head or {}, **tables, notes=notes, sheets=source.lang))


def implied_contracts(tables: Mapping[str, tuple[Any, ...]]) -> tuple[Contract, ...]:
    """A contract for every provider that offers a care form of a lot, in the order of lots and offers."""
    pairs: dict[tuple[str, str], None] = {}
    for lot in tables["lots"]:
        for offer in tables["offers"]:
            if offer.care_form in lot.care_forms:
                pairs[offer.provider, lot.id] = None
    return tuple(
        Contract(provider=provider, lot=lot, source="offers", status="estimated") for provider, lot in pairs
    )
