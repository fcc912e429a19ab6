# make study   sets everything up and runs the default study
# make test    sets everything up and runs the tests
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: study paper test test-long test-slurm reliability docs benchmark check format constraints

study: $(READY)
	$(BIN)/snakemake

paper: $(READY)  # the figures, tables and captions of config/paper.yaml, for a journal
	$(BIN)/snakemake --configfile config/paper.yaml

test: $(READY)
	$(BIN)/pytest -n 2 -m 'not slurm and not long and not slow'

test-long: $(READY)  # the tests that take most of a minute each
	$(BIN)/pytest -n 2 -m long

test-slurm: $(READY)  # the tests that need a Slurm with an idle node; tests/slurm/start starts one on this machine
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[slurm]'
	$(BIN)/pytest -m slurm -rs

reliability: $(READY)  # what docs/reliability.md counts (an hour)
	$(BIN)/pytest -n 2 --kills 25 --interrupts 10 $(addprefix tests/test_,interruptions.py faults.py files.py \
	  bad_config.py bad_input.py config.py trust.py provenance.py)

docs: study  # write the pages of docs/ from all studies (half an hour)
	set -e; for name in clusters three-groups techniques beyond-gaussian; do \
	  $(BIN)/snakemake --configfile config/$$name.yaml; done
	$(BIN)/snakemake examples
	$(BIN)/python docs/build.py
	$(BIN)/python docs/fill.py

benchmark: $(READY)  # measure how fast it is, for docs/benchmarks.md (half an hour, two cores that nothing else uses)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[benchmark]'
	$(BIN)/python benchmarks/report.py

check: $(READY)  # what CI holds against style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow/Snakefile workflow/rules
	$(BIN)/snakemake --lint

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow/Snakefile workflow/rules
	$(BIN)/python docs/fill.py

# The environment, of pinned versions; made anew where these change.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,cluster]'
	touch $@

constraints: $(READY)  # write down what is installed now
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[slurm,benchmark]'
	(grep '^#' constraints.txt; $(BIN)/pip list --format=freeze --exclude pip --exclude setuptools --exclude-editable | sed 's/+cpu$$//') > constraints.new
	mv constraints.new constraints.txt
