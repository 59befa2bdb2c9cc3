"""Every table of a provider's sheet once, with its numbers, for page and workbook alike."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bekostiging.evaluation import Comparison
from bekostiging.evaluation.figures import (
    BUFFER_EXHAUSTED_PROBABILITY,
    CVAR95_LOSS,
    EXPECTED_RESULT,
    LOSS_PROBABILITY,
    LOWEST_CASH_WEEKS,
)
from bekostiging.report.kit.disclosure import FEWEST, LARGEST, may_be_shown
from bekostiging.report.kit.leading import Cell, Panel
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import ProviderSheet

CENT = 0.01
FORM_FIGURES = (EXPECTED_RESULT, LOSS_PROBABILITY, CVAR95_LOSS, BUFFER_EXHAUSTED_PROBABILITY, LOWEST_CASH_WEEKS)


class SheetTables:
    """The tables of one sheet in one language."""

    def __init__(self, outcome: Comparison, sheet: ProviderSheet, texts: Texts) -> None:
        self.outcome, self.sheet, self.texts = outcome, sheet, texts
        self.said = texts.sections["provider_sheet"]
        self.names = names_of(outcome.case, texts.lang)

    def panels(self) -> list[Panel]:
        """Every table in the order of the sheet."""
        found = [self.budget(), self.corridor(), self.scenarios(), self.forms()]
        return [*found, *([] if self.sheet.counter is None else [self.counter()]), self.lots()]

    def sentences(self) -> list[str]:
        """What the sheet says first."""
        sheet, said, outcome = self.sheet, self.said, self.outcome
        figures = sheet.results["taakgericht"]
        first = sum(float(one.budget[0]) for one in sheet.contracts)
        total = sum(float(one.budget.sum()) for one in sheet.contracts)
        years = outcome.years
        told = [] if outcome.lumpsum.design.feasible else [said["undesigned"]]
        told += [
            said["budget_told"].format(
                year=years[0], first=self._euro(first), years=f"{years[0]}-{years[-1]}", total=self._euro(total)
            ),
            said["result_told"].format(
                result=self._euro(figures[EXPECTED_RESULT].value),
                worst=self._euro(-figures[CVAR95_LOSS].value),
                best=self._euro(sheet.best.value),
            ),
            said["buffer_told"].format(
                buffer=self._euro(sheet.buffer),
                chance=self.texts.numbers.percent(figures[BUFFER_EXHAUSTED_PROBABILITY].value),
            ),
        ]
        if outcome.lumpsum.design.feasible:
            told.append(
                said["decides"].format(extra=self._euro(sheet.extra_equity))
                if sheet.decides
                else said["decides_not"]
            )
        if (counter := sheet.counter) is not None:
            told.append(
                said["counter_told"].format(
                    expected=self._euro(counter.expected.value, signed=True),
                    tail=self._euro(counter.tail.value, signed=True),
                    **self._offer(),
                )
            )
        return told

    def budget(self) -> Panel:
        """Budget per lot and year."""
        said, rows = self.said, list[list[Cell]]()
        for one in self.sheet.contracts:
            for year, reference, budget in zip(self.outcome.years, one.reference, one.budget, strict=True):
                rows.append(
                    [
                        (self.names[one.lot], "text"),
                        (year, "year"),
                        (float(reference), "euro"),
                        (one.loading, "fraction"),
                        (float(budget), "euro"),
                    ]
                )
        sums = [sum(float(row[column][0] or 0) for row in rows) for column in (2, 4)]
        total: list[Cell] = [
            (said["together"], "text"),
            (None, "text"),
            (sums[0], "euro"),
            (None, "text"),
            (sums[1], "euro"),
        ]
        heads = [said[name] for name in ("lot", "year", "reference", "loading", "budget")]
        return Panel(said["budget_title"], [said["budget_note"]], heads, [*rows, total], frozenset({len(rows)}))

    def corridor(self) -> Panel:
        """Layers of the corridor of every lot, those that share alike together."""
        said, rows = self.said, list[list[Cell]]()
        for one in self.sheet.contracts:
            for low, high, share in merged(one.layers):
                side = "deficit" if low >= 1 else "surplus"
                near, far = (low - 1, high - 1) if side == "deficit" else (1 - high, 1 - low)
                end: Cell = (said["no_end"], "text") if math.isinf(far) or far >= 1 else (far, "fraction")
                rows.append(
                    [
                        (self.names[one.lot], "text"),
                        (said[side], "text"),
                        (near, "fraction"),
                        end,
                        (share, "fraction"),
                    ]
                )
        heads = [said[name] for name in ("lot", "side", "from", "to", "share")]
        return Panel(said["corridor_title"], [said["corridor_note"]], heads, rows)

    def scenarios(self) -> Panel:
        """Little, middling and much care."""
        said, found = self.said, self.sheet.scenarios
        lines = [
            ("indexed", [one.budget for one in found]),
            ("settlement", [one.settlement for one in found]),
            ("passed", [one.passed for one in found]),
            ("payment", [one.payment for one in found]),
            ("cost", [-one.cost for one in found]),
            ("result", [one.result for one in found]),
        ]
        lines = [
            (name, values)
            for name, values in lines
            if name != "passed" or any(abs(value) >= CENT for value in values)
        ]
        rows: list[list[Cell]] = [
            [(said[name], "text"), *((value, "euro") for value in values)] for name, values in lines
        ]
        strong = frozenset(i for i, (name, _) in enumerate(lines) if name in ("payment", "result"))
        heads = [said[name] for name in ("line", "little", "middling", "much")]
        return Panel(said["scenarios_title"], [said["scenarios_note"]], heads, rows, strong)

    def forms(self) -> Panel:
        """The figures of every payment form."""
        said, texts = self.said, self.texts
        rows: list[list[Cell]] = [
            [(texts["forms", form], "text"), *((own[figure].value, figure.unit) for figure in FORM_FIGURES)]
            for form, own in self.sheet.results.items()
        ]
        heads = [said["form"], *(texts[figure] for figure in FORM_FIGURES)]
        return Panel(said["forms_title"], [said["forms_note"]], heads, rows)

    def counter(self) -> Panel:
        """What the counter-offer changes."""
        said, counter = self.said, self.sheet.counter
        assert counter is not None
        rows: list[list[Cell]] = [
            [(said[name], "text"), (found.value, "euro")]
            for name, found in (
                ("municipal_expected", counter.expected),
                ("municipal_tail", counter.tail),
                ("own_worst", counter.worst),
            )
        ]
        note = said["counter_note"].format(**self._offer())
        return Panel(said["counter_title"], [note], [said["what"], said["euro"]], rows)

    def lots(self) -> Panel:
        """What may be known of every lot."""
        said, limits = self.said, disclosure_limits(self.texts)
        rows = list[list[Cell]]()
        for one in self.sheet.contracts:
            total, own = sum(one.lot_amounts), float(one.reference[0])
            n = sum(1 for amount in one.lot_amounts if amount > 0)
            cells: list[Cell]
            if may_be_shown(one.lot_amounts):
                cells = [(total, "euro"), (own / total, "fraction")]
            else:
                why = said["few" if n < FEWEST else "large"].format(**limits)
                cells = [(why, "text"), (why, "text")]
            rows.append([(self.names[one.lot], "text"), (n, "count"), *cells])
        heads = [said[name] for name in ("lot", "providers", "lot_total", "own_share")]
        return Panel(said["lots_title"], [said["only"].format(**limits)], heads, rows)

    def _offer(self) -> dict[str, str]:
        """The counter-offer in words."""
        counter, numbers = self.sheet.counter, self.texts.numbers
        assert counter is not None
        offer = counter.offer
        return {"loading": numbers.percent(offer.loading, 1), "zone": numbers.percent(offer.free_zone, 1)}

    def _euro(self, value: float, *, signed: bool = False) -> str:
        """Whole euros in a sentence, rounded to what is told: hundreds."""
        text = self.texts.numbers.plain(round(value, -2))
        return f"+{text}" if signed and round(value, -2) > 0 else text


def disclosure_limits(texts: Texts) -> dict[str, str]:
    """The two numbers of the rule of disclosure in words."""
    return {"fewest": str(FEWEST), "largest": texts.numbers.percent(LARGEST)}


def merged(layers: Sequence[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Layers (lower, upper, share) with those next to each other that share alike as one, deficits and surpluses apart."""
    found: list[tuple[float, float, float]] = []
    for low, high, share in layers:
        if found and found[-1][2] == share:
            before = found[-1]
            if before[1] == low and low > 1:  # a deficit goes on outward
                found[-1] = (before[0], high, share)
                continue
            if before[0] == high and high < 1:  # a surplus goes on inward to zero
                found[-1] = (low, before[1], share)
                continue
        found.append((low, high, share))
    return found
