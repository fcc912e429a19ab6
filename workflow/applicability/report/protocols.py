"""Learners in words: network and training of each, and what a study lacks beside one."""

from applicability.study import Learner
from applicability.wording import number

WRITTEN = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "elu": "ELU", "silu": "SiLU", "gelu": "GELU"}

WRITTEN |= {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}


def protocol(learner: Learner, dimension: int, groups: int) -> str:
    """A learner in words: layers, optimiser, batch size and training budget."""
    [(optimiser, options)] = learner.optimiser.items()
    words = [
        "-".join(map(str, learner.sizes(dimension, groups)))
        + (f" {WRITTEN.get(learner.activation, learner.activation)}" if learner.hidden else " logistic")
    ]
    words += [f"dropout {learner.dropout:g}"] if learner.dropout else []
    words += ["standardised inputs"] if learner.standardise else []
    words += [
        f"{WRITTEN.get(optimiser, optimiser)} with {', '.join(f'{key} = {given}' for key, given in options.items())}"
    ]
    words += [f"batches of {number(learner.batch_size)}", learner.budget]
    return ", ".join(words)


def rivals_wanted(learner: Learner, learners: list[Learner]) -> list[str]:
    """The kinds of learner that are missing among those of a study, to hold one of them against."""
    networks = [each.network for each in learners]
    missing = {
        "the same network trained otherwise": networks.count(learner.network) == 1,
        "another network": len(set(networks)) == 1,
        "one with `steps` for `epochs`": all(each.epochs for each in learners if each.network == learner.network),
    }
    return [kind for kind, is_missing in missing.items() if is_missing]
