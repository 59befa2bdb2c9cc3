"""Every name of the table policy: one row each. A new policy is a row here, or ``register_policy`` from another package.

``case.policy.discount_rate`` and ``case.policy.share_max(lot)`` are values, ``PolicyTable.discount_rate`` is the row itself.
Validation, error messages, workbook, explanation, docs/policy.md and the choices to account for read it.
"""

from __future__ import annotations

from math import inf
from typing import Literal, get_args

from bekostiging.case.core_tables import CorridorBase
from bekostiging.case.policy_rows import CasePolicy, LotPolicy, Number, PolicyRows, Words, YesNo

CorridorShape = Literal["symmetric", "asymmetric"]
WaitingList = Literal["allowed", "not_allowed"]
Corner = Literal["absorb", "wait"]
Indexation = Literal["additive", "multiplicative"]
ClaimCap = Literal["delivered", "weekly"]
WhenStopped = Literal["wait", "move"]
Access = Literal["municipality", "provider"]
RepeatPayment = Literal["paid", "unpaid"]
FirstYearIndex = Literal["fixed", "provisional"]
WaitingNorm = Literal["expected", "cvar", "chance"]
CorridorTerms = Literal["simple", "free"]
ParameterUncertainty = Literal["included", "fixed"]

PER_YEAR = ("per jaar", "per year")
MONTHS = ("maanden", "months")
EURO_A_WEEK = ("euro per week", "euro per week")
EURO_A_YEAR = ("euro per cliënt en jaar", "euro per client and year")
PROVIDERS = ("aanbieders", "providers")
TAIL = Number(0.5, 0.999, tail=True)


class PolicyTable(PolicyRows):
    """The table policy of a case: a tuple of its rows, with the value of every policy by name.

    Examples
    --------
    >>> from bekostiging.case import PolicyTable, read_case
    >>> policy = read_case("almere").policy
    >>> policy.loading_cap(), PolicyTable.loading_cap.kind.allowed("en")
    (0.05, '0 to 1')
    """

    # fmt: off
    risk_weight = CasePolicy(Number(0, 1), moved=True,
        nl="gewicht van de slechtste toekomsten tegenover het gemiddelde in het ontwerp, 0 tot 1",
        en="weight of the worst scenarios against the average in the design")
    confidence = CasePolicy(TAIL, moved=True,
        nl="welke staart telt: 0,95 is de slechtste 5 %", en="which tail counts: 0.95 is the worst 5 %")
    reserve_confidence = CasePolicy(TAIL, default=confidence, moved=True,
        nl="welke staart de reserve van een gemeente over de looptijd moet dragen: 0,95 is de slechtste 5 %",
        en="which tail the reserve of a municipality must carry over the term: 0.95 is the worst 5 %",
        absent_nl="gelijk aan confidence", absent_en="the same as confidence")
    discount_rate = CasePolicy(Number(0, 0.25, PER_YEAR),
        nl="disconteringsvoet per jaar", en="discount rate per year")
    cost_of_capital = CasePolicy(Number(0, 1, PER_YEAR), moved=True,
        nl="vergoeding per jaar over de buffer die een contract echt gebruikt",
        en="reward per year on the buffer a contract really uses")
    elasticity = LotPolicy(Number(0, 5), moved=True,
        nl="extra gebruik waar de volgende euro niet van de aanbieder is; 0 is geen gedrag",
        en="use invited where the next euro is not the provider's; 0 is no behaviour")
    equity_at_stake = CasePolicy(Number(0, 1), moved=True,
        nl="deel van het vrije vermogen dat in deze regio op het spel mag staan",
        en="part of free equity that may be at stake in this region")
    solvency_floor = CasePolicy(Number(0, 1), moved=True,
        nl="ondergrens eigen vermogen gedeeld door balanstotaal", en="least equity over total assets")
    equity_requirement = LotPolicy[float | None](Number(0, 1), default=None, moved=True,
        nl="vrije buffer als deel van het referentiebedrag die van elke aanbieder wordt gevraagd",
        en="free buffer, as part of the reference amount, asked of every provider",
        absent_nl="is de eigen vrije buffer van elke aanbieder de grens",
        absent_en="none: every provider's own free buffer is its limit")
    share_min = LotPolicy(Number(0, 1), moved=True,
        nl="minste aandeel van de gemeente in de buitenste tekortlaag bij acceptatieplicht zonder wachtlijst",
        en="least share of the municipality in the outermost deficit layer under acceptance duty without waiting list")
    share_max = LotPolicy(Number(0, 1), moved=True,
        nl="grootste aandeel van de gemeente in een laag", en="largest share of the municipality in a layer")
    loading_cap = LotPolicy(Number(0, 1), moved=True,
        nl="grootste opslag op het referentiebedrag", en="largest loading on the reference amount")
    transition_cap = LotPolicy(Number(0, 1), moved=True,
        nl="grootste verandering ten opzichte van de omzet die in het eerste contractjaar wordt verwacht, als fractie",
        en="largest change from the revenue that is expected in the first contract year, fraction")
    certainty = CasePolicy(TAIL,
        nl="zekerheid die de raad vraagt van de weerstandscapaciteit",
        en="certainty the council asks of the resistance capacity")
    weight_ova = LotPolicy(Number(0, 1),
        nl="gewicht van lonen in de indexatie", en="weight of wages in the indexation")
    weight_ppc = LotPolicy(Number(0, 1),
        nl="gewicht van prijzen in de indexatie", en="weight of prices in the indexation")
    copula_freedom = CasePolicy[float | None](Number(2, 1000), default=None,
        nl="vrijheidsgraden van de t-copula van de risicofactoren; weinig: uitersten komen samen",
        en="degrees of freedom of the t copula of the risk factors; few: extremes come together",
        absent_nl="een Gauss-copula: geen factor wordt erger doordat een andere extreem is",
        absent_en="a Gaussian copula: no factor is worse because another one is extreme")
    parameter_uncertainty = CasePolicy(Words[ParameterUncertainty](get_args(ParameterUncertainty)), default="included",
        nl="of toekomsten ook verschillen in wat uit history is geschat (schommeling, groei): meegerekend; of vast: elke "
        "schatting geldt als zeker",
        en="whether scenarios also differ in what was estimated (spread, growth): included; or fixed: "
        "estimates count as certain",
        absent_nl="wat geschat is, telt als onzeker", absent_en="what was estimated counts as uncertain")
    share_concentration = LotPolicy(Number(1, 1e9), default=inf,
        nl="concentratie van de marktaandelen die werkelijkheid worden (Dirichlet); klein: ze kunnen ver van het "
        "aanbod liggen",
        en="of the market shares that come true (Dirichlet); few: they may be far from those offered",
        absent_nl="de aandelen van het aanbod", absent_en="market shares as offered")
    ceiling_lift = CasePolicy(Number(0, 1), default=0.0,
        nl="wat het overleg na het signaal bij 70 % aan een bestedingsruimte toevoegt, als deel ervan",
        en="what the consultation after the 70 % signal adds to a spending ceiling, as a part of it",
        absent_nl="verhoogt overleg niets", absent_en="consultation does not raise a ceiling")
    claim_delay_months = CasePolicy(Number(0, 12, MONTHS), default=0.0,
        nl="maanden tussen de zorg en de betaling van de declaratie",
        en="months between the care and the payment of its claim",
        absent_nl="betaald in de maand van de zorg", absent_en="claims are paid in the month of the care")
    paid_at_start = LotPolicy(Number(0, 1), default=0.0,
        nl="deel van de prijs van een arrangement dat bij de start wordt betaald",
        en="part of the price of an arrangement that is paid at its start",
        absent_nl="betaald langs het verwachte verloop", absent_en="arrangements are paid along their expected course")
    extension_after = LotPolicy(Number(0.1, 100), default=inf,
        nl="veelvoud van de verwachte duur waarna een traject als nieuw arrangement telt",
        en="multiple of the expected duration after which a trajectory counts as a new arrangement",
        absent_nl="duurt een arrangement zo lang als het traject",
        absent_en="an arrangement lasts as long as the trajectory")
    disputed_share = LotPolicy(Number(0, 1), default=0.0,
        nl="deel van de gedeclareerde arrangementen dat wordt betwist en een jaar later wordt betaald",
        en="part of the claims of arrangements that is disputed and paid a year later",
        absent_nl="wordt niets betwist", absent_en="no arrangement is disputed")
    disputed_lost = LotPolicy(Number(0, 1), default=0.0,
        nl="deel van wat wordt betwist dat nooit wordt betaald", en="part of what is disputed that is never paid",
        absent_nl="wordt wat betwist is uiteindelijk betaald", absent_en="what is disputed is paid in the end")
    mid_year_revision = LotPolicy(Number(0, 1), default=0.0,
        nl="deel van het jaar na een herziening van de index binnen het jaar; 0,5 is per 1 juli",
        en="part of the year after a revision of the index within it; 0.5 is a revision on 1 July",
        absent_nl="werkt een verrassing pas in het volgende jaar door",
        absent_en="no revision within the year: a surprise is in the level from the next year on")
    settlement_delay_months = CasePolicy(Number(0, 24, MONTHS), default=12.0,
        nl="maanden na het jaar waarin voorschotten worden afgerekend",
        en="months after the year in which advances are settled with what is due",
        absent_nl="twaalf maanden na het jaar", absent_en="advances are settled twelve months after the year")
    solidarity = LotPolicy(Number(0, 1), default=0.5,
        nl="deel van de betalingen dat in verdeelsleutel deels solidair naar inwoners gaat",
        en="part of the payments that sharing key dial divides by inhabitants",
        needed_for=("verdeelsleutel dial", "sharing key dial"))
    high_cost_threshold = LotPolicy(Number(1, 10000000.0, EURO_A_YEAR), default=50_000.0,
        nl="euro per cliënt en jaar waarboven verdeelsleutel dure cliënten solidair naar inwoners verdeelt",
        en="euro per client and year above which sharing key hybrid divides by inhabitants",
        needed_for=("verdeelsleutel hybrid", "sharing key hybrid"))
    adhoc_premium = LotPolicy(Number(0, 5),
        nl="wat een ad hoc ingekochte plaats boven het tarief kost, als fractie",
        en="what a place bought ad hoc costs above the tariff, fraction", needed_for=("het capaciteitsplan", "capacity"))
    adhoc_most = LotPolicy(Number(0, 1), default=inf,
        nl="hoogste deel van de starts dat ad hoc kan worden ingekocht, als fractie",
        en="most of the starts that can be bought ad hoc, fraction",
        absent_nl="kan alles ad hoc worden ingekocht", absent_en="everything may be bought ad hoc")
    waiting_cost = LotPolicy(Number(0, 100000.0, EURO_A_WEEK),
        nl="wat een wachtende cliënt kost, euro per week", en="what a client who waits costs, euro per week",
        needed_for=("het capaciteitsplan", "capacity"))
    late_share = LotPolicy(Number(0, 1), default=inf,
        nl="cliënten die langer dan de norm mogen wachten, als deel van de verwachte starts van een kwartaal",
        en="clients who may wait beyond the norm, as part of the expected starts of a quarter",
        absent_nl="geen wachtnorm in het capaciteitsplan", absent_en="no waiting norm in capacity")
    contracts_least = LotPolicy(Number(0, 1000, PROVIDERS), default=0.0,
        nl="minste aantal gecontracteerde aanbieders (hoofdcontracten) van het perceel",
        en="least number of contracted providers (main contracts) of the lot",
        absent_nl="geen minste aantal aanbieders", absent_en="no least number of contracted providers")
    contracts_most = LotPolicy(Number(1, 1000, PROVIDERS), default=1e6,
        nl="grootste aantal gecontracteerde aanbieders (hoofdcontracten) van het perceel",
        en="largest number of contracted providers (main contracts) of the lot",
        absent_nl="geen grootste aantal aanbieders", absent_en="no largest number of contracted providers")
    concentration = LotPolicy(Number(0.01, 1), default=1.0,
        nl="grootste deel van de plaatsen van een zorgvorm bij één hoofdaannemer",
        en="largest part of the places of a care form with one main contractor",
        absent_nl="mag één aanbieder alle plaatsen hebben", absent_en="one provider may have every place")
    swap_share = LotPolicy(Number(0, 1), default=0.0,
        nl="deel van de plaatsen van een contract dat voor een andere zorgvorm van dat contract mag worden ingezet, "
        "tegen gelijke waarde",
        en="part of the places of a contract that may serve another care form of it, at equal price",
        absent_nl="geen wisselclausule", absent_en="no swap clause")
    revised_share = LotPolicy(Number(0, 0.999), default=0.0,
        nl="kans dat een verandering van buiten een volgend urenbudget geeft wanneer er een op is",
        en="chance that an external change gives another hours budget when one runs out",
        absent_nl="0, op is op", absent_en="0: no hours budget is followed by another one")
    base = LotPolicy(Words[CorridorBase](get_args(CorridorBase)),
        nl="waarop de bandbreedte wordt gemeten: schaduwproductie, gecontroleerde kosten of cliënten maal norm",
        en="what the corridor is measured on")
    corridor_shape = LotPolicy(Words[CorridorShape](get_args(CorridorShape)), default="symmetric",
        nl="of tekorten en overschotten op dezelfde afstand gelijk worden gedeeld",
        en="whether deficits and surpluses at the same distance are shared alike",
        absent_nl="symmetrisch: lagen op dezelfde afstand van het referentiebedrag delen gelijk",
        absent_en="symmetric: layers at the same distance from the reference amount share alike")
    acceptance_duty = LotPolicy(YesNo(),
        nl="acceptatieplicht", en="whether providers must accept every client")
    waiting_list = LotPolicy(Words[WaitingList](get_args(WaitingList)),
        nl="mag een aanbieder een wachtlijst hebben", en="whether a provider may have a waiting list")
    when_money_is_gone = CasePolicy(Words[Corner](get_args(Corner)),
        nl="hoek van de hoofdcijfers: aanbieder draagt, of wachten (niet-dringende zorg wacht)",
        en="corner of the main figures: the provider absorbs, or what is not urgent waits")
    indexation = LotPolicy(Words[Indexation](get_args(Indexation)), default="additive",
        nl="indexatie additief (contracttekst) of met multiplicatieve inhaal",
        en="additive (contract text) or with a multiplicative catch-up",
        absent_nl="additief, de tekst van Contractstandaard Wmo v1.2 art. 3.2",
        absent_en="additive, the text of Contractstandaard Wmo v1.2 art. 3.2")
    claim_cap = LotPolicy(Words[ClaimCap](get_args(ClaimCap)), default="delivered",
        nl="geleverd (wat geleverd is) of per week: aangeraakte kalenderweken maal de afgesproken eenheden per week "
        "(regel IV077)",
        en="delivered, or weekly: calendar weeks touched times the agreed weekly units (rule IV077)",
        absent_nl="declareert men wat geleverd is", absent_en="claims are what was delivered")
    when_stopped = LotPolicy(Words[WhenStopped](get_args(WhenStopped)), default="wait",
        nl="wachten: wie een instroomstop treft wacht; andere aanbieder: gaat naar een open aanbieder van het perceel in "
        "zijn gebied",
        en="at a stop a client waits, or moves to an open provider of the lot and area",
        absent_nl="wacht men", absent_en="who meets an intake stop waits for the provider asked")
    access = LotPolicy(Words[Access](get_args(Access)), default="municipality",
        nl="wie over de toegang beslist: de gemeente of de aanbieder",
        en="who decides on access: the municipality or the provider",
        absent_nl="de gemeente", absent_en="the municipality decides who gets care")
    repeat_payment = LotPolicy(Words[RepeatPayment](get_args(RepeatPayment)), default="paid",
        nl="of een herhaling binnen de termijn als nieuw arrangement wordt betaald, of niet betaald",
        en="whether a repeat within the period is paid as a new arrangement",
        absent_nl="is een herhaling een nieuw arrangement", absent_en="a repeat is a new arrangement and paid")
    first_year_index = LotPolicy(Words[FirstYearIndex](get_args(FirstYearIndex)), default="fixed",
        nl="vast, of voorlopig: het eerste jaar wordt achteraf met de definitieve index afgerekend",
        en="fixed, or provisional: the first year is settled with the final index afterwards",
        absent_nl="houdt het eerste jaar de voorlopige index",
        absent_en="fixed: the first year keeps its forecast index")
    revision_clause = LotPolicy(YesNo(), default=False,
        nl="of de lopende contracten een herzieningsclausule hebben",
        en="whether the running contracts have a revision clause",
        absent_nl="geen herzieningsclausule", absent_en="no revision clause")
    waiting_norm = CasePolicy(Words[WaitingNorm](get_args(WaitingNorm)), default="cvar",
        nl="hoe late_share geldt: gemiddeld, in het gemiddelde van de slechtste toekomsten of met een kans: in "
        "confidence van de toekomsten (chance)",
        en="how late_share holds: on average, in the mean of the worst scenarios, or in confidence of the scenarios",
        absent_nl="het gemiddelde van de slechtste toekomsten",
        absent_en="cvar: the mean of the worst scenarios keeps the norm")
    reserve_refills = CasePolicy(YesNo(), default=False,
        nl="of een jaar dat minder kost dan de begroting de reserve weer aanvult",
        en="whether a year that costs less than the begroting refills the reserve",
        absent_nl="nee, wat een jaar overhoudt blijft bij de raad",
        absent_en="no: what a year leaves over stays with the council")
    corridor_terms = CasePolicy(Words[CorridorTerms](get_args(CorridorTerms)), default="simple",
        nl="eenvoudig: aandelen in stappen van 5 punten, één vrije zone en één aandeel per kant; vrij: "
        "wat het beste uitkomt",
        en="simple: shares in steps of 5 points, one free zone and one share per side; free: whatever is best",
        absent_nl="eenvoudig", absent_en="simple")
    laws_share = CasePolicy(YesNo(), default=True,
        nl="of jeugd en Wmo één begroting en dekking delen", en="whether youth and Wmo share one begroting and cover",
        absent_nl="ja, één begroting en één dekking voor beide wetten",
        absent_en="yes: one begroting and one cover for both laws")
    joint_arrangement = CasePolicy(YesNo(), default=False,
        nl="of de gemeenten samen inkopen in een gemeenschappelijke regeling, zodat er ook een bestuursvoorstel komt",
        en="whether the municipalities buy in a joint arrangement (gemeenschappelijke regeling), so that its board gets a "
        "proposal too",
        absent_nl="nee: er komt geen bestuursvoorstel", absent_en="no: there is no proposal to a board")
    new_budget = LotPolicy(YesNo(), default=False,
        nl="of zittende cliënten bij de overgang een heel urenbudget krijgen",
        en="whether clients in care get a whole hours budget at the switch",
        absent_nl="nee, het urenbudget van zittende cliënten liep al sinds zij begonnen",
        absent_en="no: the hours budgets of clients in care ran since they started, as if the form had always applied")
    # fmt: on
