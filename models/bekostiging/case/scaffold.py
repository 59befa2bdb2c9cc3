"""``bekostiging new``: a case to start from, as a workbook or as a folder with an explanation file per table."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path

from bekostiging.case.arguments import (
    checked_kind,
    checked_language,
    checked_path,
    checked_texts,
    wrong_argument,
)
from bekostiging.case.errors import UserError
from bekostiging.case.example import CARE_FORMS, example_history, example_rows
from bekostiging.case.explanation import WORDING, explain
from bekostiging.case.folded import folded
from bekostiging.case.model import Case
from bekostiging.case.not_bsn import check_name
from bekostiging.case.read import SPREADSHEETS, Draft, read_case
from bekostiging.case.region import synthetic_region
from bekostiging.case.tables import ASKED, TABLES
from bekostiging.case.workbook.names import known_sheets, sheet_name
from bekostiging.case.write import draft_of, write_folder

README = {"nl": "LEESMIJ.md", "en": "README.md"}
EXPLANATION = {"nl": "uitleg", "en": "explanation"}
_INTRODUCTION = {
    "nl": """# Uw casus

Deze map is een volledige casus met {what}
Vervang ze tabel voor tabel door uw eigen cijfers; controleer met `bekostiging check .` en reken met `bekostiging compare .`.

- `case.toml`: naam, titel, basisjaar, en een eventuele waarschuwing voor op pagina één van het rapport.
- Een bestand met puntkomma's heeft decimale komma's, een bestand met komma's decimale punten. `2.900.000`, `€ 1.500,50` en
  `12 %` worden gelezen zoals ze er staan; alleen bij `1.234` vraagt de controle wat u bedoelt.
- Elke rij draagt `source` (waar komt het cijfer vandaan) en `status`: gepubliceerd, eigen gegevens, geschat of verzonnen (of
  `published`, `own_data`, `estimated`, `illustrative`). Het rapport noemt ze, verzonnen eerst.
- Meerdere sleutels in één veld: gescheiden door een verticale streep, `haven|stad`.
- Liever in Excel? `bekostiging convert . regio.xlsx` maakt er een werkboek van, en omgekeerd.
- Nooit een burgerservicenummer: dit pakket heeft het niet nodig.

Uitleg per tabel in de map `uitleg`. De tabellen:
""",
    "en": """# Your case

This folder is a complete case with {what}
Replace them table by table; check with `bekostiging check .` and run with `bekostiging compare .`.

- `case.toml`: name, title, base year, and a disclaimer for page one of the report, if any.
- A file with semicolons has decimal commas, a file with commas decimal points. `2,900,000`, `€ 1,500.50` and `12 %` are read
  as they stand; only `1.234` in a file with semicolons, or `1,234` in one with commas, is asked about.
- Every row carries `source` and `status`: `published`, `own_data`, `estimated` or `illustrative`. The report
  lists them, illustrative first.
- Several keys in one field are separated by a vertical bar: `haven|stad`.
- Rather in Excel? `bekostiging convert . region.xlsx` makes it a workbook, and back again.
- Never a citizen service number: this package does not need it.

Explanation per table in the folder `explanation`. The tables:
""",
}
_SMALL = {
    "nl": """# Het kleine begin

Vijf tabellen met een verzonnen voorbeeld. Vervang ze door uw eigen cijfers en schat er een volledige casus uit met
`bekostiging new mijn-regio --from .`; wat geschat of verzonnen is, staat dan als zodanig in de tabellen.

Uitleg per tabel in de map `uitleg`. De tabellen:
""",
    "en": """# The small beginning

Five tables with an invented example. Replace them by your own figures and estimate a complete case with
`bekostiging new my-region --from .`; what is estimated or invented is marked so in its tables.

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


def scaffold_case(
    target: str | Path,
    lang: str = "nl",
    case: Case | None = None,
    *,
    wanted: Sequence[str] = (),
    estimated: bool = False,
) -> None:
    """Make a folder or workbook with a case to fill: the example of ``synthetic_region`` where no case is given.

    A folder gets every table of the case with a read-me and an explanation per table; a workbook the required tables and the
    optional ones that are ``wanted``, with an example.

    Parameters
    ----------
    target : str or path
        The workbook (a name that ends in .xlsx) or the folder to make.
    lang : str, default "nl"
        Language of the explanations and of the names in a workbook, ``nl`` or ``en``.
    case : Case, optional
        A validated case instead of a synthetic region with two municipalities and six providers.
    wanted : sequence of str
        Optional tables, by their Dutch or English names; ``["all"]`` is every one.
    estimated : bool, default False
        The case was estimated from a region's own history: all of it is written, and the read-me says so.

    Raises
    ------
    UserError
        The target exists; an optional table that is not known.

    Examples
    --------
    >>> from bekostiging.case import read_case, scaffold_case
    >>> scaffold_case("new-region", "en", wanted=["shocks"])
    >>> len(read_case("new-region").shocks) > 0
    True
    """
    target, lang, wanted = (
        checked_path("target", target),
        checked_language("lang", lang),
        checked_texts("wanted", wanted),
    )
    if case is not None:
        checked_kind("case", case, Case, "read_case")
    draft = draft_of(synthetic_region(municipalities=2, providers=6) if case is None else case)
    asked = _optional_tables(wanted)
    if not estimated:
        rows = {
            name: draft.tables[name] or (example_rows(name, draft.tables, lang) if name in asked else ())
            for name in TABLES
        }
        core = _is_workbook(target)
        kept = {name: rows[name] for name in TABLES if not core or TABLES[name].required or name in asked}
        draft = Draft(draft.head, kept)
    write_new(target, draft, lang, wanted=asked, example=not estimated, explained=True)


def _optional_tables(wanted: Sequence[str]) -> list[str]:
    """Optional tables by their names, Dutch or English; ``all`` is every one, correlations bring their factors.

    Raises
    ------
    UserError
        There is no such table.
    """
    optional = [name for name, model in TABLES.items() if not model.required]
    asked = []
    for word in optional if "all" in wanted else wanted:
        table = known_sheets().get(folded(word), word)
        if table not in TABLES:
            near = get_close_matches(word, [*optional, *(sheet_name(name, "nl") for name in optional)], 1)
            hint = (
                {"nl": f" Bedoelt u {near[0]}?", "en": f" Did you mean {near[0]}?"}
                if near
                else {"nl": "", "en": ""}
            )
            raise wrong_argument(
                "wanted",
                word,
                f"deze tabel is er niet; kies uit {', '.join(optional)}.{hint['nl']}",
                f"there is no such table; choose from {', '.join(optional)}.{hint['en']}",
            )
        asked += ["risk_factors", table] if table == "correlations" else [table]
    return asked


def scaffold_history(target: str | Path, lang: str = "nl") -> None:
    """Make the small folder or workbook from which ``case_from_history`` estimates a case, with an invented example.

    Parameters
    ----------
    target : str or path
        The workbook (a name that ends in .xlsx) or the folder to make.
    lang : str, default "nl"
        Language of the explanations and of the names in a workbook, ``nl`` or ``en``.

    Raises
    ------
    UserError
        The target exists.

    Examples
    --------
    >>> from bekostiging.case import scaffold_history, tables_in
    >>> scaffold_history("small-start", "en")
    >>> tables_in("small-start")
    ('areas', 'begroting', 'contracts', 'policy', 'history')
    """
    target, lang = checked_path("target", target), checked_language("lang", lang)
    write_new(target, Draft(None, example_history(lang)), lang, example=True, explained=True)


def write_new(
    target: Path,
    draft: Draft,
    lang: str,
    *,
    wanted: Sequence[str] = (),
    example: bool = False,
    explained: bool = False,
) -> None:
    """Write a workbook (a name that ends in .xlsx) or a folder; all or nothing, and never over something else.

    ``explained``: a folder gets a read-me and an explanation per table; a workbook has them always.

    Raises
    ------
    UserError
        The target exists, or its name is that of another kind of spreadsheet.
    """
    check_name(target)
    if _is_workbook(target):
        from bekostiging.case.workbook.write import write_workbook

        if target.suffix.lower() != ".xlsx":
            raise UserError(
                f"{target}: een werkboek wordt als .xlsx geschreven; geef het een naam die zo eindigt.",
                f"{target}: a workbook is written as .xlsx; give it a name that ends so.",
                exit_code=2,
            )
        if target.exists():
            raise _exists(target, {"nl": "kies een nieuwe naam", "en": "choose a new name"})
        care_forms = read_case(CARE_FORMS).care_forms if draft.head is None and example else ()
        write_at_once(
            target,
            lambda place: write_workbook(
                draft, place, lang, wanted=wanted, example=example, care_forms=care_forms
            ),
        )
        return
    if (target.exists() or target.is_symlink()) and not target.is_dir():
        raise _exists(
            target, {"nl": "en is geen map; kies een nieuwe map", "en": "and is no folder; choose a new folder"}
        )
    if target.exists() and any(target.iterdir()):
        raise _exists(
            target, {"nl": "en is niet leeg; kies een nieuwe map", "en": "and is not empty; choose a new folder"}
        )
    write_at_once(target, lambda folder: _folder(folder, draft, lang, estimated=not example, explained=explained))


def _exists(target: Path, remedy: dict[str, str]) -> UserError:
    nl = f"{target} bestaat al{'' if remedy['nl'].startswith('en') else ';'} {remedy['nl']}, er wordt niets overschreven."
    en = f"{target} exists{'' if remedy['en'].startswith('and') else ';'} {remedy['en']}, nothing is overwritten."
    return UserError(nl, en)


def _is_workbook(target: Path) -> bool:
    return target.suffix.lower() in SPREADSHEETS


def write_at_once(target: Path, write: Callable[[Path], None]) -> None:
    """Write beside the target and move it into place when it is complete."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.stem}-", dir=target.parent) as place:
            draft = Path(place) / target.name
            write(draft)
            if target.is_dir():
                target.rmdir()
            draft.rename(target)
    except OSError as error:
        raise UserError(
            f"{target} kan niet worden geschreven ({error.strerror}); kies een andere plaats.",
            f"{target} cannot be written ({error.strerror}); choose another place.",
        ) from None


def _folder(folder: Path, draft: Draft, lang: str, *, estimated: bool, explained: bool) -> None:
    """The tables, and when asked a read-me and an explanation per table."""
    write_folder(draft, folder, lang)
    if not explained:
        return
    (folder / README[lang]).write_text(_readme(lang, estimated, small=draft.head is None), encoding="utf-8")
    (folder / EXPLANATION[lang]).mkdir()
    for name, model in TABLES.items():
        (folder / EXPLANATION[lang] / f"{name}.md").write_text(explain(model, lang), encoding="utf-8")


def _readme(lang: str, estimated: bool, *, small: bool) -> str:
    """The read-me: how to fill, and a line per table."""
    words = WORDING[lang]
    lines = [
        f"- `{name}.csv` ({words['file'] if model.required else words['extra']}): [{EXPLANATION[lang]}/{name}.md]"
        f"({EXPLANATION[lang]}/{name}.md)"
        for name, model in TABLES.items()
        if not small or name in ASKED
    ]
    first = _SMALL[lang] if small else _INTRODUCTION[lang].format(what=_WHAT[lang][estimated])
    return first + "\n" + "\n".join(lines) + "\n"
