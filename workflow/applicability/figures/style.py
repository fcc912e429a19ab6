"""One look for every figure: sizes in inches as printed, fonts that stay text, the same bytes on a rerun."""

RC = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "applicability",
}

GROUPS = [
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
]  # Okabe and Ito: safe for colour-blind eyes
MAP = "cividis"  # perceptually uniform, survives grey and colour-blind eyes


def number(value: float) -> str:
    """A grid value as a person writes it: 0.2, 30, 10,000."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"
