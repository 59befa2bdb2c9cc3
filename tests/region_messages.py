"""Messages written by hand for the tests, field by field after the published examples; numbers are made."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from citizen_numbers import made

from bekostiging.messages import Key
from bekostiging.store import confirm_products, import_messages, make_store, open_store

KEY = Key(bytes(range(32)))
_EMPTY: dict[tuple[str, ...], bytes] = {}
MUNICIPALITY, PROVIDER, OTHER_PROVIDER = "0034", "65656055", "65656063"
PERSON, OTHER_PERSON = made(), made(1)
HEAD = "law;code;first;last;care_form;lot;taakveld;unit;crisis"
TABLE = f"{HEAD}\njeugdwet;45A03;;;ambulant;jeugd;6.752;hour;nee\njeugdwet;45A04;;;ambulant;jeugd;6.752;hour;nee\n"
PUBLISHED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "ijw-iwmo-3.2"
"""Schemas and examples of the standards; tests on them are skipped where they are not."""


def empty_store(path: Path, municipalities: Sequence[str]) -> None:
    """An empty store, made once for all tests of a process: a file of the database, copied."""
    codes = tuple(municipalities)
    if codes not in _EMPTY:
        make_store(path, KEY, codes, 7)
        _EMPTY[codes] = path.read_bytes()
    path.write_bytes(_EMPTY[codes])


def message(
    kind: str,
    body: str,
    number: str = "1",
    dated: str = "2025-02-10",
    *,
    law: str = "jw",
    version: str = "3_2",
    municipality: str = MUNICIPALITY,
    provider: str = PROVIDER,
    header: str = "",
) -> str:
    """A whole message around a body whose elements have the prefixes ``m`` (own) and ``b`` (base schema)."""
    sides = (municipality, provider) if kind in ("301", "306", "308", "316", "325") else (provider, municipality)
    code = {"301": "436", "305": "438", "307": "440", "315": "446", "323": "490", "325": "491"}.get(kind, "499")
    xsd = "<b:BasisschemaXsdVersie>1.0.0</b:BasisschemaXsdVersie><b:BerichtXsdVersie>1.0.0</b:BerichtXsdVersie>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<m:Bericht xmlns:b="http://www.istandaarden.nl/i{law}/{version}/basisschema/schema" '
        f'xmlns:m="http://www.istandaarden.nl/i{law}/{version}/{law}{kind}/schema"><m:Header>'
        f"<m:BerichtCode>{code}</m:BerichtCode><m:BerichtVersie>3</m:BerichtVersie><m:BerichtSubversie>2</m:BerichtSubversie>"
        f"<m:Afzender>{sides[0]}</m:Afzender><m:Ontvanger>{sides[1]}</m:Ontvanger><m:BerichtIdentificatie>"
        f"<b:Identificatie>{number}</b:Identificatie><b:Dagtekening>{dated}</b:Dagtekening></m:BerichtIdentificatie>"
        f"<m:XsdVersie>{xsd}</m:XsdVersie>{header}</m:Header>{body}</m:Bericht>"
    )


def claim_line(
    volume: object = 4,
    tariff: object = 1250,
    amount: object = None,
    *,
    unit: str = "04",
    first: str = "2025-01-01",
    last: str = "2025-01-31",
    sign: str = "D",
    reference: str = "R1",
    previous: str = "",
    authorisation: object = 300201,
    category: str = "45",
    product: str = "45A03",
    codes: str = "",
) -> str:
    """One line of a claim, in the order of the schema."""
    euro = int(str(volume)) * int(str(tariff)) if amount is None else amount
    before = f"<b:VorigReferentieNummer>{previous}</b:VorigReferentieNummer>" if previous else ""
    why = f"<m:RetourCodes><m:RetourCode>{codes}</m:RetourCode></m:RetourCodes>" if codes else ""
    return (
        f"<m:Prestatie><m:ProductReferentie><b:ReferentieNummer>{reference}</b:ReferentieNummer>{before}"
        f"</m:ProductReferentie><m:ToewijzingNummer>{authorisation}</m:ToewijzingNummer>"
        f"<m:ProductCategorie>{category}</m:ProductCategorie><m:ProductCode>{product}</m:ProductCode><m:ProductPeriode>"
        f"<b:Begindatum>{first}</b:Begindatum><b:Einddatum>{last}</b:Einddatum></m:ProductPeriode>"
        f"<m:GeleverdVolume>{volume}</m:GeleverdVolume><m:Eenheid>{unit}</m:Eenheid><m:ProductTarief>{tariff}"
        f"</m:ProductTarief><m:IngediendBedrag><b:Bedrag>{euro}</b:Bedrag><b:DebetCredit>{sign}</b:DebetCredit>"
        f"</m:IngediendBedrag>{why}</m:Prestatie>"
    )


def claim_body(lines: Sequence[str], total: int, person: str = PERSON) -> str:
    """A claim of one client; ``total`` in cents, credits negative."""
    sign = "C" if total < 0 else "D"
    return (
        "<m:Declaratie><m:DeclaratieNummer>D1</m:DeclaratieNummer><m:DeclaratiePeriode><b:Begindatum>2025-01-01"
        "</b:Begindatum><b:Einddatum>2025-01-31</b:Einddatum></m:DeclaratiePeriode><m:DeclaratieDagtekening>2025-02-10"
        f"</m:DeclaratieDagtekening><m:TotaalIngediendBedrag><b:TotaalBedrag>{abs(total)}</b:TotaalBedrag><b:DebetCredit>"
        f"{sign}</b:DebetCredit></m:TotaalIngediendBedrag><m:Clienten><m:Client><m:Bsn>{person}</m:Bsn><m:Prestaties>"
        f"{''.join(lines)}</m:Prestaties></m:Client></m:Clienten></m:Declaratie>"
    )


def claim(
    lines: Sequence[str], total: int, number: str = "1", dated: str = "2025-02-10", person: str = PERSON
) -> str:
    """A message 323 of one client."""
    return message("323", claim_body(lines, total, person), number, dated)


def answer(
    lines: Sequence[str], asked: str = "1", number: str = "9", codes: str = "0200", person: str = PERSON
) -> str:
    """A message 325: the rejected lines of claim ``asked``."""
    header = (
        f"<m:DeclaratieIdentificatie><b:Identificatie>{asked}</b:Identificatie><b:Dagtekening>2025-02-10</b:Dagtekening>"
        "</m:DeclaratieIdentificatie><m:XsdVersieDeclaratie><b:BasisschemaXsdVersie>1.0.0</b:BasisschemaXsdVersie>"
        "<b:BerichtXsdVersie>1.0.0</b:BerichtXsdVersie></m:XsdVersieDeclaratie>"
        "<m:RetourCodes><m:RetourCode>0200</m:RetourCode></m:RetourCodes>"
    )
    fine = "<m:RetourCodes><m:RetourCode>0200</m:RetourCode></m:RetourCodes>"
    clients = (
        f"<m:Clienten><m:Client><m:Bsn>{person}</m:Bsn><m:Prestaties>{''.join(lines)}</m:Prestaties>{fine}</m:Client>"
        "</m:Clienten>"
    )
    body = (
        "<m:DeclaratieAntwoord><m:DeclaratieNummer>D1</m:DeclaratieNummer><m:TotaalIngediendBedrag><b:TotaalBedrag>5000"
        "</b:TotaalBedrag><b:DebetCredit>D</b:DebetCredit></m:TotaalIngediendBedrag><m:TotaalToegekendBedrag><b:TotaalBedrag>0"
        f"</b:TotaalBedrag><b:DebetCredit>D</b:DebetCredit></m:TotaalToegekendBedrag>{clients if lines else ''}"
        f"<m:RetourCodes><m:RetourCode>{codes}</m:RetourCode></m:RetourCodes></m:DeclaratieAntwoord>"
    )
    return message("325", body, number, "2025-02-18", header=header)


def _client(person: str, group: str, lines: str, *, complete: bool, comment: str = "") -> str:
    own = "<b:NaamGebruik>1</b:NaamGebruik>" if complete else ""
    said = f"<m:Commentaar>{comment}</m:Commentaar>" if comment else ""
    where = (
        "<m:Contactgegevens><m:Contact><m:Soort>01</m:Soort></m:Contact></m:Contactgegevens>" if complete else ""
    )
    return (
        f"<m:Client><m:Bsn>{person}</m:Bsn><m:Geboortedatum><b:Datum>2012-05-06</b:Datum></m:Geboortedatum>"
        f"<m:Geslacht>0</m:Geslacht><m:Naam><b:Geslachtsnaam><b:Achternaam>Geheimnaam</b:Achternaam></b:Geslachtsnaam>{own}"
        f"</m:Naam>{said}{where}<m:{group}>{lines}</m:{group}></m:Client>"
    )


def authorisation(
    number: str = "1",
    *,
    dated: str = "2025-01-01",
    person: str = PERSON,
    authorised: int = 300201,
    first: str = "2025-01-01",
    last: str = "2025-12-31",
    size: tuple[object, str, str] | None = (2, "04", "2"),
    change: str = "",
    product: str = "45A03",
    time: str = "12:00:00",
    comment: str = "",
    provider: str = PROVIDER,
) -> str:
    """A message 301 with one line; ``size``: volume, unit, frequency."""
    until = f"<m:Einddatum>{last}</m:Einddatum>" if last else ""
    changed = f"<m:RedenWijziging>{change}</m:RedenWijziging>" if change else ""
    agreed = (
        f"<m:Omvang><b:Volume>{size[0]}</b:Volume><b:Eenheid>{size[1]}</b:Eenheid><b:Frequentie>{size[2]}</b:Frequentie></m:Omvang>"
        if size
        else ""
    )
    line = (
        f"<m:ToegewezenProduct><m:ToewijzingNummer>{authorised}</m:ToewijzingNummer><m:Product><b:Categorie>{product[:2]}"
        f"</b:Categorie><b:Code>{product}</b:Code></m:Product><m:Toewijzingsdatum>{dated}</m:Toewijzingsdatum>"
        f"<m:Toewijzingstijd>{time}</m:Toewijzingstijd><m:Ingangsdatum>{first}</m:Ingangsdatum>{until}{changed}{agreed}"
        "</m:ToegewezenProduct>"
    )
    body = _client(person, "ToegewezenProducten", line, complete=True, comment=comment)
    return message("301", body, number, dated, provider=provider)


def start(
    number: str = "1",
    *,
    dated: str = "2025-01-08",
    person: str = PERSON,
    authorised: int | None = 300201,
    first: str = "2025-01-06",
    status: str = "1",
    product: str = "45A03",
    provider: str = PROVIDER,
) -> str:
    """A message 305 with one line."""
    own = f"<m:ToewijzingNummer>{authorised}</m:ToewijzingNummer>" if authorised is not None else ""
    line = (
        f"<m:StartProduct>{own}<m:Product><b:Categorie>{product[:2]}</b:Categorie><b:Code>{product}</b:Code></m:Product>"
        f"<m:ToewijzingIngangsdatum>2025-01-01</m:ToewijzingIngangsdatum><m:Begindatum>{first}</m:Begindatum>"
        f"<m:StatusAanlevering>{status}</m:StatusAanlevering></m:StartProduct>"
    )
    return message(
        "305", _client(person, "StartProducten", line, complete=False), number, dated, provider=provider
    )


def stop(
    number: str = "1",
    *,
    dated: str = "2025-07-04",
    person: str = PERSON,
    authorised: int | None = 300201,
    first: str = "2025-01-06",
    last: str = "2025-06-30",
    reason: str = "31",
    status: str = "1",
    product: str = "45A03",
    provider: str = PROVIDER,
) -> str:
    """A message 307 with one line."""
    own = f"<m:ToewijzingNummer>{authorised}</m:ToewijzingNummer>" if authorised is not None else ""
    line = (
        f"<m:StopProduct>{own}<m:Product><b:Categorie>{product[:2]}</b:Categorie><b:Code>{product}</b:Code></m:Product>"
        f"<m:ToewijzingIngangsdatum>2025-01-01</m:ToewijzingIngangsdatum><m:Begindatum>{first}</m:Begindatum>"
        f"<m:RedenBeeindiging>{reason}</m:RedenBeeindiging><m:Einddatum>{last}</m:Einddatum>"
        f"<m:StatusAanlevering>{status}</m:StatusAanlevering></m:StopProduct>"
    )
    return message("307", _client(person, "StopProducten", line, complete=False), number, dated, provider=provider)


def zipped(place: Path, texts: Sequence[str]) -> Path:
    """Messages in one zip."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(texts):
            archive.writestr(f"{number:03d}.xml", text)
    return place


def written(place: Path, text: str) -> Path:
    """A message as a file."""
    place.write_text(text, encoding="utf-8")
    return place


def filled(place: Path, texts: Sequence[str], table: str = TABLE) -> Path:
    """A store with messages and a conversion table."""
    empty_store(place / "regio.duckdb", [MUNICIPALITY])
    (place / "products.csv").write_text(table, encoding="utf-8")
    with open_store(place / "regio.duckdb", read_only=False) as store:
        if texts:
            told = import_messages(store, zipped(place / "in.zip", texts), KEY)[0]
            assert told.refused is None
        confirm_products(store, place / "products.csv", "test")
    return place / "regio.duckdb"
