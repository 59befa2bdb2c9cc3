"""The second stages of a two-stage program: an object each, or one core with the values that differ per scenario.

Functions that need all scenarios at once (``joined``, ``stacked``, ``alike``) take either; with a core they cost what
its arrays cost, not an object per scenario.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from numbers import Integral
from typing import Any, Literal, get_args, overload

import numpy as np
from scipy.sparse import block_diag, csr_array, vstack

from bekostiging_solvers.arrays import check_finite, few, flags, labels_of, numbers, sparse, vector
from bekostiging_solvers.typing import BoolArray, FloatArray, IntArray

VectorPart = Literal["cost", "lower", "upper", "row_lower", "row_upper"]
MatrixPart = Literal["matrix", "technology"]
Part = Literal[VectorPart, MatrixPart]
Changes = Mapping[Part, tuple[IntArray, FloatArray]]
PARTS = (*get_args(VectorPart), *get_args(MatrixPart))
MAY_BE = {"cost": None, "lower": -np.inf, "upper": np.inf, "row_lower": -np.inf, "row_upper": np.inf}
"""The infinity that each vector may hold."""


@dataclass(frozen=True)
class Recourse:
    """Second stage of one scenario: row_lower <= technology x + matrix y <= row_upper, lower <= y <= upper.

    Parameters
    ----------
    cost, lower, upper : (n_y,) array
        Cost and bounds of y.
    matrix : (n_rows, n_y) sparse array
        Coefficients of y.
    technology : (n_rows, n_x) sparse array
        Coefficients of the first stage x.
    row_lower, row_upper : (n_rows,) array
        Limits of the rows; equal for an equation, infinity where there is no limit.
    integer : (n_y,) array of bool, optional
        Columns that must be whole; None when all are continuous.

    Raises
    ------
    ValueError
        Arrays that do not fit together; a nan, or an infinity other than a bound that is absent; series and data frames
        whose names contradict each other. The message names the array and the place.

    Notes
    -----
    Lists, series and data frames are made arrays. Series and data frames with names must all have the same ones in the same
    order, and those of the program where it has names.

    Examples
    --------
    What is short of a demand of 8 is bought at 10:

    >>> one, free = csr_array([[1.0]]), np.full(1, np.inf)
    >>> recourse = Recourse(np.array([10.0]), np.zeros(1), free, one, one, np.array([8.0]), free)
    >>> recourse.matrix.shape
    (1, 1)
    """

    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    matrix: csr_array
    technology: csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    integer: BoolArray | None = None

    def __post_init__(self) -> None:
        """Make arrays of what was given and refuse what does not fit together or is no number."""
        object.__setattr__(self, "names", _names_of(self))
        matrix, technology = sparse(self.matrix, "matrix"), sparse(self.technology, "technology")
        n_rows, n_columns = matrix.shape
        own: dict[str, Any] = {"matrix": matrix, "technology": technology}
        if technology.shape[0] != n_rows:
            raise ValueError(f"technology has {technology.shape[0]} rows, matrix {n_rows}")
        for name, part in own.items():
            check_finite(np.asarray(part.data), f"the entries of {name}")
        for name, may_be in MAY_BE.items():
            values = vector(getattr(self, name), name)
            length = n_rows if name.startswith("row") else n_columns
            if len(values) != length:
                raise ValueError(f"{name} has length {len(values)}, the matrix asks {length}")
            check_finite(values, name, but=may_be)
            own[name] = values
        if self.integer is not None:
            own["integer"] = flags(self.integer, "integer")
            if len(own["integer"]) != n_columns:
                raise ValueError(f"integer has length {len(own['integer'])}, the matrix asks {n_columns}")
        for name, values in own.items():
            object.__setattr__(self, name, values)

    def check_names(self, columns: Sequence[str], rows: Sequence[str], first: Sequence[str]) -> None:
        """Refuse series and data frames whose names differ from those of a program.

        Raises
        ------
        ValueError
            Read by place they would be taken for others.
        """
        asked = {"columns": columns, "rows": rows, "first stage": first}
        for axis, own in self.__dict__["names"].items():
            if own and len(asked[axis]) and own != tuple(str(one) for one in asked[axis]):
                raise ValueError(
                    f"the {axis} of a second stage are {few(own)} by their index, in the program {few(asked[axis])}; "
                    "reindex them"
                )


def _names_of(recourse: Recourse) -> dict[str, tuple[str, ...]]:
    """Names in the index of what is handed over: of columns, rows and columns of the first stage.

    Raises
    ------
    ValueError
        Two that differ.
    """
    axes = (
        *((name, "index", "rows" if name.startswith("row") else "columns") for name in get_args(VectorPart)),
        ("matrix", "index", "rows"), ("matrix", "columns", "columns"),
        ("technology", "index", "rows"), ("technology", "columns", "first stage"),
    )  # fmt: skip
    found: dict[str, tuple[str, ...]] = {"columns": (), "rows": (), "first stage": ()}
    for name, axis, kind in axes:
        own = labels_of(getattr(recourse, name), name, axis)
        if own and found[kind] and own != found[kind]:
            raise ValueError(
                f"the {axis} of {name} is {few(own)}, that of another array {few(found[kind])}; reindex one"
            )
        found[kind] = own or found[kind]
    return found


def _with(core: Recourse, parts: Mapping[Part, Any]) -> Recourse:
    """A second stage with other arrays, known to fit: what ``replace`` makes without looking at them again."""
    own = object.__new__(Recourse)
    for one in fields(core):
        object.__setattr__(own, one.name, getattr(core, one.name))
    for name, values in parts.items():
        object.__setattr__(own, name, values)
    object.__setattr__(own, "names", core.__dict__["names"])
    return own


class CoreScenarios(Sequence[Recourse]):
    """Scenarios that share all but a few values: the core once, the values that differ as arrays.

    A sequence of ``Recourse``, each made when it is asked for, so that a million scenarios take the memory of their own
    values. A slice is a sequence of the same kind.

    Parameters
    ----------
    core : Recourse
        What every scenario has.
    changes : mapping of str to (places, values)
        By the name of an array of ``Recourse``: the places (k,) in it at which scenarios differ and the values
        (n_scenarios, k) there. Places in ``matrix`` and ``technology`` count their stored entries (``csr_array.data``).
    n_scenarios : int
        Number of scenarios.

    Raises
    ------
    ValueError
        A name that is no array of ``Recourse``, a place beyond its end or given twice, values of another shape or that are
        no numbers.

    Examples
    --------
    The same newsvendor under a hundred demands; only the limit of its one row differs:

    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import CoreScenarios, LinearProgram, Recourse, TwoStageProgram, solve_recourse
    >>> none, one, far = csr_array((0, 1)), csr_array([[1.0]]), np.full(1, np.inf)
    >>> first = LinearProgram(np.array([2.0]), np.zeros(1), far, none, np.zeros(0), np.zeros(0), ("buy",), ())
    >>> core = Recourse(np.array([10.0]), np.zeros(1), far, one, one, np.array([4.0]), far)
    >>> demand = np.arange(1.0, 101.0)
    >>> scenarios = CoreScenarios(core, {"row_lower": (np.array([0]), demand[:, None])}, 100)
    >>> len(scenarios), scenarios[7].row_lower.tolist()
    (100, [8.0])
    >>> round(solve_recourse(TwoStageProgram(first, scenarios, np.full(100, 0.01))).objective, 6)
    181.0
    """

    def __init__(self, core: Recourse, changes: Changes, n_scenarios: int) -> None:
        _check_number(n_scenarios)
        unknown = [str(name) for name in changes if name not in PARTS]
        if unknown:
            raise ValueError(f"changes of {unknown[0]}: a second stage has {', '.join(PARTS)}")
        if not isinstance(core, Recourse):
            raise ValueError(f"core is a Recourse, not {type(core).__name__}")
        self.core, self._n = core, int(n_scenarios)
        self.changes: Changes = {
            name: (_places(places, name), numbers(values, f"values of {name}"))
            for name, (places, values) in changes.items()
        }
        for name, (places, values) in self.changes.items():
            length = len(_flat(core, name))
            if len(places) and (min(places) < 0 or max(places) >= length or len(np.unique(places)) < len(places)):
                raise ValueError(f"places of {name} must differ and lie in 0 ... {length - 1}")
            if values.shape != (self._n, len(places)):
                raise ValueError(
                    f"values of {name} have shape {values.shape}, asked is ({self._n}, {len(places)})"
                )
            wrong = ~np.isfinite(values)
            if wrong.any() and MAY_BE.get(name) is not None:
                wrong &= values != MAY_BE[name]
            if wrong.any():
                scenario, k = np.argwhere(wrong)[0]
                found = values[scenario, k]
                raise ValueError(
                    f"value of {name} at place {places[k]} of scenario {scenario} is {found}, which is no number here"
                )

    def __len__(self) -> int:
        """Number of scenarios."""
        return self._n

    @overload
    def __getitem__(self, index: int) -> Recourse: ...

    @overload
    def __getitem__(self, index: slice) -> CoreScenarios: ...

    def __getitem__(self, index: int | slice) -> Recourse | CoreScenarios:
        """One scenario as an object, or a slice of them."""
        if isinstance(index, slice):
            own: Changes = {name: (places, values[index]) for name, (places, values) in self.changes.items()}
            return CoreScenarios(self.core, own, len(range(*index.indices(self._n))))
        if not -self._n <= index < self._n:
            raise IndexError(f"scenario {index} of {self._n}")
        return _with(self.core, {name: self._made(name, index) for name in self.changes})

    def _made(self, name: Part, index: int) -> Any:
        """An array of one scenario."""
        places, values = self.changes[name]
        flat = _flat(self.core, name).copy()
        flat[places] = values[index]
        core = getattr(self.core, name)
        return flat if name in get_args(VectorPart) else csr_array((flat, core.indices, core.indptr), core.shape)

    def dense(self, name: Part) -> FloatArray:
        """An array of all scenarios (n_scenarios, length); of a matrix its stored entries."""
        every = np.tile(_flat(self.core, name), (self._n, 1))
        if name in self.changes:
            places, values = self.changes[name]
            every[:, places] = values
        return every

    def differing(self, name: Part) -> FloatArray:
        """The values (n_scenarios, k) of an array at the places where scenarios may differ."""
        return self.changes[name][1] if name in self.changes else np.empty((self._n, 0))

    def only(self, rows: IntArray, columns: IntArray) -> CoreScenarios:
        """The scenarios with some rows and columns of the second stage; its coefficients are those of the first one."""
        core = replace(self.core, matrix=self[0].matrix)
        numbered = csr_array(
            (np.arange(1.0, core.technology.nnz + 1), core.technology.indices, core.technology.indptr),
            shape=core.technology.shape,
        )
        entries = np.asarray(csr_array(numbered[rows]).data, dtype=np.int64) - 1
        part = Recourse(
            core.cost[columns], core.lower[columns], core.upper[columns], csr_array(core.matrix[rows][:, columns]),
            csr_array(core.technology[rows]), core.row_lower[rows], core.row_upper[rows],
            None if core.integer is None else core.integer[columns],
        )  # fmt: skip
        kept = {"technology": entries, "row_lower": rows, "row_upper": rows}
        changes: dict[Part, tuple[IntArray, FloatArray]] = {}
        for name, (places, values) in self.changes.items():
            if name == "matrix":
                continue
            own = kept.get(name, columns)
            inside = np.isin(places, own)
            order = np.argsort(own)
            changes[name] = (order[np.searchsorted(own, places[inside], sorter=order)], values[:, inside])
        return CoreScenarios(part, changes, self._n)


def _places(places: Any, name: str) -> IntArray:
    """Whole numbers in a row."""
    found = np.asarray(places)
    if found.ndim != 1 or (found.dtype.kind not in "iu" and found.size):
        raise ValueError(f"places of {name} are whole numbers in one row, not {places!r}")
    return found.astype(np.int64)


def _check_number(n_scenarios: object) -> None:
    """Refuse what is no number of scenarios."""
    if isinstance(n_scenarios, bool) or not isinstance(n_scenarios, Integral) or n_scenarios < 0:
        raise ValueError(f"n_scenarios is a whole number, not {n_scenarios!r}")


def _flat(core: Recourse, name: Part) -> FloatArray:
    """A vector of a second stage, or the stored entries of a matrix."""
    own = getattr(core, name)
    return np.asarray(own if name in get_args(VectorPart) else own.data)


def joined(scenarios: Sequence[Recourse], name: VectorPart) -> FloatArray:
    """A vector of all scenarios, one after the other."""
    if isinstance(scenarios, CoreScenarios):
        return scenarios.dense(name).ravel()
    return np.concatenate([getattr(scenario, name) for scenario in scenarios])


def stacked(scenarios: Sequence[Recourse], name: MatrixPart, *, diagonal: bool = False) -> csr_array:
    """A matrix of all scenarios: one below the other, or with ``diagonal`` each in columns of its own."""
    if not isinstance(scenarios, CoreScenarios):
        parts = [getattr(scenario, name) for scenario in scenarios]
        return csr_array(block_diag(parts, format="csr") if diagonal else vstack(parts))
    one, n = getattr(scenarios.core, name), len(scenarios)
    n_rows, n_columns = one.shape
    step = n_columns if diagonal else 0
    shape = (n * n_rows, n_columns * n if diagonal else n_columns)
    kind = np.int32 if max(shape[1], n * one.nnz) < np.iinfo(np.int32).max else np.int64
    own = np.arange(n, dtype=kind)[:, None]
    indices = (one.indices.astype(kind) + step * own).ravel()
    indptr = np.append((one.indptr[:-1].astype(kind) + one.nnz * own).ravel(), kind(n * one.nnz))
    return csr_array((scenarios.dense(name).ravel(), indices, indptr), shape=shape)


def sizes(scenarios: Sequence[Recourse]) -> tuple[IntArray, IntArray]:
    """Number of rows and of columns of every scenario; (n_scenarios,) each."""
    if isinstance(scenarios, CoreScenarios):
        n_rows, n_columns = scenarios.core.matrix.shape
        return np.full(len(scenarios), n_rows), np.full(len(scenarios), n_columns)
    shapes = np.array([scenario.matrix.shape for scenario in scenarios], dtype=np.int64).reshape(-1, 2)
    return shapes[:, 0], shapes[:, 1]


def nonzeros(scenarios: Sequence[Recourse]) -> int:
    """Coefficients of all scenarios, of the first stage too."""
    own = [scenarios.core] if isinstance(scenarios, CoreScenarios) else scenarios
    total = sum(scenario.matrix.nnz + scenario.technology.nnz for scenario in own)
    return total * len(scenarios) if isinstance(scenarios, CoreScenarios) else total


def alike(scenarios: Sequence[Recourse], name: VectorPart, *, sides: bool = False) -> bool:
    """Whether a vector is the same in every scenario; with ``sides`` whether it is infinite at the same places."""
    if isinstance(scenarios, CoreScenarios):
        values = scenarios.differing(name)
        found = np.isinf(values) if sides else values
        return bool((found == found[:1]).all())
    vectors = [getattr(scenario, name) for scenario in scenarios]
    first, *others = [np.isinf(own) for own in vectors] if sides else vectors
    return all(np.array_equal(own, first) for own in others)


def same_matrix(one: csr_array, other: csr_array) -> bool:
    """Whether two matrices have the same entries in the same places."""
    return one is other or (
        one.shape == other.shape
        and np.array_equal(one.indptr, other.indptr)
        and np.array_equal(one.indices, other.indices)
        and np.array_equal(one.data, other.data)
    )


def with_one_matrix(scenarios: Sequence[Recourse]) -> list[IntArray]:
    """Numbers of scenarios that share their matrix: all of them with a core, neighbours where they stand one by one."""
    if isinstance(scenarios, CoreScenarios):
        values = scenarios.differing("matrix")
        if not values.shape[1]:
            return [np.arange(len(scenarios))]
        _, group = np.unique(values, axis=0, return_inverse=True)
        order = np.argsort(group.ravel(), kind="stable")
        return [np.asarray(part) for part in np.split(order, np.cumsum(np.bincount(group.ravel()))[:-1])]
    begun = [0]
    for index, scenario in enumerate(scenarios):
        if not same_matrix(scenario.matrix, scenarios[begun[-1]].matrix):
            begun.append(index)
    return [np.asarray(part) for part in np.split(np.arange(len(scenarios)), begun[1:])]


def chosen(scenarios: Sequence[Recourse], places: IntArray) -> Sequence[Recourse]:
    """Some of the scenarios, in the order of their places."""
    if isinstance(scenarios, CoreScenarios):
        changes: Changes = {name: (where, values[places]) for name, (where, values) in scenarios.changes.items()}
        return CoreScenarios(scenarios.core, changes, len(places))
    return tuple(scenarios[int(place)] for place in places)
