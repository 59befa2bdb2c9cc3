"""The lines of a lump sum in the order of a statement: budget, base, corridor, clauses."""

from __future__ import annotations

import numpy as np

from bekostiging.case.errors import Said
from bekostiging.contracts import Corridor, Taakgericht
from bekostiging.settlement.formula import Term, least, most, term
from bekostiging.settlement.ledger import money, percent
from bekostiging.settlement.sheet import Sheet
from bekostiging.settlement.spelled import factor, spelled


def lump_sum_lines(sheet: Sheet, one: Taakgericht) -> None:
    """Chapters I to IV of a lump sum, up to the amount that is determined."""
    ledger = sheet.ledger
    indexed, budget = _budget(sheet)
    base = _base(sheet, one)
    moved = _before_corridor(sheet, one, base, indexed)
    own = ["delivered", *ledger.keys("base")[1:]]
    left = ledger.total("base", "base", ("Grondslag voor de bandbreedte", "Base of the corridor"), own)
    deviation = left - indexed
    share = percent(deviation.value / indexed.value, "nl"), percent(deviation.value / indexed.value, "en")
    numbers = f"{ledger.number('base')} − {ledger.number('indexed')}"
    ledger.amount(
        "deviation",
        "base",
        ("Afwijking van het referentiebedrag", "Deviation from the reference amount"),
        deviation,
        (f"{numbers}, {share[0]}", f"{numbers}, {share[1]}"),
        kind="shown",
    )
    _corridor(sheet, one, left, indexed)
    for key, said, worth, words in moved:
        ledger.amount(key, "clauses", said, worth, words)
    _on_budget(sheet, one, budget)
    _after_corridor(sheet, one, left, indexed)
    sheet.pool()
    paid = ["budget", *ledger.keys("corridor", "clauses")]
    ledger.total("determined", "clauses", ("Vastgestelde vergoeding", "Amount determined"), paid)


def _budget(sheet: Sheet) -> tuple[Term, Term]:
    """Chapter I: what the contract pays for the task before anything is settled."""
    ledger, agreed, year = sheet.ledger, sheet.agreed, sheet.year
    first, now = sheet.book.case.first_year, sheet.book.case.first_year + year
    source = agreed.sources.get("reference_amount", agreed.sources["contract"])
    said = f"Referentiebedrag {now}, prijspeil {first}", f"Reference amount of {now}, prices of {first}"
    given = ledger.given("reference", said, float(agreed.reference[year]), source)
    reference = ledger.amount("reference", "budget", said, given, ("contract", "contract"), source)
    keys = ["reference"]
    level = sheet.price
    if year or level.value != 1:
        keys.append("index")
        ledger.amount(
            "index",
            "budget",
            (f"Index {first} tot {now}", f"Index from {first} to {now}"),
            reference * (level - 1),
            tuple(f"{percent(level.value - 1, lang, 4)} {word} 1" for lang, word in (("nl", "van"), ("en", "of"))),  # type: ignore[arg-type]
            estimated=sheet.index_estimate,
        )
    keys += _letters(sheet)
    indexed = ledger.total("indexed", "budget", ("Geïndexeerd referentiebedrag", "Indexed reference amount"), keys)
    part = float(agreed.loading[year])
    loading_source = agreed.sources.get("loading", "")
    none = ("niet afgesproken", "none agreed")
    given = ledger.given("loading", ("opslag", "loading"), part, loading_source)
    number = ledger.number("indexed")
    words = (f"{percent(part, 'nl')} van {number}", f"{percent(part, 'en')} of {number}")
    ledger.amount(
        "loading",
        "budget",
        ("Opslag", "Loading"),
        given * indexed,
        words if loading_source else none,
        loading_source,
    )
    budget = ledger.total("budget", "budget", (f"Budget {now}", f"Budget of {now}"), ["indexed", "loading"])
    return indexed, budget


def _letters(sheet: Sheet) -> list[str]:
    """A line per change letter that counts in the year; their keys."""
    keys = []
    for number, (letter, months, over) in enumerate(sheet.agreed.letters, start=1):
        if not months[sheet.year]:
            continue
        amount = sheet.ledger.given(
            f"letter_{number}",
            (f"brief {letter.letter}, per jaar", f"letter {letter.letter}, a year"),
            letter.euros,
            letter.document,
        )
        counted = sheet.ledger.given(f"letter_{number}_months", ("maanden", "months"), months[sheet.year])
        rise = sheet.ledger.given(
            f"letter_{number}_index", ("index sinds de brief", "index since the letter"), over[sheet.year]
        )
        keys.append(f"letter_{number}")
        sheet.ledger.amount(
            f"letter_{number}",
            "budget",
            (
                f"Schriftelijke wijziging {letter.letter}, ingaand {letter.from_month}, prijspeil {letter.price_level}",
                f"Change letter {letter.letter}, from {letter.from_month}, prices of {letter.price_level}",
            ),
            amount * counted / 12 * rise,
            (
                f"{months[sheet.year]:.0f}/12 van {money(letter.euros, 'nl')}",
                f"{months[sheet.year]:.0f}/12 of {money(letter.euros, 'en')}",
            ),
            letter.document,
        )
    return keys


def _base(sheet: Sheet, one: Taakgericht) -> Term:
    """Chapter II: the care that was delivered, as the contract measures it, less what is not recognised."""
    ledger, year = sheet.ledger, sheet.year
    if one.base == "audited_cost":
        said: Said = ("Gecontroleerde kosten", "Audited cost")
        worth = ledger.given("cost", said, float(sheet.values.raw[0, year]), sheet.sources)
        words: Said = ("productieverantwoording", "production statement")
    elif one.base == "clients_times_norm":
        said = ("Cliënten maal normbedrag", "Clients times norm amount")
        clients = float(one.own(sheet.book.care.care_use.clients)[0, year].sum())
        level = float(sheet.book.levels[one.lot].contract[0, year])
        norm = ledger.given("norm", ("normbedrag per cliënt", "norm amount per client"), float(one.norm[year]))
        rise = ledger.given("norm_index", ("index op het normbedrag", "index on the norm"), level)
        worth = (
            ledger.given("clients", ("cliënten in het jaar", "clients in the year"), clients, sheet.sources)
            * norm
            * rise
        )
        words = (f"{money(clients, 'nl', 1)} cliënten", f"{money(clients, 'en', 1)} clients")
    else:
        said = ("Geleverde zorg maal referentietarief", "Care delivered times the reference tariff")
        worth = sheet.figures("units", ("geleverde eenheden", "units delivered")) * sheet.price
        words = ("productieverantwoording", "production statement")
    ledger.amount(
        "delivered",
        "base",
        said,
        worth,
        words,
        sheet.sources,
        estimated=sheet.care_estimate or sheet.index_estimate,
    )
    keys = ["delivered", *sheet.deduct()]
    found = worth
    for key in keys[1:]:
        found = found + Term(ledger.line(key).exact, f"{{line:{key}}}")
    return Term(found.value, "+".join(f"{{line:{key}}}" for key in keys) if len(keys) > 1 else "{line:delivered}")


def _before_corridor(
    sheet: Sheet, one: Taakgericht, base: Term, indexed: Term
) -> list[tuple[str, Said, Term, Said]]:
    """Clauses that change the base: what each takes off it, and what it adds to the payment later."""
    later: list[tuple[str, Said, Term, Said]] = []
    base = Term(base.value, f"({base.text})")
    for place, step in enumerate(sheet.values.steps):
        if isinstance(step.clause, Corridor):
            break
        found = spelled(step.clause, sheet.at(place, base, indexed, step))
        nl, en = step.clause.name
        key = f"base_{place}_{step.clause.kind}"
        worth = found.left - base
        sheet.ledger.amount(
            key,
            "base",
            (f"Af: {nl} (gaat vóór de bandbreedte)", f"Less: {en} (before the corridor)"),
            worth,
            found.words,
        )
        later.append(
            (
                f"clause_{place}_{step.clause.kind}",
                (nl.capitalize(), en.capitalize()),
                found.moved * one.towards,
                found.words,
            )
        )
        base = Term(found.left.value, f"({base.text}+{{line:{key}}})")
    return later


def _corridor(sheet: Sheet, one: Taakgericht, left: Term, indexed: Term) -> None:
    """Chapter III: the euros in every layer on the side where the year came out, and the share of each."""
    ledger, corridor = sheet.ledger, one.corridor
    above = left.value >= indexed.value
    order = [k for k in range(corridor.n_layers) if corridor.deficit[k] == above]
    for number, k in enumerate(order, start=1):
        low, high, share = float(corridor.lower[k]), float(corridor.upper[k]), float(corridor.share[k])
        lower, part = (
            ledger.given(f"layer_{number}_lower", ("ondergrens", "lower edge"), low, "contract"),
            ledger.given(
                f"layer_{number}_share", ("aandeel gemeente", "share of the municipality"), share, "contract"
            ),
        )
        if above:
            inside = most(left - lower * indexed, 0)
        else:
            upper = ledger.given(f"layer_{number}_upper", ("bovengrens", "upper edge"), high, "contract")
            inside = least(most(upper * indexed - left, 0), (upper - lower) * indexed)
        if above and np.isfinite(high):
            upper = ledger.given(f"layer_{number}_upper", ("bovengrens", "upper edge"), high, "contract")
            inside = least(inside, (upper - lower) * indexed)
        span = {
            lang: f"{percent(low, lang)} {to} {percent(high, lang)}"
            if np.isfinite(high)
            else f"{over} {percent(low, lang)}"
            for lang, to, over in (("nl", "tot", "boven"), ("en", "to", "above"))
        }
        said = (
            f"Laag {span['nl']} van het referentiebedrag",
            f"Layer {span['en']} of the reference amount",
        )
        words = tuple(f"{money(inside.value, lang)} × {percent(share, lang)}" for lang in ("nl", "en"))
        worth = part * inside if above else -(part * inside)
        ledger.amount(f"layer_{number}", "corridor", said, worth, (words[0], words[1]), "contract")


def _after_corridor(sheet: Sheet, one: Taakgericht, base: Term, indexed: Term) -> None:
    """Clauses on what the corridor leaves: what it gave back counts as spent."""
    ledger = sheet.ledger
    left = Term(base.value, f"({base.text})")
    for key in ledger.keys("corridor"):
        left = left - Term(ledger.line(key).exact, f"{{line:{key}}}")
    first = len(one.clauses)
    for place, step in enumerate(sheet.values.steps[first:], start=first):
        found = spelled(step.clause, sheet.at(place, left, indexed, step))
        nl, en = step.clause.name
        key = f"clause_{place}_{step.clause.kind}"
        ledger.amount(key, "clauses", (nl.capitalize(), en.capitalize()), found.moved * one.towards, found.words)
        left = found.left


def _on_budget(sheet: Sheet, one: Taakgericht, budget: Term) -> None:
    """Clauses on the budget itself, each on what those before it leave, and what is paid beside it."""
    ledger, care_use = sheet.ledger, sheet.book.care.care_use
    so_far = term(1.0)
    for place, clause in enumerate(one.budget_clauses):
        at = sheet.at(100 + place, budget, budget)
        part, words = factor(clause, at, care_use, one.cells)
        nl, en = clause.name
        worth = budget * so_far * (part - 1)
        ledger.amount(f"budget_{place}_{clause.kind}", "clauses", (nl.capitalize(), en.capitalize()), worth, words)
        so_far = so_far * part
        beside = float(clause.beside(care_use.n_years)[sheet.year])
        if beside:
            given = at.given(
                "beside",
                (f"{nl}: naast het budget, prijspeil eerste jaar", f"{en}: beside the budget, first year"),
                beside,
            )
            said = f"{nl.capitalize()}: oude omzet", f"{en.capitalize()}: old revenue"
            ledger.amount(
                f"beside_{place}", "clauses", said, given * sheet.price, ("maal de index", "times the index")
            )
