"""What every table and column means, in Dutch and English, from ``columns.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from math import inf
from typing import get_origin

from pydantic.fields import FieldInfo

from bekostiging.case.fields import bounds, choices, leaf, reason
from bekostiging.case.numbers import written
from bekostiging.case.policy_rows import POLICIES
from bekostiging.case.rows import Row, columns
from bekostiging.case.tables import ContractClause, Policy, clause_meanings
from bekostiging.case.workbook.names import choice_names

WORDING = {
    "nl": {"key": "sleutel", "required": "verplicht", "optional": "mag leeg", "one": "een van", "file": "verplichte tabel",
           "extra": "optionele tabel", 
           "columns": "| kolom | soort | verplicht | betekenis |", "policy": "| naam | waarde | betekenis |"},
    "en": {"key": "key", "required": "required", "optional": "may be empty", "one": "one of", "file": "required table",
           "extra": "optional table", 
           "columns": "| column | kind | required | meaning |", "policy": "| name | value | meaning |"},
}  # fmt: skip
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


def explain(model: type[Row], lang: str) -> str:
    """The explanation file of one table, from its row model: columns, kinds, rules."""
    words, table, meaning = WORDING[lang], model.table, meanings(model, lang)
    lines = [f"# {table}", "", meaning[""], ""]
    lines += [f"{words['key']}: {' + '.join(model.key)}", "", words["columns"], "|---|---|---|---|"]
    for column in columns(model):
        info = model.model_fields[column]
        needed = words["required" if info.is_required() else "optional"]
        lines.append(
            f"| `{column}` | {kind_of(info, column, lang)} | {needed} | {meaning[column]}{bounded(info, lang)} |"
        )
    if model is Policy:
        lines += ["", words["policy"], "|---|---|---|"]
        lines += [
            f"| `{name}` | {row.kind.allowed(lang)} | {row.explained(lang)} |" for name, row in POLICIES.items()
        ]
    return "\n".join(lines) + "\n"


def bounded(info: FieldInfo, lang: str) -> str:
    """The bounds of a column and why they are there, as what follows its meaning; empty where it has none.

    >>> from bekostiging.case.tables import TABLES
    >>> bounded(TABLES["risk_factors"].model_fields["standard_deviation"], "en")
    '; from 0 to 1 (a fraction a year: 0.1 is 10 %, and 10 would be 1000 %)'
    """
    why, own = reason(info), bounds(info)
    if why is None:
        return ""
    if own.low == -inf:
        return f" ({why.text(lang)})"
    between = {"nl": "van {} tot en met {}", "en": "from {} to {}"}[lang].format(
        written(own.low, lang, 7), written(own.high, lang, 7)
    )
    return f"; {between} ({why.text(lang)})"


def meanings(model: type[Row], lang: str) -> dict[str, str]:
    """What a table means, under the empty name, and each of its columns."""
    entries = _columns()["common"] | _columns()[model.table]
    texts = {"": (model.__doc__ or "").strip()} | {
        name: entry[lang] for name, entry in entries.items() if lang in entry
    }
    return texts | clause_meanings(lang) if model is ContractClause else texts


@cache
def _columns() -> dict[str, dict[str, dict[str, str]]]:
    """Per table its columns with their meaning in both languages."""
    first, second = (
        tomllib.loads((files("bekostiging.case") / file).read_text(encoding="utf-8"))
        for file in ("columns.toml", "year_columns.toml")
    )
    return first | second | {"common": first["common"] | second["common"]}


def kind_of(info: FieldInfo, column: str, lang: str) -> str:
    """Kind of value of a column, in words."""
    kind = leaf(info)
    if words := choices(info):
        named = choice_names(column, info, lang)
        shown = (word if named[word] == word else f"{word} ({named[word]})" for word in words)
        return f"{WORDING[lang]['one']} {', '.join(shown)}"
    return _KINDS[lang].get(get_origin(kind) or kind, "")
