"""``bekostiging new``: a case folder to start from, with an explanation file per table (CSV has no comments)."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from bekostiging.case.errors import UserError
from bekostiging.case.model import Case
from bekostiging.case.policy import MEANING, NUMBERS, OPTIONAL, WORDS
from bekostiging.case.read import leaf
from bekostiging.case.region import synthetic_region
from bekostiging.case.rows import Row, columns
from bekostiging.case.tables import TABLES, Policy
from bekostiging.case.write import write_case

README = {"nl": "LEESMIJ.md", "en": "README.md"}
EXPLANATION = {"nl": "uitleg", "en": "explanation"}
_INTRODUCTION = {
    "nl": """# Uw casus

Deze map is een volledige casus met {what}
Vervang ze tabel voor tabel door uw eigen cijfers; controleer met `bekostiging check .` en reken met `bekostiging compare .`.

- `case.toml`: naam, titel, basisjaar, en een eventuele waarschuwing voor op pagina één van het rapport.
- Een bestand met puntkomma's heeft decimale komma's, een bestand met komma's decimale punten. Schrijf geen
  scheiding van duizendtallen: `1.234` wordt geweigerd, `1234` niet.
- Elke rij draagt `source` (waar komt het cijfer vandaan) en `status`: `published`, `own_data`, `estimated` of
  `illustrative`. Het rapport noemt ze, illustratief eerst.
- Meerdere sleutels in één veld: gescheiden door een verticale streep, `haven|stad`.
- Nooit een burgerservicenummer: dit pakket heeft het niet nodig.

Uitleg per tabel in de map `uitleg`. De tabellen:
""",
    "en": """# Your case

This folder is a complete case with {what}
Replace them table by table; check with `bekostiging check .` and run with `bekostiging compare .`.

- `case.toml`: name, title, base year, and a disclaimer for page one of the report, if any.
- A file with semicolons has decimal commas, a file with commas decimal points. Write no thousands separator:
  `1,234` is refused, `1234` is not.
- Every row carries `source` and `status`: `published`, `own_data`, `estimated` or `illustrative`. The report
  lists them, illustrative first.
- Several keys in one field are separated by a vertical bar: `haven|stad`.
- Never a citizen service number: this package does not need it.

Explanation per table in the folder `explanation`. The tables:
""",
}
_WHAT = {
    "nl": (
        "**verzonnen cijfers** (status `illustrative`).",
        "uw cijfers en met **schattingen** (zie `source` en `status`).",
    ),
    "en": (
        "**invented figures** (status `illustrative`).",
        "your figures and with **estimates** (see `source` and `status`).",
    ),
}
_WORDS = {
    "nl": {"key": "sleutel", "required": "verplicht", "optional": "mag leeg", "one": "een van", "file": "verplichte tabel",
           "extra": "optionele tabel", 
           "columns": "| kolom | soort | verplicht | betekenis |", "policy": "| naam | waarde | betekenis |"},
    "en": {"key": "key", "required": "required", "optional": "may be empty", "one": "one of", "file": "required table",
           "extra": "optional table", 
           "columns": "| column | kind | required | meaning |", "policy": "| name | value | meaning |"},
}  # fmt: skip
_NO_TABLES = ("common", "policy_names", "optional")
_KINDS = {
    "nl": {
        bool: "ja of nee",
        int: "geheel getal",
        float: "getal",
        tuple: "sleutels, gescheiden door |",
        str: "tekst",
    },
    "en": {bool: "yes or no", int: "whole number", float: "number", tuple: "keys separated by |", str: "text"},
}


def scaffold_case(folder: Path, lang: str, case: Case | None = None, *, estimated: bool = False) -> None:
    """Make ``folder`` with a case (a complete small one when left out), a read-me and an explanation per table.

    All or nothing. ``estimated``: the case was made from a region's own history, and the read-me says so.

    Raises
    ------
    UserError
        The folder exists and is not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(
            f"{folder} bestaat al en is niet leeg; kies een nieuwe map, er wordt niets overschreven.",
            f"{folder} exists and is not empty; choose a new folder, nothing is overwritten.",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        brought = synthetic_region(municipalities=2, providers=6) if case is None else case
        write_case(brought, draft, lang)
        (draft / README[lang]).write_text(_readme(lang, estimated), encoding="utf-8")
        (draft / EXPLANATION[lang]).mkdir()
        for name, model in TABLES.items():
            (draft / EXPLANATION[lang] / f"{name}.md").write_text(explain(model, lang), encoding="utf-8")
        draft.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _readme(lang: str, estimated: bool) -> str:
    """The read-me: how to fill, and a line per table."""
    words = _WORDS[lang]
    lines = [
        f"- `{name}.csv` ({words['file'] if model.required else words['extra']}): [{EXPLANATION[lang]}/{name}.md]"
        f"({EXPLANATION[lang]}/{name}.md)"
        for name, model in TABLES.items()
    ]
    return _INTRODUCTION[lang].format(what=_WHAT[lang][estimated]) + "\n" + "\n".join(lines) + "\n"


def explain(model: type[Row], lang: str) -> str:
    """The explanation file of one table, from its row model: columns, kinds, rules."""
    words, table = _WORDS[lang], model.table
    meaning = _dutch()[table] if lang == "nl" else _english(model)
    lines = [f"# {table}", "", meaning[""], ""]
    lines += [f"{words['key']}: {' + '.join(model.key)}", "", words["columns"], "|---|---|---|---|"]
    for column in columns(model):
        info = model.model_fields[column]
        needed = words["required" if info.is_required() else "optional"]
        lines.append(f"| `{column}` | {_kind(info, lang)} | {needed} | {meaning[column]} |")
    if model is Policy:
        lines += ["", words["policy"], "|---|---|---|"]
        ranges = {name: f"{low:g} – {high:g}" for name, (low, high) in NUMBERS.items()}
        choices = {name: ", ".join(own) for name, own in WORDS.items()}
        lines += [
            f"| `{name}` | {own} | {policy_meaning(name, lang)} |" for name, own in (ranges | choices).items()
        ]
    return "\n".join(lines) + "\n"


@cache
def _dutch() -> dict[str, dict[str, str]]:
    """Dutch explanations: per table, the table itself under "", then its columns."""
    text = (files("bekostiging.case") / "explanation_nl.toml").read_text(encoding="utf-8")
    sections: dict[str, dict[str, str]] = tomllib.loads(text)
    return {name: own if name in _NO_TABLES else sections["common"] | own for name, own in sections.items()}


def _english(model: type[Row]) -> dict[str, str]:
    """English explanations, from the row model."""
    told = {name: info.description or "" for name, info in model.model_fields.items()}
    return told | {"": (model.__doc__ or "").strip()}


def policy_meaning(name: str, lang: str) -> str:
    """What a policy name means, and what holds when an optional one is absent."""
    if lang == "nl":
        optional = _dutch()["optional"].get(name, "")
        return _dutch()["policy_names"][name] + (f"; {optional}" if optional else "")
    return MEANING[name] + (f"; optional: {OPTIONAL[name]}" if name in OPTIONAL else "")


def _kind(info: FieldInfo, lang: str) -> str:
    """Kind of value of a column, in words."""
    kind = leaf(info)
    if get_origin(kind) is Literal:
        return f"{_WORDS[lang]['one']} {', '.join(str(choice) for choice in get_args(kind))}"
    return _KINDS[lang].get(get_origin(kind) or kind, "")
