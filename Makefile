# The three commands of this project are `make demo`, `make test` and `make bench`; each does all its own set-up.
PYTHON ?= python3
PORT   ?= 8700
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UI     := $(shell find ui -type f -not -path 'ui/node_modules/*' 2>/dev/null)

.PHONY: demo test test-spark chaos scenario scenario-case bench official audit lint lock clean

demo: $(VENV)/.demo
	@$(BIN)/clearbay demo --home build/demo --port $(PORT)

test: $(VENV)/.dev
	@$(BIN)/python tests/everything.py

# The tests of the engines on Apache Spark itself, with two workers on this machine; needs Java 17 or 21, and 500 MB.
test-spark: $(VENV)/.dev build/spark/pyspark
	@$(BIN)/python tests/spark_server.py $(BIN)/python -m pytest -k spark tests/mine tests/mine_rules tests/scale

build/spark/pyspark:
	@echo "Apache Spark: installing into build/spark ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target build/spark 'pyspark>=4.2,<4.3'

# The gateway killed fifty times under the load of 2,000 devices, on a disk that is full or slow; prints a report.
chaos: $(VENV)/.dev
	@$(BIN)/python tests/chaos.py

# A generated incident, fifty times, over sockets to events, traces and suspects; prints every step and the shares.
scenario: $(VENV)/.demo
	@$(BIN)/python tests/scenario.py

# From a packet to a closed case, with people at real browsers (needs Chromium); prints the time of every step.
scenario-case: $(VENV)/.dev
	@$(BIN)/python -m tests.scenario_case

bench: $(VENV)/.dev
	@$(BIN)/python benchmarks/run.py

# A trace in a home of 470 million generated observations; fills it first, which takes some gigabytes and many minutes.
bench-history: $(VENV)/.dev
	@$(BIN)/python benchmarks/history.py

official: $(VENV)/.demo
	@$(BIN)/python benchmarks/official.py && $(BIN)/python benchmarks/official_rules.py

# Asks the services of pip-audit and npm for known vulnerabilities in what is pinned; the only check that needs a network.
audit: $(VENV)/.dev
	@$(PIP) pip-audit && $(BIN)/python tests/audit.py --online

lint: $(VENV)/.dev
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("clearbay needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.demo: $(VENV)/bin/python pyproject.toml build_ui.py $(UI)
	@echo "clearbay: installing into $(VENV) (packages are downloaded the first time) ..."
	@$(PIP) --require-hashes --requirement requirements/run.txt || echo "clearbay: no pinned packages for this Python; taking the newest"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.demo
	@$(PIP) --require-hashes --requirement requirements/dev.txt || echo "clearbay: no pinned packages for this Python; taking the newest"
	@$(PIP) --editable '.[dev,postgresql]'
	@touch $@

# uv is only needed here: pip cannot export hashes for every platform at once.
lock: $(VENV)/.dev
	@$(PIP) uv
	@for kind in run "dev --extra dev --extra postgresql --extra spark"; do set -- $$kind; name=$$1; shift; \
	  $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
	    --no-annotate pyproject.toml $$@ --output-file requirements/$$name.txt && \
	  sed -i "1i # Exported from pyproject.toml; renew with: make lock" requirements/$$name.txt; done

clean:
	rm -rf build dist $(VENV) ui/node_modules src/clearbay/web/static
