# Two commands do everything: `make run` and `make test`. The others are steps of them.
# Needs: Python 3.11 or newer with venv and pip, git. Everything else is put into .venv by `make setup`.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OUT := out

export MINGYUE_DATA ?= $(abspath ../shared/data)

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check fmt bench vendor lock clean

help:
	@echo 'make run    check, quote, order and predict the bird'"'"'s nest, then serve at localhost'
	@echo 'make test   check the code and run every test'
	@echo 'make setup  only prepare .venv     make demo   the same without serving'
	@echo 'make check  lint, types, layers    make fmt    format the code'
	@echo 'make bench  time us beside others  make vendor renew vendored web files'

setup: $(READY)

$(READY): requirements/dev.txt pyproject.toml
	@scripts/setup "$(PYTHON)" "$(VENV)"
	@touch $@

run: $(READY)
	@$(BIN)/python scripts/demo.py $(OUT) --serve

demo: $(READY)
	@$(BIN)/python scripts/demo.py $(OUT)

test: $(READY) check
	@scripts/system-needs
	@$(BIN)/pytest -n auto --dist loadfile

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --config pyproject.toml

fmt: $(READY)
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .
	@$(BIN)/python scripts/schema.py

bench: $(READY)
	@$(BIN)/python benchmarks/agreement.py && $(BIN)/python benchmarks/slicing.py --short

vendor: $(READY)
	@$(BIN)/python scripts/vendor.py
	@$(BIN)/python scripts/fonts.py

lock:
	@command -v uv >/dev/null || { echo 'uv is missing: pip install uv, then make lock' >&2; exit 1; }
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements/engine.txt
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements/dev.txt

clean:
	rm -rf $(VENV) $(OUT) build dist
