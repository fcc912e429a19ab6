"""The best known accuracy, where the best possible is not: what a gap is measured to then.

Used by the stage combine. May import learners, tasks, storage, study, logits and errors.
"""

import pandas as pd

from applicability.learners.discriminant import RULES


def with_best_known(scores: pd.DataFrame) -> pd.DataFrame:
    """The scores of a study with the best known accuracy, and the gap to it of each learner and reference rule.

    scores: a row per learner, cell and replicate, with accuracies on test draws that are the same for every n.

    best_known: the learner or reference rule of the largest mean accuracy at a scale's largest n, of those of which no
    training diverged there. best_known_accuracy: its accuracy there, in the row's replicate. gap, and <rule>_gap:
    best_known_accuracy less the accuracy. They are paired, as gaps to the optimal rule are, but may be negative, and
    the best of several is flattered by its luck: what is best possible may be more, and in small tests less.
    """
    most = scores[scores["n"] == scores["n"].max()]
    index = ["scale", "replicate"]
    rules = {name: f"{rule}_accuracy" for rule, name in RULES.items() if f"{rule}_accuracy" in scores}
    one = most[most["learner"] == most["learner"].iloc[0]].set_index(index)
    reached = most.pivot(index=index, columns="learner", values="accuracy")
    reached = reached.assign(**{name: one[column] for name, column in rules.items()})
    best = reached.groupby("scale").mean().where(reached.notna().groupby("scale").all()).idxmax(axis=1)
    accuracy = {(scale, replicate): row[best[scale]] for (scale, replicate), row in reached.iterrows()}
    measure = pd.Series([accuracy[key] for key in zip(scores["scale"], scores["replicate"], strict=True)], scores.index)
    gaps = {column.replace("accuracy", "gap"): measure - scores[column] for column in ("accuracy", *rules.values())}
    return scores.assign(best_known=scores["scale"].map(best), best_known_accuracy=measure, **gaps)
