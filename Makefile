# Everything one can do here. `make` alone says what there is.
.PHONY: help setup run chat train test lint clean

help:            ## this list
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

setup:           ## the two environments, if the lock files changed since
	@./deploy/setup.sh

run: setup       ## start everything on this machine (PORT=8080 HOST=127.0.0.1)
	@exec .venv/bin/anlu run

chat: setup      ## the same assistant in the terminal
	@exec .venv/bin/anlu chat

train: setup     ## train the dialogue model again
	@.venv/bin/anlu train --force
