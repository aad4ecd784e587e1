# Newsblotter's chores. Nothing is needed beforehand but Python 3.11 or newer, git and make.
#
#   make demo     install, build a store from examples/, show the incidents
#   make test     install what the tests need, run them all
#   make check    style, types, the walls between the rooms, size limits
#   make golden   read the golden reports anew; shows what changed against the reviewed records
#   make bench    measure, and hold the scores against bench/floors.json
#   make docs     write the generated reference pages, check the links
#   make clean    forget the environments' stamps and every output

PYTHON ?= python3
VENV ?= .venv
OUT ?= out
PIP_FLAGS ?= -qq --disable-pip-version-check

BIN := $(VENV)/bin
DEMO_STORE := $(OUT)/demo.db
SOURCES := $(shell find src -type f -not -name '*.pyc' -not -path '*/__pycache__/*' 2>/dev/null)
EXAMPLES := $(shell find examples -type f 2>/dev/null)

.PHONY: demo test check golden bench docs clean help
.DEFAULT_GOAL := help

help:
	@sed -n 's/^#   //p' Makefile

# --- environments -------------------------------------------------------------------------------------------------

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Newsblotter needs Python 3.11 or newer; name one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Making an environment in $(VENV) …" >&2; $(PYTHON) -m venv $(VENV); }
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml
	@echo "Installing Newsblotter into $(VENV) …" >&2
	@$(BIN)/python -m pip install $(PIP_FLAGS) --editable '.[web]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed pyproject.toml
	@echo "Installing what tests and checks need …" >&2
	@$(BIN)/python -m pip install $(PIP_FLAGS) --editable '.[dev,webtest]'
	@touch $@

# --- demo ---------------------------------------------------------------------------------------------------------

$(DEMO_STORE): $(VENV)/.installed $(SOURCES) $(EXAMPLES)
	@mkdir -p $(OUT) && rm -f $@ $@-wal $@-shm
	@$(BIN)/newsblotter build examples --store $@ || test $$? -eq 3  # 3: done, some files hold no report
	@touch $@

BEST_TOLD := import json, sys; told = max(json.load(sys.stdin), key=lambda r: (r["voices"], r["id"])); \
    print("  $(BIN)/newsblotter show", told["id"][:8], "--store $(DEMO_STORE)")

demo: $(DEMO_STORE)
	@$(BIN)/newsblotter list --store $(DEMO_STORE)
	@echo
	@echo "What to try next:"
	@$(BIN)/newsblotter list --store $(DEMO_STORE) --json | $(BIN)/python -c '$(BEST_TOLD)'
	@echo "  $(BIN)/newsblotter search robbery --store $(DEMO_STORE)"
	@echo "  $(BIN)/newsblotter stats --store $(DEMO_STORE)"
	@echo "  $(BIN)/newsblotter export --format csv --store $(DEMO_STORE)"
	@echo "  $(BIN)/newsblotter build YOUR-FOLDER"
	@echo
	@echo "Or look at it in a browser:"
	@echo "  $(BIN)/newsblotter serve --store $(DEMO_STORE)"

# --- tests and checks ---------------------------------------------------------------------------------------------

test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest $(PYTEST_FLAGS)

check: $(VENV)/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/test_house.py

golden: $(VENV)/.installed-dev
	@$(BIN)/python -m newsblotter_lab.golden

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m newsblotter_lab.bench
	@$(BIN)/python -m newsblotter_lab.benchmarks

docs: $(VENV)/.installed-dev
	@$(BIN)/python -m newsblotter_lab.docs

clean:
	rm -rf $(OUT) build dist $(VENV)/.made $(VENV)/.installed $(VENV)/.installed-dev
