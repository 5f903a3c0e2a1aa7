# What a person and CI call. `make` alone lists it.

SERVICE ?= hello
PACKAGES = $(patsubst %/compose.yaml,%,$(wildcard packages/*/compose.yaml examples/*/environment/compose.yaml))
# Those that start in `make test`.
TESTED = $(sort $(patsubst %/test/,%,$(dir $(wildcard $(foreach test,*.scenario.ts *.sh test_*.py,\
  packages/*/test/$(test) examples/*/environment/test/$(test))))))
SERVICES = $(sort $(patsubst packages/%,%,$(patsubst examples/%/environment,%,$(PACKAGES))))
PACKAGE = $(firstword $(wildcard packages/$(SERVICE) examples/$(SERVICE)/environment))
WITH_SET_UP = tools/with-set-up.sh
DEVENV = env $(devenv.environment) node packages/core/bin/devenv.js --package '$(PACKAGE)' $(if $(CHECKOUT),--checkout $(call devenv.quoted,$(CHECKOUT)))
UNKNOWN = There is no service $(SERVICE). There are: $(SERVICES)
RUN = $(if $(PACKAGE),,$(error $(UNKNOWN)))$(WITH_SET_UP) '$(PACKAGE)' $(if $(WITH),$(PACKAGES) )-- $(DEVENV)

.PHONY: help start watch stop clean set-up check test accept faults bench ci.image ci.publish ci.seeds ci.lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z.-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo "  make devenv.COMMAND, make dev.TARGET   as in a checkout, for SERVICE and CHECKOUT; \`make dev.help\` lists them"

# Not in the recipe: a comma ends an argument of make's own functions.
TOLD_hello = echo 'Its code: examples/hello/service; `make watch` shows its logs, `make stop` stops it'

start: ## set up this machine, start a service from its checkout, print its address (SERVICE=hello CHECKOUT=PATH WITH=PATH)
	@$(RUN) start$(devenv.with)
	@$(if $(CHECKOUT),,$(TOLD_$(SERVICE)))

watch: ## do the same, and show the logs
	@$(RUN) watch$(devenv.with)

stop: ## stop that service
	@$(RUN) stop

clean: ## remove everything that devenv created for it
	@$(RUN) clean

set-up: ## set up this machine, and nothing more
	@$(WITH_SET_UP) -- true

check: ## check format, lint, words, import boundaries, types and unused code; run the unit tests
	@$(WITH_SET_UP) -- tools/check.sh

test: ## set up this machine and run all tests: `check`, then the scenarios on a real engine
	@$(WITH_SET_UP) $(TESTED) -- tools/test.sh

# The LMS beside the forum is edx-platform’s snapshot, and runs with the images that edx-platform names.
BESIDE_forums = packages/edx-platform

accept: ## work on a clone of a real checkout as a person does, in a browser too (SERVICE=discovery CHECKOUT=PATH WITH=PATH KEEP=1)
	@$(if $(PACKAGE),,$(error $(UNKNOWN)))$(if $(CHECKOUT),,$(error Name a clone of $(SERVICE): CHECKOUT=PATH))$(WITH_SET_UP) '$(PACKAGE)' $(BESIDE_$(SERVICE)) $(if $(WITH),$(PACKAGES)) -- \
	  node tools/acceptance/accept.mjs '$(PACKAGE)' $(call devenv.quoted,$(CHECKOUT)) $(if $(WITH),$(call devenv.quoted,$(WITH)))

faults: ## interrupt, break and fill up hello, and see that one start mends it (CLASS=links SAMPLE=20 SEED=7)
	@$(WITH_SET_UP) examples/hello/environment -- node tools/faults/faults.mjs

bench: ## measure the speed, side by side with plain Docker commands
	@$(WITH_SET_UP) examples/hello/environment -- sh -c "node tools/bench/bench.mjs && node tools/bench/images.mjs"

ci.image: ## pull or build the images of changed environments (BASE=COMMIT: changed since then)
	@$(WITH_SET_UP) $(PACKAGES) -- node tools/ci/images.mjs image

# Without stand-ins: published images are built on the official ones.
ci.publish: ## publish images, and npm packages released here (BASE=COMMIT, RELEASE=discovery@1.4.2, DRY_RUN=1)
	@$(WITH_SET_UP) -- node tools/ci/images.mjs publish
	@node tools/ci/packages.mjs

ci.seeds: ## publish ready data of releases, made from nothing where the registry lacks them (BASE=COMMIT, RELEASE=…, DRY_RUN=1)
	@$(WITH_SET_UP) -- node tools/ci/images.mjs seeds

ci.lock: ## look up today's official images and release commits; write devenv-lock.json of each package
	@$(WITH_SET_UP) -- node_modules/.bin/nx run-many --targets=lock --parallel=1 --output-style=stream

include packages/core/make/devenv.mk
devenv.options = SERVICE CHECKOUT
devenv.run = $(RUN)
