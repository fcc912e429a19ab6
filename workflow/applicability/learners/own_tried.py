"""What a study keeps of a network of one's own, found out by trying it as a config is read.

Used by described.py. May import tasks, storage, study, randomness, logits, own_code and errors.
"""

import copy
import inspect
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from applicability.errors import InputError, did_you_mean
from applicability.learners.own_network import OPTIMISERS, OwnTraining, forward, make_module, seeded
from applicability.learners.predictor import is_linear
from applicability.own_code import found_in, sha256_of
from applicability.study.learner import OwnNetwork, outputs_of

TRIED = 8  # draws of a batch on which a module is tried
STIRRINGS = 20  # of the parameters, of which some give a logit below 0
STIRRED = 0.1  # standard deviation of what is added to parameters: some begin where a network is linear
ANY = inspect.Parameter.VAR_KEYWORD  # **arguments
PAIRS = 100  # of places on which is tried whether log-odds are linear
CLOSE = 1e-4  # of outputs of a draw alone and among others


def describe_module(file: str, name: str, arguments: dict, optimiser: dict, inputs: int, groups: int) -> dict:
    """What a study keeps of a factory of modules: file, name, digest and arguments, and what was found of a module.

    file, name, arguments, optimiser: of the config. inputs: coordinates that networks see. groups: their number.

    parameters: all arguments, as texts. weights: number of parameters. units: number of values that a step keeps of a
    draw. loss: whether it has one of its own. linear: whether its log-odds are linear in the inputs.
    Raises InputError where the file has no such factory, or one that takes other arguments; where it makes no module,
    or another for equal random numbers; for outputs of another shape, that are no numbers, or that depend on other
    draws in evaluation; and for what it raises.
    """
    digest = sha256_of(file)
    parameters = refuse_arguments(file, name, found_in(file, digest, name, "class or function"), arguments)
    described = {"file": file, "name": name, "digest": digest, "arguments": arguments, "parameters": parameters}
    if not optimiser.keys() <= OPTIMISERS.keys():
        wanted = f"expected as optimiser beside python {' or '.join(OPTIMISERS)}"
        raise InputError(f"{wanted}; found {', '.join(optimiser)}")
    training = {"optimiser": optimiser, "batch_size": TRIED, "steps": 1, "standardise": False}
    learner, outputs = OwnNetwork(name=name, python=described, **training), outputs_of(groups)
    module, again = (make_module(learner, inputs, outputs, torch.Generator().manual_seed(0)) for _ in range(2))
    if not isinstance(module, nn.Module):
        raise InputError(f"{file}: expected an nn.Module of {name}; found {type(module).__name__}")
    count = sum(each.numel() for each in module.parameters())
    if not count:
        raise InputError(f"{file}: expected parameters of {name}, which are trained; found none")
    refuse_unlike(file, name, module, again)
    x = torch.randn(2 * TRIED, inputs, generator=torch.Generator().manual_seed(0))
    for each in (module, again):
        with seeded(torch.Generator().manual_seed(1), x.device):
            refuse_outputs(learner, each.train(), x, outputs)
    refuse_mixing(learner, module.eval(), x)
    kept = [kept_of(module, x[:draws]) for draws in (TRIED, 2 * TRIED)]
    found = {"weights": count, "units": max(1, (kept[1] - kept[0]) // TRIED), "loss": hasattr(module, "loss")}
    found["scheduler"] = hasattr(module, "scheduler")
    ends = np.random.default_rng(0).normal(scale=3, size=(2, PAIRS, inputs))
    found["linear"] = is_linear(in_double(learner, module), ends)
    refuse_probabilities(learner, module, ends[0])
    for each in (module, again):
        with seeded(torch.Generator().manual_seed(1), x.device):
            training = OwnTraining(each, learner, x, torch.arange(len(x)) % groups)
            list(training.steps(1, torch.Generator().manual_seed(2)))
            training.end_epoch()
    refuse_unlike(file, name, module, again)
    return described | found


def refuse_arguments(file: str, name: str, factory: Callable, arguments: dict) -> dict[str, str]:
    """All arguments of a factory, as texts. Raises InputError for one that it does not take, is given or lacks."""
    if taken := {"inputs", "outputs"} & arguments.keys():
        raise InputError(f"{file}: expected no argument {min(taken)} of {name}: the study gives it")
    given = {"inputs": 1, "outputs": 1} | arguments
    signature = inspect.signature(factory)
    kinds = {each.name: each.kind for each in signature.parameters.values()}
    names = [each for each, kind in kinds.items() if kind not in (inspect.Parameter.VAR_POSITIONAL, ANY)]
    if ANY not in kinds.values() and not {"inputs", "outputs"} <= {*names}:
        raise InputError(
            f"{file}: expected arguments inputs and outputs of {name}, with which it is called; found "
            f"{', '.join(names) or 'none'}"
        )
    unknown = [] if ANY in kinds.values() else [key for key in given if key not in names]
    if unknown:
        meant = did_you_mean(unknown[0], names)
        raise InputError(f"{file}: expected arguments of {name} among {', '.join(names)}; found {unknown[0]}{meant}")
    try:
        bound = signature.bind(**given)
    except TypeError as error:
        raise InputError(f"{file}: {name}: {error}") from error
    bound.apply_defaults()
    return {key: str(value) for key, value in bound.arguments.items()}


def refuse_unlike(file: str, name: str, module: nn.Module, again: nn.Module) -> None:
    """Raises InputError where two modules from equal random numbers have unlike parameters, or share one."""
    pairs = [*zip(module.state_dict().values(), again.state_dict().values(), strict=True)]
    if not all(torch.allclose(*pair, rtol=0, atol=0, equal_nan=True) for pair in pairs):
        raise InputError(f"{file}: expected of {name} parameters from torch's random numbers alone; found others anew")
    if {each.data_ptr() for each in module.parameters()} & {each.data_ptr() for each in again.parameters()}:
        raise InputError(f"{file}: expected of {name} parameters of each module's own; found one that two share")


def refuse_outputs(learner: OwnNetwork, module: nn.Module, x: Tensor, outputs: int) -> None:
    """Raises InputError for outputs of another shape, that are no numbers, or through which nothing can be trained."""
    file, name, found = learner.python["file"], learner.python["name"], forward(learner, module, x)
    wanted = f"{file}: expected finite numbers of shape {[len(x), outputs]} of {name}.forward"
    if not isinstance(found, Tensor) or list(found.shape) != [len(x), outputs]:
        there = f"shape {list(found.shape)}" if isinstance(found, Tensor) else type(found).__name__
        raise InputError(f"{wanted}; found {there}")
    if not torch.isfinite(found).all():
        raise InputError(f"{wanted}; found {found[~torch.isfinite(found)][0].item()}")
    if not found.requires_grad:
        raise InputError(f"{wanted} with a gradient; found none: nothing of it can be trained")


def refuse_mixing(learner: OwnNetwork, module: nn.Module, x: Tensor) -> None:
    """Raises InputError where outputs in evaluation depend on other draws, or on random numbers."""
    with torch.no_grad():
        whole = forward(learner, module, x)
        alone = torch.cat([forward(learner, module, each[None]) for each in x])
    if not torch.allclose(whole, alone, rtol=CLOSE, atol=CLOSE):
        text = "expected in evaluation outputs that each draw alone decides; found others beside other draws"
        raise InputError(f"{learner.python['file']}: {learner.python['name']}: {text}")


def refuse_probabilities(learner: OwnNetwork, module: nn.Module, x: np.ndarray) -> None:
    """Raises InputError where outputs lie between 0 and 1 whatever the parameters: those of a sigmoid or softmax."""
    found = np.concatenate([in_double(learner, module, seed, 1.0)(x) for seed in range(STIRRINGS)])
    if (found >= 0).all() and (found <= 1).all():
        text = "expected log-odds, with no sigmoid or softmax behind them; found outputs between 0 and 1 alone"
        raise InputError(f"{learner.python['file']}: {learner.python['name']}: {text}")


def kept_of(module: nn.Module, x: Tensor) -> int:
    """The number of values that autograd keeps of a pass of x [B, inputs]."""
    sizes = []

    def count(tensor: Tensor) -> Tensor:
        sizes.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        module(x)
    return sum(sizes)


def in_double(
    learner: OwnNetwork, module: nn.Module, seed: int = 0, stirred: float = STIRRED
) -> Callable[[np.ndarray], np.ndarray]:
    """A module in float64 with stirred parameters, as a function of places [M, d]: outputs [M, out]."""
    module, rng = copy.deepcopy(module).double(), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for each in module.parameters():
            each += stirred * torch.randn(each.shape, generator=rng)

    def outputs(x: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return forward(learner, module, torch.from_numpy(x)).numpy()

    return outputs
