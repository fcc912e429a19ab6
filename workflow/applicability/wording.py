"""Numbers and names as a person writes them.

Used by drawing, figures, report and the progress lines of a run. May import nothing of ours.
"""

import math
from collections.abc import Iterable

MINUS = str.maketrans("-", "−")

POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(given: float) -> str:
    """A value of the grid, or a count: 0.2, 30, 10,000."""
    return f"{given:,.0f}" if given >= 1000 else f"{given:.12g}"


def measured(given: float, form: str) -> str:
    """A measured number as a person writes it: −2, 7·10⁻⁶, ∞.

    given: the number.
    form: a format of Python's, as `.3f`.
    """
    digits, _, power = format(given, form).replace("inf", "∞").partition("e")
    return digits.translate(MINUS) + (f"·10{str(int(power)).translate(POWERS)}" if power else "")


def as_points(accuracy: float) -> str:
    """A difference of accuracies in points, hundredths: 0.5 points, 1 point."""
    count = measured(100 * accuracy, "g")
    return f"{count} point{'' if count == '1' else 's'}"


def span(values: Iterable[float], form: str) -> str:
    """The range of `values`, each in the format `form`: 0.1 to 0.3; NaN without values."""
    values = list(values)
    low, high = (measured(end(values, default=math.nan), form) for end in (min, max))
    return low if low == high else f"{low} to {high}"


def named(name: str) -> str:
    """A name from the config, quoted as code in Markdown and reStructuredText."""
    return f"``{name}``"


def listed(words: Iterable[str]) -> str:
    """Words as a list within a sentence: a, b and c."""
    *most, last = [*words] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def spoken(seconds: float) -> str:
    """A duration as a person says it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
