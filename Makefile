# Everything one can do here. `make` alone says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.PHONY: help setup run chat train test lint bench

help:            ## this list
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/  /'

setup:           ## the two environments, if the lock files changed since
	@./deploy/setup.sh

run: setup       ## start everything on this machine (PORT=8080 HOST=127.0.0.1)
	@exec .venv/bin/anlu run

chat: setup      ## the same assistant in the terminal
	@exec .venv/bin/anlu chat

train: setup     ## train the dialogue model again
	@.venv/bin/anlu train --force

test: setup      ## everything a change must pass: style, types, import order, texts, tests
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy --no-error-summary
	@.venv/bin/lint-imports --no-cache | tail -4
	@.venv/bin/anlu content check | tail -1
	@.venv/bin/anlu train
	@.venv/bin/python -m pytest -q

lint: setup      ## only style, types and import order
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: setup     ## the figures in docs/benchmarks: whole path beside Rasa's starter bot
	@.venv/bin/python -m tests.benchmarks.whole_path
