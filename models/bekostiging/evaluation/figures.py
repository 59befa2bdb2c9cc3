"""Every figure of a comparison once: its key, unit, digits, and its words in both languages.

Whatever shows a figure (results.json and its schema, frames, CSV, workbook, pages) reads its row here. A ``FigureRegistry``
holds the figures of one kind of subject with how each is computed; ``add`` gives it one more, also from outside the package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar, get_args

from bekostiging.case.registry import load_extensions
from bekostiging_solvers import Estimate

Unit = Literal[
    "text",
    "yes_no",
    "year",
    "month",
    "count",
    "euro",
    "euro_per_year",
    "fraction",
    "persons",
    "clients",
    "trajectories",
    "client_weeks",
    "weeks",
    "hours_per_year",
    "number",
    "as_given",
    "of_the_row",
]
"""Unit of a cell; ``of_the_row``: named in the row's own column ``unit``."""
UNITS: tuple[Unit, ...] = get_args(Unit)


@dataclass(frozen=True)
class Figure:
    """One figure: what it is called, in which unit, and what it means.

    Attributes
    ----------
    name : str
        Its key in JSON and frames.
    unit : str
        Euro, fraction, clients and so on.
    digits : int
        Decimals in sentences and summaries, and wherever the figure has no standard error; of millions of euro and of
        percentages.
    nl, en : str
        Its words.
    meaning_nl, meaning_en : str
        What it means; in the workbook, and in English in the schema.
    may_be_unknown : bool
        Whether a simulation may say nothing of it.
    on_page : bool
        Whether tables of the page that show every figure of a subject have a column or row for it.

    Examples
    --------
    >>> EXPECTED.name, EXPECTED.unit, EXPECTED.nl, EXPECTED.en
    ('expected', 'euro', 'verwacht', 'expected')
    """

    name: str
    unit: Unit
    digits: int
    nl: str
    en: str
    meaning_nl: str = ""
    meaning_en: str = ""
    may_be_unknown: bool = False
    on_page: bool = True

    def words(self, lang: str) -> str:
        """What it is called."""
        return {"nl": self.nl, "en": self.en}[lang]

    def meaning(self, lang: str) -> str:
        """What it means; its words where those say it all."""
        return {"nl": self.meaning_nl, "en": self.meaning_en}[lang] or self.words(lang)

    def of_year(self, year: int) -> Figure:
        """The same of a year, which its words name."""
        return replace(self, nl=self.nl.format(year=year), en=self.en.format(year=year))


Estimates = dict[Figure, Estimate]
Subject = TypeVar("Subject")


class FigureRegistry(Generic[Subject]):
    """The figures of one kind of subject, in the order of results.json, each with how it is computed."""

    def __init__(self, rules: Mapping[Figure, Callable[[Subject], Estimate | None]]) -> None:
        self._rules: dict[Figure, Callable[[Subject], Estimate | None]] = {}
        for figure, compute in rules.items():
            self.add(figure, compute)

    def __iter__(self) -> Iterator[Figure]:
        """Every figure in order, those of extensions too."""
        load_extensions()
        return iter(self._rules)

    def add(self, figure: Figure, compute: Callable[[Subject], Estimate | None]) -> None:
        """One more figure; ``compute`` may return None where the figure may be unknown.

        Raises
        ------
        ValueError
            Another figure has its name.
        """
        if figure.name in {own.name for own in self._rules}:
            raise ValueError(f"there is a figure {figure.name} already")
        self._rules[figure] = compute

    def remove(self, figure: Figure) -> None:
        """Take a figure out again."""
        del self._rules[figure]

    def estimates(self, subject: Subject) -> Estimates:
        """Every figure of a subject, without those of which nothing is known."""
        found = {figure: self._rules[figure](subject) for figure in self}
        return {figure: one for figure, one in found.items() if one is not None}


# fmt: off
# what municipalities spend
EXPECTED = Figure("expected", "euro", 1, "verwacht", "expected",
    "Gemiddelde over alle toekomsten.",
    "Mean over all scenarios.")
GAP = Figure("gap", "euro", 1, "te ramen: verwacht boven de begroting", "to be budgeted: expected above the begroting",
    "Wat naar verwachting meer wordt uitgegeven dan begroot: te ramen, niet ten laste van een reserve (BBV art. 11).",
    "What is expected to be spent beyond the begroting: to be budgeted, not to be paid from a reserve (BBV art. 11).", on_page=False)
SD = Figure("sd", "euro", 1, "standaardafwijking", "standard deviation",
    "Standaardafwijking over de toekomsten.",
    "Standard deviation over the scenarios.")
P10 = Figure("p10", "euro", 1, "P10", "P10",
    "In 10 van 100 toekomsten wordt minder uitgegeven.",
    "In 10 of 100 scenarios less is spent.")
P50 = Figure("p50", "euro", 1, "P50", "P50",
    "In de helft van de toekomsten wordt minder uitgegeven.",
    "In half of the scenarios less is spent.")
P80 = Figure("p80", "euro", 1, "P80", "P80",
    "In 80 van 100 toekomsten wordt niet meer uitgegeven.",
    "In 80 of 100 scenarios no more is spent.", on_page=False)
P90 = Figure("p90", "euro", 1, "P90", "P90",
    "In 90 van 100 toekomsten wordt niet meer uitgegeven.",
    "In 90 of 100 scenarios no more is spent.")
CVAR95 = Figure("cvar95", "euro", 1, "gemiddelde van de slechtste 5 %", "mean of the worst 5 %",
    "Gemiddelde van de slechtste 5 % van de toekomsten (CVaR).",
    "Mean of the worst 5 % of the scenarios (CVaR).")
OVERRUN_PROBABILITY = Figure("overrun_probability", "fraction", 0, "kans op overschrijding", "probability of overrun",
    "Deel van de toekomsten waarin de uitgaven boven de begroting voor de contracten komen.",
    "Part of the scenarios in which spending exceeds the begroting for the contracts.")
OVERRUN_SIZE = Figure("overrun_size", "euro", 1, "gemiddelde overschrijding als zij zich voordoet", "mean overrun when there is one",
    "Gemiddelde overschrijding over de toekomsten die er een hebben: het bedrag van de risicoregel.",
    "Mean overrun of the scenarios that have one: the amount of the risk line.", may_be_unknown=True, on_page=False)
EXPECTED_OVERRUN = Figure("expected_overrun", "euro", 1, "verwachte overschrijding", "expected overrun",
    "Gemiddelde overschrijding over alle toekomsten, nul waar er geen is: bedrag maal kans.",
    "Mean overrun over all scenarios, zero where there is none: amount times chance.")
RESERVE_NEEDED = Figure("reserve_needed", "euro", 1, "benodigde incidentele dekking (slechtste toekomsten)", "incidental cover needed (worst scenarios)",
    "Gemiddeld gebruik van de incidentele dekking in de slechtste toekomsten (beleid reserve_confidence), boven begroting of verwachting en structurele dekking; over de looptijd alle jaren samen.",
    "Mean use of the incidental cover in the worst scenarios (policy reserve_confidence), beyond begroting or expectation and structural cover; over the term all years together.", on_page=False)
REQUIRED_RESISTANCE_CAPACITY = Figure("required_resistance_capacity", "euro", 1, "benodigde weerstandscapaciteit (zekerheid van de raad)", "required resistance capacity (certainty of the council)",
    "Gebruik van de incidentele dekking dat bij de zekerheid van de raad (beleid certainty) niet wordt overtroffen; over de looptijd alle jaren samen.",
    "Use of the incidental cover that is not exceeded at the council's certainty (policy certainty); over the term all years together.")
REQUIRED_RESISTANCE_CAPACITY_80 = Figure("required_resistance_capacity_80", "euro", 1, "benodigde weerstandscapaciteit, 80 %", "required resistance capacity, 80 %",
    "Gebruik van de incidentele dekking dat in 80 van 100 toekomsten niet wordt overtroffen.",
    "Use of the incidental cover that is not exceeded in 80 of 100 scenarios.", on_page=False)
REQUIRED_RESISTANCE_CAPACITY_90 = Figure("required_resistance_capacity_90", "euro", 1, "benodigde weerstandscapaciteit, 90 %", "required resistance capacity, 90 %",
    "Gebruik van de incidentele dekking dat in 90 van 100 toekomsten niet wordt overtroffen.",
    "Use of the incidental cover that is not exceeded in 90 of 100 scenarios.", on_page=False)

# providers, over the term
EXPECTED_RESULT = Figure("expected_result", "euro", 1, "verwacht resultaat", "expected result",
    "Gemiddelde betaling min kosten over de looptijd.",
    "Mean payment minus cost over the term.")
LOSS_PROBABILITY = Figure("loss_probability", "fraction", 0, "kans op verlies", "probability of loss",
    "Deel van de toekomsten met een verlies over de looptijd.",
    "Part of the scenarios with a loss over the term.")
CVAR95_LOSS = Figure("cvar95_loss", "euro", 1, "verlies in de slechtste 5 %", "loss in the worst 5 %",
    "Gemiddeld verlies in de slechtste 5 % van de toekomsten.",
    "Mean loss in the worst 5 % of the scenarios.")
BUFFER_EXHAUSTED_PROBABILITY = Figure("buffer_exhausted_probability", "fraction", 0, "kans dat de buffer opraakt", "probability that the buffer is used up",
    "Deel van de toekomsten waarin het lopende verlies de vrije buffer passeert.",
    "Part of the scenarios in which the running loss passes the free buffer.")
REVENUE_CERTAIN_SHARE = Figure("revenue_certain_share", "fraction", 0, "deel van de omzet dat zeker is (95 van 100 toekomsten)", "part of revenue that is certain (95 of 100 scenarios)",
    "Omzet die in 95 van 100 toekomsten wordt gehaald, als deel van de verwachte.",
    "Revenue reached in 95 of 100 scenarios, as a part of what is expected.", may_be_unknown=True)
LOWEST_CASH_WEEKS = Figure("lowest_cash_weeks", "weeks", 0, "laagste kasstand, in weken kosten (95 van 100 toekomsten blijven erboven)", "lowest cash, in weeks of cost (95 of 100 scenarios stay above)",
    "Laagste kasstand in weken kosten, beginnend zonder kas; in 95 van 100 toekomsten niet lager.",
    "Lowest cash in weeks of cost, starting from none; no lower in 95 of 100 scenarios.")

# both sides together, over the term
SPENDING = Figure("spending", "euro", 1, "uitgaven gemeente", "spending of the municipality",
    "Uitgaven van de gemeenten over de looptijd.",
    "Spending of the municipalities over the term.")
PROVIDER_RESULT = Figure("provider_result", "euro", 1, "resultaat aanbieders", "result of providers",
    "Resultaat van alle aanbieders over de looptijd.",
    "Result of all providers over the term.")
UNPAID = Figure("unpaid", "euro", 1, "geleverd en niet betaald", "delivered and not paid")
BEYOND_BUDGET = Figure("beyond_budget", "euro", 1, "waarvan na het einde van een urenbudget", "of which after the end of an hours budget")

# who waits, over the term
STARTS = Figure("starts", "clients", 0, "aanvragen", "requests",
    "Nieuwe cliënten die zorg vragen.",
    "New clients who ask for care.", on_page=False)
WAITING_CLIENTS = Figure("waiting_clients", "clients", 0, "wachtende cliënten", "waiting clients",
    "Cliënten die later beginnen dan zij vragen.",
    "Clients who start later than they ask.")
CLIENTS_BEYOND_NORM = Figure("clients_beyond_norm", "clients", 0, "wachten boven de norm", "waiting beyond the norm",
    "Cliënten die langer wachten dan de norm van hun zorgvorm.",
    "Clients who wait longer than the norm of their care form.")
WEEKS_BEYOND_NORM = Figure("weeks_beyond_norm", "client_weeks", 0, "cliëntweken boven de norm", "client-weeks beyond the norm",
    "Weken boven de wachtnorm, over wie langer wacht dan de norm.",
    "Weeks beyond the waiting norm, over those who wait longer than it.")
REFUSED = Figure("refused", "clients", 0, "geweigerd", "refused",
    "Cliënten die niet worden geholpen.",
    "Clients who are not served.")
MOVED = Figure("moved", "clients", 0, "naar een andere aanbieder", "moved to another provider",
    "Cliënten die een andere aanbieder van het perceel overneemt.",
    "Clients whom another provider of the lot takes.", on_page=False)
AGAINST_DUTY = Figure("against_duty", "clients", 0, "in strijd met de acceptatieplicht", "against the duty to accept",
    "Cliënten die bij taakgericht wachten of worden geweigerd hoewel de aanbieder iedereen moet aannemen of geen wachtlijst mag hebben.",
    "Clients who wait or are refused under a lump sum though the provider must accept everybody or may have no waiting list.")

# who is in care, in a year, everybody served
PERSONS = Figure("persons", "persons", 0, "personen, verwacht", "persons, expected",
    "Personen die in het jaar zorg hebben als iedereen wordt geholpen, gemiddeld over alle toekomsten: trajecten gedeeld door trajecten per persoon, en met combinaties van zorgvormen nooit meer dan die toelaten.",
    "Persons in care in the year if everybody is served, mean over all scenarios: trajectories over trajectories per person, and with combinations of care forms never more than those allow.")
PERSONS_P10 = Figure("persons_p10", "persons", 0, "personen, P10", "persons, P10",
    "In 10 van 100 toekomsten hebben minder personen zorg.",
    "In 10 of 100 scenarios fewer persons are in care.")
PERSONS_P50 = Figure("persons_p50", "persons", 0, "personen, P50", "persons, P50",
    "In de helft van de toekomsten hebben minder personen zorg.",
    "In half of the scenarios fewer persons are in care.")
PERSONS_P90 = Figure("persons_p90", "persons", 0, "personen, P90", "persons, P90",
    "In 90 van 100 toekomsten hebben niet meer personen zorg.",
    "In 90 of 100 scenarios no more persons are in care.")
TRAJECTORIES = Figure("trajectories", "trajectories", 0, "trajecten, verwacht", "trajectories, expected",
    "Trajecten die in het jaar lopen als iedereen wordt geholpen (een cliënt in een zorgvorm), gemiddeld over alle toekomsten: in zorg op 1 januari, en wie in het jaar begint.",
    "Trajectories in the year if everybody is served (one client in one care form), mean over all scenarios: in care on 1 January, and who starts in the year.")
TRAJECTORIES_P10 = Figure("trajectories_p10", "trajectories", 0, "trajecten, P10", "trajectories, P10",
    "In 10 van 100 toekomsten lopen er minder trajecten.",
    "In 10 of 100 scenarios there are fewer trajectories.")
TRAJECTORIES_P50 = Figure("trajectories_p50", "trajectories", 0, "trajecten, P50", "trajectories, P50",
    "In de helft van de toekomsten lopen er minder trajecten.",
    "In half of the scenarios there are fewer trajectories.")
TRAJECTORIES_P90 = Figure("trajectories_p90", "trajectories", 0, "trajecten, P90", "trajectories, P90",
    "In 90 van 100 toekomsten lopen er niet meer trajecten.",
    "In 90 of 100 scenarios there are no more trajectories.")

# administration
HOURS = Figure("hours", "hours_per_year", 0, "uren per jaar", "hours per year",
    "Uren administratie.",
    "Hours of administration.")
EURO = Figure("euro", "euro_per_year", 0, "euro per jaar", "euro per year",
    "Kosten van administratie.",
    "Cost of administration.")

# measures and substitution, over the term
CHANCE = Figure("chance", "fraction", 0, "kans van slagen", "chance of success")
BOOKED = Figure("booked", "euro", 2, "ingeboekt", "booked")
MEASURE_COST = Figure("measure_cost", "euro", 2, "kosten van de maatregel", "cost of the measure")
IF_IT_WORKS = Figure("if_it_works", "euro", 2, "besparing als hij slaagt", "saving if it works")
SAVING_EXPECTED = Figure("saving_expected", "euro", 2, "naar verwachting, na kosten", "expected, after cost")
MISSING = Figure("missing", "euro", 2, "ingeboekt en niet te verwachten", "booked and not to be expected")
SAVING = Figure("saving", "euro", 1, "besparing", "saving")
CLIENTS_MOVED = Figure("clients_moved", "clients", 0, "starts die verschuiven", "starts that move")
OUTSIDE_PAYER = Figure("outside_payer", "euro", 1, "andere betaler", "other payer")
MUNICIPAL = Figure("municipal", "euro", 1, "gemeente", "municipality")
PUBLIC = Figure("public", "euro", 1, "alle publieke euro's", "all public euros")

# the paragraph weerstandsvermogen
HEADROOM = Figure("headroom", "euro", 1, "begroot voor de contracten", "begroot for the contracts",
    "Begroting van de gemeente min wat buiten de contracten valt.",
    "Begroting of the municipality minus what lies outside the contracts.")
CERTAIN = Figure("certain", "euro", 1, "bedrag bij de zekerheid van de raad", "amount at the council's certainty",
    "Wat de uitgaven onder de contracten bij de zekerheid van de raad (beleid certainty) niet overtreffen; telt niet op over gemeenten of jaren.",
    "What spending under the contracts does not exceed at the council's certainty (policy certainty); does not add up over municipalities or years.")
ROOM = Figure("room", "euro", 1, "ruimte (+) of tekort (-)", "room (+) or gap (-)",
    "Begroot voor de contracten min de verwachte uitgaven.",
    "Begroot for the contracts minus expected spending.")
OUTSIDE = Figure("outside", "euro", 1, "begroot buiten de contracten", "begroot outside the contracts",
    "Wat de begroting bevat voor zorg buiten deze contracten (begroting.outside_contracts).",
    "What the begroting has for care outside these contracts (begroting.outside_contracts).")
CONTRIBUTIONS = Figure("own_contributions", "euro", 1, "eigen bijdragen", "own contributions",
    "Wat de gemeente aan eigen bijdragen verwacht te ontvangen (begroting.own_contributions); leeg: niet ingevoerd.",
    "What the municipality expects to receive in own contributions (begroting.own_contributions); empty: not entered.")
NEVER_ADD_UP = frozenset({
    SD, P10, P50, P80, P90, CVAR95, RESERVE_NEEDED, REQUIRED_RESISTANCE_CAPACITY, REQUIRED_RESISTANCE_CAPACITY_80,
    REQUIRED_RESISTANCE_CAPACITY_90, PERSONS_P10, PERSONS_P50, PERSONS_P90, TRAJECTORIES_P10, TRAJECTORIES_P50,
    TRAJECTORIES_P90, CERTAIN,
})
"""Figures of which the one of a total is not the sum of those of its parts: quantiles, tails, spread."""
STRUCTURAL = Figure("structural", "euro", 1, "structurele dekking", "structural cover",
    "Structurele dekking die de raad aan deze contracten toewijst (begroting.structural_cover).",
    "Structural cover that the council assigns to these contracts (begroting.structural_cover).")
STOCK = Figure("stock", "euro", 1, "incidentele dekking, één keer te gebruiken", "incidental cover, to be used once",
    "Incidentele dekking aan het begin met alle toevoegingen; één keer te gebruiken, dus één keer in de looptijd.",
    "Incidental cover at the start with all additions; to be used once, so once in the term.")
COVER = Figure("cover", "number", 2, "dekking van deze contracten (aanwezig / benodigd)", "cover of these contracts (available / needed)",
    "Incidentele dekking gedeeld door wat ervan nodig is over de looptijd; alleen deze contracten.",
    "Incidental cover over what is needed of it over the term; these contracts alone.")
RATIO = Figure("ratio", "number", 2, "ratio weerstandsvermogen, hele gemeente (zoals opgegeven)", "ratio of resistance capacity, whole municipality (as given)",
    "Beschikbare gedeeld door benodigde weerstandscapaciteit van de hele gemeente, voor al haar risico's, zoals de gemeente die opgaf; leeg als zij dat niet deed.",
    "Available over required resistance capacity of the whole municipality, for all its risks, as the municipality gave them; empty where it did not.")

# from the revenue of today to the designed budget
BRIDGE = {step.name: step for step in (
    Figure("revenue", "euro", 1, "omzet {year}", "revenue {year}",
        "Goedgekeurde declaraties van de contracten in dat jaar (contracts.revenue).",
        "Approved claims of the contracts in that year (contracts.revenue)."),
    Figure("volume", "euro", 1, "meer of minder cliënten {year}", "more or fewer clients {year}",
        "Meer of minder cliënten dan het jaar ervoor, elk tegen de prijzen van het jaar ervoor.",
        "More or fewer clients than the year before, each at the prices of the year before."),
    Figure("index", "euro", 1, "index {year}", "index {year}",
        "Index van dat jaar met de gewichten van het perceel: definitieve OVA en PPC waar bekend, anders de raming.",
        "Index of that year at the weights of the lot: final OVA and PPC where known, else the forecast."),
    Figure("mix", "euro", 1, "mix", "mix",
        "Ander gebruik per cliënt, andere zorgvormen en gebieden, tegen de prijzen van het eerste contractjaar.",
        "Other use per client, other care forms and areas, at the prices of the first contract year."),
    Figure("price", "euro", 1, "prijs boven de index", "price beyond the index",
        "Tarieven en afgesproken referentiebedragen voor zover zij van de index afwijken; contracten zonder omzet.",
        "Tariffs and agreed reference amounts as far as they differ from the index; contracts without revenue."),
    Figure("loading", "euro", 1, "opslag", "loading",
        "Budget min referentiebedrag.",
        "Budget minus reference amount."),
    Figure("designed", "euro", 1, "ontworpen budget {year}", "designed budget {year}",
        "Budget van het eerste contractjaar.",
        "Budget of the first contract year."),
)}
"""Steps of a bridge; {year}: the one it is about."""
BESIDE_BUDGET = Figure("beside", "euro", 1, "naar verwachting ernaast: bandbreedte, bedingen en index", "expected beside it: corridor, clauses and index",
    "Verwachte betaling min budget in het eerste contractjaar, op nieuwe toekomsten.",
    "Expected payment minus budget in the first contract year, on out-of-sample scenarios.")

# does the case make sense, and what moves the budget
AT_STAKE = Figure("at_stake", "euro_per_year", 0, "wat het scheelt", "what it is worth",
    "Euro per jaar dat verwachte uitgaven, of waar zij op steunen, veranderen als het getal is zoals het andere zegt.",
    "Euro a year by which expected spending, or what it leans on, would change if the number were as the other one says.")
BUDGET_CHANGE = Figure("budget_change", "euro", 1, "verandering over de looptijd", "change over the term",
    "Verandering van de verwachte uitgaven van de gemeenten samen over de looptijd als deze invoer zoveel hoger is; gesloten vorm, zonder toeval.",
    "Change of expected spending of the municipalities together over the term if this input is that much higher; closed form, without chance.")
