"""Where to compute: what is there, what is refused, and how cards are dealt out."""

import pytest
import torch
from applicability.errors import InputError
from applicability.learners import device


@pytest.fixture
def two_cards(monkeypatch):
    """A machine with two CUDA cards."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


def test_the_best_that_is_there_is_chosen_and_any_other_refused(two_cards):
    assert device.available()[:3] == ["cuda", "cuda:0", "cuda:1"]
    assert device.resolve("auto").type == "cuda"
    assert device.resolve("cpu") == torch.device("cpu")
    with pytest.raises(InputError, match=r"device: expected one of auto, cuda, cuda:0, cuda:1, .*cpu .*'cuda:2'"):
        device.resolve("cuda:2")


def test_workers_take_the_cards_in_turns_and_a_named_card_is_that_one(two_cards, monkeypatch):
    taken = []
    for number in range(4):
        monkeypatch.setenv("APPLICABILITY_WORKER", str(number))
        taken.append(str(device.resolve("cuda")))
        assert str(device.resolve("cuda:1")) == "cuda:1"
        assert device.resolve("auto") == device.resolve("cuda")
    assert taken == ["cuda:0", "cuda:1", "cuda:0", "cuda:1"]
