# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 the assumerole.s3 contributors

PYTHON ?= python3
UV ?= uv

requirements := tests/requirements
pip := -m pip install -q --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-24s %s\n", $$1, $$2}'

# Made-up input is the same in each run of `make test`, so red means that the code has changed; `make faults` makes up more.
same_examples := --hypothesis-profile=ci

## The job, and what shows that it is done.

.PHONY: demo test lint style lint-docs units integration servers faults-sample molecule sanity
.PHONY: docs bench fleet screenshots operator-policies oracle faults matrix clients

demo: env env-enforcing ## provision, verify and tear down the example contract on an emulator
	@.venv/bin/python tests/emulators/emulator.py run enforcing .state/demo tests/demo.sh

# The environments stand first, so nothing is installed twice. Then the longest first, and three at a time on two cores:
# much of it is waiting, for AWS to catch up or for a server to start.
test: ## all that CI runs
	@$(MAKE) --no-print-directory -j 2 env-dev emulators env-faults env-seaweedfs env-ecosystem
	@$(MAKE) --no-print-directory -j 3 --output-sync=target integration molecule faults-sample servers sanity style units
	@echo "make test: everything passed"

lint: style sanity lint-docs ## all of the community's tools, without an exception

style: env-dev env-ecosystem ## what of it is quick: code, types, YAML, the changelog and licences
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --quiet --check .
	@.venv/bin/mypy .collections/ansible_collections/assumerole/s3/plugins tests/emulators/emulator.py tests/lab
	@$(in_venv) ansible-lint --config-file .config/ansible-lint.yml
	@$(in_venv) antsibull-changelog lint
	@.venv/bin/shellcheck tests/*.sh tests/servers/*.sh .ci/run
	@.venvs/ecosystem/bin/reuse lint --quiet || .venvs/ecosystem/bin/reuse lint

lint-docs: env-dev env-docs ## the documentation of modules, filters and the role
	@$(in_docs) antsibull-docs lint-collection-docs --plugin-docs .

units: env-dev ## the pure code
	@.venv/bin/python -m pytest -q $(same_examples) tests/unit tests/property

integration: env-dev emulators env-ecosystem ## the modules and playbooks against the emulators, a file at a time on each of two cores
	@.venv/bin/python -m pytest -q $(same_examples) -n 2 --dist loadfile --no-loadscope-reorder $(slow_first)

servers: env-dev env-seaweedfs $(if $(CEPH),env-ceph) ## servers that are no emulators: SeaweedFS, half a minute; with CEPH=1 Ceph, too, minutes
	@.venv/bin/python -m pytest -q -m "servers$(if $(CEPH), or ceph)" tests/servers

molecule: env-dev emulators ## the scenarios: default on LocalStack, enforced on the enforcing emulator
	@rm -rf .state/molecule
	@$(in_venv) molecule test --all
	@for scenario in $(scenarios); do test -f .state/molecule/$$scenario.verified || { echo "The scenario $$scenario has verified nothing: see molecule/shared/verify.yml" >&2; exit 1; }; done

sanity: env-dev env-ecosystem ## the built collection under ansible-test and Galaxy's importer
	@$(in_venv) tests/ansible_test.sh
	@$(in_venv) tests/importer.sh

docs: lint-docs emulators ## the reference as HTML, in .build/docs/html, and every command of README and guides
	@.venv/bin/python tests/docs/variable_table.py
	@$(script) tests/docs/check_tables.py
	@rm -rf .build/docs && mkdir -p .build/docs/rst
	@$(in_docs) antsibull-docs collection --use-current --squash-hierarchy --fail-on-error --dest-dir .build/docs/rst assumerole.s3
	@$(in_docs) sphinx-build -q -C -D extensions=sphinx_antsibull_ext -D html_theme=sphinx_ansible_theme -D project=assumerole.s3 \
		-D suppress_warnings=ref.ref .build/docs/rst .build/docs/html
	@.venv/bin/python -m pytest -q -m whole tests/docs
	@echo "the reference: .build/docs/html/index.html"

faults-sample: env-dev env-enforcing env-faults ## a sample of what `make faults` tries
	@.venv/bin/python -m pytest -q $(same_examples) tests/faults

oracle: env-dev env-enforcing ## the comparison of policies beside the emulator's evaluator, over 10,000 random pairs: some three minutes
	@.venv/bin/python -m pytest -q -s -m whole tests/oracle

faults: env-dev env-enforcing env-faults ## every fault on every operation, crashes, 50 contracts at once: takes hours
	@FAULT_CONTRACTS=50 FAULT_PAIRS=380 FAULT_EXAMPLES=1000 FAULT_VERBS=provision,verify,rotate,teardown FAULT_KEY_CRASHES=every \
		.venv/bin/python -m pytest -q -s -m "whole or not whole" tests/faults tests/property
	@$(script) tests/faults/matrix.py --crashes 40
	@$(script) tests/faults/matrix.py
	@$(script) tests/faults/matrix.py --rich
	@$(script) tests/faults/matrix.py --survey
	@$(script) tests/faults/matrix.py --discovery

matrix: env-dev env-enforcing ## every supported ansible-core, with the oldest and the newest libraries: some 20 minutes
	@.venv/bin/python tests/versions/run.py $(ROWS)

bench: env-dev env-enforcing ## verification against the same by hand, in time and in requests
	@$(script) tests/bench/bench.py $(ROUNDS)

clients: env-dev env-enforcing env-clients ## the programs that people use, as the role: two minutes; rclone and restic come from the system
	@for program in rclone restic; do command -v $$program >/dev/null || { echo "make clients needs $$program: install it first (on Debian: apt-get install $$program)" >&2; exit 1; }; done
	@.venv/bin/python -m pytest -q -m "whole or not whole" tests/clients

fleet: env-dev env-enforcing ## many contracts with each verb: make fleet N=100 FORKS="4 16" SLICE=100
	@$(script) tests/bench/fleet.py $(or $(N),100) $(or $(SLICE),100) $(FORKS)

screenshots: env-dev env-enforcing env-browser ## the report's pages in Chromium, and their pictures for docs/
	@mkdir -p .state
	@$(in_venv) python tests/emulators/emulator.py run enforcing .state/screenshots sh tests/screenshots/pages.sh $(CURDIR)/.state/pages >.state/screenshots.log 2>&1 || { tail -n 30 .state/screenshots.log >&2; exit 1; }
	@node tests/screenshots/check.mjs .venvs/browser .state/pages docs/images

operator-policies: env-dev env-enforcing ## that the verbs work with the operator's policies, and that no action can be left out
	@.venv/bin/python -m pytest -q -m whole tests/operator
	@$(script) tests/operator/minimal.py $(POLICIES)

scenarios := default enforced
slow_first := $(addprefix tests/,stranger integration mutations oracle operator docs versions clients)
# A script finds what pytest finds by pythonpath of pyproject.toml: the collection, and the lab.
script := PYTHONPATH=.collections:tests .venv/bin/python
in_venv := env -u AWS_PROFILE -u AWS_DEFAULT_PROFILE PATH="$(CURDIR)/.venv/bin:$$PATH" ANSIBLE_HOME="$(CURDIR)/.build/ansible"
# antsibull-docs copies only what git knows; .venv, where amazon.aws is, must not count as a part of this repository.
in_docs := env PATH="$(CURDIR)/.venvs/docs/bin:$(CURDIR)/.venv/bin:$$PATH" ANSIBLE_HOME="$(CURDIR)/.build/ansible" GIT_CEILING_DIRECTORIES="$(CURDIR)/.venv"

## Environments: nothing is ever activated, so every command names its own interpreter.

.PHONY: env env-dev env-enforcing env-localstack env-faults env-seaweedfs env-ceph env-ecosystem env-clients env-docs env-browser emulators
env: .venv/run.stamp ## what a playbook run needs, in .venv
env-dev: .venv/aws.stamp ## what tests and lint need, in .venv
env-enforcing: .venvs/enforcing/enforcing.stamp ## the emulator that enforces IAM, in .venvs/enforcing
env-localstack: .venvs/localstack/localstack.stamp ## LocalStack, in .venvs/localstack
env-faults: .venvs/faults/faults.stamp ## the proxy that makes AWS misbehave, in .venvs/faults
env-seaweedfs: .venvs/seaweedfs/seaweedfs.stamp ## a server of S3 and STS that judges for itself, in .venvs/seaweedfs
env-ceph: .venvs/ceph/ceph.stamp ## Ceph's gateway out of Debian sid, in .venvs/ceph: needs Debian and root
env-ecosystem: .venvs/ecosystem/ecosystem.stamp ## the community's own tools, in .venvs/ecosystem
env-clients: .venvs/clients/clients.stamp ## programs that people use with S3, in .venvs/clients
env-docs: .venvs/docs/docs.stamp ## what make docs needs, in .venvs/docs
env-browser: .venvs/browser/browser.stamp ## what looks at pages, in .venvs/browser; Chromium and npm come from the system
emulators: env-enforcing env-localstack ## both emulators

# A stamp is newer than its list of packages, so a changed list is installed again.
.venvs/ceph/ceph.stamp: tests/servers/ceph-packages.sh
	@rm -rf .venvs/ceph
	@tests/servers/ceph-packages.sh "$(CURDIR)/.venvs/ceph"
	@touch $@

stamps := .venv/%.stamp $(foreach name,enforcing localstack faults seaweedfs ecosystem docs clients,.venvs/$(name)/%.stamp)
$(stamps): $(requirements)/%.txt | python-is-new-enough
	@test -x $(@D)/bin/pip || $(PYTHON) -m venv $(@D)
	@echo "installing $< into $(@D)"
	@$(@D)/bin/python $(pip) -r $<
	@touch $@

# The AWS CLI's own script does not start from a folder with a space in its name.
.venv/aws.stamp: .venv/dev.stamp
	@printf '#!/bin/sh\nexec "$${0%%/*}/python" -m awscli "$$@"\n' >.venv/bin/aws
	@touch $@

# Lock files of npm hold addresses of a registry: the versions are pinned in package.json.
.venvs/browser/browser.stamp: $(requirements)/browser/package.json
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null || { echo "make screenshots needs Chromium: install it first (on Debian: apt-get install chromium)" >&2; exit 1; }
	@command -v npm >/dev/null || { echo "make screenshots needs Node.js and npm: install them first" >&2; exit 1; }
	@mkdir -p $(@D) && cp $< $(@D)/
	@echo "installing $< into $(@D)"
	@npm install --prefix $(@D) --no-package-lock --no-audit --no-fund --ignore-scripts --silent
	@touch $@

.PHONY: python-is-new-enough
python-is-new-enough:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not installed: install Python 3.12 or newer, or name it with make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 12) else "$(PYTHON) is Python %d.%d: name Python 3.12 or newer with make PYTHON=..." % sys.version_info[:2])'

.PHONY: requirements
requirements: ## pin the newest versions again (needs uv)
	@$(call pin,run)
	@$(call pin,dev,-c $(requirements)/run.txt)
	@$(call pin,enforcing)
	@$(call pin,ecosystem)
	@$(call pin,docs)
	@$(call pin,localstack,--exclude-newer 2026-03-05)
	@$(call pin,faults,--universal)
	@$(call pin,seaweedfs)
	@$(call pin,clients)

pin = $(UV) pip compile --upgrade --quiet --no-header --no-annotate --python-version 3.12 $(2) \
	$(requirements)/$(1).in --output-file $(requirements)/$(1).txt

.PHONY: clean
clean: ## remove what make made, and stop emulators that still run
	@for state in .state/*/; do if [ -f "$$state/pid" ]; then $(PYTHON) tests/emulators/emulator.py stop "$$state"; fi; done
	@rm -rf .venv .venvs .build .state .ansible assumerole-s3-*.tar.gz
	@find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
