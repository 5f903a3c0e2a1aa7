# Targets that the checkout lacks, or that stand in for its own; compose.yaml says why for each. Inside the container the
# checkout's are a plain `make migrate` away.
#
#   make dev.test                                  all tests: first those of LMS, common, openedx and xmodule, then Studio's
#   make dev.test TESTS=lms/djangoapps/branding    some: files, folders, node ids; what lies in cms/ with Studio's settings
#   make dev.test TESTS=xmodule ARGS="-k video"    and any other arguments of pytest
#   make dev.lms.shell, make dev.cms.shell         Django's shell
#   make dev.assets                                Sass and webpack, once: what the programs sass and webpack do anyway
#   make dev.settings                              what the settings name and nobody answers, or lose of upstream's
#   make dev.migrate, dev.migrate-lms, dev.migrate-cms

TESTS ?= lms openedx common xmodule cms
STUDIO_TESTS := $(filter cms cms/% ./cms ./cms/%,$(TESTS))
LMS_TESTS := $(filter-out $(STUDIO_TESTS),$(TESTS))
# Without the warnings of dozens of packages, which nobody here can mend.
AS_LMS := DJANGO_SETTINGS_MODULE=devenv_edx_platform.lms SERVICE_VARIANT=lms python -W ignore
AS_CMS := DJANGO_SETTINGS_MODULE=devenv_edx_platform.cms SERVICE_VARIANT=cms python -W ignore
LMS := $(AS_LMS) manage.py lms
CMS := $(AS_CMS) manage.py cms

.PHONY: test test-lms test-cms lms.shell cms.shell settings assets migrate migrate-lms migrate-cms folders accounts \
	pages indexes reindex oauth-clients catalog

# Both are run, also where the first fails.
test:
	@outcome=0; \
	$(if $(LMS_TESTS),$(MAKE) -f $(firstword $(MAKEFILE_LIST)) test-lms || outcome=$$?;) \
	$(if $(STUDIO_TESTS),$(MAKE) -f $(firstword $(MAKEFILE_LIST)) test-cms || outcome=$$?;) \
	exit $$outcome

# Upstream's own test settings: SQLite, caches in memory, tasks at once; of servers they need MongoDB only.
test-lms: test_root/log
	pytest --ds=lms.envs.test $(LMS_TESTS) $(ARGS)

test-cms: test_root/log
	pytest --ds=cms.envs.test $(STUDIO_TESTS) $(ARGS)

# Where upstream's plugin of pytest writes; git ignores it.
test_root/log:
	@mkdir -p $@

lms.shell:
	@$(LMS) shell

cms.shell:
	@$(CMS) shell

settings:
	@python -m devenv_edx_platform.audit

assets:
	/etc/devenv/assets/sass
	/etc/devenv/assets/webpack
	$(LMS) compilejsi18n --verbosity 0
	$(CMS) compilejsi18n --verbosity 0

migrate: migrate-lms migrate-cms

migrate-lms:
	$(LMS) migrate --noinput

migrate-cms:
	$(CMS) migrate --noinput

# The other steps of provisioning, also for packages that run the LMS from its snapshot.
folders:
	mkdir -p $(addprefix /edx/var/edx-platform/,media data log)

accounts:
	$(AS_LMS) -m devenv_edx_platform.first_data

pages:
	$(AS_CMS) -m devenv_edx_platform.pages

# For a service beside this one: NAME=discovery URL=http://localhost:18381 SECRET=…
oauth-clients:
	@$(AS_LMS) -m devenv_edx_platform.oauth_clients '$(NAME)' '$(URL)' '$(SECRET)'

# While discovery runs beside this.
catalog:
	$(AS_LMS) -m devenv_edx_platform.catalog

indexes:
	$(AS_LMS) -m devenv_edx_platform.search

reindex:
	$(CMS) reindex_studio --experimental
	$(CMS) reindex_course --active
