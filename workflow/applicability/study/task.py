"""What a task is: groups by name, each with its distributions. May import nothing of ours."""

from collections.abc import Iterator


def kind_of(entry: dict) -> tuple[str, object]:
    """Name and parameters of a distribution of a task."""
    [(name, parameters)] = ((key, value) for key, value in entry.items() if key != "times")
    return name, parameters


def width(entry: dict) -> int:
    """Number of coordinates of a distribution of a task, taken once."""
    match kind_of(entry):
        case "mixture", [{"coordinates": coordinates}, *_]:
            return dimension(coordinates)
        case "python", described:
            return described["dimension"]
        case "table", described:
            return len(described["columns"])
        case _, {"mean": loc, "cov": _} | {"loc": loc, "shape": _}:
            return len(loc)
    return 1


def one_by_one(coordinates: list[dict]) -> list[dict]:
    """A group's distributions, each as often as its `times` says."""
    return [dict([kind_of(entry)]) for entry in coordinates for _ in range(entry.get("times", 1))]


def dimension(coordinates: list[dict]) -> int:
    """Number of coordinates of a group, from its distributions."""
    return sum(map(width, one_by_one(coordinates)))


def table_rows(task: list) -> dict[str, int]:
    """The number of rows of each group of a task that is a table; empty for any other."""
    found = {group: kind_of(entry) for group, [entry, *_] in task}
    return {group: described["rows"] for group, (name, described) in found.items() if name == "table"}


def kinds(coordinates: list[dict]) -> Iterator[tuple[str, object]]:
    """Name and parameters of every distribution of a group, of a mixture those of its components."""
    for name, parameters in map(kind_of, coordinates):
        if name == "mixture":
            yield from kinds([one for each in parameters for one in each["coordinates"]])
        else:
            yield name, parameters


def is_closed(coordinates: list[dict]) -> bool:
    """Whether every distribution of a group is known in closed form: none is a class or a table of the user's own."""
    return all(name not in ("python", "table") for name, _ in kinds(coordinates))


def is_known(coordinates: list[dict]) -> bool:
    """Whether every distribution of a group has a known density: none is a table, or a class that only draws."""
    return all(
        name != "table" and (name != "python" or parameters["density"]) for name, parameters in kinds(coordinates)
    )


class OfTask:
    """Properties of everything that has a task."""

    @property
    def groups(self) -> list[str]:
        """Names of the groups."""
        return [name for name, _ in self.task]

    @property
    def dimension(self) -> int:
        """Number of coordinates of a draw."""
        _, coordinates = self.task[0]
        return dimension(coordinates)

    @property
    def inputs(self) -> int:
        """Number of coordinates that networks see of a draw."""
        return self.observe["dimension"] if self.observe else self.dimension

    @property
    def known(self) -> bool:
        """Whether the densities of all groups are known, and with them the best possible."""
        return all(is_known(coordinates) for _, coordinates in self.task)

    @property
    def exact(self) -> bool:
        """Whether expectations are exact, on a line and in closed form; else they are means over draws."""
        return self.dimension == 1 and all(is_closed(coordinates) for _, coordinates in self.task)
