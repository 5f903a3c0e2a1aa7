# Targets that devenv supplies, because the checkout's Makefile lacks them or theirs cannot work here (compose.yaml says
# why for each). The checkout's own stay within reach: `make <target>` in `make dev.shell`.
#
#   dev.test                       all tests
#   dev.test TESTS=path            some: files, folders, node ids, or any pytest arguments
#   dev.static.dev, dev.static     webpack once; and collectstatic

PYTHON := DJANGO_SETTINGS_MODULE=devenv_discovery.test python
STATS := /edx/var/discovery/webpack-stats.json
WEBPACK := webpack --config /etc/devenv/webpack.config.js

# The classes that drive Firefox, when geckodriver is not in this image.
BROWSER_TESTS := $(if $(shell command -v geckodriver),,ProgramAdminFunctionalTests CourseTaggingDetailViewJSTests)

.PHONY: test static static.dev static.watch

# The options of the checkout's pytest.ini stand (-n2, coverage); coverage of a part says nothing, so not for TESTS.
test: $(STATS)
ifdef BROWSER_TESTS
	@cat /opt/discovery/BOWER_SKIPPED
endif
	pytest --ds=devenv_discovery.test $(if $(BROWSER_TESTS),-k "not ($(subst $() $(), or ,$(BROWSER_TESTS)))") \
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
