"""The verdict on a learner in a cell: whether it works there, and if not, what holds it back."""

from collections.abc import Iterable

VERDICTS = ["reached", "overlap", "training", "data", "diverged"]


def verdict(accuracy: float, optimum: float, others: Iterable[float], target: float, tolerance: float) -> str:
    """What a learner's accuracy in a cell says, held against the optimum and what others make of the same draws.

    All are shares of draws sorted right; `others` are the accuracies of the other learners and of the plug-in rule.
    Each reaches the target where it is at least target − tolerance; NaN, the training diverged, does not. The first row
    that holds is the verdict:

    | the learner | the optimum | others | verdict | the cell is held back by |
    |---|---|---|---|---|
    | diverged | any | any | `diverged` | the learner: its training came to nothing |
    | reaches | any | any | `reached` | nothing |
    | misses | misses | any | `overlap` | the groups: no rule reaches the target |
    | misses | reaches | one reaches | `training` | the learner: the draws suffice, as another shows |
    | misses | reaches | none reaches | `data` | the draws, as far as anything here can tell |
    """
    reaching = target - tolerance
    if accuracy != accuracy:
        return "diverged"
    if accuracy >= reaching:
        return "reached"
    if optimum < reaching:
        return "overlap"
    if any(other >= reaching for other in others):
        return "training"
    return "data"
