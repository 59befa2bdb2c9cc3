"""Payment forms and clauses as a case knows them: open sets, whose classes stand in ``bekostiging.contracts``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from bekostiging.case.errors import Problem, Said, in_language
from bekostiging.case.registry import Registry

if TYPE_CHECKING:
    from bekostiging.case.model import Case
    from bekostiging.case.optional_tables import ContractClause


LegalVariant = Literal["inspanningsgericht", "outputgericht", "taakgericht"]
"""Uitvoeringsvariant by law: effort, output, task."""
FormLine = Literal["-", "--", "-.", ":"] | tuple[int, tuple[int, ...]]
"""A line in a figure, as matplotlib names it: by a sign, or an offset with lengths on and off."""


class FormFacts:
    """What everybody may ask of a payment form, in place of its name.

    ``name`` and ``pays`` (what it pays) in both languages; ``legal_variant``: the uitvoeringsvariant it is by law. In a
    figure it has a ``colour`` (of a lightness of its own, so that forms differ in grey), a ``line`` and a ``marker``.
    """

    form: ClassVar[str]
    name: ClassVar[Said]
    in_full: ClassVar[Said] = ("", "")
    """What a page calls it where there is room, with the variant it is by law; empty: its name."""
    pays: ClassVar[Said]
    legal_variant: ClassVar[LegalVariant]
    colour: ClassVar[str]
    line: ClassVar[FormLine]
    marker: ClassVar[str]
    lump_sum: ClassVar[bool] = False
    """A budget for a task: needs no registered client and has no ceiling; other forms claim, up to a ceiling."""
    by_arrangement: ClassVar[bool] = False
    """Paid per client arrangement: profiles are registered, and a decision may name a result without hours."""
    hours_budget: ClassVar[bool] = False
    """Pays until a client's hours budget is used up: pages that show it tell how long those are."""
    on_request: ClassVar[bool] = False
    """A variant that pages show only where the case chose it: for a lot, in a clause or with a judgement."""
    pays_next_euro: ClassVar[float] = 1.0
    """Part of one more euro of care that is paid."""


class ClauseFacts:
    """What a case must know of a kind of clause: ``kind`` as table clauses calls it, its ``name`` in both languages, what
    its share means, and the columns it ``needs`` and ``allows`` beside that, with what they mean for it."""

    kind: ClassVar[str]
    name: ClassVar[Said]
    share_means: ClassVar[Said] = ("deel voor de andere partij", "part for the other party")
    needs: ClassVar[Mapping[str, Said]] = {}
    allows: ClassVar[Mapping[str, Said]] = {}
    per_client: ClassVar[bool] = False
    """Whether it is about single clients: under a tariff it comes before the ceiling."""

    @classmethod
    def joins(cls, form: type[FormFacts]) -> bool:
        """Whether contracts of a payment form may have it."""
        return True

    @classmethod
    def problems(cls, case: Case, row: ContractClause) -> Iterator[Problem]:
        """What is wrong with one of its rows, beyond the columns it needs and the order of its edges."""
        return iter(())


PAYMENT_FORMS: Registry[type[FormFacts]] = Registry("payment form")
"""In the order of every table by form."""
CLAUSES: Registry[type[ClauseFacts]] = Registry("clause")
PaymentForm = Annotated[str, PAYMENT_FORMS]
"""Name of a payment form."""
ClauseKind = Annotated[str, CLAUSES]
"""Kind of a clause."""


CLAUSE_COLUMNS = ("lower", "upper", "threshold", "cap", "length")
"""Columns of table clauses that mean something for some kinds only."""


def clause_meanings(lang: str) -> dict[str, str]:
    """What the columns of table clauses mean, from the kinds that use them."""
    meanings_by_column = {
        "clause": ", ".join(f"{kind} ({in_language(clause.name, lang)})" for kind, clause in CLAUSES.items())
    }
    for column in ("share", *CLAUSE_COLUMNS):
        kinds: dict[str, list[str]] = {}
        for kind, clause in CLAUSES.items():
            meanings = {"share": clause.share_means, **clause.needs, **clause.allows}
            if column in meanings:
                kinds.setdefault(in_language(meanings[column], lang), []).append(kind)
        meanings_by_column[column] = "; ".join(
            f"{meaning} ({', '.join(names)})" for meaning, names in kinds.items()
        )
    return meanings_by_column


def clause_problem(row: ContractClause, column: str, nl: str, en: str) -> Problem:
    """A problem of one clause, named with its lot, form and position."""
    which = f"{row.clause} ({row.lot}, {row.payment_form}, {row.position})"
    return Problem("clauses", f"beding {which}: {nl}", f"clause {which}: {en}", row=row.line, column=column)
