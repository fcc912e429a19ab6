"""Devices on which torch computes. The choice shapes no result and no cache key.

Used by learners and the stages train, test and example.
May import tasks, storage, study, randomness, logits and errors.
"""

import contextlib
import os
from collections.abc import Iterator

import torch

from applicability.errors import InputError


def available() -> list[str]:
    """Torch names of this machine's devices, the preferred one first; `cuda` is any card."""
    cards = [f"cuda:{card}" for card in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    cuda = ["cuda", *cards] if cards else []
    mps = ["mps"] if torch.backends.mps.is_available() else []
    return [*cuda, *mps, "cpu"]


def resolve(name: str) -> torch.device:
    """The torch device of a config's `device:`.

    name: auto (the preferred device of this machine), cpu, cuda, cuda:<card> or mps. With cuda the workers take the
        cards in turns, and a worker keeps its card.

    Raises InputError where this machine lacks the device; the message names the devices it has.
    """
    here = available()
    name = here[0] if name == "auto" else name
    if name not in here:
        raise InputError(f"device: expected one of auto, {', '.join(here)} on this machine; found {name!r}")
    if name == "cuda":
        return torch.device("cuda", int(os.environ.get("APPLICABILITY_WORKER", "0")) % torch.cuda.device_count())
    return torch.device(name)


def device(device: str) -> None:
    """Print the torch device of a config's `device:`. Raises InputError for a missing device."""
    print(described(resolve(device)))


def described(device: torch.device) -> str:
    """Name of a device in the tables: its type, and for cuda the card's name."""
    return f"cuda ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else device.type


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Within the block torch computes on one thread of the CPU.

    Batches of some hundred draws are too small to share: two threads on a busy machine took 4 to 30 times as long as
    one. Workers start with one thread; other callers of the library get one here.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
