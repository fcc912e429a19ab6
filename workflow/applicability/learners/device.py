"""Where to compute. The device is where, not what: it shapes no result and no cache key."""

import contextlib
import os
from collections.abc import Iterator

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


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread of the CPU, and afterwards on as many as before.

    Batches of some hundred draws are too small to share: two threads on a busy machine took 4 to 30 times as long as
    one. Workers have one from their start; others who call the library get it here.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
