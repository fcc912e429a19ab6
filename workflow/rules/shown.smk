"""What figures, tables and captions are made of, and how the report shows them.

takes: the paths, and what a study consists of (common.smk)
makes: the input functions and params of figures and captions; the outputs that a report shows
"""

import json


def data_of(figure):
    """The input function of a figure: the tables and the cells' files that it reads."""

    def named(wildcards):
        files = {}
        for part in (OF_STUDY | OF_LEARNER)[figure]:
            if part in TABLES:
                files[part] = TABLES[part].format(study=wildcards.study)
            elif figure in OF_STUDY:
                files["cells"] = over_grid(f"{CELL}/{part}", wildcards.study, MOST["study"])
            else:
                files["cells"] = over_grid(
                    f"{TRAINED}/{part}", wildcards.study, MOST["learner"], learner=wildcards.learner
                )
        return files

    return named


def module_of(figure):
    """The module that draws a figure."""
    return MAPS.get(figure, figure)


def options_of(figure):
    """The function that gives what else a figure is to know, as JSON."""

    def known(wildcards):
        study = STUDIES[wildcards.study]
        options = {"learner": wildcards.learner} if figure in OF_LEARNER else {}
        if module_of(figure) in MAPS.values():
            options = {"learners": list(study.learners) if figure in MAPS else [wildcards.learner]}
        if figure == "budget":
            options["budgets"] = study.budgets()
        if figure == "needed":
            options["sizes"] = study.sample_sizes
        if module_of(figure) == "verdict":
            options |= {"target_accuracy": study.target_accuracy, "tolerance": study.tolerance}
        return json.dumps(options, sort_keys=True)

    return known


def pictures(figure):
    """A figure's files, in every format; the report shows the png."""
    name, labels = figure, {"figure": figure}
    if figure in OF_LEARNER:
        name, labels = f"{figure}-{{learner}}", labels | {"learner": "{learner}"}
    paths = expand(FIGURE, figure=name, format=FORMATS, allow_missing=True)
    return in_report(paths, category="{study}", subcategory="figures", labels=labels)


def pictures_of_example(picture):
    """The same of an example."""
    paths = expand(f"{EXAMPLE}/{picture}{{format}}", format=FORMATS, allow_missing=True)
    return in_report(paths, category="examples", subcategory="{example}", labels={"figure": picture})


def in_report(paths, **shown):
    """Files of one content, of which the report shows the picture or the page, with its part of captions.md."""
    caption = "../report/caption.rst"
    return [report(path, caption=caption, **shown) if path.endswith((".png", ".html")) else path for path in paths]


def tables_to_describe(wildcards):
    """The tables of a study that its captions are about."""
    return tables_of(wildcards.study) | {"scores": SCORES}


def shown_of(name):
    """The figures and tables of a study by their paths without endings."""
    return [*(f"figures/{figure}" for figure in figures_of(name)), *(f"tables/{table}" for table in typeset_of(name))]
