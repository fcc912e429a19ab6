# make study   sets up what a run needs and runs the default study
# make test    sets up what a run and the tests need and runs the tests
# make setup   sets up what a run needs, no more: on a cluster's login node, say
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
TESTS := .venv/ready-to-test
INSTALL := $(BIN)/pip install --disable-pip-version-check --constraint constraints.txt --editable

.PHONY: setup study paper test test-long test-slurm reliability mutants docs benchmark check format constraints

setup: $(READY)

study: $(READY)
	$(BIN)/snakemake

paper: $(READY)  # the figures, tables and captions of config/paper.yaml, for a journal
	$(BIN)/snakemake --configfile config/paper.yaml

test: $(TESTS)
	$(BIN)/pytest -n 2 -m 'not slurm and not long and not slow'

test-long: $(TESTS)  # the tests that take nearly a minute each
	$(BIN)/pytest -n 2 -m long

test-slurm: $(TESTS)  # the tests that need a Slurm with an idle node; tests/slurm/start starts one on this machine
	@$(INSTALL) '.[slurm]' > .venv/pip.log
	$(BIN)/pytest -m slurm -rs

reliability: $(TESTS)  # the tests that docs/reliability.md counts (an hour)
	$(BIN)/pytest -n 2 --kills 25 --interrupts 10 $(addprefix tests/test_,interruptions.py faults.py files.py \
	  bad_config.py command_line.py trust.py provenance.py)

mutants: $(TESTS)  # does a test fail of each small wrong change of the library? (hours; less with paths or --every 10)
	$(BIN)/python tests/mutation

docs: study  # write the pages of docs/ from all studies (half an hour)
	set -e; for name in clusters three-groups techniques beyond-gaussian breiman composed patients embedded rare ratio worth; do \
	  $(BIN)/snakemake --configfile config/$$name.yaml; done
	$(BIN)/snakemake examples
	$(BIN)/python docs/build.py
	$(BIN)/python docs/fill.py

benchmark: $(READY)  # measure how fast it is, for docs/benchmarks.md (half an hour, two cores that nothing else uses)
	@$(INSTALL) '.[benchmark]' > .venv/pip.log
	$(BIN)/python benchmarks/report.py

check: $(TESTS)  # style, as CI checks it
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow/Snakefile workflow/rules
	$(BIN)/snakemake --lint

format: $(TESTS)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow/Snakefile workflow/rules
	$(BIN)/python docs/fill.py

# The environment, of pinned versions; set up again when these change. A run may need the extra `cluster` for its workers.
$(READY): pyproject.toml constraints.txt
	@echo "Setting up .venv, once: 2 minutes, on a busy machine 6; packages of 1.5 GB. To watch: tail -f .venv/pip.log"
	@$(PYTHON) -m venv .venv
	@$(INSTALL) '.[cluster]' > .venv/pip.log
	@touch $@

$(TESTS): $(READY)
	@echo "Adding to .venv what tests need, once: half a minute. To watch: tail -f .venv/pip.log"
	@$(INSTALL) '.[cluster,dev]' > .venv/pip.log
	@touch $@

constraints: $(TESTS)  # pin the versions installed now
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[slurm,benchmark]'
	(grep '^#' constraints.txt; $(BIN)/pip list --format=freeze --exclude pip --exclude setuptools --exclude-editable | sed 's/+cpu$$//') > constraints.new
	mv constraints.new constraints.txt
