# What people call: run, lab, test, pages, clients, typescript, lint, format, bench, bench-serve, bench-http, wheel, install, clean. Each does only what is out of date.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:

BUILD := build/make
# What takes minutes runs with the suites of others: a kernel for each Python that is here, and a hundred thousand requests.
# Named as pytest does it, from tests/.
VERSIONS := test_environments.py::test_kernels_of_several_versions_of_python_run_side_by_side
TRAFFIC := test_traffic.py
VENV := .venv
PY := $(VENV)/bin/python
PAGES_PY := .venv-pages/bin/python
JAR := kernel-gateway/target/penstock.jar
SERVED_CLIENT := kernel-gateway/src/main/resources/dev/penstock/gateway/demo/client
PACKAGED_JAR := kernelspec/src/penstock/jar/penstock.jar

JAVA_SOURCES := $(shell find pom.xml .mvn protocol/pom.xml protocol/src kernel-gateway/pom.xml kernel-gateway/src -type f 2>/dev/null)
PYTHON_SOURCES := $(shell find kernelspec/pyproject.toml kernelspec/hatch_build.py kernelspec/README.md kernelspec/src -type f -not -name '*.pyc' -not -name '*.jar' 2>/dev/null)

# The JDK is looked for when it is first needed; its one-line complaint ends the run.
WITH_JAVA := JAVA_HOME="$$(sh scripts/find-java.sh)" && export JAVA_HOME
MVN := mvn -q -B
# Tests mostly wait: for processes to start, for outputs to come. Each of the processes has a gateway of its own.
SEVERAL := -n 3 --dist loadfile
# How often a test that failed is run again. Never here: whoever works on Penstock is to see it. `.ci/run` says once.
RERUNS ?= 0
PYTEST := -m pytest -q -rfER -p no:flaky --reruns $(RERUNS)

.PHONY: help run lab install test test-java test-python pages clients typescript lint format bench bench-serve bench-http wheel clean

help:
	@echo "make run      runs the tour notebook on the gateway, cell by cell"
	@echo "make lab      opens JupyterLab with the kernel installed"
	@echo "make test     every test: Java, Python package, acceptance"
	@echo "make pages    JupyterLab, Notebook and Voila in a real Chromium"
	@echo "make clients  the test suites of ipykernel, nbclient and jupyter_console, and a table of checks through every client program"
	@echo "make typescript  builds the client for TypeScript, and puts it into the server for pages"
	@echo "make lint     formatters' checks, ruff, mypy"
	@echo "make format   formats Java and Python"
	@echo "make bench    compares with ipykernel, under ten minutes"
	@echo "make bench-serve  compares penstock serve with jupyter_server, under twelve minutes; writes docs/figures-serve.md"
	@echo "make bench-http   compares its plain HTTP with PathView's server and a Flask generator, under five minutes; writes docs/figures-http.md"
	@echo "make wheel    leaves the wheel in dist/"
	@echo "make clean    removes what make made"

run: install
	@$(PY) notebooks/run_tour.py

lab: install $(BUILD)/lab
	@cd notebooks && ../$(VENV)/bin/jupyter lab

test: test-java test-python

# With the installed package: the gateway's own tests start real kernels through it.
test-java: install
	@$(WITH_JAVA) && $(MVN) verify -Dpenstock.test.python="$(CURDIR)/$(PY)" -Dsurefire.rerunFailingTestsCount=$(RERUNS)

test-python: install
	@cd kernelspec && "$(CURDIR)/$(PY)" $(PYTEST) $(SEVERAL) tests
	@$(PY) $(PYTEST) $(SEVERAL) tests --ignore=tests/pages --ignore=tests/clients --ignore=tests/test_suites.py --ignore=tests/test_server.py --ignore=tests/$(TRAFFIC) --deselect=$(VERSIONS)

pages: $(BUILD)/pages
	@sh scripts/find-chromium.sh >/dev/null
	@$(PAGES_PY) $(PYTEST) tests/pages

# The suites of others and their servers, then which program can do what; writes docs/clients.md when all of them are here.
clients: $(BUILD)/clients
	@$(PY) $(PYTEST) tests/test_suites.py tests/test_server.py tests/$(TRAFFIC) tests/$(VERSIONS)
	@$(PY) $(PYTEST) tests/clients --via provisioner

# What the server has of it is kept with the sources: building the server takes no Node.
typescript: $(BUILD)/typescript
	@cd clients/typescript && rm -rf dist && npm run --silent check && npm run --silent build
	@rm -f $(SERVED_CLIENT)/*.js && cp clients/typescript/dist/*.js $(SERVED_CLIENT)/

lint: install
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --quiet --check .
	@$(VENV)/bin/mypy --no-error-summary
	@$(WITH_JAVA) && $(MVN) spotless:check

format: $(BUILD)/venv
	@$(VENV)/bin/ruff check --quiet --fix-only .
	@$(VENV)/bin/ruff format --quiet .
	@$(WITH_JAVA) && $(MVN) spotless:apply

bench: install
	@$(PY) -m bench.run

bench-serve: install
	@$(PY) -m bench.serve.run --page docs/figures-serve.md

# PathView's server is in the environment of the pages.
bench-http: install $(BUILD)/pages
	@$(PY) -m bench.http.run --page docs/figures-http.md

wheel: $(PACKAGED_JAR) $(BUILD)/wheel

install: $(BUILD)/install

# --- what the above stand on -------------------------------------------------------------------------------------

$(BUILD):
	@mkdir -p $@

$(JAR): $(JAVA_SOURCES)
	@echo "building the gateway"
	@$(WITH_JAVA) && $(MVN) package -DskipTests
	@touch $@

# As a new file: gateways that run read the old one on.
$(PACKAGED_JAR): $(JAR)
	@mkdir -p $(@D)
	@cp $< $@.new && mv $@.new $@

$(BUILD)/venv: requirements-dev.txt | $(BUILD)
	@echo "installing Python packages into $(VENV)"
	@python=$$(sh scripts/find-python.sh) && { [ -x $(PY) ] || "$$python" -m venv $(VENV); }
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Editable: only a change of the package's metadata, data files or jar asks for another installation.
$(BUILD)/install: $(BUILD)/venv $(PACKAGED_JAR) kernelspec/pyproject.toml $(shell find kernelspec/src/penstock/resources kernelspec/src/penstock/jupyter/config kernelspec/src/penstock/labextension -type f 2>/dev/null)
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable ./kernelspec
	@touch $@

$(BUILD)/lab: $(BUILD)/venv
	@echo "installing JupyterLab into $(VENV)"
	@$(PY) -m pip install --quiet --disable-pip-version-check jupyterlab
	@touch $@

# JupyterLab and what it brings stay out of the environment that the other tests run in.
$(BUILD)/pages: $(BUILD)/install requirements-pages.txt
	@echo "installing Jupyter's pages into .venv-pages"
	@python=$$(sh scripts/find-python.sh) && { [ -x $(PAGES_PY) ] || "$$python" -m venv .venv-pages; }
	@$(PAGES_PY) -m pip install --quiet --disable-pip-version-check -r requirements-pages.txt --editable ./kernelspec
	@touch $@

# The programs that are Python packages join the tests' environment; Node's package is left out where there is no npm.
$(BUILD)/clients: $(BUILD)/install requirements-clients.txt clients/typescript/package.json
	@echo "installing client programs into $(VENV) and build/node"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-clients.txt
	@mkdir -p build/node
	@if command -v npm >/dev/null; then npm install --silent --no-audit --no-fund --no-save --no-package-lock --prefix build/node zeromq@6 @jupyterlab/services@7 eventsource@4 jayson@5 json-rpc-2.0@1 && $(MAKE) $(BUILD)/typescript; \
	 else echo "make: no npm found on PATH: install Node 20 or newer to check its clients, too"; fi
	@touch $@

$(BUILD)/typescript: clients/typescript/package.json | $(BUILD)
	@echo "installing the TypeScript client's tools into clients/typescript/node_modules"
	@cd clients/typescript && npm install --silent --no-audit --no-fund --no-save --no-package-lock
	@touch $@

$(BUILD)/wheel: $(BUILD)/venv $(PACKAGED_JAR) $(PYTHON_SOURCES)
	@rm -rf dist
	@$(PY) -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist ./kernelspec
	@echo "dist/: $$(cd dist && ls)"
	@touch $@

clean:
	@rm -rf build dist $(VENV) .venv-pages bench/results kernelspec/build kernelspec/dist protocol/target kernel-gateway/target target
	@rm -rf clients/typescript/build clients/typescript/dist clients/typescript/node_modules
	@rm -f $(PACKAGED_JAR)
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
