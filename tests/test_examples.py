"""The worked examples: the published numbers, and any other seed, size and scale as a plain PyTorch program has it."""

import json

import numpy as np
import pytest
import torch
import yaml
from applicability.config import studies as configs
from applicability.config.validation import validate
from applicability.drawing import style
from applicability.errors import InputError
from applicability.figures.examples import loss, samples, surface
from applicability.learners.saved import load
from applicability.stages.example import example
from applicability.storage import tables
from applicability.storage.arrays import read_arrays
from applicability.study.cell import Cell
from checkouts import ROOT, SNAKEMAKE
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose
from readable import draw, legend_of, lines_of, ticks_of, titles_of
from scipy.special import expit, logit
from scipy.stats import norm
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

pytestmark = pytest.mark.usefixtures("styled")

COLUMNS = ["loss", "gradient", "change"]  # of a history
OUTPUTS = ["mean_output_class_1", "mean_output_class_2"]
PICTURES = {"gaussians": {"samples", "loss"}, "clusters": {"samples", "loss", "surface"}}


def numbers(folder, name: str, **changes) -> dict:
    """The numbers of an example, some keys of its config changed."""
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    config["examples"][name] |= changes
    cell, learner = configs.examples(validate(config))[name]
    example(cell.json(), learner.json(), folder / "metrics.json")
    return json.loads((folder / "metrics.json").read_text())


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """The folder of both examples."""
    folder = tmp_path_factory.mktemp("examples")
    for name in PICTURES:
        numbers(folder / name, name)
    return folder


@pytest.fixture(scope="module")
def published(worked) -> dict[str, dict]:
    """The numbers of both."""
    return {name: json.loads((worked / name / "metrics.json").read_text()) for name in PICTURES}


def test_the_gaussians_are_the_published_ones(published):
    metrics = published["gaussians"]
    assert set(metrics) == {"accuracy", "steps", "first_loss", "last_loss", "epoch_loss", "optimum"}
    assert f"{metrics['accuracy']:.3%}" == "99.355%"
    assert metrics["steps"] == 5530
    expected = [0.113065, 0.046027, 0.033102, 0.027790, 0.025111, 0.023349, 0.022386]
    assert_allclose(metrics["epoch_loss"][9::10], expected, atol=1e-6)
    assert_allclose([metrics["first_loss"], metrics["last_loss"]], [0.664192, 0.009363], atol=1e-6)
    assert metrics["optimum"] == pytest.approx(norm.cdf(2.5), abs=1e-12)


def test_the_clusters_are_the_published_ones(published):
    metrics = published["clusters"]
    assert set(metrics) == {"epoch_loss", "training_accuracy", "optimum", *OUTPUTS}
    losses = metrics["epoch_loss"]
    assert [f"{losses[epoch - 1]:.4f}" for epoch in (1, 2, 99, 100)] == ["0.6443", "0.5402", "0.0210", "0.0208"]
    assert metrics["training_accuracy"] == 1
    assert [f"{metrics[name]:.4f}" for name in OUTPUTS] == ["0.9774", "0.0179"]
    assert 1 - metrics["optimum"] == pytest.approx(norm.cdf(-5 / np.sqrt(2)), rel=1e-9)


def plain_steps(model, batches, loss, lr: float):
    """Train as PyTorch's users do; of each step the loss, and of the first layer Σ|gradient| and Σ|change|."""
    optimiser = torch.optim.SGD(model.parameters(), lr=lr)
    for inputs, labels in batches:
        value = loss(model(inputs), labels)
        optimiser.zero_grad()
        value.backward()
        before = model[0].weight.detach().clone()
        optimiser.step()
        change = (model[0].weight.detach() - before).abs().sum().item()
        yield value.item(), model[0].weight.grad.abs().sum().item(), change


def plain_gaussians(seed, n, scale, epochs):
    """The published program: DataLoader, nn.Linear, the global stream of random numbers."""
    torch.manual_seed(seed)
    x = torch.cat([torch.normal(1.0, scale, (n, 1)), torch.normal(2.0, scale, (n, 1))])
    y = torch.cat([torch.zeros(n, 1), torch.ones(n, 1)])
    model = nn.Sequential(nn.Linear(1, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
    loader = DataLoader(TensorDataset(x, y), batch_size=256, shuffle=True)
    batches = (batch for _ in range(epochs) for batch in loader)
    kept = np.array([*plain_steps(model, batches, nn.functional.binary_cross_entropy_with_logits, lr=0.01)])
    with torch.no_grad():
        x = torch.cat([torch.normal(1.0, scale, (n, 1)), torch.normal(2.0, scale, (n, 1))])
        accuracy = ((model(x) > 0) == (y > 0.5)).double().mean().item()
    return kept, accuracy


@pytest.mark.parametrize(("seed", "n", "scale", "epochs"), [(1, 700, 0.5, 30), (7, 100, 1.0, 70), (3, 129, 2.0, 5)])
def test_gaussians_of_any_seed_size_and_scale_are_those_of_the_plain_program(tmp_path, seed, n, scale, epochs):
    metrics = numbers(tmp_path, "gaussians", seed=seed, n=n, scale=scale, epochs=epochs)
    with torch.random.fork_rng():
        kept, accuracy = plain_gaussians(seed, n, scale, epochs)
    assert f"{metrics['accuracy']:.5f}" == f"{accuracy:.5f}"
    assert metrics["steps"] == len(kept)
    assert_allclose(tables.read(tmp_path / "history.csv")[COLUMNS], kept, rtol=1e-3, atol=1e-4)
    assert_allclose(metrics["epoch_loss"], kept[:, 0].reshape(epochs, -1).mean(1), atol=1e-4)
    assert_allclose(metrics["optimum"], norm.cdf(0.5 / scale), atol=1e-9)


def plain_clusters(seed, n, scale, epochs):
    """The published program, whose batch holds all draws."""
    torch.manual_seed(seed)
    r0, r5 = torch.normal(0.0, scale, (n,)), torch.normal(5.0, scale, (n,))
    x = torch.cat([torch.stack([r0, r5], 1), torch.stack([r5, r0], 1)])
    y = torch.cat([torch.ones(n, 1), torch.zeros(n, 1)])
    model = nn.Sequential(nn.Linear(2, 100), nn.Sigmoid(), nn.Linear(100, 1), nn.Sigmoid())
    kept = np.array([*plain_steps(model, [(x, y)] * epochs, nn.functional.binary_cross_entropy, lr=0.1)])
    with torch.no_grad():
        outputs = model(x)[:, 0]
    return kept, [outputs[:n].mean().item(), outputs[n:].mean().item()]


@pytest.mark.parametrize(("seed", "n", "scale", "epochs"), [(42, 10, 1.0, 100), (1, 25, 3.0, 60), (5, 200, 0.5, 144)])
def test_clusters_of_any_seed_size_and_scale_are_those_of_the_plain_program(tmp_path, seed, n, scale, epochs):
    metrics = numbers(tmp_path, "clusters", seed=seed, n=n, scale=scale, epochs=epochs)
    with torch.random.fork_rng():
        kept, outputs = plain_clusters(seed, n, scale, epochs)
    assert_allclose(metrics["epoch_loss"], kept[:, 0], atol=1e-4)
    assert_allclose(tables.read(tmp_path / "history.csv")[COLUMNS], kept, rtol=1e-3, atol=1e-5)
    assert_allclose([metrics[name] for name in OUTPUTS], outputs, atol=1e-4)
    assert metrics["optimum"] == pytest.approx(norm.cdf(5 / np.sqrt(2) / scale), abs=1e-9)


def test_the_outputs_that_the_tutorial_prints_belong_to_about_epoch_144(tmp_path):
    metrics = numbers(tmp_path, "clusters", epochs=144)
    assert_allclose([metrics[name] for name in OUTPUTS], [0.9845, 0.0123], atol=5e-4)


def test_a_training_that_diverges_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(InputError, match="optimiser: expected one whose training converges; found"):
        numbers(tmp_path, "gaussians", n=300, optimiser={"sgd": {"lr": 1e25}})
    assert not list(tmp_path.iterdir())


def test_the_draws_are_the_published_ones(worked):
    cell, draws = samples.read(worked / "gaussians/samples.npz")
    torch_draws = torch.normal(1.0, 0.2, (10_000, 1), generator=torch.Generator().manual_seed(0))
    assert np.array_equal(draws[:10_000], torch_draws.numpy())
    figure = draw("examples.samples", [(cell, draws)])
    [axes] = figure.axes
    assert_allclose(axes.get_xlim(), [0, 3])
    assert [axes.get_xlabel(), axes.get_ylabel()] == [style.X, "count"]
    assert figure.get_size_inches().tolist() == [3.4, 2.4]
    figure = draw("examples.samples", [samples.read(worked / "clusters/samples.npz")])
    first, second = (points.get_offsets() for points in figure.axes[0].collections)
    assert first.shape == (10, 2)
    assert_allclose(first, second[:, ::-1])  # the same draws, mirrored
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == style.PLANE


@pytest.mark.parametrize(("name", "steps", "distance"), [("gaussians", 5530, 5), ("clusters", 100, 50**0.5)])
def test_the_history_has_every_step_and_its_figure_shows_them(worked, name, steps, distance):
    history, best = (tables.read(worked / name / f"{table}.csv") for table in ("history", "optimum"))
    assert len(history) == steps
    figure = draw("examples.loss", [loss.read(worked / name / "history.csv")], best)
    for axes, column in zip(figure.axes, COLUMNS, strict=True):
        line = axes.lines[0]
        np.testing.assert_array_equal(line.get_data(), [np.arange(1, steps + 1), history[column]])
        assert (axes.get_xscale(), axes.get_yscale(), axes.get_xlim()) == ("linear", "log", (0, steps))
        assert axes.get_xlabel() == "SGD step"
        assert len(ticks_of(axes, "y")) >= 2
    titles = ("loss, nat", "Σ |gradient|, first layer", "Σ |change|, first layer")
    assert titles_of(figure) == [*zip("abc", titles, strict=True)]
    [dashed] = lines_of(figure.axes[0], linestyle="--")
    z = np.linspace(-12, 12, 10_001)
    losses = np.logaddexp(0, -distance * (distance / 2 + z))  # of the optimal rule: 0.017205 at a distance of 5
    assert dashed.get_ydata()[0] == pytest.approx(np.trapezoid(norm.pdf(z) * losses, z), rel=1e-5)
    assert figure.axes[0].get_legend().get_texts()[0].get_text() == "expected loss\nof the optimal rule"
    assert ticks_of(figure.axes[0], "x")[-1] in ("5,000", "100")


def test_the_surface_shows_the_true_boundary_and_band(worked, published):
    """Where ln 7/3 / (5√2) = 0.1198 off the line x1 = x2 the true probability is 0.3 or 0.7."""
    arrays = surface.read(worked / "clusters/curves.npz")
    _, x, true, _, place, line_true, line_learned, points, outputs = arrays
    assert len(x) == 100 * 100
    assert (x.min(0), x.max(0)) == (pytest.approx(-10), pytest.approx(10))
    across = (x[:, 1] - x[:, 0]) / np.sqrt(2)  # towards class 1
    assert_allclose(true[:, 0], 5 * np.sqrt(2) * across, atol=1e-9)
    half_width = logit(0.7) / (5 * np.sqrt(2))
    assert_allclose(np.interp(half_width, place[:, 0], line_true[:, 0]), logit(0.7), rtol=1e-9)
    assert np.interp(0, place[:, 0], line_true[:, 0]) == pytest.approx(0, abs=1e-9)
    assert abs(expit(line_learned) - expit(line_true)[None]).max() > 0.2  # ten draws and 100 epochs know it less well
    assert points.shape == (2, 10, 2)
    assert outputs.mean(1).tolist() == [published["clusters"][name] for name in OUTPUTS[::-1]]


def test_the_surface_is_that_of_its_arrays(tmp_path):
    """Of wide clusters, where the plane reaches further; the learned boundary of the arrays is that of x₁ + x₂."""
    numbers(tmp_path, "clusters", scale=30)
    cell, x, true, _, place, line_true, line_learned, points, outputs = surface.read(tmp_path / "curves.npz")
    reach = x.max()
    assert x.min() == -reach <= -95
    curves = cell, x, true, x.sum(1)[None, :, None], place, line_true, line_learned, points, outputs
    figure = draw("examples.surface", [curves])
    contours, line, regions, solid, bar = figure.axes
    for curve, logits in zip(line.lines, (line_true[:, 0], line_learned[0, :, 0]), strict=True):
        assert_allclose(curve.get_data(), [place[:, 0], expit(logits)])
    assert [curve.get_label() for curve in line.lines] == ["true", "learned"]
    assert [*line.get_xlim(), *line.get_ylim()] == [place[0, 0], place[-1, 0], -0.02, 1.02]
    for axes in (contours, regions):
        _, second, first, boundary, band, true_boundary, _ = axes.collections
        for marks, group in ((first, 0), (second, 1)):
            assert_allclose(marks.get_offsets(), points[group])
            assert marks.get_label() == cell.groups[group]
            assert to_hex(marks.get_facecolor()[0]) == ["#0072b2", "#e69f00"][group]
        assert_allclose(vertices(boundary).sum(1), 0, atol=1e-6)
        assert_allclose(np.diff(vertices(true_boundary)), 0, atol=1e-6)
        cut = vertices(band) @ [-1, 1] * 5 / 900  # the true log-odds there
        assert [cut.min(), cut.max()] == pytest.approx([logit(0.3), logit(0.7)], abs=1e-6)
        assert_allclose([axes.get_xticks(), axes.get_yticks()], [np.linspace(-reach, reach, 5)] * 2)
    assert regions.collections[0].levels.tolist() == [0, 0.3, 0.7, 1]
    assert band.levels.tolist() == logit([0.3, 0.7]).tolist()
    assert len(contours.collections[0].levels) > 15
    assert {each.get_clim() for each in (contours.collections[0], regions.collections[0])} == {(0, 1)}
    for marks, group, output in zip(solid.collections[1:], points, outputs, strict=True):
        assert_allclose(marks._offsets3d, [*group.T, output])
    assert (solid.elev, solid.azim) == (25, 140)
    assert ticks_of(bar, "y") == ["0.00", "0.25", "0.50", "0.75", "1.00"]
    letters = [title for title, _ in titles_of(figure)]
    assert letters == ["a", "c", "d", "b", ""]
    assert legend_of(figure)[:3] == [cell.groups[1], cell.groups[0], "learned boundary"]


def vertices(contour) -> np.ndarray:
    """The corners of a contour's lines or areas."""
    return np.concatenate([path.vertices for path in contour.get_paths()])


def test_the_model_is_kept(worked, published):
    network, record = load(worked / "clusters/model.pt")
    cell, draws = read_arrays(worked / "clusters/samples.npz", "train")
    assert Cell.parse(record["cell"]) == cell
    outputs = expit(network.logits(draws.reshape(1, 20, 2)))
    assert outputs[0, 10:].mean() == pytest.approx(published["clusters"]["mean_output_class_1"])


@pytest.mark.workflow
def test_both_examples_with_their_pictures_are_one_command_and_another_seed_is_one_flag_away(fresh):
    """The stages are left out: of them only the names of what they write."""
    done = fresh.pretend("examples", *SNAKEMAKE[1:])
    assert "The worked examples are in results/examples/." in done.stdout
    written = {"metrics.json", "captions.md", "history.csv", "samples.npz", "model.pt", "curves.npz", "optimum.csv"}
    for name, pictures in PICTURES.items():
        expected = written | {f"{picture}.{ending}" for picture in pictures for ending in ("pdf", "png", "svg")}
        assert {path.name for path in (fresh.path / "results/examples" / name).iterdir()} == expected
    assert fresh.jobs("examples") == {}
    jobs = fresh.jobs("examples", "--config", "examples={gaussians: {seed: 1, n: 500, scale: 0.5}}")
    once = ["example", "describe_example", "examples", "draw_samples_of_example", "draw_loss_of_example"]
    assert jobs == dict.fromkeys(once, 1)
