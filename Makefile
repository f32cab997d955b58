# Two commands matter to a stranger: `make demo` and `make test`. Everything installs into .venv.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
JOBS   ?= 2
# Tests start hundreds of processes of the same code; none of them compiles it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check format lint types layers prove bench lock clean

demo: $(STAMP)  ## A neighbourhood on 127.0.0.1:8000, with a vote in it.
	$(BIN)/yishi demo --fast-clock

test: $(STAMP)  ## Every test, on SQLite and PostgreSQL.
	$(BIN)/pytest -n $(JOBS) --dist loadfile

check: $(STAMP) format lint types layers test  ## What must be green on main.

format: $(STAMP)
	$(BIN)/ruff format --check .

lint: $(STAMP)
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy

layers: $(STAMP)
	$(BIN)/lint-imports

prove: $(STAMP)  ## Slow proofs, run by hand.
	$(BIN)/pytest -m prove
	YISHI_EXAMPLES=500 $(BIN)/pytest tests/core/count

bench: $(STAMP)  ## Measurements against peers and limits; see bench/README.md.
	$(BIN)/python -m bench.cast

lock:  ## Pin what a fresh environment resolves to; names and versions only.
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[dev]'
	$(BIN)/pip freeze --exclude-editable | LC_ALL=C sort --ignore-case > requirements.lock

$(STAMP): pyproject.toml requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint requirements.lock --editable '.[dev]'
	touch $(STAMP)

clean:
	rm -rf $(VENV) var .mypy_cache .ruff_cache .hypothesis
