"""The verdict on a learner in a cell: whether it works there, and if not, what holds it back."""

from collections.abc import Iterable

VERDICTS = ["reached", "overlap", "training", "data"]


def verdict(accuracy: float, optimum: float, others: Iterable[float], target: float, tolerance: float) -> str:
    """What a learner's accuracy in a cell says, held against the optimum and what others make of the same draws.

    All are shares of draws sorted right; `others` are the accuracies of the other learners and of the plug-in rule.
    An accuracy reaches the target where it is at least target − tolerance; NaN (training diverged) does not. The
    first row that holds is the verdict:

    | the learner | the optimum | others | verdict | the cell is held back by |
    |---|---|---|---|---|
    | reaches | any | any | `reached` | nothing |
    | misses | below the target | any | `overlap` | the groups: no rule reaches the target |
    | misses | at least the target | one reaches | `training` | the learner: the draws suffice, as another shows |
    | diverged | at least the target | any | `training` | the learner: its training came to nothing |
    | misses | at least the target | none reaches | `data` | the draws, as far as anything here can tell |
    """
    reaching = target - tolerance
    if accuracy >= reaching:
        return "reached"
    if optimum < target:
        return "overlap"
    if accuracy != accuracy or any(other >= reaching for other in others):
        return "training"
    return "data"
