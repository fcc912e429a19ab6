"""Where to compute. The device is where, not what: it shapes no result and no cache key."""

import os

import torch

from applicability.errors import InputError


def available() -> list[str]:
    """The devices of this machine by their torch names, the preferred one first; `cuda` is any of the cards."""
    cards = [f"cuda:{card}" for card in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    cuda = ["cuda", *cards] if cards else []
    mps = ["mps"] if torch.backends.mps.is_available() else []
    return [*cuda, *mps, "cpu"]


def resolve(name: str) -> torch.device:
    """The device of a config's `device:`; where any card will do, workers take them in turns, each always the same.

    Raises InputError where the device is not there, and says what is.
    """
    here = available()
    name = here[0] if name == "auto" else name
    if name not in here:
        raise InputError(f"device: expected one of auto, {', '.join(here)} on this machine; found {name!r}")
    if name == "cuda":
        return torch.device("cuda", int(os.environ.get("APPLICABILITY_WORKER", "0")) % torch.cuda.device_count())
    return torch.device(name)


def device(device: str) -> None:
    """Print which device a config's `device:` means here. Raises InputError where it is not there."""
    print(described(resolve(device)))


def described(device: torch.device) -> str:
    """A device as the tables record it: the name of the card where there is one."""
    return f"cuda ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else device.type
