"""What was odd about the lines of a file: a rule, how often, and the euros of it; never the line itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bekostiging.case.bsn import mask
from bekostiging.case.errors import Said
from bekostiging.characters import visible

MOST_DETAILS = 40
"""Different codes that one rule tells apart; the others are counted together."""
LONGEST_DETAIL = 12
"""Characters of a code that a remark repeats; the longest code of the standards has five."""

NAME_FIELDS = frozenset({"missing", "number"})
"""Rules whose detail is the name of a field, which is ours."""
MOST_CENTS = 10**17
"""Of a count: more than all care there is, and what a store can hold."""


@dataclass(frozen=True)
class LineRule:
    """What is done with a line: kept or left out, and the words for it."""

    kept: bool
    nl: str
    en: str


RULES: dict[str, LineRule] = {
    "missing": LineRule(False, "een veld ontbreekt", "a field is missing"),
    "number": LineRule(False, "geen geheel getal van nul of meer", "no whole number of zero or more"),
    "date": LineRule(False, "geen datum als 2026-04-30", "no date like 2026-04-30"),
    "two_digit_year": LineRule(False, "een jaar van twee cijfers", "a year of two digits"),
    "period": LineRule(False, "eindigt voordat het begint", "ends before it begins"),
    "debit_credit": LineRule(False, "debet of credit is niet D of C", "debit or credit is not D or C"),
    "repeated_message": LineRule(
        False,
        "dit bericht is al ingelezen uit een ander bestand",
        "this message was imported already from another file",
    ),
    "number_test": LineRule(
        True, "het burgerservicenummer doorstaat de elfproef niet", "the citizen service number fails the elfproef"
    ),
    "comment_number": LineRule(
        True,
        "in een opmerking staat wat een burgerservicenummer kan zijn; opmerkingen worden nooit bewaard",
        "a comment holds what may be a citizen service number; comments are never kept",
    ),
    "unknown_unit": LineRule(True, "onbekende eenheid", "unknown unit"),
    "unknown_frequency": LineRule(True, "onbekende frequentie", "unknown frequency"),
    "unknown_category": LineRule(True, "onbekende productcategorie", "unknown product category"),
    "unknown_reason": LineRule(True, "onbekende reden van beëindiging", "unknown reason of a stop"),
    "unknown_referrer": LineRule(True, "onbekende verwijzer", "unknown referrer"),
    "unknown_status": LineRule(True, "onbekende status van aanlevering", "unknown status of delivery"),
    "not_p_times_q": LineRule(
        True, "bedrag is niet tarief maal volume; het bedrag telt", "amount is not tariff times volume; the amount counts"
    ),
    "total": LineRule(
        True,
        "de regels tellen niet op tot het totaal van de declaratie; de regels tellen",
        "the lines do not add up to the total of the claim; the lines count",
    ),
    "merged": LineRule(
        False,
        "een jaar waarvan een deel van een samengevoegde gemeente ontbreekt, of van een gemeente die er niet meer is",
        "a year that lacks a part of municipalities that merged, or of one that is no more",
    ),
    "answer_without_message": LineRule(
        True,
        "antwoord op een bericht dat niet in de opslag staat; lees dat bericht ook in",
        "answer to a message that is not in the store; import that message too",
    ),
}  # fmt: skip
"""Every rule for a line by its name; docs/import.md repeats them."""


@dataclass
class Remarks:
    """Counts and cents by rule and detail.

    Parameters
    ----------
    counts, cents : dict
        By (rule, detail): how often, and euros in cents.

    Examples
    --------
    >>> from bekostiging.messages import Remarks
    >>> remarks = Remarks()
    >>> remarks.add("unknown_unit", "99", cents=5000)
    >>> [sentence for _, sentence in remarks.sentences("en")]
    ['1 line, unknown unit (99): kept, 50.00 euro']
    """

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    cents: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, rule: str, detail: str = "", cents: int = 0, times: int = 1) -> None:
        """Count a line; ``detail``: a code, cut short and masked."""
        key = (rule, self._shown(rule, detail))
        self.counts[key] = self.counts.get(key, 0) + times
        self.cents[key] = max(min(self.cents.get(key, 0) + cents, MOST_CENTS), -MOST_CENTS)

    def _shown(self, rule: str, detail: str) -> str:
        """The detail as a remark repeats it."""
        if not detail:
            return ""
        shown = mask(visible(detail, lines=False))
        if rule not in NAME_FIELDS:
            shown = shown[:LONGEST_DETAIL]
        known = (rule, shown) in self.counts
        return shown if known or sum(one == rule for one, _ in self.counts) < MOST_DETAILS else "…"

    def left_out(self) -> int:
        """Lines that were not kept."""
        return sum(times for (rule, _), times in self.counts.items() if not RULES[rule].kept)

    def sentences(self, lang: str) -> Iterator[tuple[str, str]]:
        """Rule and sentence of every remark, what was left out first."""
        for rule, detail in sorted(self.counts, key=lambda key: (RULES[key[0]].kept, key)):
            yield rule, remark_sentence(rule, detail, self.counts[rule, detail], self.cents[rule, detail], lang)


def remark_sentence(rule: str, detail: str, times: int, cents: int, lang: str) -> str:
    """One remark as a sentence.

    >>> remark_sentence("date", "", 3, 0, "nl")
    '3 regels, geen datum als 2026-04-30: niet ingelezen'
    """
    own = RULES[rule]
    words: Said = (own.nl, own.en)
    said = words[lang != "nl"] + (f" ({detail})" if detail else "")
    if lang == "nl":
        lines, what = ("regel" if times == 1 else "regels"), ("wel ingelezen" if own.kept else "niet ingelezen")
        euro = f", {euros(cents, lang)} euro" if cents else ""
    else:
        lines, what = ("line" if times == 1 else "lines"), ("kept" if own.kept else "not imported")
        euro = f", {euros(cents, lang)} euro" if cents else ""
    return f"{times} {lines}, {said}: {what}{euro}"


def euros(cents: int, lang: str) -> str:
    """Cents as euros, as the language writes them.

    >>> euros(123456789, "nl"), euros(-5, "en")
    ('1.234.567,89', '-0.05')
    """
    whole, rest = divmod(abs(cents), 100)
    text = f"{whole:,}.{rest:02d}"
    if lang == "nl":
        text = text.translate(str.maketrans(",.", ".,"))
    return f"-{text}" if cents < 0 else text
