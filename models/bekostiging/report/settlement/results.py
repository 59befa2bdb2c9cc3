"""A settlement as data: every line in cents, what it rests on, and the parts of the municipalities."""

from __future__ import annotations

from typing import Any

from bekostiging.report.settlement.match import match_results
from bekostiging.settlement import ContractSettlement, Match, Sample, YearSettlement


def settlement_results(settled: YearSettlement, match: Match, sample: Sample | None, lang: str) -> dict[str, Any]:
    """Content of afrekening.json, from which a next settlement reads what this one said."""
    place = 0 if lang == "nl" else 1
    return {
        "case": settled.case.name,
        "year": settled.year,
        "status": settled.status,
        "drawn_up": f"{settled.today:%Y-%m-%d}",
        "disclaimer": settled.case.disclaimer.get(lang, ""),
        "contracts": [_contract(one, place) for one in settled.contracts],
        "match": match_results(match, sample, place),
        "notes": [note[lang] for note in settled.notes],
    }


def _contract(one: ContractSettlement, place: int) -> dict[str, Any]:
    """One contract; ``paid_in_all``: cents that this settlement and those before it pay."""
    before = next((line.cents for line in one.lines if line.key == "settled_before"), 0)
    return {
        "provider": one.provider,
        "lot": one.lot,
        "form": one.form[place],
        "lines": [
            {
                "number": line.number,
                "key": line.key,
                "part": line.part,
                "kind": line.kind,
                "said": line.said[place],
                "words": line.words[place],
                "cents": line.cents,
                "exact": line.exact,
                "source": line.source,
                "estimated": line.estimated[place] if line.estimated else "",
            }
            for line in one.lines
        ],
        "municipalities": [
            {
                "municipality": part.municipality,
                "share": part.share,
                "determined": part.determined,
                "paid": part.paid,
                "balance": part.balance,
                "earlier": part.earlier,
                "to_pay": part.to_pay,
                "taakvelden": dict(part.taakvelden),
                "differences": dict(part.differences),
                "corrections": dict(part.corrections),
            }
            for part in one.parts
        ],
        "disputed": one.disputed,
        "held": one.held,
        "booked": one.booked,
        "difference": one.difference,
        "passed_on": one.passed_on,
        "correction": one.correction,
        "paid_in_all": one.to_pay - before,
    }
