"""Which payment forms a page shows: every form that all cases compare, and one on request where the case chose it."""

from __future__ import annotations

from bekostiging.case.model import Case
from bekostiging.case.tables import PAYMENT_FORMS, PaymentForm


def shown_forms(case: Case) -> tuple[PaymentForm, ...]:
    """In the order of every table: without a form on request that no lot, clause or judgement of the case names.

    >>> from bekostiging.case import synthetic_region
    >>> shown_forms(synthetic_region(2, 6))
    ('inspanningsgericht', 'outputgericht', 'taakgericht')
    """
    chosen = {row.payment_form for row in case.lots} | {row.payment_form for row in case.clauses}
    chosen |= {row.payment_form for row in case.judgements}
    return tuple(form for form, facts in PAYMENT_FORMS.items() if not facts.on_request or form in chosen)
