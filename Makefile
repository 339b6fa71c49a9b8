# Everything runs in .venv, which is made when it is first needed. Needed before:
# make, python3 (3.11 or newer) and its venv module.

PYTHON ?= python3
BIN := .venv/bin
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt

# The two stamps say that .venv holds what setup.py and constraints.txt ask for.
INSTALLED := .venv/installed
INSTALLED_TEST := .venv/installed-test

# Programs that some tests need, by their Debian packages. Installed where make runs
# as root; elsewhere those tests are skipped, with the reason in their summary.
# The last one is what Playwright's own node is linked to.
DEBIAN_PACKAGES := postgresql libnet-smpp-perl nodejs npm tshark python3-gammu gammu smstools chromium faketime libatomic1

# What one of the carriers in the tests is made of, and what judges the pages; npm
# writes the second file in each.
NODE_FOLDERS := tests/system/peers/node tests/browser
NODE_INSTALLED := $(NODE_FOLDERS:%=%/node_modules/.package-lock.json)
NPM_CI := npm ci --ignore-scripts --loglevel=error --fetch-retries=1

# What waits and what takes long comes first, so that nothing long is left alone at the
# end. The last one stands for all the rest.
TEST_ORDER := tests/system tests/browser tests

.PHONY: help run test lint bench bench-pages bench-reload flood morning crash crash-modem crash-deadline again locked faults faults-modem browser-states diagram panduan screenshots system-packages clean

help:
	@echo "make run             a demo centre with simulators, in this terminal"
	@echo "make test            all tests"
	@echo "make lint            ruff and mypy"
	@echo "make bench           the benchmarks, with their ratios"
	@echo "make bench-pages     how long pages take over 700 units and two years"
	@echo "make bench-reload    a browser reloads pages: what the links notice"
	@echo "make flood           one number floods the centre: what the others notice"
	@echo "make morning         a morning of 700 units at 100 times the speed, counted"
	@echo "make crash           kill -9 at random moments and at every failpoint"
	@echo "make crash-modem     the same with a GSM modem"
	@echo "make crash-deadline  ends within a second of a deadline, and starts again"
	@echo "make again           what carriers deliver or answer twice, late or never"
	@echo "make locked          a database that is locked, slow or full, under load"
	@echo "make faults          a carrier that cuts, dribbles, floods and sends garbage"
	@echo "make faults-modem    modems pulled out, mute, full, without a network"
	@echo "make browser-states  every page empty, crowded and in error, for every role"
	@echo "make diagram         draw the states of sessions for docs/ from their tables"
	@echo "make panduan         write the officers' guide in docs/ from their commands"
	@echo "make screenshots     take the pictures of the pages for docs/"
	@echo "make clean           remove .venv and what the tools leave behind"

run: $(INSTALLED)
	$(BIN)/smscentre demo

test: $(INSTALLED_TEST) system-packages $(NODE_INSTALLED)
	$(BIN)/pytest -q -n 5 --dist loadfile --no-loadscope-reorder $(TEST_ORDER)

lint: $(INSTALLED_TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(INSTALLED_TEST)
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.run --slow-sync 5

bench-pages: $(INSTALLED_TEST)
	$(BIN)/python -m benchmarks.pages

flood: $(INSTALLED_TEST)
	$(BIN)/python -m benchmarks.flood

bench-reload: $(INSTALLED_TEST)
	$(BIN)/python -m benchmarks.reload

morning: $(INSTALLED_TEST) system-packages
	$(BIN)/python -m tests.system.morning

crash: $(INSTALLED_TEST)
	$(BIN)/python -m tests.system.crash --trials 50 --point-trials 10

crash-modem: $(INSTALLED_TEST)
	$(BIN)/python -m tests.system.crash_modem --trials 50 --point-trials 10

crash-deadline: $(INSTALLED_TEST) system-packages
	$(BIN)/python -m tests.system.crash_deadline --trials 50

again: $(INSTALLED_TEST)
	$(BIN)/python -m tests.system.again --rounds 3

locked: $(INSTALLED_TEST)
	$(BIN)/python -m tests.system.locked

faults: $(INSTALLED_TEST)
	$(BIN)/python -m tests.system.faults

faults-modem: $(INSTALLED_TEST)
	$(BIN)/python -m tests.system.faults_modem

browser-states: $(INSTALLED_TEST) system-packages $(NODE_INSTALLED)
	$(BIN)/python -m tests.browser.states

$(BIN)/python:
	$(PYTHON) -m venv .venv

$(INSTALLED): setup.py constraints.txt | $(BIN)/python
	$(PIP_INSTALL) -e .
	@touch $@

$(INSTALLED_TEST): setup.py constraints.txt | $(BIN)/python
	$(PIP_INSTALL) -e '.[test,postgresql]'
	@touch $@ $(INSTALLED)

diagram: $(INSTALLED)
	$(BIN)/python -m docs.session_diagram

screenshots: $(INSTALLED_TEST) system-packages $(NODE_INSTALLED)
	$(BIN)/python -m docs.screenshots

panduan: $(INSTALLED)
	$(BIN)/python -m docs.panduan

# A program may also be there from elsewhere: node comes with an npm of its own.
system-packages:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	then \
	    missing=; \
	    for package in $(DEBIAN_PACKAGES); do \
	        dpkg-query --status $$package >/dev/null 2>&1 \
	            || command -v $$package >/dev/null \
	            || missing="$$missing $$package"; \
	    done; \
	    [ -z "$$missing" ] || apt-get update -qq; \
	    for package in $$missing; do \
	        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	            --no-install-recommends $$package >/dev/null \
	        || echo "not installed: $$package; tests that need it are skipped"; \
	    done; \
	fi

$(NODE_INSTALLED): %/node_modules/.package-lock.json: %/package-lock.json | system-packages
	@command -v npm >/dev/null && $(NPM_CI) --prefix $* >/dev/null \
	    && touch $@ \
	    || echo "not installed: npm packages of $*; tests that need them are skipped"

clean:
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache _trial_temp*
	rm -rf build dist smscentre.egg-info $(NODE_FOLDERS:%=%/node_modules)
	find smscentre tests benchmarks twisted -name __pycache__ -prune -exec rm -rf {} +
