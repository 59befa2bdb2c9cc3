"""Providers by number: an export of real contracts never names a provider unless asked.

A case is confidential where its contracts run, or where its names are real. ``names`` in the head says so; without it a name
that looks like one of a register (a legal form, a code of eight digits as AGB and KvK have) is taken as real.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from bekostiging.case.arguments import checked_kind
from bekostiging.case.client_table import ClientTable
from bekostiging.case.errors import Note
from bekostiging.case.fields import leaf
from bekostiging.case.model import Case
from bekostiging.case.not_bsn import exceptions
from bekostiging.case.rows import Row
from bekostiging.case.tables import TABLES

LEGAL_FORM = re.compile(
    r"\b(?:b\.?v|n\.?v|v\.?o\.?f|u\.?a|stichting|coöperatie|cooperatie|vereniging|maatschap|eenmanszaak)\b\.?",
    re.IGNORECASE,
)
CODE = re.compile(r"(?:agb|kvk)?[\s:_-]*\d{8}", re.IGNORECASE)
REFERENCES = ("provider", "main_contractor")
"""Columns that hold the id of a provider."""
SHORTEST = 4
"""Characters of a name that is looked for inside other texts; a shorter one is inside too many words."""


def looks_real(name: str) -> bool:
    """Whether a name or id of a provider looks like one of a register.

    >>> looks_real("Stichting De Brug"), looks_real("Anker B.V."), looks_real("KvK 12345678"), looks_real("large specialist")
    (True, True, True, False)
    """
    return LEGAL_FORM.search(name) is not None or CODE.fullmatch(name.strip()) is not None


def with_names_judged(case: Case) -> Case:
    """The case with ``names`` real where a planning case does not say and a provider looks like one of a register; told."""
    if case.kind == "running" or case.names:
        return case
    real = sum(any(map(looks_real, (row.name, row.name_en, row.id))) for row in case.providers)
    if not real:
        return case
    note = {
        "nl": f"{real} van de {len(case.providers)} aanbieders lijken namen uit een register te hebben: zij worden "
        'genummerd als bij lopende contracten. Zijn zij verzonnen, zet dan in de kop van de casus names = "invented".',
        "en": f"{real} of the {len(case.providers)} providers seem to have names from a register: they are numbered as "
        'under running contracts. If they are invented, put names = "invented" in the head of the case.',
    }
    return replace(case, names="real", notes=(*case.notes, note))


def privacy_notes(case: Case) -> tuple[Note, ...]:
    """What every report says of names and numbers: providers of a planning case that are numbered, exceptions stated."""
    told: Note = {
        "nl": "De namen van de aanbieders gelden als echt; daarom is dit vertrouwelijk, ook al loopt er nog geen contract.",
        "en": "The names of the providers count as real; so this is confidential, although the contracts do not run yet.",
    }
    planned = (told,) if case.confidential and case.kind == "planning" else ()
    return (*planned, *exceptions(case.not_bsn, TABLES, []).notes())


def provider_numbers(case: Case) -> dict[str, str]:
    """The number of every provider by its id, in the order of the file.

    >>> from bekostiging.case import synthetic_region
    >>> list(provider_numbers(synthetic_region(1, 3)).values())
    ['aanbieder-1', 'aanbieder-2', 'aanbieder-3']
    """
    width = len(str(len(case.providers)))
    return {row.id: f"aanbieder-{number:0{width}}" for number, row in enumerate(case.providers, 1)}


def pseudonymised(case: Case) -> Case:
    """A confidential case with its providers numbered in the order of the file; another case stays as it is.

    Ids and names change in every table that holds them, and in every text (source, title, notes) that names one in full or
    without its legal form.

    Parameters
    ----------
    case : Case
        A validated case.

    Returns
    -------
    Case
        The case that a report of a running contract may show.

    Raises
    ------
    UserError
        No ``Case`` is given.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from bekostiging.case import pseudonymised, read_case
    >>> running = replace(read_case("almere"), kind="running")
    >>> first = pseudonymised(running).providers[0]
    >>> first.id, first.name, first.name_en
    ('aanbieder-1', 'Aanbieder 1', 'Provider 1')
    """
    checked_kind("case", case, Case, "read_case")
    if not case.confidential:
        return case
    numbers = provider_numbers(case)
    numbered = _numbered(case, numbers)
    tables: dict[str, Any] = {
        table: tuple(_row(row, numbers, numbered) for row in getattr(case, table)) for table in TABLES
    }
    tables["providers"] = tuple(
        row.model_copy(update={"id": number, "name": _as_name(number), "name_en": _in_english(number)})
        for row, number in zip(tables["providers"], (numbers[own.id] for own in case.providers), strict=True)
    )
    return replace(
        case,
        name=re.sub(r"[^\w-]+", "-", numbered(case.name)),
        title=_texts(case.title, numbered),
        disclaimer=_texts(case.disclaimer, numbered),
        not_bsn=numbered(case.not_bsn),
        notes=tuple(_texts(note, numbered) for note in case.notes),
        **tables,
    )


def numbered_tables(tables: Mapping[str, Iterable[Row]], case: Case) -> dict[str, tuple[Row, ...]]:
    """Rows about a case with its providers numbered as ``pseudonymised`` numbers them; as they are where it does not."""
    if not case.confidential:
        return {name: tuple(rows) for name, rows in tables.items()}
    numbers = provider_numbers(case)
    numbered = _numbered(case, numbers)
    return {name: tuple(_row(row, numbers, numbered) for row in rows) for name, rows in tables.items()}


def numbered_notes(notes: Iterable[Note], case: Case) -> tuple[Note, ...]:
    """Notes about a case with the numbers of its providers for their names, where ``pseudonymised`` numbers them."""
    numbered = _numbered(case, provider_numbers(case)) if case.confidential else str
    return tuple(_texts(note, numbered) for note in notes)


def numbered_clients(table: ClientTable, case: Case) -> ClientTable:
    """A file with clients whose providers have the numbers of the case; one that the case does not know gets the next.

    It stays as it is where neither the case is confidential nor a provider of the file looks real.
    """
    if not case.confidential and not any(map(looks_real, set(table.provider))):
        return table
    numbers = provider_numbers(case)
    numbers |= {row.name: numbers[row.id] for row in case.providers}
    for name in dict.fromkeys(table.provider):
        numbers.setdefault(name, f"aanbieder-{len(set(numbers.values())) + 1}")
    numbered = _replaced(numbers)
    groups = {name: tuple(map(numbered, labels)) for name, labels in table.groups.items()}
    return ClientTable(tuple(numbers[name] for name in table.provider), table.profile, table.cost, groups)


def _texts(texts: Mapping[str, str], numbered: Callable[[str], str]) -> dict[str, str]:
    """Texts by language, with numbers for names."""
    return {lang: numbered(said) for lang, said in texts.items()}


def _numbered(case: Case, numbers: Mapping[str, str]) -> Callable[[str], str]:
    """What gives a text with the number of a provider wherever its id or name stands."""
    words: dict[str, str] = {}
    for row in case.providers:
        for name in filter(None, (row.name, row.name_en)):
            bare = " ".join(LEGAL_FORM.sub(" ", name).split()).strip(" ,.-")
            words |= dict.fromkeys((row.id, name, bare), numbers[row.id])
    return _replaced(words)


def _replaced(words: Mapping[str, str]) -> Callable[[str], str]:
    """What replaces whole words of a text, capitals or not, the longest first."""
    known = {_folded(word): number for word, number in words.items() if len(word) >= SHORTEST}
    if not known:
        return lambda text: text
    longest = sorted(known, key=len, reverse=True)
    written = "|".join(r"[\s_-]+".join(map(re.escape, word.split())) for word in longest)
    pattern = re.compile(rf"(?<![^\W_])(?:{written})(?![^\W_])", re.IGNORECASE)
    return lambda text: pattern.sub(lambda found: known.get(_folded(found[0]), found[0]), text)


def _folded(word: str) -> str:
    """A name as it is compared: capitals, spaces, dashes and underscores are alike."""
    return re.sub(r"[\s_-]+", " ", word).strip().casefold()


def _row(row: Row, numbers: Mapping[str, str], numbered: Callable[[str], str]) -> Row:
    """A row with numbers for names."""
    changed: dict[str, Any] = {}
    for name, info in type(row).model_fields.items():
        value = getattr(row, name)
        if name in REFERENCES:
            changed[name] = numbers.get(value, numbered(value))
        elif isinstance(value, str) and leaf(info) is str:
            changed[name] = numbered(value)
        elif isinstance(value, tuple):
            changed[name] = tuple(map(numbered, _strings(value)))
    new = {name: value for name, value in changed.items() if value != getattr(row, name)}
    return row.model_copy(update=new) if new else row


def _strings(values: Iterable[object]) -> list[str]:
    return [str(value) for value in values]


def _as_name(number: str) -> str:
    """A number as it stands in a sentence: Aanbieder 1."""
    return number.capitalize().replace("-", " ")


def _in_english(number: str) -> str:
    """The same in an English sentence: Provider 1."""
    return _as_name(number).replace("Aanbieder", "Provider")
