# What a person and CI call. `make` alone lists it.

SERVICE ?= hello
PACKAGES = $(patsubst %/compose.yaml,%,$(wildcard packages/*/compose.yaml examples/*/environment/compose.yaml))
PACKAGE = $(firstword $(wildcard packages/$(SERVICE) examples/$(SERVICE)/environment))
WITH_SET_UP = tools/with-set-up.sh
DEVENV = env NODE_EXTRA_CA_CERTS= node packages/core/bin/devenv.js --package '$(PACKAGE)' $(if $(CHECKOUT),--checkout '$(CHECKOUT)')
RUN = $(if $(PACKAGE),,$(error There is no service $(SERVICE): neither packages/$(SERVICE) nor examples/$(SERVICE) is there))$(WITH_SET_UP) '$(PACKAGE)' -- $(DEVENV)

.PHONY: help start watch stop clean set-up check test accept bench ci.image ci.publish ci.lock

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
	@$(WITH_SET_UP) examples/hello/environment packages/edx-platform packages/forums -- tools/test.sh

# The LMS beside the forum is edx-platform’s snapshot: its own images have to be there to publish it.
BESIDE_forums = packages/edx-platform

accept: ## do on a clone of a real checkout what a person does, in a browser too (SERVICE=discovery CHECKOUT=PATH KEEP=1)
	@$(if $(PACKAGE),,$(error There is no service $(SERVICE)))$(if $(CHECKOUT),,$(error Name a clone of $(SERVICE): CHECKOUT=PATH))$(WITH_SET_UP) '$(PACKAGE)' $(BESIDE_$(SERVICE)) -- \
	  node tools/acceptance/accept.mjs '$(PACKAGE)' '$(CHECKOUT)'

bench: ## ratios of speed, measured side by side
	@$(WITH_SET_UP) examples/hello/environment -- sh -c "node tools/bench/bench.mjs && node tools/bench/images.mjs"

ci.image: ## have the images of changed environments, from the registry or built (BASE=COMMIT: changed since then)
	@$(WITH_SET_UP) $(PACKAGES) -- node tools/ci/images.mjs image

# Without stand-ins: what is published is made from the official images.
ci.publish: ## publish images, and npm packages released here (BASE=COMMIT, RELEASE=discovery@1.4.2, DRY_RUN=1)
	@$(WITH_SET_UP) -- node tools/ci/images.mjs publish
	@node tools/ci/packages.mjs

ci.lock: ## look up official images and commits of releases anew: devenv-lock.json of each package
	@$(WITH_SET_UP) -- node_modules/.bin/nx run-many --targets=lock --parallel=1 --output-style=stream
