"""What a result rests on: every policy choice, and the assumptions of the case by table, status and source."""

from __future__ import annotations

from collections.abc import Iterator

from bekostiging.case import POLICIES, Case
from bekostiging.case.rows import STATUSES, Assumption
from bekostiging.case.tables import TABLES
from bekostiging.report.kit.long import Cell, LongTable, Row, as_given
from bekostiging.report.kit.sense import sense_tables
from bekostiging.report.kit.texts import Texts


def origin_tables(case: Case, texts: Texts) -> list[LongTable]:
    """What a result leans on: every policy choice, the assumptions by table and source, what is odd and what counts."""
    policy: Iterator[dict[str, Cell]] = (
        {
            "name": row.name,
            "scope": row.scope,
            "text": as_given(row.value),
            "measure": row.unit,
            "meaning": POLICIES[row.name].explained(texts.lang),
            "source": row.source,
            "status": texts["statuses", row.status],
        }
        for row in sorted(case.policy, key=lambda row: STATUSES.index(row.status))
    )
    columns = ("name", "scope", "text", "measure", "meaning", "source", "status")
    return [
        LongTable("policy", columns, tuple(policy)),
        LongTable("assumptions", ("status", "table", "rows", "source"), tuple(assumptions(case))),
        *sense_tables(case, texts),
    ]


def discounted(case: Case, texts: Texts) -> str:
    """That amounts over the term are discounted, where the case does so."""
    return texts["units", "discounted"] if case.policy.discount_rate else ""


def assumptions(case: Case) -> Iterator[Row]:
    """Rows per table, status and source; the invented first."""
    counts: dict[tuple[int, str, str], int] = {}
    for table in TABLES:
        for row in getattr(case, table):
            if isinstance(row, Assumption):
                key = (STATUSES.index(row.status), table, row.source)
                counts[key] = counts.get(key, 0) + 1
    for (order, table, source), rows in sorted(counts.items(), key=lambda item: item[0][0]):
        yield {"status": STATUSES[order], "table": table, "rows": rows, "source": source}
