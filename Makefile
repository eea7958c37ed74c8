# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 the assumerole.s3 contributors

PYTHON ?= python3
UV ?= uv

requirements := tests/requirements
pip := -m pip install --no-compile -q --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-24s %s\n", $$1, $$2}'

## Environments: nothing is ever activated, so every command names its own interpreter.

.PHONY: env env-dev env-enforcing env-localstack emulators
env: .venv/run.stamp ## what a playbook run needs, in .venv
env-dev: .venv/dev.stamp ## what tests and lint need, in .venv
env-enforcing: .venvs/enforcing/enforcing.stamp ## the emulator that enforces IAM, in .venvs/enforcing
env-localstack: .venvs/localstack/localstack.stamp ## LocalStack, in .venvs/localstack
emulators: env-enforcing env-localstack ## both emulators

# A stamp is newer than its list of packages, so a changed list is installed again.
.venv/%.stamp .venvs/enforcing/%.stamp .venvs/localstack/%.stamp: $(requirements)/%.txt | python-is-new-enough
	@test -x $(@D)/bin/pip || $(PYTHON) -m venv $(@D)
	@echo "installing $< into $(@D)"
	@$(@D)/bin/python $(pip) -r $<
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
	@$(call pin,localstack,--exclude-newer 2026-03-05)

pin = $(UV) pip compile --upgrade --quiet --no-header --no-annotate --python-version 3.12 $(2) \
	$(requirements)/$(1).in --output-file $(requirements)/$(1).txt
