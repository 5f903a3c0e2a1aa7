# What a person and CI call. `make` alone lists it.

SERVICE ?= hello
PACKAGE = $(firstword $(wildcard packages/$(SERVICE) examples/$(SERVICE)/environment))
WITH_SET_UP = tools/with-set-up.sh
DEVENV = env NODE_EXTRA_CA_CERTS= node packages/core/bin/devenv.js --package '$(PACKAGE)' $(if $(CHECKOUT),--checkout '$(CHECKOUT)')
RUN = $(if $(PACKAGE),,$(error There is no service $(SERVICE): neither packages/$(SERVICE) nor examples/$(SERVICE) is there))$(WITH_SET_UP) '$(PACKAGE)' -- $(DEVENV)

.PHONY: help start watch stop clean set-up check test bench

help: ## this list
	@awk -F ':.*## ' '/^[a-z.-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

start: ## set up what is missing, bring up a service from its checkout, print its address (SERVICE=hello CHECKOUT=PATH)
	@$(RUN) start

watch: ## the same, and show its logs
	@$(RUN) watch

stop: ## stop that service
	@$(RUN) stop

clean: ## remove what devenv created for it
	@$(RUN) clean

set-up: ## install what is missing, and nothing more
	@$(WITH_SET_UP) -- true

check: ## format, lint, import boundaries, types, unit tests, unused code
	@$(WITH_SET_UP) -- tools/check.sh

test: ## set up what is missing and pass all tests: `check`, then the scenarios on a real engine
	@$(WITH_SET_UP) examples/hello/environment -- tools/test.sh

bench: ## ratios of speed, measured side by side
	@$(WITH_SET_UP) examples/hello/environment -- node tools/bench/bench.mjs
