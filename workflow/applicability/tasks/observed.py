"""A map between truth and data: groups are distributed in z as the task says, and networks see x = g(z).

    observe: config/maps/spiral.py:spiral       # of a study: a Python file of yours, and a function in it

The function takes places z [size, d] and gives x [size, D]. It is injective: then x tells what z tells, Jacobians
cancel in every ratio of densities, and the best possible, the posterior and exact scores are those of z. It is trusted
code: it may do whatever the user may. Used by tasks, figures and the stages train and test. May import study,
randomness, logits and errors.
"""

import functools
from collections.abc import Callable

import numpy as np

from applicability.errors import InputError
from applicability.own_code import called, found_in, sha256_of
from applicability.study.cell import Cell
from applicability.tasks.distributions import at_scale
from applicability.tasks.table import Rows

View = Callable[[np.ndarray], np.ndarray]  # places [..., d] -> what networks see of them, [..., D]


def unchanged(z: np.ndarray) -> np.ndarray:
    """The view of a study that observes its draws as they are."""
    return z


def view_of(cell: Cell) -> View:
    """What networks see of the places of a cell, by float32 for float32. Its function raises InputError."""
    return functools.partial(seen, cell.observe) if cell.observe else unchanged


def seen(described: dict, z: np.ndarray) -> np.ndarray:
    """What a map that a study describes makes of places z [..., d], [..., D]: the file is the one that was described.

    Raises InputError for numbers that are not finite, for another shape, and for what the function raises.
    """
    file, name = described["file"], described["function"]
    function = found_in(file, described["digest"], name, "function")
    x = np.empty((*z.shape[:-1], described["dimension"]), z.dtype)
    for part, places in zip(x, z, strict=True) if z.ndim > 2 else [(x, z)]:  # as large as one replicate at a time
        part[...] = mapped(file, name, function, places)
    return x


def mapped(file: str, name: str, function: Callable, z: np.ndarray) -> np.ndarray:
    """What a function makes of places z [..., d], [..., D]. Raises InputError for what is no such array of numbers."""
    places = z.reshape(-1, z.shape[-1]).astype(float)
    x = np.asarray(called(file, name, function, places))
    wanted = f"{file}: expected finite numbers of shape [{len(places)}, D] of {name}"
    if x.ndim != 2 or len(x) != len(places) or not x.shape[1] or x.dtype.kind not in "fiu":
        raise InputError(f"{wanted}; found {x.dtype} of shape {list(x.shape)}")
    with np.errstate(over="ignore"):
        rounded = x.astype(np.float32)
    if not np.isfinite(rounded).all():
        raise InputError(
            f"{wanted}; found {x[~np.isfinite(rounded)][0]:g} at {places[~np.isfinite(rounded).all(1)][0]}"
        )
    return x.reshape(*z.shape[:-1], x.shape[1])


def describe_map(file: str, name: str, task: list, scales: list[float]) -> dict:
    """What a study keeps of a map: file, function, digest and the number D of coordinates that it gives.

    task, scales: of the study, of whose draws the map is tried.
    Raises InputError where it gives no finite numbers, others the second time or in another order, or equal ones for
    different draws.
    """
    digest = sha256_of(file)
    function = found_in(file, digest, name, "function")
    rng = np.random.default_rng(0)
    groups = [at_scale(coordinates, scale) for scale in scales for _, coordinates in task]
    z = np.concatenate([group.rows if isinstance(group, Rows) else group.block(rng) for group in groups])
    z = z.astype(np.float32)
    x, again = (mapped(file, name, function, each).astype(np.float32) for each in (z, z[::-1]))
    if x.shape != again.shape or not np.allclose(x, again[::-1], rtol=1e-5, atol=1e-30):
        raise InputError(
            f"{file}: expected of {name} numbers that each place alone decides; found others in another order"
        )
    places, images = (len(np.unique(each, axis=0)) for each in (z, x))
    if images < places:
        found = f"{images:,} places for {places:,} draws"
        raise InputError(f"{file}: expected a map {name} that is injective, in float32 too; found {found}")
    return {"file": file, "function": name, "digest": digest, "dimension": x.shape[1]}
