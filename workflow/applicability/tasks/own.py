"""A group of your own: a class in a Python file of yours, which draws and may know its density.

    class Ring:
        def __init__(self, scale, radius): ...
        def rvs(self, size, rng): ...       # draws [size, d], from a numpy.random.Generator
        def logpdf(self, x): ...            # log-densities [size] at places [size, d]; left out where not known

It is trusted code: it may do whatever the user may.
Used by tasks. May import study, randomness, logits and errors.
"""

from dataclasses import dataclass

import numpy as np

from applicability.errors import InputError
from applicability.own_code import called, found_in, sha256_of
from applicability.randomness import BLOCK

CENTRAL = 2.33  # standard deviations, within which 98 % of Gaussian draws lie

PLACES = 5  # draws whose density is asked for when a config is read


@dataclass(frozen=True)
class Own:
    """A class of the user's at a scale, with the methods of :mod:`applicability.tasks.distributions`."""

    file: str
    name: str  # of the class
    made: object  # its instance
    dimension: int

    @classmethod
    def at_scale(cls, described: dict, scale: float) -> "Own":
        """The class that a task describes, made at a scale.

        described: file, class, digest of the file, dimension, and arguments beside the scale.
        Raises InputError where the file is not the one that the config was read with, or for what the class raises.
        """
        file, name = described["file"], described["class"]
        found = found_in(file, described["digest"], name)
        made = called(file, name, found, **described["arguments"] | {"scale": scale})
        return cls(file, name, made, described["dimension"])

    def block(self, rng: np.random.Generator) -> np.ndarray:
        """BLOCK draws, [BLOCK, d], of numbers of float32. Raises InputError for any others."""
        draws = np.asarray(called(self.file, f"{self.name}.rvs", self.made.rvs, BLOCK, rng))
        with np.errstate(over="ignore"):
            rounded = draws.astype(np.float32).astype(float) if draws.dtype.kind in "fiu" else draws
        wanted = f"{self.file}: expected finite numbers of shape [{BLOCK}, {self.dimension}] of {self.name}.rvs"
        if draws.shape != (BLOCK, self.dimension) or draws.dtype.kind not in "fiu":
            raise InputError(f"{wanted}; found {draws.dtype} of shape {list(draws.shape)}")
        if not np.isfinite(rounded).all():
            raise InputError(f"{wanted}; found {draws[~np.isfinite(rounded)][0]:g}, which is none in float32")
        if (fewest := min(len(np.unique(column)) for column in rounded.T)) < BLOCK / 2:
            raise InputError(f"{wanted} that float32 tells apart; found {fewest} that differ")
        return rounded

    def logpdf(self, x: np.ndarray) -> np.ndarray:
        """Log-densities [...] at places [..., d]. Raises InputError for any others; −∞ is one."""
        places = x.reshape(-1, self.dimension).astype(float)
        logs = np.asarray(called(self.file, f"{self.name}.logpdf", self.made.logpdf, places))
        wanted = f"{self.file}: expected log-densities of shape [{len(places)}] of {self.name}.logpdf"
        if logs.shape != (len(places),) or logs.dtype.kind not in "fiu":
            raise InputError(f"{wanted}; found {logs.dtype} of shape {list(logs.shape)}")
        if np.isnan(logs).any():
            raise InputError(f"{wanted}, −inf where no draws are; found NaN at {places[np.isnan(logs)][0].tolist()}")
        return logs.reshape(x.shape[:-1])

    def marginal(self, coordinate: int) -> "Drawn":
        """One coordinate, known by draws alone."""
        return Drawn(self.block(np.random.default_rng(0))[:, coordinate])

    @property
    def centres(self) -> np.ndarray:
        """No locations: those of a class are not known."""
        return np.empty((0, self.dimension))


@dataclass(frozen=True)
class Drawn:
    """One coordinate of which only draws are known: where a picture shows it."""

    draws: np.ndarray

    def components(self) -> list["Drawn"]:
        """Itself alone."""
        return [self]

    def ends(self, margin: float, scale: float) -> tuple[float, float]:
        """Where a picture ends: 98 % of the draws lie within, and of Gaussian ones `margin` standard deviations."""
        low, high = np.quantile(self.draws, [0.01, 0.99])
        beyond = max(margin / CENTRAL - 1, 0) * (high - low) / 2
        return low - beyond, high + beyond


def describe_class(file: str, name: str, arguments: dict) -> dict:
    """What a task keeps of a class: file, class, digest, dimension, arguments and whether it knows its density.

    Raises InputError where the class cannot draw, or its density is none.
    """
    digest = sha256_of(file)
    found = found_in(file, digest, name)
    if not callable(getattr(found, "rvs", None)):
        raise InputError(f"{file}: expected a method rvs of {name}, which draws; it is missing")
    known = callable(getattr(found, "logpdf", None))
    made = called(file, name, found, **arguments | {"scale": 1.0})
    draws = np.asarray(called(file, f"{name}.rvs", made.rvs, BLOCK, np.random.default_rng(0)))
    if draws.ndim != 2 or len(draws) != BLOCK or not draws.shape[1]:
        raise InputError(f"{file}: expected draws [{BLOCK}, d] of {name}.rvs; found shape {list(draws.shape)}")
    whole = Own(file, name, made, draws.shape[1])
    first, second, third = (whole.block(np.random.default_rng(seed)) for seed in (0, 0, 1))
    if not (first == second).all() or (first == third).all():
        found = "equal ones of another" if (first == third).all() else "others of an equal"
        raise InputError(f"{file}: expected draws of {name}.rvs from rng alone; found {found} generator")
    if known and not np.isfinite(whole.logpdf(first[:PLACES])).all():
        raise InputError(f"{file}: expected finite log-densities of {name}.logpdf at its own draws")
    described = {"file": file, "class": name, "digest": digest, "dimension": draws.shape[1]}
    return described | {"arguments": arguments, "density": known}
