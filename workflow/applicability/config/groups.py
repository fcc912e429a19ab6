"""What is wrong with a task that fits the schema: coordinates, weights, matrices, and scales that float32 cannot hold.

validation.py uses it. May import study.
"""

import math
from collections.abc import Iterator, Mapping

from jsonschema import ValidationError

from applicability.study.cell import Cell
from applicability.study.task import dimension, kind_of, table_rows

COARSEST = 1e-4  # least spread of draws as a share of loc: float32 then has a thousand places within the spread
LEAST, FARTHEST = 1e-30, 3.4e38  # spread and size of draws: float32 holds numbers from 1e-38 to 3.4e38


def faults_of_task(task: list, scales: list[float], path: tuple, path_of_scales: tuple) -> list[ValidationError]:
    """What is wrong with a task and its scales, as errors at their paths."""
    if texts := [text for group, coordinates in task for text in faults_of_group(group, coordinates)]:
        return [ValidationError(text, path=path) for text in texts]
    unfit_scales = [ValidationError(text, path=path_of_scales) for text in unfit(scales, task)]
    return [ValidationError(text, path=path) for text in unequal(task)] + unfit_scales


def faults_of_rows(cell: Cell) -> Iterator[str]:
    """What to say where a group of a table has too few rows for the test and the training draws of a cell."""
    rows = table_rows(cell.task)
    left = {group: count - cell.test_draws for group, count in rows.items()}
    beyond = {group: count - left[group] for group, count in zip(rows, cell.counts, strict=False)}
    if rows and beyond[group := max(beyond, key=beyond.get)] > 0:
        rest = f"{left[group]:,}" if left[group] > 0 else "none"
        text = f"expected no more draws than {group} has rows, {rows[group]:,}: {rest} beside {cell.test_draws:,}"
        shared = "" if len({*cell.counts}) == 1 else f", the share of {group} at n = {cell.n:,}"
        yield f"{text} test draws; found {beyond[group] + left[group]:,}{shared}"


def faults_of_weights(weights: Mapping[str, float], groups: list[str]) -> Iterator[str]:
    """What to say of weights that are not those of the groups."""
    if set(found := [*map(str, weights)]) != set(groups):
        yield f"expected a weight of each group, {', '.join(groups)}; found those of {', '.join(found)}"


def unequal(task: list) -> Iterator[str]:
    """What to say where the groups of a task differ in their number of coordinates."""
    counts = {group: dimension(coordinates) for group, coordinates in task}
    if len(set(counts.values())) > 1:
        found = ", ".join(f"{count} in {group}" for group, count in counts.items())
        yield f"expected as many coordinates in every group; found {found}"


def faults_of_group(group: str, coordinates: list[dict]) -> Iterator[str]:
    """What to say of mixtures and matrices that do not fit together."""
    for name, parameters in map(kind_of, coordinates):
        match name, parameters:
            case "mixture", components:
                yield from faults_of_mixture(group, components)
            case _, {"mean": loc, "cov": matrix}:
                yield from faults_of_matrix(f"cov of {group}", matrix, len(loc), "mean")
            case _, {"loc": loc, "shape": matrix}:
                yield from faults_of_matrix(f"shape of {group}", matrix, len(loc), "loc")


def faults_of_mixture(group: str, components: list[dict]) -> Iterator[str]:
    """What to say of components of different dimensions, or of which some alone have a weight."""
    for each in components:
        yield from faults_of_group(group, each["coordinates"])
    weighted = sum("weight" in each for each in components)
    if weighted not in (0, len(components)):
        yield f"expected a weight of every component of {group}, or of none; found {weighted} of {len(components)}"
    counts = [dimension(each["coordinates"]) for each in components]
    if len(set(counts)) > 1:
        yield f"expected as many coordinates in every component of {group}; found {', '.join(map(str, counts))}"


def faults_of_matrix(name: str, matrix: list[list[float]], size: int, by: str) -> Iterator[str]:
    """What to say of a matrix that is no covariance: not square, not symmetric, or not positive definite."""
    rows = [len(row) for row in matrix]
    if rows != [size] * size:
        found = f"rows of {', '.join(map(str, rows))}"
        yield f"expected {size} rows of {size} as {name}, as many as {by} has; found {found}"
    elif unlike := [(i, j) for i in range(size) for j in range(i) if matrix[i][j] != matrix[j][i]]:
        i, j = unlike[0]
        found = f"{matrix[j][i]} in row {j + 1} and {matrix[i][j]} in row {i + 1}"
        yield f"expected a symmetric matrix as {name}; found {found}"
    elif not (least := least_sd(matrix)) >= COARSEST * (largest := largest_sd(matrix)):
        ratio = least / largest if largest else 0
        text = f"as {name}, nowhere less than {COARSEST:g} as wide as elsewhere"
        yield f"expected a positive definite matrix {text}; found {ratio:.2g}"


def largest_sd(matrix: list[list[float]]) -> float:
    """The largest standard deviation of a coordinate, of a covariance; 0 where none is positive."""
    return math.sqrt(max(0.0, *(row[i] for i, row in enumerate(matrix))))


def least_sd(matrix: list[list[float]]) -> float:
    """A lower bound of the standard deviation in any direction, of a covariance: 0 where it is not positive definite.

    1/‖L⁻¹‖, with L the Cholesky factor and the norm of Frobenius, is at least 1/√d of the least one. numpy is not
    imported here.
    """
    rows, inverse, total = [], [], 0.0
    for i, row in enumerate(matrix):
        new, solved = [], []
        for j in range(i):
            new.append((row[j] - sum(map(math.prod, zip(new, rows[j], strict=False)))) / rows[j][j])
        if not (left := row[i] - sum(each * each for each in new)) > 0:
            return 0.0
        rows.append([*new, math.sqrt(left)])
        for j in range(i):
            solved.append(-sum(rows[i][k] * inverse[k][j] for k in range(j, i)) / rows[i][i])
        inverse.append([*solved, 1 / rows[i][i]])
        total += sum(each * each for each in inverse[i])
    return 1 / math.sqrt(total)


def unfit(scales: list[float], task: list) -> Iterator[str]:
    """What to say of scales so small that float32 blurs the draws, or so large that draws exceed it."""
    low, high = [], []
    for group, coordinates in task:
        for loc, spread, reach in extents(coordinates):
            low.append((max(COARSEST * abs(loc), LEAST) / spread, loc, group))
            high.append((FARTHEST / reach, group))
    (least, loc, blurred), (most, exceeding) = max(low), min(high)
    if min(scales) < least:
        text = f"for draws of {blurred} about {loc:g} to differ in float32; found {min(scales):g}"
        yield f"expected at least {least:g} {text}"
    elif max(scales) > most:
        text = f"for draws of {exceeding} to be numbers of float32; found {max(scales):g}"
        yield f"expected at most {most:g} {text}"


def extents(coordinates: list[dict]) -> Iterator[tuple[float, float, float]]:
    """Location, spread and reach at scale 1 of each distribution within a group: see :func:`spread_and_reach`."""
    for name, parameters in map(kind_of, coordinates):
        match name, parameters:
            case "mixture", components:
                for each in components:
                    yield from extents(each["coordinates"])
            case _, {"mean": loc, "cov": matrix} | {"loc": loc, "shape": matrix}:
                spread, reach = spread_and_reach("t" if "df" in parameters else "norm", parameters)
                yield max(loc, key=abs), spread * least_sd(matrix), reach * largest_sd(matrix)
            case "table", described:
                yield tuple(described["extent"])
            case _:
                spread, reach = spread_and_reach(name, parameters)
                factor = parameters.get("scale", 1)
                yield parameters.get("loc", 0), factor * spread, factor * reach


def spread_and_reach(name: str, parameters: Mapping) -> tuple[float, float]:
    """Spread and reach of a distribution at scale 1: how close its draws lie, and the farthest of 10⁹ draws from loc.

    In closed form, for scipy is not imported here. The spread of log-normal draws is the least within two standard
    deviations. All others have a spread of about 1 or more, and reach no farther than Cauchy's 3e8.
    """
    match name:
        case "lognorm":
            return parameters["s"] * math.exp(-2 * parameters["s"]), math.exp(6 * parameters["s"])
        case "weibull_min":
            return 1 / parameters["c"], 1e8
        case "t":
            return 1, max(1e8, 10 ** (9 / parameters["df"]))
    return 1, 3e8
