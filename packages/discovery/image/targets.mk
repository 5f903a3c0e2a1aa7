# Targets that stand in for the checkout's own; compose.yaml says why for each. Inside the container the checkout's
# are a plain `make test` away.
#
#   make dev.test                  all tests
#   make dev.test TESTS=PATH       some: files, folders, node ids, and any other arguments of pytest
#   make dev.static.dev            webpack, once
#   make dev.static                and collectstatic
#   make dev.static.watch          webpack, again and again: what the program `assets` does anyway

WEBPACK := webpack --config /etc/devenv/webpack.config.js
STATS := /edx/var/discovery/webpack-stats.json

# The classes that drive Firefox, where its driver was left out of the image.
LEFT_OUT := $(if $(wildcard /opt/discovery/BOWER_SKIPPED),ProgramAdminFunctionalTests CourseTaggingDetailViewJSTests)
EMPTY :=
SPACE := $(EMPTY) $(EMPTY)

.PHONY: test static static.dev static.watch

# pytest.ini of the checkout stands: -n2, and coverage. That of a part says nothing, so with TESTS it is not measured.
test: $(STATS)
ifneq ($(LEFT_OUT),)
	@cat /opt/discovery/BOWER_SKIPPED
endif
	pytest --ds=devenv_discovery.test $(if $(LEFT_OUT),-k "not ($(subst $(SPACE), or ,$(LEFT_OUT)))") \
	  $(if $(TESTS),--no-cov $(TESTS))

# Templates ask for the bundles. Once they are there, the program `assets` keeps them fresh.
$(STATS):
	$(WEBPACK)

static: static.dev
	python manage.py collectstatic -v 0 --noinput

static.dev:
	$(WEBPACK)

static.watch:
	$(WEBPACK) --watch
