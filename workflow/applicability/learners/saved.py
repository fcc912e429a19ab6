"""Networks in files, read without running what is in them; those of a Python file run that file.

Used by the stages and notebook.py. May import tasks, storage, study, randomness, logits and errors.
"""

from dataclasses import fields
from pathlib import Path

import torch

from applicability.learners.network import StackedNetwork
from applicability.learners.own_network import OwnNetworks
from applicability.storage.files import open_verified, write_atomically
from applicability.study.learner import Learner


def save(network: StackedNetwork | OwnNetworks, path: Path, **record) -> None:
    """Write networks to a file atomically: equal content gives equal bytes.

    network: R networks on any device.
    path: the file to write.
    record: plain values to store beside the networks, by name; `learner` as JSON, without which modules are not made.
    """
    content = network.to("cpu").content() | record
    with write_atomically(path) as part, open(part, "wb") as file:  # a path would put its name into the archive
        torch.save(content, file)


def load(path: Path) -> tuple[StackedNetwork | OwnNetworks, dict]:
    """Read networks, on the CPU, and their record from a file that :func:`save` wrote.

    path: the file. Raises InputError for any other file, and where the Python file of modules has changed.
    """
    with open_verified(path, "a model file of the train stage") as file:
        record = torch.load(file, weights_only=True)
        if "states" in record:
            names = ("states", "centre", "spread", "shift")
            content = {name: record.pop(name) for name in names}
            return OwnNetworks.of_content(content, Learner.parse(record["learner"])), record
        return StackedNetwork(**{field.name: record.pop(field.name) for field in fields(StackedNetwork)}), record
