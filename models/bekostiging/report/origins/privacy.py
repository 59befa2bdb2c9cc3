"""Privacy papers of a region store, filled in from what is in it: register, pre-DPIA, annex for the processor, retention.

They are drafts for the data protection officer: what a program cannot know stands between square brackets.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bekostiging.case.arguments import checked_language, checked_path, kinds_checked
from bekostiging.report.kit.html import template
from bekostiging.report.kit.paper import Paper
from bekostiging.report.kit.texts import Texts
from bekostiging.report.origins.page import Part
from bekostiging.store import PrivacyFacts, shown_count

FILES = {
    "nl": (
        "verwerkingsregister.html",
        "pre-dpia.html",
        "bijlage-verwerkersovereenkomst.html",
        "bewaartermijnen.html",
    ),
    "en": ("register.html", "pre-dpia.html", "processor-annex.html", "retention.html"),
}
TITLES = {
    "nl": (
        "Regel voor het verwerkingsregister",
        "Pre-DPIA",
        "Bijlage bij de verwerkersovereenkomst",
        "Bewaartermijnen",
    ),
    "en": ("Line for the register of processing", "Pre-DPIA", "Annex to the processing agreement", "Retention"),
}
DRAFT = {
    "nl": "Concept, ingevuld uit de opslag. Laat het nakijken door de functionaris gegevensbescherming; wat tussen "
    "vierkante haken staat, moet u zelf invullen.",
    "en": "Draft, filled in from the store. Have it checked by the data protection officer; what stands between square "
    "brackets is yours to fill in.",
}
NAMES = {
    "nl": {"authorisations": "toewijzingen", "starts": "starts", "stops": "stops", "requests": "verzoeken om toewijzing",
           "claims": "declaratieregels", "extracts": "trajecten uit de opgave"},
    "en": {"authorisations": "authorisations", "starts": "starts", "stops": "stops", "requests": "requests",
           "claims": "claim lines", "extracts": "trajectories of the extract"},
}  # fmt: skip


@kinds_checked
def write_privacy_papers(facts: PrivacyFacts, folder: str | Path, lang: str = "nl") -> list[Path]:
    """Write the privacy papers of a store into a folder.

    Parameters
    ----------
    facts : PrivacyFacts
        As ``privacy_facts`` gives them.
    folder : str or path
        Made when it is not there.
    lang : str, default "nl"
        ``nl`` or ``en``.

    Returns
    -------
    list of Path
        The line for the register, the pre-DPIA, the annex and the retention table.

    Raises
    ------
    UserError
        Another language.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.report import write_privacy_papers
    >>> from bekostiging.store import make_store, open_store, privacy_facts
    >>> make_store("of-papers.duckdb", new_key("of-papers.key"), ["0034"], retention_years=7)
    >>> with open_store("of-papers.duckdb") as store:
    ...     [file.name for file in write_privacy_papers(privacy_facts(store), "papers", "en")]
    ['register.html', 'pre-dpia.html', 'processor-annex.html', 'retention.html']
    """
    texts = Texts(checked_language("lang", lang))
    place = checked_path("folder", folder)
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for name, title, make in zip(
        FILES[lang], TITLES[lang], (_register, _assessment, _annex, _retention), strict=True
    ):
        page = template("origins.html.j2").render(
            lang=lang,
            title=title,
            paper=Paper.of(title, texts),
            warnings=[DRAFT[lang]],
            sections=make(facts, lang),
        )
        (place / name).write_text(page, encoding="utf-8", newline="")
        written.append(place / name)
    return written


def _both(lang: str, nl: str, en: str) -> str:
    return {"nl": nl, "en": en}[lang]


def _rows(lang: str, *rows: tuple[str, str, str]) -> tuple[tuple[str, ...], ...]:
    """A table of two columns: (Dutch name, English name, text)."""
    head = (("Onderwerp", "Inhoud"), ("Subject", "Content"))[lang != "nl"]
    return (head, *((nl if lang == "nl" else en, text) for nl, en, text in rows))


def _categories(facts: PrivacyFacts, lang: str) -> str:
    """What is kept about persons."""
    names = ", ".join(NAMES[lang][table] for table, *_ in facts.tables) or _both(lang, "nog niets", "nothing yet")
    return _both(
        lang,
        f"{names}; per mens een pseudoniem en geboortejaar, geen naam, adres, geboortedag of burgerservicenummer",
        f"{names}; of a person a pseudonym and the year of birth, no name, address, day of birth or citizen service number",
    )


def _security(lang: str) -> list[str]:
    """Measures that hold for every store."""
    return {
        "nl": [
            "Het burgerservicenummer bestaat alleen terwijl een regel wordt gelezen; bewaard wordt HMAC-SHA-256 met "
            "een sleutel.",
            "De sleutel ligt bij een sleutelhouder, buiten de opslag; de opslag kent alleen haar vingerafdruk.",
            "De opslag is één bestand op een eigen schijf; een netwerkschijf of gesynchroniseerde map wordt geweigerd.",
            "Groepen van minder dan tien mensen worden nergens getoond.",
            "Vergeten schrijft het bestand opnieuw, zodat niets achterblijft.",
            "[versleuteling van de schijf, toegang en back-up van de gemeente]",
        ],
        "en": [
            "The citizen service number exists while a line is read alone; kept is HMAC-SHA-256 under a key.",
            "The key is with a key holder, outside the store; the store knows its fingerprint only.",
            "The store is one file on a disk of its own; a network drive or synchronised folder is refused.",
            "Groups of fewer than ten people are shown nowhere.",
            "Forgetting writes the file anew, so that nothing stays behind.",
            "[encryption of the disk, access and back-up of the municipality]",
        ],
    }[lang]


def _register(facts: PrivacyFacts, lang: str) -> list[Part]:
    """The line for the register of processing (AVG art. 30)."""
    purpose = facts.about.get("purpose") or _both(lang, "[doel]", "[purpose]")
    sources = ", ".join(f"{kind} ({count})" for kind, count in facts.kinds) or "-"
    persons = shown_count(facts.persons, lang)
    years = facts.about["retention_years"]
    return [
        Part(
            _both(lang, "Verwerking", "Processing"),
            rows=_rows(
                lang,
                ("Verantwoordelijke", "Controller", _both(
                    lang,
                    f"gemeenten {facts.about['municipalities']}",
                    f"municipalities {facts.about['municipalities']}",
                )),
                ("Doel", "Purpose", purpose),
                ("Grondslag", "Legal basis", _both(
                    lang,
                    "[AVG art. 6 lid 1 onder e; Jeugdwet en Wmo 2015: na te gaan]",
                    "[AVG art. 6(1)(e); Jeugdwet and Wmo 2015: to be checked]",
                )),
                ("Betrokkenen", "Data subjects", _both(
                    lang,
                    f"cliënten van jeugdhulp en Wmo: {persons}",
                    f"clients of youth care and social support: {persons}",
                )),
                ("Gegevens", "Data", _categories(facts, lang)),
                ("Bijzondere gegevens", "Special categories", _both(
                    lang,
                    "ja: gebruik van zorg is een gegeven over gezondheid (AVG art. 9)",
                    "yes: use of care is data on health (AVG art. 9)",
                )),
                ("Herkomst", "Sources", sources),
                ("Ontvangers", "Recipients", _both(
                    lang,
                    "geen; alleen tellingen van tien of meer gaan verder",
                    "none; only counts of ten and more go on",
                )),
                ("Buiten de EU", "Outside the EU", _both(lang, "nee", "no")),
                ("Bewaartermijn", "Retention", _both(lang, f"{years} jaar", f"{years} years")),
                ("Wie leest in", "Who imports", ", ".join(facts.makers) or "-"),
            ),
        ),
        Part(_both(lang, "Maatregelen", "Measures"), lines=tuple(_security(lang))),
    ]  # fmt: skip


def _assessment(facts: PrivacyFacts, lang: str) -> list[Part]:
    """Questions of a pre-DPIA, with what the store answers."""
    persons = shown_count(facts.persons, lang)
    return [
        Part(
            _both(lang, "Is een DPIA nodig?", "Is a DPIA needed?"),
            _both(
                lang,
                "Waarschijnlijk wel: gezondheidsgegevens, kwetsbare mensen, koppeling van bronnen en grote aantallen "
                "(criteria van de "
                "Autoriteit Persoonsgegevens: na te gaan).",
                "Probably: data on health, vulnerable people, linked sources and large numbers (criteria of the Autoriteit "
                "Persoonsgegevens: to be checked).",
            ),
            _rows(
                lang,
                ("Hoeveel mensen", "How many people", persons),
                ("Kinderen", "Children", _both(lang, "ja, bij jeugdhulp", "yes, in youth care")),
                ("Koppeling", "Linkage", _both(
                    lang,
                    "toewijzing, start, stop en declaratie van één mens, met een pseudoniem",
                    "authorisation, start, stop and claim of one person, by a pseudonym",
                )),
                ("Besluiten over mensen", "Decisions on people", _both(
                    lang,
                    "nee, alleen tellingen en bedragen",
                    "no, only counts and amounts",
                )),
                ("Kan het met minder?", "Could less do?", _both(
                    lang,
                    "zonder pseudoniem zijn duur en dubbel gebruik niet te schatten; naam, adres en dag van geboorte "
                    "zijn weggelaten",
                    "without pseudonym durations and double use cannot be estimated; name, address and day of birth "
                    "are left out",
                )),
                ("Grootste risico", "Largest risk", _both(
                    lang,
                    "wie opslag én sleutel heeft, kan mensen herkennen: houd ze gescheiden",
                    "who has store and key can recognise people: keep them apart",
                )),
            ),
        ),
        Part(_both(lang, "Maatregelen", "Measures"), lines=tuple(_security(lang))),
    ]  # fmt: skip


def _annex(facts: PrivacyFacts, lang: str) -> list[Part]:
    """What a processor does, for the annex of an agreement."""
    return [
        Part(
            _both(lang, "Wat de verwerker doet", "What the processor does"),
            rows=_rows(
                lang,
                ("Opdracht", "Task", facts.about.get("purpose") or _both(lang, "[opdracht]", "[task]")),
                ("Gegevens", "Data", _categories(facts, lang)),
                ("Duur", "Duration", _both(lang, "[looptijd van de overeenkomst]", "[term of the agreement]")),
                ("Sleutel", "Key", _both(
                    lang,
                    f"bij de gemeente; vingerafdruk {facts.about['fingerprint']}",
                    f"with the municipality; fingerprint {facts.about['fingerprint']}",
                )),
                ("Na afloop", "Afterwards", _both(
                    lang,
                    "`bekostiging forget everything`, en het bestand en de kopieën verwijderen",
                    "`bekostiging forget everything`, and remove the file and its copies",
                )),
                ("Subverwerkers", "Sub-processors", _both(
                    lang,
                    "geen: alles gebeurt op de eigen computer",
                    "none: everything happens on the own computer",
                )),
                ("Datalek", "Breach", _both(
                    lang,
                    "[melden binnen .. uur aan ..]",
                    "[report within .. hours to ..]",
                )),
            ),
        ),
        Part(_both(lang, "Beveiliging", "Security"), lines=tuple(_security(lang))),
    ]  # fmt: skip


def _retention(facts: PrivacyFacts, lang: str) -> list[Part]:
    """What is there from when until when, what is due, and what was forgotten."""
    heads = (("Gegevens", "Rijen", "Eerste dag", "Laatste dag"), ("Data", "Rows", "First day", "Last day"))[
        lang != "nl"
    ]
    rows: list[Sequence[str]] = [heads]
    for table, count, first, last in facts.tables:
        rows.append((NAMES[lang][table], shown_count(count, lang), str(first or "-"), str(last or "-")))
    due = [
        _both(
            lang,
            f"Zorg uit {year}: {shown_count(count, lang)} rijen.",
            f"Care of {year}: {shown_count(count, lang)} rows.",
        )
        for year, count in facts.due
    ]
    gone = [f"{day.isoformat()}: {what}, {shown_count(count, lang)}" for day, what, count in facts.forgotten]
    nothing = (_both(lang, "Niets.", "Nothing."),)
    years = facts.about["retention_years"]
    return [
        Part(_both(lang, f"Bewaard: {years} jaar", f"Kept: {years} years"), rows=tuple(tuple(row) for row in rows)),
        Part(
            _both(lang, "Over de termijn", "Over the term"),
            _both(
                lang,
                "Te vergeten met `bekostiging forget period --until ...`.",
                "To be forgotten with `bekostiging forget period --until ...`.",
            ),
            lines=tuple(due) or nothing,
        ),
        Part(_both(lang, "Vergeten", "Forgotten"), lines=tuple(gone) or nothing),
    ]  # fmt: skip
