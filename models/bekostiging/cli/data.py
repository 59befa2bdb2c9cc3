"""Commands about a region's own data: key, store, import, forget."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from bekostiging.cli.application import Language, print_notes, print_place, print_sentence, user_errors
from bekostiging.cli.console import Terminal
from bekostiging.cli.options import LanguageOption, command

if TYPE_CHECKING:
    from bekostiging.store import Contents, Imported

StoreName = Annotated[Path, typer.Argument(metavar="STORE", help="The region store, such as regio.duckdb.")]
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="The key holder's key; a default may stand in bekostiging.toml."),
]


class KeyAction(StrEnum):
    """What can be done with a key."""

    NEW = "new"


class ImportKind(StrEnum):
    """What can be imported."""

    MESSAGES = "messages"
    CLAIMS = "claims"
    EXTRACT = "extract"
    COUNTS = "counts"
    CBS = "cbs"
    IV3 = "iv3"
    DIGIMV = "digimv"


class SuppressedCells(StrEnum):
    """What is done with suppressed counts of districts."""

    OPEN = "open"
    ESTIMATE = "estimate"


def needed_key(file: Path | None) -> Path:
    """The key that was named.

    Raises
    ------
    UserError
        None was.
    """
    from bekostiging.case import UserError

    if file is None:
        raise UserError(
            "noem de sleutel met --key BESTAND; maak er een met `bekostiging key new BESTAND` en bewaar haar apart.",
            "name the key with --key FILE; make one with `bekostiging key new FILE` and keep it apart.",
            exit_code=2,
        )
    return file


@command()
def key(
    action: Annotated[KeyAction, typer.Argument(metavar="new", help="Make a key.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to make; keep it apart from the store.")],
    lang: LanguageOption = Language.NL,
) -> None:
    """Make the key that turns citizen service numbers into pseudonyms; whoever loses it cannot join new months to old."""
    with user_errors(lang):
        from bekostiging.messages import new_key

        made = new_key(file)
        print_sentence(
            {
                "nl": f"Vingerafdruk {made.fingerprint}. Geef dit bestand aan de sleutelhouder en bewaar een "
                "reservekopie in een kluis; "
                "zet het niet bij de opslag.",
                "en": f"Fingerprint {made.fingerprint}. Give this file to the key holder and keep a copy in a safe; "
                "do not put it "
                "beside the store.",
            }[lang]
        )
        print_place({"nl": "Sleutel", "en": "Key"}[lang], file)


@command()
def store(
    file: StoreName,
    make: Annotated[bool, typer.Option("--make", help="Make an empty store.")] = False,
    municipality: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="With --make: CBS code of a municipality; repeat for more."),
    ] = None,
    retention_years: Annotated[
        int | None, typer.Option(min=1, max=20, help="With --make: years that data are kept; asked if not given.")
    ] = None,
    purpose: Annotated[str, typer.Option(help="With --make: why the data are processed, in one sentence.")] = "",
    privacy: Annotated[
        bool, typer.Option("--privacy", help="Write the privacy papers: register, pre-DPIA, annex, retention.")
    ] = False,
    key: KeyOption = None,
    lang: LanguageOption = Language.NL,
) -> None:
    """Make a region store, or show what is in one: imports, months, what is missing; never a person."""
    with user_errors(lang):
        from bekostiging.messages import read_key
        from bekostiging.store import make_store, open_store, store_contents

        if make:
            years = retention_years if retention_years is not None else asked_retention(lang)
            make_store(file, read_key(needed_key(key)), municipality or [], years, purpose)
            print_place({"nl": "Opslag gemaakt", "en": "Store made"}[lang], file)
            return
        with open_store(file) as opened:
            if privacy:
                from bekostiging.report import write_privacy_papers
                from bekostiging.store import privacy_facts

                for paper in write_privacy_papers(
                    privacy_facts(opened), file.with_name(f"{file.stem}-privacy"), lang
                ):
                    print_place({"nl": "Geschreven", "en": "Written"}[lang], paper)
                return
            print_contents(store_contents(opened), lang)


def asked_retention(lang: str) -> int:
    """The retention in years, asked at creation.

    Raises
    ------
    UserError
        Nobody is there to be asked.
    """
    from bekostiging.case import UserError

    if not sys.stdin.isatty():
        raise UserError(
            "noem de bewaartermijn met --retention-years (in jaren); die hoort bij het maken van de opslag te worden "
            "gekozen.",
            "name the retention with --retention-years; it is to be chosen when the store is made.",
            exit_code=2,
        )
    words = {"nl": "Hoeveel jaar bewaart u de gegevens?", "en": "How many years are the data kept?"}
    return int(typer.prompt(words[lang], type=int))


def print_contents(contents: Contents, lang: str) -> None:
    """What is in a store, on the terminal."""
    from bekostiging.store import shown_count

    about = contents.about
    persons = shown_count(contents.persons, lang)
    authorisations = shown_count(contents.authorisations, lang)
    print_sentence(
        {
            "nl": f"Gemeenten {about['municipalities']}; gemaakt {about['made']}; bewaartermijn "
            f"{about['retention_years']} jaar; "
            f"sleutel {about['fingerprint']}. {persons} cliënten, {authorisations} toewijzingen.",
            "en": f"Municipalities {about['municipalities']}; made {about['made']}; retention "
            f"{about['retention_years']} years; "
            f"key {about['fingerprint']}. {persons} clients, {authorisations} authorisations.",
        }[lang]
    )
    heads = {
        "nl": ("nr", "soort", "bestand", "dag", "regels", "niet ingelezen"),
        "en": ("no", "kind", "file", "day", "lines", "left out"),
    }[lang]
    rows = [tuple(str(cell) for cell in row) for row in contents.imports]
    for head, body in ((heads, rows), (contents.table(lang)[0], contents.table(lang)[1:])):
        if body:
            table = Table(*head, box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
            for row in body:
                table.add_row(*row)
            Terminal().print(table)
    print_notes(contents.notes, lang, to_stderr=False)


@command(name="import")
def bring(
    kind: Annotated[
        ImportKind,
        typer.Argument(
            metavar="KIND",
            help="messages (iJw and iWmo 3.x), claims (csv or workbook), extract, counts, cbs (StatLine), iv3, digimv.",
        ),
    ],
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A file, a zip, or a folder of them; cbs --online: a number as 85099NED."
        ),
    ],
    file: Annotated[Path, typer.Option("--store", metavar="STORE", help="The region store.")] = Path(
        "regio.duckdb"
    ),
    key: KeyOption = None,
    schemas: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder with the published schemas (xsd); messages are checked."),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="TOML", help="Of claims: which column is what; proposed if not given.")
    ] = None,
    suppressed: Annotated[
        SuppressedCells, typer.Option(help="Of cbs: leave suppressed counts of districts open, or estimate them.")
    ] = SuppressedCells.OPEN,
    online: Annotated[bool, typer.Option(help="Of cbs: fetch the table from CBS first.")] = False,
    mergers: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Of cbs and iv3: municipalities that merged: origin, destination, year."),
    ] = None,
    maker: Annotated[str, typer.Option("--by", help="Who imports; default: the user of this computer.")] = "",
    lang: LanguageOption = Language.NL,
) -> None:
    """Bring messages, claims or statistics into a region store; a file comes in as a whole or not at all."""
    with user_errors(lang):
        from bekostiging.store import told_together

        asked = Asked(source, key, schemas, mapping, suppressed, online, maker or getpass.getuser(), mergers)
        outcome = imported(kind, file, asked)
        print_notes(told_together(outcome), lang)
        if any(one.refused is not None for one in outcome):
            raise typer.Exit(1)


@dataclass(frozen=True)
class Asked:
    """What an import was asked, whatever its kind."""

    source: str
    key: Path | None
    schemas: Path | None
    mapping: Path | None
    suppressed: SuppressedCells
    online: bool
    maker: str
    mergers: Path | None


def imported(kind: ImportKind, file: Path, asked: Asked) -> list[Imported]:
    """Import files of one kind into a store."""
    from bekostiging.messages import read_key
    from bekostiging.store import (
        fetch_statline,
        import_claims,
        import_messages,
        import_statline,
        import_table,
        open_store,
    )

    needs_key = kind in (ImportKind.MESSAGES, ImportKind.CLAIMS, ImportKind.EXTRACT)
    held = read_key(needed_key(asked.key)) if needs_key else None
    with open_store(file, read_only=False) as opened:
        if kind is ImportKind.MESSAGES and held is not None:
            return import_messages(opened, asked.source, held, asked.schemas, asked.maker)
        if kind is ImportKind.CLAIMS and held is not None:
            return import_claims(opened, asked.source, held, asked.mapping, asked.maker)
        if kind is not ImportKind.CBS:
            return import_table(opened, kind.value, asked.source, held, asked.maker, asked.mergers)
        source = asked.source
        if asked.online:
            source = str(fetch_statline(source, list(opened.municipalities), file.parent))
        return import_statline(opened, source, asked.suppressed.value, asked.mergers, asked.maker)


class ProductsAction(StrEnum):
    """What can be done with the conversion table."""

    PROPOSE = "propose"
    CONFIRM = "confirm"


@command()
def products(
    action: Annotated[
        ProductsAction,
        typer.Argument(metavar="propose|confirm", help="Write a proposal, or take a checked table in."),
    ],
    table: Annotated[
        Path, typer.Argument(metavar="CSV", help="The conversion table: product code, care form, lot, ...")
    ],
    file: Annotated[Path, typer.Option("--store", metavar="STORE", help="The region store.")] = Path(
        "regio.duckdb"
    ),
    by: Annotated[str, typer.Option(help="With confirm: who checked it.")] = "",
    lang: LanguageOption = Language.NL,
) -> None:
    """Say what every product code is: care form, lot, taakveld; the program proposes, a person confirms."""
    with user_errors(lang):
        from bekostiging.messages.remarks import euros
        from bekostiging.store import confirm_products, open_store, propose_products, unmapped_products

        if action is ProductsAction.PROPOSE:
            with open_store(file) as opened:
                propose_products(opened, table)
            print_place({"nl": "Na te lopen", "en": "To be checked"}[lang], table)
            return
        with open_store(file, read_only=False) as opened:
            rows = confirm_products(opened, table, by)
            left, _ = unmapped_products(opened)
        print_sentence({"nl": f"{rows} productcodes.", "en": f"{rows} product codes."}[lang])
        for one in left:
            print_sentence(
                {
                    "nl": f"Zonder zorgvorm: {one.law} {one.code or '?'}, {euros(one.cents, 'nl')} euro.",
                    "en": f"Without care form: {one.law} {one.code or '?'}, {euros(one.cents, 'en')} euro.",
                }[lang]
            )


class ForgetWhat(StrEnum):
    """What can be forgotten."""

    PERSON = "person"
    PERIOD = "period"
    EVERYTHING = "everything"


@command()
def forget(
    what: Annotated[
        ForgetWhat,
        typer.Argument(
            metavar="WHAT",
            help="person: the number is asked on standard input; period: care that ended by --until; everything.",
        ),
    ],
    file: Annotated[Path, typer.Option("--store", metavar="STORE", help="The region store.")] = Path(
        "regio.duckdb"
    ),
    until: Annotated[str, typer.Option(metavar="DAY", help="With period: the last day, such as 2019-12-31.")] = "",
    key: KeyOption = None,
    lang: LanguageOption = Language.NL,
) -> None:
    """Forget a person, a period or everything: the store is written anew, so that nothing of it stays in the file."""
    with user_errors(lang):
        from bekostiging.messages import read_key
        from bekostiging.store import forget_everything, forget_person, forget_until

        if what is ForgetWhat.PERSON:
            holder = read_key(needed_key(key))
            gone = forget_person(file, asked_number(lang), holder)
        elif what is ForgetWhat.PERIOD:
            gone = forget_until(file, day_of(until))
        else:
            gone = forget_everything(file)
        print_sentence({"nl": f"Vergeten: {gone} rijen.", "en": f"Forgotten: {gone} rows."}[lang])


def asked_number(lang: str) -> str:
    """A citizen service number from standard input, not shown while it is typed."""
    if sys.stdin.isatty():
        return getpass.getpass({"nl": "Burgerservicenummer: ", "en": "Citizen service number: "}[lang])
    return sys.stdin.readline(100)


def day_of(text: str) -> date:
    """A day as it is typed.

    Raises
    ------
    UserError
        It is none.
    """
    from bekostiging.case import UserError

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(
            "geef de laatste dag met --until, zoals 2019-12-31.",
            "give the last day with --until, such as 2019-12-31.",
            exit_code=2,
        ) from None
