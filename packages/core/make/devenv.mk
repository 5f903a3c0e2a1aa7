# dev.watch, dev.shell, dev.clean and dev.<any target of this Makefile>, run in the service's environment
# (OEP-5). For GNU make 3.81 and later. Inside the container this does nothing.
ifndef DEVENV_CONTAINER

devenv.core := $(patsubst %/make/,%,$(dir $(lastword $(MAKEFILE_LIST))))

# `exec`: a signal to make's child is one to devenv. Another certificate bundle costs each start of Node tens of
# milliseconds, and devenv itself calls nobody.
devenv.run = exec env $(if $(DEVENV_PACKAGE),DEVENV_PACKAGE='$(DEVENV_PACKAGE)') NODE_EXTRA_CA_CERTS= \
	node '$(devenv.core)/bin/devenv.js'

# With -e, make does not expand the variables of the command line for its recipes.
devenv.flags = $(if $(findstring e,$(filter-out --%,$(firstword $(MAKEFLAGS)))),\
	$(call devenv.quoted,--overrides=$(MAKEOVERRIDES)))

# `make dev.watch PROGRAMS=web,worker NOW=1`, `make dev.clean YES=1`. A variable of the Makefile that has such a name means something else.
devenv.typed = $(if $(filter command,$(origin $1)),$($1))
devenv.options.dev.watch = \
	$(if $(call devenv.typed,PROGRAMS),$(call devenv.quoted,--programs=$(PROGRAMS))) \
	$(if $(filter-out 0,$(call devenv.typed,NOW)),--now)
devenv.options.dev.clean = $(if $(filter-out 0,$(call devenv.typed,YES)),--yes)

# As a shell takes it literally.
devenv.quote := '
devenv.quoted = '$(subst $(devenv.quote),$(devenv.quote)\$(devenv.quote)$(devenv.quote),$1)'

devenv.goals := $(filter-out dev.watch dev.shell dev.clean,$(filter dev.%,$(MAKECMDGOALS)))
.PHONY: dev.watch dev.shell dev.clean $(devenv.goals)

dev.watch dev.shell dev.clean:
	@$(devenv.run) $(patsubst dev.%,%,$@) $(devenv.options.$@)

# The goals that were typed, by name: neither a file of that name nor an included dev.mk can get in the way.
# `+`: with -n, make inside the container is asked what it would do.
ifneq (,$(devenv.goals))
$(devenv.goals):
	@+$(devenv.run) make --from-make $(devenv.flags) $(call devenv.quoted,$(patsubst dev.%,%,$@))
endif

# An included file is not a target.
dev.%.mk: ;

# The same where another target of this Makefile asks for one.
dev.%:
	@+$(devenv.run) make --from-make $(devenv.flags) $(call devenv.quoted,$*)

endif
