# 守望 - every target sets up what it needs. `make run` is the first thing to try, `make test` the second.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
COUNTY ?= county
HOUSEHOLDS ?= 600
SEED ?= 1
AS_OF ?= 2020-12-31

DBT := $(BIN)/dbt --no-version-check
DBT_PROJECT := --project-dir dbt_project --profiles-dir dbt_project
DBT_FILES := $(shell find dbt_project -path dbt_project/target -prune -o -name '*.sql' -print -o -name '*.yml' -print -o -name '*.csv' -print)
MANIFEST := dbt_project/target/manifest.json
FAULTS := $(addprefix tests/faults/,stack kernel leaks intake test_feedback_attacks.py test_hostile_outputs.py) tests/unit/kernel/test_audit.py
FULL_TESTS := SHOUWANG_FULL=1 $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --durations=12 -rP
DAGSTER := VIRTUAL_ENV=$(abspath $(VENV)) DAGSTER_HOME=$(abspath .dagster) PATH=$(abspath $(BIN)):$$PATH

export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export PYTHONUTF8 := 1

.PHONY: setup setup-spark setup-spark-client parity bundle pictures run test lint audit faults year dev docs bench bench-risk bench-province clean
.DEFAULT_GOAL := run

setup: $(VENV)/.ready $(MANIFEST)  ## the environment alone

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
	  || (echo "需要 Python 3.11 至 3.13；可用 make PYTHON=python3.11 指定" >&2; exit 1)
	@echo "正在安装依赖（仅第一次需要几分钟）"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

setup-spark: setup  ## Spark itself as well (456 MB; Java 17 or newer is taken from the machine): SHOUWANG_ENGINE=spark
setup-spark-client: setup  ## what reaches a Spark elsewhere: SHOUWANG_ENGINE=spark_connect or spark_thrift
setup-spark setup-spark-client: setup-%:
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-$*.lock

$(MANIFEST): $(VENV)/.ready $(DBT_FILES)
	@$(BIN)/shouwang prepare
	@touch $@

.dagster/dagster.yaml: dagster.yaml
	@mkdir -p .dagster
	@cp dagster.yaml $@

run: setup  ## a synthetic county's files and one night on them
	@test -e $(COUNTY)/county.yml || $(BIN)/shouwang sample $(COUNTY) --households $(HOUSEHOLDS) --seed $(SEED)
	$(BIN)/shouwang run --home $(COUNTY) --as-of $(AS_OF)

test: setup  ## all tests but the long ones
	$(BIN)/python -m pytest -n auto --dist loadfile

faults: setup  ## kills, full disks, damage, hostile files, leaks: the full set (SHOUWANG_FULL=1), up to an hour
	$(FULL_TESTS) $(FAULTS)

year: setup  ## a county's year of nights, every paper opened in LibreOffice, and the papers of every sample county: half an hour
	$(FULL_TESTS) tests/faults/year tests/integration/test_deliver_pictures.py

parity: setup  ## the same night on DuckDB and on a Spark cluster, row by row; needs make setup-spark, says so loudly without
	SHOUWANG_FULL=1 $(BIN)/python -m pytest tests/parity

audit: setup  ## known holes in the locked packages; needs pip-audit and the advisory service, and says so loudly without
	@$(BIN)/python -m pipelines.dependency_audit

lint: setup .dagster/dagster.yaml
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint dbt_project
	SHOUWANG_WAREHOUSE=dbt_project/target/lint.duckdb $(DBT) --quiet compile --no-introspect $(DBT_PROJECT) --target-path target/compile
	$(BIN)/python -m tests.portable_sql dbt_project/target/compile/compiled
	$(BIN)/lint-imports
	$(DAGSTER) $(BIN)/dg check defs

dev: setup .dagster/dagster.yaml  ## Dagster's page on this machine only
	SHOUWANG_HOME=$(abspath $(COUNTY)) $(DAGSTER) $(BIN)/dg dev --host 127.0.0.1

docs: setup  ## the handbook (docs/handbook.zh-CN.md); tables and columns as one page (dbt_project/target/static_index.html)
	$(BIN)/python -m pipelines.handbook
	SHOUWANG_WAREHOUSE=dbt_project/target/docs.duckdb $(DBT) docs generate --static $(DBT_PROJECT)

pictures: setup  ## the pictures of the guide, from the browser tests
	$(BIN)/python -m pytest tests/browser --pictures -p no:cacheprovider

bench: setup  ## speed and memory against stated rivals; ratios are printed and kept in tests/benchmarks/history.csv
	$(BIN)/python -m tests.benchmarks.intake_speed
	$(BIN)/python -m tests.benchmarks.intake_account
	$(BIN)/python -m tests.benchmarks.income_core
	$(BIN)/python -m tests.benchmarks.month_ends
	$(BIN)/python -m tests.benchmarks.kernel_night

bench-risk: setup  ## the scorer on a million households, on the synthetic county and on real people; figures come last
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps \
	  --require-hashes -r requirements-bench.lock
	$(BIN)/python -m tests.benchmarks.risk_speed
	$(BIN)/python -m tests.benchmarks.sample_county_dynamics
	$(BIN)/python -m tests.benchmarks.risk_panels

bench-province: setup  ## the income core of ten million households in one home: 24 GB of memory, 70 GB of disk, up to an hour
	SHOUWANG_MEMORY=$${SHOUWANG_MEMORY:-18GB} $(BIN)/python -m tests.benchmarks.province

bundle: setup  ## everything to install on a machine without internet, as one file (build/shouwang-bundle.tar)
	@rm -rf build/bundle && mkdir -p build/bundle/wheels
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
	  -d build/bundle/wheels -r requirements.lock
	git archive --format=tar --prefix=shouwang/ HEAD | tar -x -C build/bundle
	tar -cf build/shouwang-bundle.tar -C build/bundle .
	@echo "build/shouwang-bundle.tar"

clean:
	rm -rf $(VENV) .dagster dbt_project/target
