"""The nucleolus in fractions by another road than the package: the dual linear program of every level, by a tableau."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def exact_nucleolus(costs: Sequence[Fraction], *, imputations: bool = True) -> list[Fraction]:
    """Level by level (Maschler, Peleg and Shapley 1979; Kopelowitz 1967); ``costs`` (2^n,)."""
    n = len(costs).bit_length() - 1
    members = [[Fraction(mask >> i & 1) for i in range(n)] for mask in range(1 << n)]
    fixed = [(members[-1], Fraction(costs[-1]))]
    while True:
        columns, prices, kinds = [], [], []
        for mask in range(1, (1 << n) - 1):
            if _rank([*(row for row, _ in fixed), members[mask]]) > len(fixed):
                columns.append([*members[mask], Fraction(1)])
                prices.append(Fraction(costs[mask]))
                kinds.append(mask)
        for player in range(n if imputations else 0):
            columns.append([*members[1 << player], Fraction(0)])
            prices.append(Fraction(costs[1 << player]))
            kinds.append(-1 - player)
        for row, total in fixed:
            for sign in (1, -1):
                columns.append([*(sign * one for one in row), Fraction(0)])
                prices.append(sign * total)
                kinds.append(0)
        weights, point = _simplex(columns, prices, [Fraction(0)] * n + [Fraction(1)])
        x, t = point[:n], -point[n]
        for column, kind, weight in zip(columns, kinds, weights, strict=True):
            own = column[:n]
            if weight > 0 and kind != 0 and _rank([*(row for row, _ in fixed), own]) > len(fixed):
                price = costs[kind] + t if kind > 0 else costs[1 << (-1 - kind)]
                fixed.append((own, Fraction(price)))
        if len(fixed) == n:
            return x


def _simplex(
    columns: list[list[Fraction]], prices: list[Fraction], right: list[Fraction]
) -> tuple[list[Fraction], list[Fraction]]:
    """min prices y with the columns times y = right (not negative) and y >= 0: y and the multipliers, after Bland."""
    m, k = len(right), len(columns)
    rows = [
        [column[i] for column in columns] + [Fraction(i == j) for j in range(m)] + [right[i]] for i in range(m)
    ]
    basis = list(range(k, k + m))
    for cost in ([Fraction(0)] * k + [Fraction(1)] * m, [*prices, *[Fraction(0)] * m]):
        artificial = cost[k] == 1
        while True:
            reduced = [
                cost[j] - sum(cost[b] * row[j] for b, row in zip(basis, rows, strict=True)) for j in range(k + m)
            ]
            entering = next((j for j in range(k + m if artificial else k) if reduced[j] < 0), None)
            if entering is None:
                break
            ratios = [(row[-1] / row[entering], basis[i], i) for i, row in enumerate(rows) if row[entering] > 0]
            _pivot(rows, basis, min(ratios)[2], entering)
        for place, own in enumerate(basis):
            entering = next((j for j in range(k) if rows[place][j] != 0), None)
            if artificial and own >= k and entering is not None:
                _pivot(rows, basis, place, entering)
    values = [Fraction(0)] * k
    for own, row in zip(basis, rows, strict=True):
        values[own] = row[-1]
    return values, [-reduced[k + i] for i in range(m)]


def _pivot(rows: list[list[Fraction]], basis: list[int], leaving: int, entering: int) -> None:
    """Bring a column into the basis."""
    head = rows[leaving][entering]
    rows[leaving] = [one / head for one in rows[leaving]]
    for i, row in enumerate(rows):
        if i != leaving and row[entering] != 0:
            factor = row[entering]
            rows[i] = [one - factor * other for one, other in zip(row, rows[leaving], strict=True)]
    basis[leaving] = entering


def _rank(rows: list[list[Fraction]]) -> int:
    """By elimination."""
    left, rank = [list(row) for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((row for row in left if row[column] != 0), None)
        if pivot is None:
            continue
        rank += 1
        left = [
            [one - row[column] / pivot[column] * other for one, other in zip(row, pivot, strict=True)]
            for row in left if row is not pivot
        ]  # fmt: skip
    return rank
