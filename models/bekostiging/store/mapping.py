"""Which column of a region's own file is what: a small TOML, proposed from the header and checked by a person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bekostiging.case.errors import UserError
from bekostiging.case.toml_text import NotTomlError, text_of_toml, toml_of

FIELDS: dict[str, tuple[bool, str, tuple[str, ...]]] = {
    "municipality": (True, "CBS-code van de gemeente", ("gemeente", "gemeentecode", "municipality")),
    "provider": (True, "AGB-code of sleutel van de aanbieder", ("agb", "aanbieder", "provider", "zorgaanbieder")),
    "law": (True, "jeugdwet of wmo", ("wet", "law", "domein")),
    "person": (True, "burgerservicenummer, of een ander nummer van de cliënt",
               ("bsn", "burgerservicenummer", "client", "clientnummer", "person")),
    "authorisation": (False, "nummer van de toewijzing",
                      ("toewijzingnummer", "toewijzing", "beschikking", "authorisation")),
    "product": (True, "productcode", ("productcode", "product", "code")),
    "begins": (True, "eerste dag van de zorg", ("begindatum", "begin", "startdatum", "van", "periode", "begins")),
    "ends": (False, "laatste dag van de zorg; zonder deze: de hele maand", ("einddatum", "eind", "tot", "ends")),
    "volume": (True, "geleverd volume", ("volume", "geleverdvolume", "aantal", "uren", "units")),
    "unit": (True, "eenheid: minuut, uur, etmaal, dagdeel, stuks of de code van iJw", ("eenheid", "unit")),
    "amount": (True, "bedrag", ("bedrag", "ingediendbedrag", "euro", "amount")),
    "received": (False, "dag van ontvangst", ("ontvangen", "ontvangst", "dagtekening", "received")),
    "reference": (False, "referentienummer van de regel", ("referentienummer", "referentie", "reference")),
}  # fmt: skip
"""Fields of a claim: whether each is needed, what it is, and names by which a header may call it."""
SETTINGS = {"separator": (";", ",", "\t"), "decimal": (",", "."), "amounts": ("euro", "cents")}
FIXED = ("municipality", "law", "unit")
"""Fields that may be the same for the whole file: ``law_is = "wmo"`` in place of a column."""


@dataclass(frozen=True)
class Columns:
    """Column by field, value by fixed field, and how the file is written."""

    columns: Mapping[str, str]
    fixed: Mapping[str, str]
    separator: str
    decimal: str
    date: str
    amounts: str


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def proposed_mapping(header: Sequence[str], separator: str, example: Sequence[str]) -> str:
    """The text of a mapping for a header; ``example``: the first row, for the marks of decimals and days."""
    lines = ["# Welke kolom van het bestand is wat. Loop dit na; haal een regel weg die er niet is.", ""]
    for field, (needed, meaning, names) in FIELDS.items():
        found = next((own for name in names for own in header if _plain(own) == name), "")
        found = found or next(
            (own for name in names for own in header if name in _plain(own) and len(name) > 3), ""
        )
        if found:
            lines.append(f"{field} = {_quoted(found)}  # {meaning}")
        elif field in FIXED:
            lines.append(f'# {field} = ""  # {meaning}; of voor het hele bestand: {field}_is = "..."')
        else:
            lines.append(f'# {field} = ""  # {meaning}{"" if needed else " (mag ontbreken)"}')
    days = [cell for cell in example if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}", cell.strip())]
    form = "%Y-%m-%d" if not days else f"%d{days[0].strip()[-5]}%m{days[0].strip()[-5]}%Y"
    comma = any(re.fullmatch(r"-?\d+,\d{1,2}", cell.strip()) for cell in example) or separator == ";"
    return "\n".join(
        [*lines, "", f"separator = {_quoted(separator)}", f'decimal = "{"," if comma else "."}"', f'date = "{form}"',
         'amounts = "euro"  # euro of cents', ""]
    )  # fmt: skip


def _quoted(text: str) -> str:
    """A text as TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'


def read_mapping(file: Path, header: Sequence[str]) -> Columns:
    """A mapping that fits a header.

    Raises
    ------
    UserError
        No TOML, an unknown field or column, a field that is needed and missing.
    """
    try:
        found = toml_of(text_of_toml(file))
    except (OSError, UnicodeDecodeError, NotTomlError):
        raise _wrong(file, "dit is geen TOML", "this is no TOML") from None
    columns: dict[str, str] = {}
    fixed: dict[str, str] = {}
    settings: dict[str, str] = {"separator": ";", "decimal": ",", "date": "%Y-%m-%d", "amounts": "euro"}
    for name, value in found.items():
        text = _text(file, name, value)
        base = name.removesuffix("_is")
        if name in SETTINGS or name == "date":
            if name != "date" and text not in SETTINGS[name]:
                listed = " ".join(repr(one) for one in SETTINGS[name])
                raise _wrong(file, f"{name}: kies uit {listed}", f"{name}: choose from {listed}")
            settings[name] = text
        elif name.endswith("_is") and base in FIXED:
            fixed[base] = text
        elif name in FIELDS:
            if text not in header:
                raise _wrong(
                    file, f"{name}: het bestand heeft geen kolom {text}", f"{name}: the file has no column {text}"
                )
            columns[name] = text
        else:
            listed = ", ".join(FIELDS)
            raise _wrong(file, f"{name}: onbekend; kies uit {listed}", f"{name}: unknown; choose from {listed}")
    missing = [name for name, (needed, _, _) in FIELDS.items() if needed and name not in {*columns, *fixed}]
    if missing:
        listed = ", ".join(missing)
        raise _wrong(file, f"{listed} ontbreekt; noem de kolom", f"{listed} is missing; name the column")
    return Columns(columns, fixed, **settings)


def _text(file: Path, name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise _wrong(
            file, f"{name}: geef een tekst tussen aanhalingstekens", f"{name}: give a text between quotes"
        )
    return value


def _wrong(file: Path, nl: str, en: str) -> UserError:
    return UserError(
        f"{file.name}: {nl}. Er is niets ingelezen.", f"{file.name}: {en}. Nothing was imported.", exit_code=2
    )
