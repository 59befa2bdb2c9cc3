"""Claims from a region's own system: a CSV of any size, or a workbook, by a mapping of its columns.

The file is read in blocks; the number of a person becomes its pseudonym block by block, before anything reaches the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bekostiging.case.arguments import checked_path, kinds_checked
from bekostiging.case.bsn import find
from bekostiging.case.errors import UserError
from bekostiging.case.tables import LAWS
from bekostiging.messages.guard import Source, refused, sources
from bekostiging.messages.keys import Key
from bekostiging.messages.kinds import UNITS
from bekostiging.messages.lines import EARLIEST, LATEST
from bekostiging.store.claims_text import blocks, header_of
from bekostiging.store.database import Store
from bekostiging.store.importing import Import, Imported, every_file, importing
from bekostiging.store.mapping import Columns, proposed_mapping, read_mapping

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = (".csv", ".txt", ".xlsx", ".xls", ".ods")
WORDS = {
    "minuut": "minute", "minuten": "minute", "min": "minute", "minute": "minute", "uur": "hour", "uren": "hour",
    "hour": "hour", "etmaal": "etmaal", "etmalen": "etmaal", "dag": "etmaal", "dagdeel": "dagdeel", "dagdelen": "dagdeel",
    "stuk": "piece", "stuks": "piece", "piece": "piece", "euro": "euro", **UNITS,
    **{code.lstrip("0"): unit for code, unit in UNITS.items()},
}  # fmt: skip
"""Unit by the word or code that a file may have."""
KEPT = ("provider", "product", "unit")
"""Columns whose texts are kept as they are."""
NUMBER = r"^-?[0-9]+(?:[.,][0-9]+)?$"


@kinds_checked
def import_claims(
    store: Store, source: str | Path, key: Key, mapping: str | Path | None = None, maker: str = ""
) -> list[Imported]:
    """Import claims from a CSV or workbook.

    Parameters
    ----------
    store : Store
        Open to write.
    source : str or path
        A file, or a folder of them with the same columns.
    key : Key
        Of the key holder.
    mapping : str or path, optional
        Which column is what; without one a proposal is written beside the file, to be checked.
    maker : str, default ""
        Who imports.

    Returns
    -------
    list of Imported
        One per file.

    Raises
    ------
    UserError
        No mapping yet: where the proposal stands; another key; no such place.

    Examples
    --------
    >>> from pathlib import Path
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import import_claims, make_store, open_store
    >>> head = "gemeente;agb;wet;client;productcode;begindatum;einddatum;aantal;eenheid;bedrag"
    >>> line = "0034;65656055;wmo;c1;02A05;2025-01-01;2025-01-31;4,5;uur;270,00"
    >>> _ = Path("paid.csv").write_text(f"{head}\\n{line}\\n", encoding="utf-8")
    >>> key = new_key("paid.key")
    >>> make_store("paid.duckdb", key, ["0034"], retention_years=7)
    >>> with open_store("paid.duckdb", read_only=False) as store:
    ...     try:
    ...         import_claims(store, "paid.csv", key)
    ...     except Exception as error:
    ...         print(error)
    ...     told = import_claims(store, "paid.csv", key, "paid.toml")
    ...     told[0].lines, store.rows("SELECT volume, unit, cents FROM claims")
    paid.toml is a proposal for which column is what: check it, and import again with --mapping paid.toml.
    (1, [(4.5, 'hour', 27000)])
    """
    store.check_key(key)
    files = sources(source, ENDINGS)
    if mapping is None:
        raise _proposed(files[0])
    place = checked_path("mapping", mapping)

    def one(file: Source, told: Imported) -> None:
        """Import one file."""
        with importing(store, "claims", file, maker, told) as into:
            header, _, _ = header_of(file)
            claims = Claims(read_mapping(place, header), key, store, file, told)
            for block in blocks(file, claims.mapping):
                claims.add(into, block)
            told.lines = claims.lines
            told.left_out = told.remarks.left_out()

    return every_file(files, one)


def _proposed(file: Source) -> UserError:
    """Write a proposal for the mapping beside a file, and say so."""
    header, separator, example = header_of(file)
    place = file.path.with_suffix(".toml")
    if not place.exists():
        place.write_text(proposed_mapping(header, separator, example), encoding="utf-8")
    return UserError(
        f"{place} is een voorstel voor welke kolom wat is: loop het na, en lees opnieuw in met --mapping {place}.",
        f"{place} is a proposal for which column is what: check it, and import again with --mapping {place}.",
        exit_code=2,
    )


class Claims:
    """Turns blocks of texts into claims; ``lines`` counts all of them.

    Parameters
    ----------
    mapping : Columns
    key : Key
    store : Store
    file : Source
    told : Imported
    """

    def __init__(self, mapping: Columns, key: Key, store: Store, file: Source, told: Imported) -> None:
        self.mapping, self.key, self.store, self.file, self.told = mapping, key, store, file, told
        self.lines = 0
        self.message = key.pseudonym("file", file.digest())
        self.known: dict[str, dict[str, int]] = {}

    def add(self, into: Import, block: pa.Table) -> None:
        """Add the claims of a block."""
        import pyarrow as pa
        import pyarrow.compute as pc

        n = block.num_rows
        self.lines += n
        text = {field: self._cells(block, field) for field in (*self.mapping.columns, *self.mapping.fixed)}
        self._municipalities(text["municipality"])
        for field in KEPT:
            self._no_numbers(field, text[field])
        begins = self._days(text["begins"])
        ends = self._days(text["ends"]) if "ends" in text else _month_ends(begins)
        volume, amount = self._numbers(text["volume"]), self._numbers(text["amount"])
        cents = pc.cast(
            pc.round(pc.multiply(amount, 100.0 if self.mapping.amounts == "euro" else 1.0)), pa.int64()
        )
        credit = pc.less(cents, 0)
        unit = _mapped(pc.utf8_lower(text["unit"]), WORDS)
        law = _mapped(
            pc.utf8_lower(text["law"]), {one: one for one in LAWS} | {"jw": "jeugdwet", "jeugd": "jeugdwet"}
        )
        person = self._pseudonyms("person", text["person"])
        checks = (
            ("date", pc.or_kleene(pc.is_null(begins), pc.is_null(ends))),
            ("period", pc.less(ends, begins)),
            (
                "number",
                pc.or_kleene(
                    pc.or_kleene(pc.is_null(volume), pc.is_null(amount)), pc.less(pc.multiply(volume, amount), 0.0)
                ),
            ),
            (
                "missing",
                pc.or_kleene(pc.is_null(law), pc.or_kleene(pc.is_null(person), pc.equal(text["product"], ""))),
            ),
        )
        kept = pa.array([True] * n) if n < 2 else pc.is_valid(text["product"])
        for rule, wrong in checks:
            wrong = pc.and_(kept, pc.fill_null(wrong, False))
            if times := pc.sum(wrong).as_py():
                self.told.remarks.add(rule, times=times)
                kept = pc.and_not(kept, wrong)
        self._unknown(unit, text["unit"], kept)
        none = pa.nulls(n, pa.int64())
        columns = {
            "message": pa.repeat(self.message, n), "law": law, "municipality": text["municipality"],
            "provider": text["provider"], "person": person,
            "authorisation": self._of_giver("authorisation", text, law, ("municipality",)),
            "category": pc.utf8_slice_codeunits(text["product"], 0, 2),
            "product": pc.utf8_slice_codeunits(text["product"], 0, 5),
            "begins": begins, "ends": ends, "volume": volume, "unit": pc.coalesce(unit, text["unit"]), "tariff": none,
            "cents": cents, "credit": credit,
            "reference": self._of_giver("reference", text, law, ("municipality", "provider")), "previous": none,
            "received": self._days(text["received"]) if "received" in text else pa.nulls(n, pa.date32()),
        }  # fmt: skip
        into.add_columns("claims", pa.table(columns).filter(kept))
        self._span(begins, kept)

    def _cells(self, block: pa.Table, field: str) -> Any:
        """The texts of a field, of a column or the same for all."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if field in self.mapping.fixed:
            return pa.repeat(self.mapping.fixed[field], block.num_rows)
        column = pc.fill_null(
            pc.utf8_trim_whitespace(block.column(self.mapping.columns[field]).combine_chunks()), ""
        )
        return pc.utf8_lpad(column, 4, "0") if field == "municipality" else column

    def _municipalities(self, codes: Any) -> None:
        """Refuse a file with claims of another municipality."""
        other = sorted(set(codes.unique().to_pylist()) - set(self.store.municipalities))
        if other:
            own = ", ".join(self.store.municipalities)
            raise refused(
                self.file.name,
                f"gemeente {other[0][:12]} is niet van deze opslag ({own}); controleer de kolom, of neem de opslag "
                "van die gemeente.",
                f"municipality {other[0][:12]} is not of this store ({own}); check the column, or take the store of "
                "that one.",
            )

    def _no_numbers(self, field: str, text: Any) -> None:
        """Refuse a column that is kept as it is and holds citizen service numbers: the mapping names the wrong one."""
        if any(find(one, codes=True, dates=False) for one in text.unique().to_pylist()):
            raise refused(
                self.file.name,
                f"de kolom die als {field} is genoemd bevat wat een burgerservicenummer kan zijn; herstel de "
                "toewijzing van kolommen.",
                f"the column that is named as {field} holds what may be a citizen service number; mend the mapping.",
            )

    def _days(self, text: Any) -> Any:
        """Days; null where a text is none, or its year has two digits."""
        import pyarrow as pa

        encoded = text.dictionary_encode()
        days = [self._day(one) for one in encoded.dictionary.to_pylist()]
        return pa.array(days, type=pa.date32()).take(encoded.indices)

    def _day(self, text: str) -> date | None:
        """One day, as the mapping says it is written."""
        try:
            found = datetime.strptime(text, self.mapping.date).date()
        except ValueError:
            return None
        return found if EARLIEST <= found.year <= LATEST else None

    def _numbers(self, text: Any) -> Any:
        """Numbers; null where a text is none."""
        import pyarrow as pa
        import pyarrow.compute as pc

        other = "." if self.mapping.decimal == "," else ","
        plain = (
            pc.replace_substring(pc.replace_substring(text, other, ""), ",", ".")
            if self._grouped(text, other)
            else (pc.replace_substring(text, ",", "."))
        )
        fits = pc.match_substring_regex(text if not self._grouped(text, other) else plain, NUMBER)
        return pc.cast(pc.if_else(fits, plain, pa.scalar(None, pa.string())), pa.float64())

    def _grouped(self, text: Any, mark: str) -> bool:
        """Whether any number of a block has the mark of thousands."""
        import pyarrow.compute as pc

        return bool(pc.any(pc.match_substring(text, mark)).as_py())

    def _pseudonyms(self, subject: str, text: Any) -> Any:
        """Pseudonyms of a column of numbers; null where there is none."""
        import pyarrow as pa

        encoded = text.dictionary_encode()
        known = self.known.setdefault(subject, {})
        if len(known) > MOST_KNOWN or subject == "reference":
            known.clear()
        found = [
            None if not one else self._pseudonym(subject, one, known) for one in encoded.dictionary.to_pylist()
        ]
        return pa.array(found, type=pa.int64()).take(encoded.indices)

    def _of_giver(self, subject: str, text: Mapping[str, Any], law: Any, givers: tuple[str, ...]) -> Any:
        """Pseudonyms of numbers that a municipality (or a provider in it) gives out, as of a message; null without."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if subject not in text:
            return pa.nulls(len(law), pa.int64())
        parts = [pc.fill_null(law, ""), *(text[name] for name in givers), text[subject]]
        joined = pc.binary_join_element_wise(*parts, ":")
        return self._pseudonyms(subject, pc.if_else(pc.equal(text[subject], ""), "", joined))

    def _pseudonym(self, subject: str, text: str, known: dict[str, int]) -> int:
        """Of one number; a citizen service number as a message writes it: nine digits."""
        found = known.get(text)
        if found is None:
            plain = text.replace(".", "").replace(" ", "")
            own = plain.zfill(9) if subject == "person" and plain.isdecimal() else text
            found = known[text] = self.key.pseudonym(subject, own)
        return found

    def _unknown(self, unit: Any, text: Any, kept: Any) -> None:
        """Count units that nobody knows."""
        import pyarrow.compute as pc

        wrong = pc.and_(pc.is_null(unit), kept)
        if times := pc.sum(wrong).as_py():
            self.told.remarks.add("unknown_unit", str(text.filter(wrong)[0].as_py()), times=times)

    def _span(self, begins: Any, kept: Any) -> None:
        """The first and last day of the claims."""
        import pyarrow.compute as pc

        span = pc.min_max(begins.filter(kept)).as_py()
        if span["min"] is not None:
            self.told.first = min(self.told.first or span["min"], span["min"])
            self.told.last = max(self.told.last or span["max"], span["max"])


MOST_KNOWN = 2_000_000
"""Pseudonyms that are remembered at once: some hundred MB."""


def _mapped(text: Any, words: dict[str, str]) -> Any:
    """The word for each text, null where there is none."""
    import pyarrow as pa

    encoded = text.dictionary_encode()
    return pa.array([words.get(one) for one in encoded.dictionary.to_pylist()], type=pa.string()).take(
        encoded.indices
    )


def _month_ends(begins: Any) -> Any:
    """The last day of the month of every day."""
    import pyarrow as pa
    import pyarrow.compute as pc

    following = pc.ceil_temporal(begins, unit="month", ceil_is_strictly_greater=True)
    return pc.cast(pc.subtract(pc.cast(pc.cast(following, pa.date32()), pa.int32()), 1), pa.date32())
