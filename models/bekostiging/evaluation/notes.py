"""What must be said once: a simulation that contradicts its theory, and what a case states but is not used yet."""

from __future__ import annotations

from bekostiging.case import Case
from bekostiging.case.errors import Note
from bekostiging.case.tables import CLAUSES
from bekostiging.scenarios import SelfCheck


def alarms(checked: SelfCheck) -> tuple[Note, ...]:
    """The worst contradiction between simulation and theory, if any: then no figure of the run can be trusted."""
    if not checked.alarms:
        return ()
    worst, n = checked.alarms[0], len(checked.alarms)
    return (
        {
            "nl": f"ALARM van de zelfcontrole: {n} van {checked.n_statistics} vergelijkingen van de simulatie met haar "
            f"eigen theorie kunnen geen toeval zijn, het ergst {worst.quantity} van {worst.cell}: {worst.drawn:.6g} "
            f"getrokken, {worst.expected:.6g} verwacht. Gebruik deze uitkomst niet en meld haar.",
            "en": f"ALARM of the self-check: {n} of {checked.n_statistics} comparisons of the simulation with its own "
            f"theory cannot be chance, the worst {worst.quantity} of {worst.cell}: {worst.drawn:.6g} drawn, "
            f"{worst.expected:.6g} expected. Do not use this outcome and report it.",
        },
    )


def not_used_yet(case: Case) -> tuple[Note, ...]:
    """One sentence for everything in the case that is filled in and not, or not everywhere, calculated with."""
    found: list[Note] = []

    def note(present: bool, nl: str, en: str) -> None:
        """Tell it when it is there."""
        if present:
            found.append({"nl": nl, "en": en})

    note(
        any(CLAUSES[row.clause].per_client for row in case.clauses),
        "Een hogekostenpool telt in de toekomsten; in de gesloten vormen (schokken, gevoeligheden, omslagpunten) niet.",
        "A high-cost pool counts in the scenarios; in the closed forms (shocks, sensitivities, break-even) it does not.",
    )
    note(
        any(lot.sharing_key == "hybrid" for lot in case.lots),
        "Verdeelsleutel hybrid deelt dure cliënten in de toekomsten; in de gesloten vormen (schokken, gevoeligheden, "
        "omslagpunten) verdeelt zij naar gebruik.",
        "Sharing key hybrid shares expensive clients in the scenarios; in closed forms (shocks, sensitivities, break-even) "
        "it divides by use.",
    )
    note(
        any(case.policy.elasticity(lot.id) > 0 for lot in case.lots),
        "elasticity telt in het ontwerp van het taakgerichte budget, en nog niet in de toekomsten zelf.",
        "elasticity counts in the design of the lump sum, and not yet in the scenarios themselves.",
    )
    note(
        len({lot.years for lot in case.lots}) > 1,
        f"Percelen lopen ongelijk lang; vergeleken zijn de eerste {case.n_years} jaren, die alle percelen gemeen hebben.",
        f"Lots differ in length; compared are the first {case.n_years} years, which all lots have.",
    )
    return tuple(found)
