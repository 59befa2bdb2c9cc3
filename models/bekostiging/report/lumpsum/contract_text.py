"""Draft text of the contract, in Dutch whatever the language of the page: articles that can be signed.

Layers of equal shares are one band, lots of equal terms one article, and there is no number in it that a contract cannot
hold: no chance, no expectation, no bound that is never reached. Amounts stand apart, since every provider signs its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from bekostiging.case import Case
from bekostiging.case.numbers import in_nl
from bekostiging.contracts import LUMP_SUM
from bekostiging.lumpsum import LumpSumData, LumpSumDesign
from bekostiging.report.kit.sections import care_form_names, names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.terms import joined

Band = tuple[float, float, float]
"""From and to which distance from the reference amount, fractions of it, and the share of the municipality there."""
SIDES = {"deficit": 1.0, "surplus": -1.0}
SETTLEMENT = 2
"""Its number: what is said of clauses names it."""
DECIMALS = 3
"""Of a fraction: percentages are signed in tenths."""


@dataclass(frozen=True)
class ContractArticle:
    """An article with its texts, each for a group of lots (names) with equal terms."""

    title: str
    texts: tuple[tuple[tuple[str, ...], str], ...]


@dataclass(frozen=True)
class ContractText:
    """The contract of one design in one case."""

    case: Case
    data: LumpSumData
    design: LumpSumDesign

    @property
    def lots(self) -> list[int]:
        """Lots that are paid with a lump sum."""
        return [j for j in range(len(self.data.lots)) if self.design.feasible and self.design.form[j] == 0]

    @cached_property
    def dutch(self) -> Texts:
        """The language of the contract."""
        return Texts("nl")

    @property
    def said(self) -> dict[str, str]:
        """Its words."""
        return self.dutch.sections["contract"]

    def lines(self) -> list[str]:
        """Every article as lines of a page."""
        return [line for n, one in enumerate(self.articles(), start=1) for line in self._lines(one, n)]

    def settlement_lines(self) -> list[str]:
        """The article that differs between designs as lines of a page."""
        return self._lines(self._article(self.said["settlement_title"], self._settlement), SETTLEMENT)

    def _lines(self, article: ContractArticle, number: int) -> list[str]:
        return [self.said["article"].format(n=number, title=article.title), *self.paragraphs(article)]

    def paragraphs(self, article: ContractArticle) -> list[str]:
        """The texts of an article; what holds for all lots is said without their names."""
        told = []
        for lots, text in article.texts:
            if len(lots) == len(self.lots):
                told.append(text)
            else:
                which = self.said["lots_one" if len(lots) == 1 else "lots_some"].format(
                    lots=joined(lots, self.dutch)
                )
                told.append(self.said["of_lots"].format(lots=which, text=text))
        return told

    def articles(self) -> list[ContractArticle]:
        """Every article in order; none without a lump sum."""
        if not self.lots:
            return []
        kinds: dict[str, tuple[Callable[[int], str], ...]] = {
            "budget": (lambda j: self.said["budget"].format(year=self.data.years[0]),),
            "settlement": (self._settlement,),
            "index": (self._index,),
            "access": (self._duty, self._norms, lambda j: self.said["too_late"]),
            "evidence": (self._evidence,),
            "payment": (self._payment,),
            "clauses": (self._clauses,),
            "recalibration": (self._recalibration,),
            "exit": (self._exit,),
        }
        return [self._article(self.said[f"{kind}_title"], *parts) for kind, parts in kinds.items()]

    def _article(self, title: str, *parts: Callable[[int], str]) -> ContractArticle:
        """Of every part one text per group of lots that have it."""
        names, told = names_of(self.case, self.dutch.lang), []
        for text in parts:
            groups: dict[str, list[str]] = {}
            for j in self.lots:
                groups.setdefault(text(j), []).append(names[self._lot(j)])
            told += [(tuple(lots), one) for one, lots in groups.items()]
        return ContractArticle(title, tuple(told))

    def _lot(self, j: int) -> str:
        return self.data.lots[j].name

    def _base(self, j: int) -> str:
        return self.case.policy.base(self._lot(j))

    def _settlement(self, j: int) -> str:
        """What is compared, and who pays which part of the difference; one sentence where both sides are alike."""
        sides = {side: self.bands(j, sign) for side, sign in SIDES.items()}
        alike = sides["deficit"] == sides["surplus"]
        told = {"both": sides["deficit"]} if alike else sides
        bands = " ".join(self._side(side, own) for side, own in told.items())
        return self.said["settlement"].format(base=self.dutch["bases", self._base(j)], bands=bands)

    def bands(self, j: int, sign: float) -> list[Band]:
        """The layers of a side from the reference amount outward, those of equal shares as one."""
        corridor = self.data.lots[j].corridor
        own = [
            (
                *sorted((abs(float(corridor.lower[k]) - 1), abs(float(corridor.upper[k]) - 1))),
                round(float(self.design.share[j][k]), DECIMALS),
            )
            for k in np.flatnonzero(corridor.sign == sign)
        ]
        found: list[Band] = []
        for near, far, share in sorted(own):
            # nothing lies further below the reference amount than all of it
            end = np.inf if sign < 0 and far >= 1 else round(far, DECIMALS)
            if found and found[-1][2] == share:
                found[-1] = (found[-1][0], end, share)
            else:
                found.append((round(near, DECIMALS), end, share))
        return found

    def _side(self, side: str, bands: Sequence[Band]) -> str:
        """Who pays what on a side, or on both."""
        if all(share == 0 for _, _, share in bands):
            return self.said[f"{side}_nothing"]
        if len(bands) == 1:
            return self.said[f"{side}_one"].format(share=self._percent(bands[0][2]))
        parts = []
        for near, far, share in bands:
            key = "band_first" if near == 0 else "band_last" if np.isinf(far) else "band_between"
            part = self._percent(share) if share else self.said["nothing"]
            values = {"lower": self._percent(near), "upper": "" if np.isinf(far) else self._percent(far)}
            parts.append(self.said[key].format(share=part, **values))
        return self.said[f"{side}_bands"].format(bands=joined(parts, self.dutch))

    def _index(self, j: int) -> str:
        """Weights and rule of the index, and what holds in the first year."""
        policy, lot = self.case.policy, self._lot(j)
        return self.said[f"index_{policy.indexation(lot)}"].format(
            ova=self._percent(policy.weight_ova(lot)),
            ppc=self._percent(policy.weight_ppc(lot)),
            first=self.said[f"first_{policy.first_year_index(lot)}"],
        )

    def _duty(self, j: int) -> str:
        """Whom the provider takes."""
        return self.said["duty_yes" if self.case.policy.acceptance_duty(self._lot(j)) else "duty_no"]

    def _norms(self, j: int) -> str:
        """Whether there may be a waiting list, and how soon care begins."""
        lot = self._lot(j)
        bought = next(row.care_forms for row in self.case.lots if row.id == lot)
        norms: dict[float, list[str]] = {}
        for row in self.case.care_forms:
            if row.id in bought:
                norms.setdefault(row.waiting_norm_weeks, []).append(
                    care_form_names(self.case, self.dutch.lang)[row.id]
                )
        told = [
            self.said["norm"].format(n=in_nl(weeks), form=joined(forms, self.dutch))
            for weeks, forms in norms.items()
        ]
        key = f"list_{self.case.policy.waiting_list(lot)}"
        return self.said[key].format(norms=joined(told, self.dutch))

    def _evidence(self, j: int) -> str:
        """With what the provider shows it."""
        return self.said["evidence"].format(evidence=self.dutch["evidence", self._base(j)])

    def _payment(self, j: int) -> str:
        """In twelve parts, and when it is settled."""
        return self.said["payment"].format(settled=in_nl(self.case.policy.settlement_delay_months))

    def _clauses(self, j: int) -> str:
        """Other clauses of the lot, by name."""
        rows = [row for row in self.case.clauses if (row.lot, row.payment_form) == (self._lot(j), LUMP_SUM)]
        named = [self.dutch["clauses", row.clause] for row in sorted(rows, key=lambda row: row.position)]
        return self.said["clauses"].format(clauses=joined(named, self.dutch)) if named else self.said["no_clauses"]

    def _recalibration(self, j: int) -> str:
        """Half way, where the contract is longer than a year."""
        n = len(self.data.years)
        key = "recalibration" if n > 1 else "recalibration_one_year"
        return self.said[key].format(year=self.data.years[0] + n // 2)

    def _exit(self, j: int) -> str:
        """How long the handing over takes."""
        weeks = next(row.handover_weeks for row in self.case.lots if row.id == self._lot(j))
        handover = self.said["weeks"].format(n=in_nl(weeks)) if weeks else self.said["term_unknown"]
        return self.said["exit"].format(handover=handover)

    def amounts(self) -> list[list[str]]:
        """Reference amount and budget of every contract in whole euro, header first: a line for each provider to sign."""
        names, plain = names_of(self.case, self.dutch.lang), partial(self.dutch.numbers.plain, decimals=0)
        rows = [[self.said[name] for name in ("contract", "reference", "budget_euro")]]
        for c, (provider, lot) in enumerate(self.data.contracts):
            if int(self.data.lot[c]) in self.lots:
                euros = (float(self.data.reference[c, 0]), float(self.design.budget[c, 0]))
                rows.append([f"{names[provider]}, {names[lot]}", *map(plain, euros)])
        return rows

    def _percent(self, fraction: float) -> str:
        """A percentage as it is signed: whole, or with one decimal."""
        whole = abs(100 * fraction - round(100 * fraction)) < 0.05
        return self.dutch.numbers.percent(fraction, 0 if whole else 1)
