"""Messages as a stream of rows: one line at a time, without external entities, network or a document in memory.

What cannot be read at all refuses the whole file; what is odd in one line follows the rules of ``remarks``. A text of a
message is never repeated in an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import IO, Any

from bekostiging.case.bsn import find
from bekostiging.case.errors import UserError
from bekostiging.messages.extra import lxml_etree
from bekostiging.messages.guard import Joined, Watched, refused
from bekostiging.messages.keys import Key
from bekostiging.messages.kinds import ANSWERS, KINDS, LAWS, MAJOR, NAMESPACE, NO_REJECTION
from bekostiging.messages.lines import Header, Reader, read_date
from bekostiging.messages.records import Row, Rows
from bekostiging.messages.remarks import Remarks
from bekostiging.messages.schemas import Schemas, fault_in_words

HEAD = 4096
"""Bytes in which the namespace of a message stands."""
BATCH = 50_000
"""Rows of a table that are handed on at once."""
_WANTED = tuple(
    f"{{*}}{name}"
    for name in (
        "Header", "Bsn", "Geboortedatum", "Commentaar", "Client", "Relaties", "Contactgegevens", "TotaalIngediendBedrag",
        "TotaalToegekendBedrag", "DeclaratieAntwoord", *sorted({kind.line for kind in KINDS.values()}),
    )
)  # fmt: skip
"""Elements that are looked at; all others are passed over."""
_LINES = frozenset(kind.line for kind in KINDS.values())
_EMPTIED = ("Bsn", "Client", "Relaties", "Contactgegevens")
"""Elements whose content is dropped as soon as they end."""


class Document:
    """One XML message.

    Parameters
    ----------
    file : binary stream
    place : str
        What messages call it.
    key : Key
    remarks : Remarks
    schemas : Schemas or None
        Against which it is checked.
    """

    def __init__(self, file: IO[bytes], place: str, key: Key, remarks: Remarks, schemas: Schemas | None) -> None:
        self.place, self.key, self.remarks, self.schemas = place, key, remarks, schemas
        self.watched = Watched(file, place)
        self.header: Header | None = None
        self.lines = 0
        self.reader: Reader | None = None
        self.totals: dict[str, int] = {}
        self.checked = False
        """Whether it was checked against a schema."""

    def rows(self, dates: dict[str, date | str]) -> Iterator[Rows]:
        """First nothing, once the header is read; then the rows, some at a time.

        Raises
        ------
        UserError
            No XML, another version or kind of message, not valid against the schema.
        """
        etree = lxml_etree()
        events = self._events(etree)
        batch: list[Row] = []
        try:
            for element in events:
                name = element.tag.rpartition("}")[2]
                if name == "Header":
                    self._begin(element, dates)
                    yield {}
                    continue
                if self.reader is None:
                    raise self._no_message()
                batch += self._element(name, element)
                if len(batch) >= BATCH:
                    yield {self.reader.table: batch}
                    batch = []
        except etree.XMLSyntaxError as error:
            raise self._broken(error) from None
        if self.header is None or self.reader is None:
            raise self._no_message()
        self._compare_totals()
        yield {self.reader.table: batch, "messages": [self.header.row]} | self._answered()

    def _events(self, etree: Any) -> Iterator[Any]:
        """The wanted elements, each emptied when the next is asked for."""
        head = self.watched.read(HEAD)
        schema = None if self.schemas is None else self.schemas.schema_of(head)
        self.checked = schema is not None
        parsed = etree.iterparse(
            Joined(head, self.watched), events=("end",), tag=_WANTED, schema=schema, resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        for _, element in parsed:
            yield element
            name = element.tag.rpartition("}")[2]
            if name in _EMPTIED or (name in _LINES and not self._by_client()):
                element.clear(keep_tail=False)
            if name == "Client" or (name in _LINES and not self._by_client()):
                above = element.getparent()
                while element.getprevious() is not None:
                    del above[0]

    def _by_client(self) -> bool:
        """Whether lines are read when their client ends: in answers, whose codes stand below the lines."""
        return self.header is not None and self.header.kind in ANSWERS

    def _element(self, name: str, element: Any) -> list[Row]:
        """Take in one element; the rows of a line, or of a client whose lines are answered."""
        reader = self.reader
        assert reader is not None
        assert self.header is not None
        if name == KINDS[self.header.kind].line:
            self.lines += 1
            if not self._by_client():
                row = reader.line(self._leaves(element))
                return [] if row is None else [row]
        elif name == "Client" and self._by_client():
            codes = self._codes(element)
            lines = (self._leaves(one) for one in element.iter(f"{{*}}{KINDS[self.header.kind].line}"))
            rows = [reader.line({**one, "RetourCode": f"{one.get('RetourCode', '')} {codes}"}) for one in lines]
            reader.nobody()
            return [row for row in rows if row is not None]
        elif name == "Client":
            reader.nobody()
        elif name == "DeclaratieAntwoord":
            rejected = any(code not in NO_REJECTION for code in self._codes(element).split())
            self.header = replace(self.header, rejected=self.header.rejected or rejected)
        elif name == "Bsn":
            reader.client(element.text or "")
        elif name == "Geboortedatum":
            above = element.getparent()
            if above is not None and above.tag.endswith("}Client"):
                reader.born(next((leaf.text or "" for leaf in element.iter("{*}Datum")), ""))
        elif name == "Commentaar":
            if find(element.text or ""):
                self.remarks.add("comment_number")
        elif name.startswith("Totaal"):
            self.totals[name] = self._total(element)
        return []

    @staticmethod
    def _codes(element: Any) -> str:
        """Retour codes of an element itself, not of those inside it."""
        return " ".join(one.text or "" for one in element.iterfind("{*}RetourCodes/{*}RetourCode"))

    @staticmethod
    def _leaves(element: Any) -> Mapping[str, str]:
        """Texts by the name of their element, without what is never read."""
        found: dict[str, str] = {}
        for leaf in element.iter():
            text = leaf.text
            if text is None or not isinstance(leaf.tag, str):
                continue
            name = leaf.tag.rpartition("}")[2]
            if name == "RetourCode":
                found[name] = f"{found[name]} {text}" if name in found else text
            else:
                found[name] = text
        return found

    @staticmethod
    def _total(element: Any) -> int:
        """An amount with its sign, in cents."""
        leaves = Document._leaves(element)
        text = leaves.get("TotaalBedrag", "").strip()
        value = int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else 0
        return -value if leaves.get("DebetCredit") == "C" else value

    def _begin(self, element: Any, dates: dict[str, date | str]) -> None:
        """Read the header."""
        found = NAMESPACE.fullmatch(element.tag.rpartition("}")[0].removeprefix("{"))
        if found is None or self.header is not None:
            raise self._no_message()
        standard, version, subversion, kind = found.groups()
        if int(version) != MAJOR or kind not in KINDS:
            raise self._other_version(standard, f"{version}.{subversion}", kind)
        leaves = self._leaves(element)
        sides = leaves.get("Afzender", "").strip(), leaves.get("Ontvanger", "").strip()
        municipality, provider = sides if KINDS[kind].from_municipality else sides[::-1]
        dated = read_date(self._first(element, "BerichtIdentificatie", "Dagtekening"))
        number = self._first(element, "BerichtIdentificatie", "Identificatie")
        if not _digits(municipality, 4) or not _digits(provider, 8) or isinstance(dated, str) or not number:
            raise refused(
                self.place,
                "de kop mist een afzender, een ontvanger, een identificatie of een dagtekening als 2026-04-30; vraag de "
                "afzender om een nieuw bericht.",
                "the header lacks a sender, a receiver, an identification or a day like 2026-04-30; ask the sender for a "
                "new message.",
            )
        law = LAWS[standard]
        identity = f"{law}:{municipality}:{provider}"
        asked = self._first(element, "DeclaratieIdentificatie", "Identificatie") or leaves.get(
            "IdentificatieRetour", ""
        )
        codes = leaves.get("RetourCode", "").split()
        self.header = Header(
            kind, law, municipality, provider,
            self.key.pseudonym("message", f"{identity}:{kind}:{number}"), dated,
            self.key.pseudonym("message", f"{identity}:{ANSWERS[kind]}:{asked}") if kind in ANSWERS and asked else None,
            rejected=kind in ANSWERS and any(code not in NO_REJECTION for code in codes),
        )  # fmt: skip
        self.reader = Reader(self.header, self.key, self.remarks, dates)

    @staticmethod
    def _first(element: Any, parent: str, name: str) -> str:
        """Text of an element of the header."""
        return next((one.text or "" for one in element.iterfind(f".//{{*}}{parent}/{{*}}{name}")), "").strip()

    def _compare_totals(self) -> None:
        """Whether the lines of a claim add up to its total."""
        assert self.reader is not None
        total = self.totals.get("TotaalIngediendBedrag")
        if self.reader.header.kind == "323" and total is not None and total != self.reader.cents:
            self.remarks.add("total", cents=total - self.reader.cents)

    def _answered(self) -> Rows:
        """What an answer to a claim awards, in cents."""
        assert self.header is not None
        if self.header.kind != "325" or "TotaalToegekendBedrag" not in self.totals:
            return {}
        submitted, awarded = self.totals.get("TotaalIngediendBedrag", 0), self.totals["TotaalToegekendBedrag"]
        return {"answered_totals": [(*self.header.of, self.header.answers, submitted, awarded)]}

    def _no_message(self) -> UserError:
        return refused(
            self.place,
            "dit is XML, maar geen bericht van iJw of iWmo; geef alleen berichten.",
            "this is XML, but no message of iJw or iWmo; give messages only.",
        )

    def _other_version(self, standard: str, version: str, kind: str) -> UserError:
        listed = ", ".join(KINDS)
        if not version.startswith(f"{MAJOR}."):
            return refused(
                self.place,
                f"dit is versie {version} van {standard}; alleen versie {MAJOR}.x wordt gelezen: lever de periode "
                "als csv aan "
                "(docs/import.md).",
                f"this is version {version} of {standard}; only version {MAJOR}.x is read: bring the period as a csv "
                "(docs/import.md).",
            )
        return refused(
            self.place,
            f"bericht {kind} wordt niet gebruikt; geef alleen {listed}.",
            f"message {kind} is not used; give {listed} only.",
        )

    def _broken(self, error: Any) -> UserError:
        """Why it is no valid message, without a text of it."""
        nl, en = fault_in_words(error, self.lines, cut=self.watched.ends_early())
        return refused(self.place, nl, en)


def _digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdecimal()
