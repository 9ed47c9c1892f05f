# SalesDesk: what a developer does most, by name. `make help` lists it.

PYTHON ?= python3
BIN := .venv/bin
SCREEN := $(BIN)/python scripts/virtual_screen.py
UV := uv==0.13.9

.DEFAULT_GOAL := help
.PHONY: help setup run test lint tour bench soak coverage program windows windows-check translations lock

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | \
	    while IFS='|' read -r name does; do printf '  make %-14s%s\n' "$$name" "$$does"; done

setup: ## make this machine ready: system libraries, virtual environment, catalogues
	@$(PYTHON) scripts/set_up.py test

run: ## open the window (ARGS="OFFICE --lang zh|en"); without a display, make the tour's pictures
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	    $(PYTHON) scripts/set_up.py run && $(BIN)/python -m ui $(ARGS); \
	else \
	    echo "There is no display here to open a window on: taking the tour's pictures instead."; \
	    $(PYTHON) scripts/set_up.py test && $(SCREEN) $(BIN)/python -m tests.tour; \
	fi

test: setup lint ## everything that must hold: style, types, imports, catalogue, tests
	$(BIN)/python -m pytest -n auto --dist loadfile --junit-xml=build/tests/offscreen.xml
	$(SCREEN) $(BIN)/python -m pytest -m "xvfb and not soak" --junit-xml=build/tests/screen.xml

lint: setup ## style, types, who imports whom, untranslated texts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/translations.py check

tour: setup ## take a picture of every page and dialog, into build/tour/
	$(SCREEN) $(BIN)/python -m tests.tour

bench: setup ## measure speed and memory against bare floors, into build/bench.json
	$(SCREEN) $(BIN)/python -m tests.benchmarks

soak: setup ## the tests that take minutes: many more examples, many more kills
	$(SCREEN) $(BIN)/python -m pytest -m soak --hypothesis-profile=soak --timeout=3600

coverage: setup ## which lines the tests without a screen reach
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report

program: setup ## build the program for this system as one folder, into build/program/
	$(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes \
	    -r scripts/windows/requirements.lock
	$(BIN)/python -m PyInstaller --noconfirm --log-level WARN --distpath build/program \
	    --workpath build/program/work build.spec

windows: setup ## build the Windows program and its installer, under Wine (Debian, as root)
	$(SCREEN) $(BIN)/python -m scripts.windows.build

windows-check: setup ## install and use the Windows program under Wine, step by step
	$(BIN)/python -m tests.windows.check

translations: setup ## take new texts into the catalogue and compile it
	$(BIN)/python scripts/translations.py update

lock: setup ## pin every dependency anew, with hashes, for all platforms
	$(BIN)/python -m pip --disable-pip-version-check --quiet install $(UV)
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	    --generate-hashes --upgrade --no-emit-index-url --no-emit-find-links --no-annotate \
	    --no-header --quiet --output-file requirements.lock
