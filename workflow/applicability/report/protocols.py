"""Groups and learners in words: distributions, network and training, and what a study lacks beside a learner."""

from applicability.study.learner import Estimator, Learner, Network, OwnNetwork, Trained
from applicability.study.task import kind_of, width
from applicability.wording import named, number

WRITTEN = {"relu": "ReLU", "leaky_relu": "leaky ReLU", "elu": "ELU", "silu": "SiLU", "gelu": "GELU"}

WRITTEN |= {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}


LONGEST = 40  # characters of an argument that are written out

MOST = 4  # distributions, or coordinates of one, that are written out


def distributions(coordinates: list[dict]) -> str:
    """The distributions of a group at scale 1, each as a call of scipy.stats: ``norm(loc=1)`` × ``t(df=3)``."""
    words = [in_words(entry) for entry in coordinates[:MOST]]
    if len(coordinates) > MOST:
        words[MOST - 1 :] = [f"… ({len(coordinates)} distributions)"]
    return " × ".join(map(bracketed, words)) if len(words) > 1 else words[0]


def in_words(entry: dict) -> str:
    """A distribution at scale 1: ``norm(loc=1)``, or 0.3 ``norm(loc=0)`` + 0.7 ``norm(loc=1)``."""
    name, parameters = kind_of(entry)
    if (times := entry.get("times", 1)) > 1:
        return f"{bracketed(in_words({name: parameters}))}, {times} times"
    if name == "mixture":
        weights = [each.get("weight", 1.0) for each in parameters]
        inside = [bracketed(distributions(each["coordinates"])) for each in parameters[:MOST]]
        words = [f"{weight / sum(weights):.3g} {each}" for weight, each in zip(weights, inside, strict=False)]
        return " + ".join(words) + (f" + … ({len(weights)} components)" if len(weights) > MOST else "")
    if name == "python":
        return f"{call(parameters['class'], parameters['arguments'])} of {named(parameters['file'])}"
    if name == "table":
        rows, columns = number(parameters["rows"]), len(parameters["columns"])
        where = f"{rows} rows of {named(parameters['file'])} with {parameters['column']} = {parameters['group']}"
        return f"{where} ({columns} column{'s' if columns > 1 else ''})"
    if width(entry) > MOST:
        return f"{named(name)} of {width(entry)} coordinates"
    ordered = sorted(parameters.items(), key=lambda each: each[0] not in ("loc", "mean"))
    return named(f"{name}({', '.join(f'{key}={argument(value)}' for key, value in ordered)})")


def bracketed(text: str) -> str:
    """A sum in brackets."""
    return f"({text})" if " + " in text else text


def argument(value) -> str:
    """An argument as Python writes it, numbers without needless digits."""
    return f"[{', '.join(map(argument, value))}]" if isinstance(value, list) else f"{float(value):g}"


def protocol(learner: Learner, dimension: int, groups: int) -> str:
    """A learner in words: model, optimiser, batch size and training budget."""
    match learner:
        case Estimator(sklearn={"class": path, "options": options, "says": says}):
            words = [f"{call(path.rpartition('.')[2], options)} of scikit-learn"]
            words += ["which gives no probabilities"] if says == "decisions" else []
        case OwnNetwork(python={"file": file, "name": name, "arguments": arguments, "weights": weights} as found):
            words = [f"{call(name, arguments)} of {named(file)} with {number(weights)} parameters"]
            words += ["trained on a loss of its own"] if found["loss"] else []
            words += ["with a scheduler of its own"] if found["scheduler"] else []
        case Network():
            words = [
                "-".join(map(str, learner.sizes(dimension, groups)))
                + (f" {WRITTEN.get(learner.activation, learner.activation)}" if learner.hidden else " logistic")
            ]
            words += [f"dropout {learner.dropout:g}"] if learner.dropout else []
    words += ["standardised inputs"] if learner.standardise else []
    return ", ".join(words + training(learner) if learner.losses else words)


def training(learner: Trained) -> list[str]:
    """Optimiser, batch size and training budget in words."""
    [(optimiser, options)] = learner.optimiser.items()
    given = ", ".join(f"{key} = {value}" for key, value in options.items())
    return [
        f"{WRITTEN.get(optimiser, optimiser)} with {given}",
        f"batches of {number(learner.batch_size)}",
        learner.budget,
    ]


def call(name: str, arguments: dict) -> str:
    """A class or function with its first arguments, as Python calls it."""
    words = [f"{key}={value}".replace("`", "'") for key, value in arguments.items()]
    return named(f"{name}({', '.join(each if len(each) < LONGEST else f'{each[:LONGEST]}…' for each in words[:MOST])})")


def rivals_wanted(learner: Learner, learners: list[Learner]) -> list[str]:
    """The kinds of learner that are missing among those of a study, to hold one of them against."""
    models = [each.model for each in learners]
    alike = [each for each in learners if each.model == learner.model]
    missing = {
        "the same model trained otherwise": len(alike) == 1 and learner.losses,
        "another model": len(set(models)) == 1,
        "one with `steps` for `epochs`": learner.losses and all(each.epochs for each in alike if each.losses),
    }
    return [kind for kind, is_missing in missing.items() if is_missing]
