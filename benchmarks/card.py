"""A card against the CPU of the same machine, for docs/benchmarks.md: `python benchmarks/card.py`.

µs per step, the default study from nothing, and how far both devices' numbers lie apart. Needs CUDA.
"""

import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import pandas as pd
import torch
from applicability.learners.network import StackedNetwork
from applicability.learners.training import Training
from applicability.study.learner import Network

ROOT = Path(__file__).parent.parent
STEPS = 78  # of an epoch, as long as one of the default study at n = 10,000
ROUNDS = 5
BATCH = 256
CPU, CARD = torch.device("cpu"), torch.device("cuda")
RUNS = {"CPU": ("--config", "device=cpu"), "card": ("--workflow-profile", str(ROOT / "profiles/gpu"))}
HELD = ["accuracy", "exact_accuracy", "log_loss"]  # columns of scores.csv that are compared


def steps(device: torch.device, replicates: int) -> float:
    """Median µs of an SGD step of 1-64-64-1 networks, all replicates together, on one core or a card."""
    options = {"hidden": [64, 64], "activation": "relu", "dropout": 0.0, "standardise": False}
    learner = Network(name="net", **options, optimiser={"sgd": {"lr": 0.01}}, batch_size=BATCH, epochs=1000)
    init, shuffle = ([torch.Generator().manual_seed(seed + each) for each in range(replicates)] for seed in (0, 1000))
    network = StackedNetwork.initial([1, 64, 64, 1], init, "relu").to(device)
    x = torch.randn(replicates, STEPS * BATCH, 1, generator=torch.Generator().manual_seed(1)).to(device)
    training = Training(network, x, (x[..., 0] > 0).long(), learner, shuffle).steps(learner.total_steps(STEPS * BATCH))
    times = []
    with torch.inference_mode():
        for _ in range(ROUNDS + 1):
            synchronise(device)
            started = time.perf_counter()
            for _ in islice(training, STEPS):
                pass
            synchronise(device)
            times.append((time.perf_counter() - started) / STEPS * 1e6)
    return float(pd.Series(times[1:]).median())  # the first epoch warms up


def synchronise(device: torch.device) -> None:
    """Wait until a card has done what it was told."""
    if device.type == "cuda":
        torch.cuda.synchronize()


def study(words: tuple[str, ...], folder: Path) -> tuple[float, pd.DataFrame]:
    """Seconds that the default study takes from nothing, and its scores."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--configfile", ROOT / "config/config.yaml", *words]
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    seconds = time.perf_counter() - started
    return seconds, pd.concat(map(pd.read_csv, sorted(folder.glob("results/*/scores.csv"))), ignore_index=True)


def main() -> None:
    """Print the tables."""
    torch.set_num_threads(1)
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}\n")
    sizes = (1, 10, 80, 560)
    print("µs per step of all networks together\n")
    rows = {"CPU, one core": [steps(CPU, size) for size in sizes], "card": [steps(CARD, size) for size in sizes]}
    print(pd.DataFrame(rows, index=pd.Index(sizes, name="R")).T.round(0).to_string(), end="\n\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        done = {name: study(words, Path(folder) / name) for name, words in RUNS.items()}
    for name, (seconds, scores) in done.items():
        print(f"default study, {name}: {seconds:.0f} s, trained on {', '.join(scores.device.unique())}")
    (_, cpu), (_, card) = done.values()
    apart = (cpu[HELD] - card[HELD]).abs()
    print("\nhow far the devices' scores lie apart\n")
    print(pd.DataFrame({"median": apart.median(), "99 %": apart.quantile(0.99), "largest": apart.max()}).to_string())


if __name__ == "__main__":
    main()
