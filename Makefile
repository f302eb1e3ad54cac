# `make help` lists the verbs. Needs only Python 3.11+ and make.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help install run test check openapi fmt lock bench verify

help:  ## list the verbs
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP)  ## make .venv with everything in it

$(STAMP): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "redress: Python 3.11 or newer is needed")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt -r requirements-dev.txt
	@touch $(STAMP)

run: install  ## bring up the whole product on this machine
	@$(BIN)/python -m tools.run

test: install  ## run every test: unit, integration, end to end
	@$(BIN)/python -m tools.chromium
	@$(BIN)/python -m pytest --numprocesses auto --dist loadgroup $(ARGS)

check: install  ## lint, types, arrows, migrations, documents, dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m tools.arrows
	@$(BIN)/python -m tools.documents
	@$(BIN)/python -m pip check --disable-pip-version-check

openapi: install  ## make anew what docs/ has of the code: OpenAPI, AsyncAPI, events, the socket
	@$(BIN)/python -m tools.documents openapi

fmt: install  ## format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: install  ## compile the locked requirements from the .in files
	@$(BIN)/uv pip compile --quiet --universal --no-annotate --no-emit-index-url --custom-compile-command "make lock" --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --no-annotate --no-emit-index-url --custom-compile-command "make lock" --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt
	@$(BIN)/uv pip compile --quiet --universal --no-annotate --no-emit-index-url --custom-compile-command "make lock" --python-version 3.11 --generate-hashes bench/relay/rivals/requirements.in -o bench/relay/rivals/requirements.txt

bench: install  ## measure: from submit to screen and phone, and the parts
	@$(BIN)/python -m bench $(ARGS)

verify: install  ## check a running deployment from outside: make verify URL=https://…
	@$(BIN)/python -m tools.verify $(URL)

