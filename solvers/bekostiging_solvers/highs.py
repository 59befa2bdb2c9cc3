"""One HiGHS run: arrays in, ``Solution`` out. Why it stopped is kept apart from what one holds.

Sign convention: a row dual is the change of the objective per unit of the row's active bound; a reduced cost
the same for the column's bound. Minimisation throughout.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from time import perf_counter
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array

from bekostiging_solvers.arrays import check_finite, sparse, vector
from bekostiging_solvers.highs_input import interrupts, pass_program, watch
from bekostiging_solvers.highs_output import claims_too_much, conflict_of, solution_of, termination_of
from bekostiging_solvers.linear_program import INFINITY, LinearProgram
from bekostiging_solvers.session_program import SessionProgram, is_proven
from bekostiging_solvers.session_units import SessionUnits, TooFarApartError
from bekostiging_solvers.solution import (
    InfeasibleError,
    LimitReachedError,
    NumericalTroubleError,
    Progress,
    Solution,
    Termination,
    UnboundedError,
)
from bekostiging_solvers.typing import FloatArray, IntArray

FEASIBILITY = 1e-9
"""Tolerance of rows and reduced costs: with money in millions, a thousandth of a euro."""
MIP_GAP = 1e-6
"""Relative gap at which an integer program is called optimal."""
VIOLATED = 1e-6
"""Relative violation of a row or bound beyond which a point is not called optimal; ten times that with whole numbers, which
HiGHS rounds to 1e-6."""
ENOUGH_ITERATIONS, ITERATIONS_PER_ROW = 100_000, 1_000
"""Simplex iterations beyond which a basis leads nowhere: HiGHS was seen to go round for ever on a degenerate cost game."""


class HighsSession:
    """A model kept in HiGHS between runs, so that added rows start from the last basis.

    Parameters
    ----------
    program : LinearProgram
        The model of the first run.
    time_limit : float, optional
        Seconds of one run.
    node_limit : int, optional
        Nodes of branch and bound.
    gap : float
        Relative gap at which an integer program stops as optimal.
    progress : callable, optional
        Called now and then with ``Progress``.
    options : dict, optional
        Further HiGHS options by their own names.
    stoppable : bool
        Ask for Ctrl-C and tell progress in every iteration; without it runs of milliseconds are shorter, and Ctrl-C is heard
        after the run.

    Raises
    ------
    ValueError
        An option that HiGHS does not know, or not with this value; arrays that HiGHS refuses; coefficients so far apart that
        no units make all of them count.

    Notes
    -----
    HiGHS takes coefficients of at most 1e-9 for zero and keeps its tolerances whatever the units. A program of which it
    would drop something is solved in units of its own, a row that is added gets one where it needs it; what no unit
    makes count is refused. A point that violates the program as it was given is not called optimal.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import HighsSession, LinearProgram
    >>> program = LinearProgram(
    ...     cost=np.array([1.0, 2.0]), lower=np.zeros(2), upper=np.full(2, 10.0), matrix=csr_array([[1.0, 1.0]]),
    ...     row_lower=np.array([4.0]), row_upper=np.array([np.inf]), column_names=("x", "y"), row_names=("demand",),
    ... )
    >>> session = HighsSession(program)
    >>> session.solve().x.tolist()
    [4.0, 0.0]
    >>> session.add_row(-np.inf, 3.0, np.array([0]), np.array([1.0]))
    >>> session.solve().x.tolist()
    [3.0, 1.0]
    """

    def __init__(
        self,
        program: LinearProgram,
        *,
        time_limit: float | None = None,
        node_limit: int | None = None,
        gap: float = MIP_GAP,
        progress: Callable[[Progress], None] | None = None,
        options: dict[str, Any] | None = None,
        stoppable: bool = True,
    ) -> None:
        # the class under highspy.Highs: that one prints a banner before it can be told to be silent
        self._highs = highspy._core._Highs()
        chosen: dict[str, Any] = {
            "output_flag": False,
            "threads": 1,
            "primal_feasibility_tolerance": FEASIBILITY,
            "dual_feasibility_tolerance": FEASIBILITY,
            "mip_rel_gap": gap,
            "mip_abs_gap": 0.0,
            "simplex_iteration_limit": ENOUGH_ITERATIONS + ITERATIONS_PER_ROW * len(program.row_lower),
        }
        if time_limit is not None:
            chosen["time_limit"] = float(time_limit)
        if node_limit is not None:
            chosen["mip_max_nodes"] = int(node_limit)
        # what runs does not depend on what else is installed: no "choose" and no "ipm", which may be another code there
        chosen |= {"mip_ipm_solver": "ipx"} if program.is_integer else {"solver": "simplex"}
        chosen |= options or {}
        self._algorithm = "branch and bound" if program.is_integer else str(chosen["solver"])
        for option, value in chosen.items():
            if self._highs.setOptionValue(option, value) != highspy.HighsStatus.kOk:
                raise ValueError(f"HiGHS knows no option {option} with value {value!r}; see its documentation")
        self._program, self._units = SessionProgram(program), SessionUnits(program)
        self._integer = program.is_integer
        self._hessian: FloatArray | None = None
        plain = progress is None or self._units.plain
        self._progress = progress if plain or progress is None else self._units.units.told(progress)
        self._stop = threading.Event()
        self._changed = False
        pass_program(self._highs, self._units.program)
        self._asked = watch(self._highs, self._stop, self._progress) if stoppable else None

    def add_row(self, lower: float, upper: float, columns: IntArray, values: FloatArray) -> None:
        """Add ``lower <= values x[columns] <= upper``."""
        own = vector(values, "values")
        places, n = np.asarray(columns), len(self._units.columns)
        if places.shape != own.shape or places.dtype.kind not in "iu" or ((places < 0) | (places >= n)).any():
            raise ValueError(f"columns of a row are {len(own)} places in 0 ... {n - 1}, one per value")
        row = csr_array((own, (np.zeros(len(own), dtype=np.int64), places)), shape=(1, n))
        self._add(row, np.array([lower], dtype=np.float64), np.array([upper], dtype=np.float64))

    def add_rows(self, lower: FloatArray, rows: csr_array) -> None:
        """Add ``rows x >= lower``; (n, n_columns), (n,)."""
        self._add(rows, lower, np.full(rows.shape[0], INFINITY))

    def _add(self, rows: csr_array, *sides: FloatArray) -> None:
        """Add rows between two limits; where the units there are do not do for them, in units of the whole program."""
        given, low, high = sparse(rows, "rows"), *(vector(side, "what is set") for side in sides)
        try:
            own, (lower, upper) = self._units.added(rows, *sides)
        except TooFarApartError:
            self._program.add_rows(given, low, high)
            try:
                self._begin_anew()
            except ValueError:
                self._program.drop_last()
                raise
            return
        self._program.add_rows(given, low, high)
        starts, index = own.indptr.astype(np.int32), own.indices.astype(np.int32)
        self._changed = True
        self._highs.addRows(own.shape[0], lower, upper, own.nnz, starts[:-1], index, own.data)

    def add_columns(self, cost: FloatArray, lower: FloatArray, upper: FloatArray, columns: csc_array) -> None:
        """Add columns with their coefficients in the rows there are; (n_rows, n), (n,)."""
        own, (price, low, high) = self._units.added_columns(columns, cost, lower, upper)
        self._program.add_columns(sparse(columns, "columns"), cost, lower, upper)
        starts, index = own.indptr.astype(np.int32), own.indices.astype(np.int32)
        self._changed = True
        self._highs.addCols(own.shape[1], price, low, high, own.nnz, starts[:-1], index, own.data)

    def change_rows(self, rows: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Change the bounds of rows."""
        places, low, high = self._units.changed_rows(rows, lower, upper)
        self._program.change(places, row_lower=lower, row_upper=upper)
        self._changed = True
        highs: Any = self._highs  # the method is missing in the stubs of highspy only
        highs.changeRowsBounds(len(places), places, low, high)

    def change_costs(self, columns: IntArray, cost: FloatArray) -> None:
        """Change the cost of columns."""
        places, own = self._units.changed_costs(columns, cost)
        self._program.change(places, cost=cost)
        self._changed = True
        self._highs.changeColsCost(len(places), places, own)

    def change_bounds(self, columns: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Change the bounds of columns."""
        places, low, high = self._units.changed_bounds(columns, lower, upper)
        self._program.change(places, lower=lower, upper=upper)
        self._changed = True
        self._highs.changeColsBounds(len(places), places, low, high)

    def curve(self, hessian: FloatArray) -> None:
        """Add 1/2 x hessian x to the objective; symmetric, positive semidefinite (n_columns, n_columns)."""
        lower = csc_array(np.tril(self._units.curvature(hessian)))
        self._hessian = hessian
        given = highspy.HighsHessian()
        given.dim_, given.format_ = lower.shape[0], highspy.HessianFormat.kTriangular
        self._algorithm, self._changed = "active set", True
        given.start_, given.index_, given.value_ = lower.indptr, lower.indices, lower.data
        self._highs.passHessian(given)

    def basis(self) -> Any:
        """Where the last run ended, to start another run from."""
        return self._highs.getBasis()

    def start_from(self, basis: Any) -> None:
        """Start the next run from a basis of this model."""
        self._highs.setBasis(basis)

    def start_at(self, x: FloatArray) -> None:
        """Give a point to start from; an integer program completes and uses it if feasible."""
        names, n = self._program.program().column_names, len(self._units.columns)
        point = vector(x, "start", names)
        if len(point) != n:
            raise ValueError(f"start has length {len(point)}, the program has {n} columns")
        check_finite(point, "start", names)
        start = highspy.HighsSolution()
        start.col_value = list(self._units.given(np.arange(len(point)), point)[1])
        self._highs.setSolution(start)

    def start_with(self, columns: IntArray, values: FloatArray) -> None:
        """Give some columns of a point to start from; HiGHS completes it."""
        places, own = self._units.given(columns, values)
        self._highs.setSolution(len(places), places, own)

    def solve(self, *, accept_limit: bool = False, name_conflict: bool = True) -> Solution:
        """Run from the last basis.

        Parameters
        ----------
        accept_limit : bool
            Return what is held when a limit stops the run, instead of raising. Ctrl-C in the main thread always returns
            the incumbent and the bound.
        name_conflict : bool
            Look for an irreducible conflict when there is no solution, which takes time.

        Returns
        -------
        Solution
            With its bound and gap.

        Raises
        ------
        InfeasibleError, UnboundedError, LimitReachedError, NumericalTroubleError
            No optimal solution, each with its next step.
        """
        begin = perf_counter()
        with interrupts(self._stop) if self._asked is not None else nullcontext():
            termination, solution = self._answer()
            if self._doubtful(termination, solution):
                self._begin_anew()
                termination, solution = self._answer()
                if termination is Termination.OPTIMAL and self._doubtful(termination, solution):
                    termination = Termination.TROUBLE
        solution = replace(solution, seconds=perf_counter() - begin)
        if termination in (Termination.OPTIMAL, Termination.INTERRUPTED):
            return solution
        if termination is Termination.LIMIT and accept_limit:
            return solution
        message = f"HiGHS: {termination.value}."
        if termination is Termination.INFEASIBLE:
            raise self._infeasible(message) if name_conflict else InfeasibleError(message)
        if termination is Termination.LIMIT:
            raise LimitReachedError(f"{message} {LimitReachedError.remedy}", solution)
        error = UnboundedError if termination is Termination.UNBOUNDED else NumericalTroubleError
        raise error(f"{message} {error.remedy}")

    def _answer(self) -> tuple[Termination, Solution]:
        """Run, once more where that leads nowhere, and read what is held."""
        refused = self._highs.run() == highspy.HighsStatus.kError
        if refused and self._highs.getModelStatus() == highspy.HighsModelStatus.kNotset:
            # somebody else ran HiGHS in this process with more threads; it keeps their number until told otherwise
            highspy.Highs.resetGlobalScheduler(True)
            self._highs.run()
        termination = self._termination()
        if termination is Termination.TROUBLE or self._violates(termination):
            termination = self._once_more()
            termination = Termination.TROUBLE if self._violates(termination) else termination
        return termination, self._units.restored(
            solution_of(self._highs, termination, self._algorithm, whole=self._integer)
        )

    def _doubtful(self, termination: Termination, solution: Solution) -> bool:
        """Whether an answer to numbers far apart is not proven in units of the whole program.

        That there is none is doubted where the units are older than what was added or changed.
        """
        if not self._units.wide or self._hessian is not None:
            return False
        if termination is Termination.OPTIMAL:
            return not is_proven(self._program.program(), solution, self._most)
        return self._changed and termination in (
            Termination.INFEASIBLE,
            Termination.UNBOUNDED,
            Termination.TROUBLE,
        )

    def _begin_anew(self) -> None:
        """Hand the whole program over again, in units of its own."""
        program = self._program.program()
        units = SessionUnits(program, own=True)
        self._units, self._changed = units, False
        self._highs.clearModel()
        pass_program(self._highs, units.program)
        if self._hessian is not None:
            self.curve(self._hessian)

    @property
    def _most(self) -> float:
        """The violation up to which a point is called optimal."""
        return 10 * VIOLATED if self._integer else VIOLATED

    def _violates(self, termination: Termination) -> bool:
        """Whether what is called optimal breaks a row or bound of the program as it was given, or a bound lies above it."""
        if self._integer and claims_too_much(self._highs):
            return True
        if termination is not Termination.OPTIMAL:
            return False
        most = self._most
        if self._changed:
            return bool(self._highs.getInfo().max_primal_infeasibility > most)
        x = np.array(self._highs.getSolution().col_value)
        given = self._program.program()
        return len(x) != len(given.cost) or not given.violation(self._units.point(x)) <= most

    def _once_more(self) -> Termination:
        """Without the last basis, which may be what leads nowhere; then by another algorithm."""
        self._highs.clearSolver()
        self._highs.run()
        termination = self._termination()
        trouble = termination is Termination.TROUBLE or self._violates(termination)
        if trouble and not self._integer:
            usual = self._highs.getOptionValue("solver")[1]
            self._highs.setOptionValue("solver", "ipx")
            self._highs.run()
            termination = self._termination()
            self._highs.setOptionValue("solver", usual)
            self._algorithm = "ipx"
        return termination

    def _termination(self) -> Termination:
        """Translate the status; presolve's "infeasible or unbounded" is settled without presolve."""
        status = highspy.HighsModelStatus
        found = self._highs.getModelStatus()
        if found == status.kUnboundedOrInfeasible:
            usual = self._highs.getOptionValue("presolve")[1]
            self._highs.setOptionValue("presolve", "off")
            self._highs.run()
            found = self._highs.getModelStatus()
            self._highs.setOptionValue("presolve", usual)
        return termination_of(found)

    def _infeasible(self, message: str) -> InfeasibleError:
        """Name an irreducible conflict; of an integer program say whether its relaxation has one."""
        program = self._program.program()
        if self._integer:
            try:
                solve_highs(replace(program, integer=None, cost=np.zeros_like(program.cost)))
            except InfeasibleError as error:
                text = f"{message} The linear relaxation is infeasible too. {error}"
                return InfeasibleError(text, error.conflict, relaxation_infeasible=True)
            text = f"{message} The linear relaxation is feasible: no whole numbers fit."
            return InfeasibleError(text, (), relaxation_infeasible=False)
        names = conflict_of(self._highs, program)
        sentence = f" Conflicting: {', '.join(names)}." if names else ""
        return InfeasibleError(f"{message}{sentence} Relax or remove one of them.", tuple(names))


def solve_highs(
    program: LinearProgram,
    *,
    time_limit: float | None = None,
    node_limit: int | None = None,
    gap: float = MIP_GAP,
    start: FloatArray | None = None,
    progress: Callable[[Progress], None] | None = None,
    options: dict[str, Any] | None = None,
    accept_limit: bool = False,
) -> Solution:
    """Solve a linear or mixed-integer program once with HiGHS.

    Parameters
    ----------
    program : LinearProgram
        What to minimise.
    time_limit : float, optional
        Seconds.
    node_limit : int, optional
        Nodes of branch and bound.
    gap : float
        Relative gap at which an integer program stops as optimal; 1e-6 when left out.
    start : (n_columns,) array, optional
        A point to start from.
    progress : callable, optional
        Called now and then with ``Progress``.
    options : dict, optional
        Further HiGHS options by their own names.
    accept_limit : bool
        Return what is held when a limit stops the run, instead of raising; False when left out.

    Returns
    -------
    Solution
        With its bound and gap; Ctrl-C in the main thread returns what is held too.

    Raises
    ------
    InfeasibleError, UnboundedError, LimitReachedError, NumericalTroubleError
        No optimal solution; each says what to do.
    ValueError
        An option that HiGHS does not know, or not with this value; a start that is no point; coefficients so far apart that
        no units make all of them count.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> from bekostiging_solvers import LinearProgram, solve_highs
    >>> program = LinearProgram(
    ...     cost=np.array([1.0, 2.0]), lower=np.zeros(2), upper=np.full(2, 10.0), matrix=csr_array([[1.0, 1.0]]),
    ...     row_lower=np.array([4.0]), row_upper=np.array([np.inf]), column_names=("x", "y"), row_names=("demand",),
    ... )
    >>> solution = solve_highs(program)
    >>> solution.x.tolist(), solution.objective
    ([4.0, 0.0], 4.0)
    """
    session = HighsSession(
        program, time_limit=time_limit, node_limit=node_limit, gap=gap, progress=progress, options=options
    )
    if start is not None:
        session.start_at(start)
    return session.solve(accept_limit=accept_limit)
