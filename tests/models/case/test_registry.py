"""Open sets: names in order, each once, and none but theirs."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import BaseModel, ValidationError

from bekostiging.case.open_sets import CLAUSE_COLUMNS
from bekostiging.case.registry import Registry
from bekostiging.case.rows import columns
from bekostiging.case.tables import CLAUSES, PAYMENT_FORMS, ContractClause


@pytest.fixture
def birds() -> Registry[int]:
    made: Registry[int] = Registry("bird")
    made.add("swan", 2)
    made.add("heron", 1)
    return made


def test_names_keep_their_order_and_stand_once(birds: Registry[int]) -> None:
    assert dict(birds) == {"swan": 2, "heron": 1}
    assert list(birds) == ["swan", "heron"]
    with pytest.raises(ValueError, match="bird swan is there already"):
        birds.add("swan", 3)


def test_an_unknown_name_is_an_error_that_offers_the_nearest(birds: Registry[int]) -> None:
    assert "hero" not in birds
    assert birds.get("hero") is None
    with pytest.raises(KeyError, match="no bird is called hero; did you mean heron"):
        birds["hero"]


def test_a_field_takes_its_names_only(birds: Registry[int]) -> None:
    class Seen(BaseModel):
        bird: Annotated[str, birds]

    assert Seen(bird="heron").bird == "heron"
    with pytest.raises(ValidationError, match="no bird of this name"):
        Seen(bird="eagle")


def test_every_form_and_clause_says_what_others_ask() -> None:
    for form, facts in PAYMENT_FORMS.items():
        assert facts.form == form
        assert all((*facts.name, *facts.pays, facts.legal_variant))
    drawn = [(facts.colour, facts.line, facts.marker) for facts in PAYMENT_FORMS.values()]
    assert all(len(set(own)) == len(PAYMENT_FORMS) for own in zip(*drawn, strict=True))
    assert any(facts.lump_sum for facts in PAYMENT_FORMS.values())
    for kind, clause in CLAUSES.items():
        assert clause.kind == kind
        assert clause.needs.keys().isdisjoint(clause.allows)
        assert {*clause.needs, *clause.allows} <= set(CLAUSE_COLUMNS) <= set(columns(ContractClause))
        for said in (clause.name, clause.share_means, *clause.needs.values(), *clause.allows.values()):
            assert len(said) == 2
            assert all(said)
        assert any(clause.joins(form) for form in PAYMENT_FORMS.values())
