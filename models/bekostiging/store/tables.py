"""The tables of the region store, and what turns an older store into one of today."""

from __future__ import annotations

from bekostiging.messages.records import COLUMNS

VERSION = 2
"""Of the layout; a change of a table raises it and adds its statements to ``UPGRADES``."""
OTHERS: dict[str, tuple[tuple[str, str], ...]] = {
    "extracts": (
        ("provider", "VARCHAR"), ("municipality", "VARCHAR"), ("form", "VARCHAR"), ("trajectory", "BIGINT"),
        ("birth_year", "SMALLINT"), ("referrer", "VARCHAR"), ("authorised", "DATE"), ("intended", "DATE"),
        ("begins", "DATE"), ("ends", "DATE"), ("reason", "VARCHAR"), ("cents", "BIGINT"), ("volume", "DOUBLE"),
    ),
    "quarter_counts": (
        ("provider", "VARCHAR"), ("region", "VARCHAR"), ("form", "VARCHAR"), ("year", "SMALLINT"), ("quarter", "SMALLINT"),
        ("quantity", "VARCHAR"), ("value", "DOUBLE"),
    ),
    "statistics": (
        ("dataset", "VARCHAR"), ("area", "VARCHAR"), ("year", "SMALLINT"), ("quantity", "VARCHAR"), ("value", "DOUBLE"),
        ("state", "VARCHAR"), ("standard_error", "DOUBLE"),
    ),
    "spending": (
        ("municipality", "VARCHAR"), ("year", "SMALLINT"), ("taakveld", "VARCHAR"), ("kind", "VARCHAR"), ("cents", "BIGINT"),
    ),
    "accounts": (
        ("provider", "VARCHAR"), ("name", "VARCHAR"), ("year", "SMALLINT"), ("quantity", "VARCHAR"), ("value", "DOUBLE"),
    ),
}  # fmt: skip
"""Tables that are filled from other files than messages."""
LATEST = {
    "spending": "municipality, year, taakveld, kind",
    "accounts": "provider, year, quantity",
    "quarter_counts": "provider, region, form, year, quarter, quantity",
}
"""Of figures that come in again when they were corrected: what each is about. The last import of it counts."""
FILLED = COLUMNS | OTHERS
"""Every table that an import fills, by name, without the number of the import."""
YEAR_MEMORY = (
    """CREATE TABLE actuals (case_name VARCHAR NOT NULL, kept TIMESTAMP, month VARCHAR NOT NULL, received VARCHAR NOT NULL,
    provider VARCHAR NOT NULL, lot VARCHAR NOT NULL, care_form VARCHAR NOT NULL, area VARCHAR NOT NULL, starts DOUBLE,
    stops DOUBLE, caseload DOUBLE, units DOUBLE, cents BIGINT, unclaimed DOUBLE, source VARCHAR, status VARCHAR,
    entered_by VARCHAR, entered_on VARCHAR)""",
    """CREATE TABLE forecasts (case_name VARCHAR NOT NULL, kept TIMESTAMP, year SMALLINT NOT NULL, through VARCHAR NOT NULL,
    provider VARCHAR NOT NULL, lot VARCHAR NOT NULL, expected BIGINT, low BIGINT, high BIGINT, scenarios INTEGER,
    seed BIGINT, illustrative BOOLEAN)""",
)
"""What is remembered of contract years that were followed: figures by month, and what was expected of the year (cents; of a
contract, or of all together where provider and lot are empty)."""
REMEMBERED = ("actuals", "forecasts")
UPGRADES: dict[int, tuple[str, ...]] = {1: YEAR_MEMORY}
"""Statements that bring a store of this version to the next."""
_FIXED = (
    "CREATE TABLE store (name VARCHAR PRIMARY KEY, value VARCHAR NOT NULL)",
    """CREATE TABLE imports (import INTEGER PRIMARY KEY, kind VARCHAR NOT NULL, file VARCHAR NOT NULL,
    digest VARCHAR NOT NULL, bytes BIGINT, made TIMESTAMP, maker VARCHAR, lines BIGINT, left_out BIGINT, checked BOOLEAN,
    first DATE, last DATE)""",
    "CREATE TABLE remarks (import INTEGER, rule VARCHAR, detail VARCHAR, times BIGINT, cents BIGINT)",
    """CREATE TABLE products (law VARCHAR NOT NULL, code VARCHAR NOT NULL, first DATE, last DATE, care_form VARCHAR,
    lot VARCHAR, taakveld VARCHAR, unit VARCHAR, crisis BOOLEAN, confirmed VARCHAR)""",
    "CREATE TABLE forgotten (made TIMESTAMP, what VARCHAR, rows BIGINT)",
)


def statements() -> tuple[str, ...]:
    """What makes an empty store."""
    made = tuple(
        f"CREATE TABLE {table} (import INTEGER, {', '.join(f'{name} {kind}' for name, kind in columns)})"
        for table, columns in FILLED.items()
    )
    return (*_FIXED, *YEAR_MEMORY, *made)


def latest(table: str) -> str:
    """A table of which a file with corrected figures takes the place of the one before it, for a query.

    >>> latest("accounts")
    '(FROM accounts QUALIFY import = max(import) OVER (PARTITION BY provider, year, quantity))'
    """
    return f"(FROM {table} QUALIFY import = max(import) OVER (PARTITION BY {LATEST[table]}))"
