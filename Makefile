# Everything starts here, with no more than git, make and Python 3.11, 3.12 or 3.13.
# uv comes first (hash-checked, into .venv-uv), then the locked environment (.venv).
# Each step prints its name and, at its end, the seconds that it took.

PYTEST := .venv/bin/python -m pytest -o cache_dir=_build/pytest -n 2 --dist loadscope --nbval --nbval-current-env
PORT ?= 8000

export TZ := UTC
export PYTHONUTF8 := 1
export UV_PYTHON_DOWNLOADS := never
export UV_COMPILE_BYTECODE := 1
export UV_NO_PROGRESS := 1
# An active environment of the user's own must not change what is installed here, or where.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH UV_PYTHON UV_PROJECT UV_PROJECT_ENVIRONMENT UV_NO_DEV

# $(call step,name,command): runs the command, times it and passes on its exit code.
step = @echo "== $(1)"; start=$$(date +%s); ( $(2) ); code=$$?; \
	if [ $$code = 0 ]; then word=done; else word="FAILED (exit $$code)"; fi; \
	echo "== $(1): $$word in $$(( $$(date +%s) - start )) s"; exit $$code

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help book test test-spark check release format notebooks audit benchmark serve browser setup clean FORCE

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

book: setup ## Check the data, run the notebooks, build the site into _build/html
	$(call step,check,.venv/bin/mutuals check)
	$(call step,notebooks still say what they say,$(PYTEST) notebooks)
	$(call step,book,.venv/bin/mutuals book)

test: setup browser ## Build the site and run every test: data, code, notebooks, pages
	$(call step,book,.venv/bin/mutuals book)
	$(call step,tests,$(PYTEST) tests notebooks)

test-spark: .venv-spark/ready ## Run the gate's tests on Spark, which needs a Java (an environment of its own, 1.6 GB)
	$(call step,tests on Spark,.venv-spark/bin/python -m pytest -o cache_dir=_build/pytest-spark tests/spark)

check: setup ## Check the data; each finding names file, line, column and remedy
	$(call step,check,.venv/bin/mutuals check)

release: setup ## Write the tables as files to download into dist/: CSV, SQLite, Parquet, workbook, JSON Lines
	$(call step,release,.venv/bin/mutuals release)

format: setup ## Put the tables into their one written form
	$(call step,format,.venv/bin/mutuals format)

notebooks: setup ## Run the notebooks and keep their new outputs
	$(call step,notebooks,.venv/bin/mutuals notebooks)

audit: setup ## Ask for known faults of the locked packages (goes to the web)
	$(call step,audit,.venv-uv/bin/uv audit --locked)

benchmark: setup ## Measure the gate beside its peers for its chapter (half an hour; then make notebooks)
	$(call step,peers,UV_PROJECT_ENVIRONMENT=_build/peers .venv-uv/bin/uv sync --quiet --locked --no-default-groups --group peers \
		--no-python-downloads --python "$$(cat .venv-uv/ready)")
	$(call step,benchmark,.venv/bin/python benchmarks/gate.py)

serve: setup ## Show the site at http://127.0.0.1:8000 and rebuild what is saved (PORT=8001 for another port)
	@.venv/bin/mutuals serve --port $(PORT)

browser: setup ## Find a headless Chromium for the tests, or install one
	$(call step,browser,.venv/bin/python -m mutuals.browser)

setup: .venv/ready ## Install uv and the locked packages (every target does this itself)

clean: ## Remove what was built and every cache, but keep the environments (.venv*)
	$(call step,clean,rm -rf _build dist .pytest_cache .mypy_cache .ruff_cache && \
		find src tests validation notebooks \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +)

# The first of these that runs and is of a known version; the pyenv kind of stand-in may be there and not run.
BASE := import sys; assert (3, 11) <= sys.version_info < (3, 14); print(sys._base_executable)
find_python = if [ -n "$$PYTHON" ]; then set -- "$$PYTHON"; else set -- python3.13 python3.12 python3.11 python3; fi; \
	found=; for name; do found=$$("$$name" -c "$(BASE)" 2>/dev/null) && break || found=; done; \
	[ -n "$$found" ] || { echo "No Python 3.11, 3.12 or 3.13 runs as $$*: install one, or name it with make PYTHON=..." >&2; exit 1; }

# Debian and Ubuntu leave venv and pip out of Python; only root can put that right unasked.
install_uv = rm -rf .venv-uv; \
	has() { "$$found" -c "import $$1" 2>/dev/null; }; \
	has ensurepip || has pip || { [ "$$(id -u)" = 0 ] && export DEBIAN_FRONTEND=noninteractive && \
		apt-get -qq update && apt-get -qq install -y --no-install-recommends python3-venv; } >/dev/null 2>&1; \
	if has ensurepip && "$$found" -m venv .venv-uv; then set -- .venv-uv/bin/python -m pip install; \
	elif has pip; then set -- "$$found" -m pip install --target .venv-uv; \
	else echo "$$found has neither venv nor pip: install one of them (Debian and Ubuntu: apt-get install python3-venv)." >&2; exit 1; fi; \
	"$$@" --quiet --disable-pip-version-check --only-binary :all: --no-deps --require-hashes -r .ci/uv.txt && echo "$$found" > $@

# Another PYTHON than last time: start again with that one.
ifneq ($(PYTHON),)
ifneq ($(shell "$(PYTHON)" -c "$(BASE)" 2>/dev/null),$(shell cat .venv-uv/ready 2>/dev/null))
.venv-uv/ready: FORCE
endif
endif

.venv-uv/ready: .ci/uv.txt
	$(call step,uv,$(find_python); $(install_uv))

# Scripts of others that pages load: hash-checked as well, and none of theirs is run.
install_npm = mkdir -p .venv/npm && cp .ci/package.json .ci/package-lock.json .venv/npm && \
	PATH="$$PWD/.venv/bin:$$PATH" .venv/bin/npm ci --prefix .venv/npm --ignore-scripts --no-audit --no-fund --silent

.venv/ready: .venv-uv/ready pyproject.toml uv.lock .ci/package.json .ci/package-lock.json
	$(call step,packages (the first time this takes a minute or so),.venv-uv/bin/uv sync --quiet --locked --no-python-downloads --python "$$(cat .venv-uv/ready)" && $(install_npm) && touch $@)

.venv-spark/ready: .venv-uv/ready pyproject.toml uv.lock
	$(call step,packages for Spark (the first time this takes a minute or two),UV_PROJECT_ENVIRONMENT=.venv-spark .venv-uv/bin/uv sync --quiet --locked --group spark --no-python-downloads --python "$$(cat .venv-uv/ready)" && touch $@)
