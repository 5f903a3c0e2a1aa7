# dev.watch, dev.shell, dev.clean, dev.help, devenv.<any command of devenv>, and dev.<any target of this Makefile>,
# which is run in the service's environment (OEP-5). For GNU make 3.81 and later. Inside the container this only
# says how to do without it.
ifndef DEVENV_CONTAINER

devenv.core := $(patsubst %/make/,%,$(dir $(lastword $(MAKEFILE_LIST))))
# What `make` alone does is the Makefile's affair, also where this is included first.
devenv.default := $(.DEFAULT_GOAL)

# `exec`: a signal to make's child is one to devenv. To make, a word behind a target is another target: one that will be meant for the
# first is told, and a file of code, which has make do nothing at all, is refused.
devenv.run = $(if $(devenv.sources),$(error $(firstword $(devenv.sources)) is no target. What $@ is to be told goes into a variable: \
	make $@ $(devenv.told)='$(devenv.sources)'))$(if $(devenv.strays),$(devenv.tell)) exec env $(devenv.environment) node '$(devenv.core)/bin/devenv.js'

# Another certificate bundle costs each start of Node tens of milliseconds, and devenv itself calls nobody. The rest tells
# devenv how a person types it here.
devenv.environment = $(if $(DEVENV_PACKAGE),DEVENV_PACKAGE=$(call devenv.quoted,$(DEVENV_PACKAGE))) NODE_EXTRA_CA_CERTS= \
	DEVENV_MAKE=$(call devenv.quoted,$(strip $(foreach name,$(sort $(filter DEVENV_%,$(.VARIABLES))) $(devenv.options),\
	$(if $(filter command,$(origin $(name))),$(name)=$(call devenv.quoted,$($(name))))))) \
	DEVENV_MAKE_FROM=$(call devenv.quoted,$(value PWD)) DEVENV_MAKE_OPTIONS='$(devenv.options)'

# Other variables that name a service and a checkout here (a Makefile that has them sets this).
devenv.options ?=

# With -e, make does not expand the variables of the command line for its recipes.
devenv.flags = $(if $(findstring e,$(filter-out --%,$(firstword $(MAKEFLAGS)))),\
	$(call devenv.quoted,--overrides=$(MAKEOVERRIDES)))

# `make dev.watch WITH=../edx-platform PROGRAMS=web,worker LOGS=web NOW=1`, `make dev.clean YES=1`, `make devenv.logs ARGS='-f worker'`: ARGS as a
# shell reads it. A variable of the Makefile that has such a name means something else.
devenv.words = $(if $(filter %.watch,$@),$(call devenv.list,LOGS,--logs))$(if $(filter %.watch %.start,$@),$(call devenv.list,PROGRAMS,--programs)$(call \
	devenv.switch,NOW,--now)$(devenv.with))$(if $(filter %.clean,$@),$(call devenv.switch,YES,--yes))$(if \
	$(call devenv.typed,ARGS), $(ARGS))
# `WITH=`, with nothing behind it, means none.
devenv.with = $(if $(filter command,$(origin WITH)), --with=$(call devenv.quoted,$(WITH)))
devenv.list = $(if $(call devenv.typed,$1), $(call devenv.quoted,$2=$($1)))
devenv.switch = $(if $(filter-out 0,$(call devenv.typed,$1)), $2)
devenv.typed = $(if $(filter command,$(origin $1)),$($1))

# As a shell takes it literally.
devenv.quote := '
devenv.quoted = '$(subst $(devenv.quote),$(devenv.quote)\$(devenv.quote)$(devenv.quote),$1)'

.PHONY: dev.watch dev.shell dev.clean
dev.watch dev.shell dev.clean:
	@$(devenv.run) $(patsubst dev.%,%,$@)$(devenv.words)

# Each by its name: shells complete what they find written.
.PHONY: devenv.watch devenv.shell devenv.make devenv.exec devenv.debug devenv.start devenv.stop devenv.open devenv.clean
.PHONY: devenv.provision devenv.data devenv.status devenv.logs devenv.list devenv.prune devenv.doctor devenv.digest devenv.explain
.PHONY: devenv.image devenv.publish devenv.lock devenv.check devenv.init devenv.editor devenv.new devenv.completion devenv.graph
devenv.watch devenv.shell devenv.make devenv.exec devenv.debug devenv.start devenv.stop devenv.open devenv.clean \
devenv.provision devenv.data devenv.status devenv.logs devenv.list devenv.prune devenv.doctor devenv.digest devenv.explain \
devenv.image devenv.publish devenv.lock devenv.check devenv.init devenv.editor devenv.new devenv.completion devenv.graph:
	@$(devenv.run) $(patsubst devenv.%,%,$@)$(devenv.words)

# As they are written, patterns too.
devenv.targets = $(shell sed -n 's/^\([[:alnum:]_%][[:alnum:]_./ %-]*\):\([^=:].*\)\{0,1\}$$/\1/p' $(wildcard $(MAKEFILE_LIST)))
devenv.others = $(filter-out dev.% devenv.%,$(MAKECMDGOALS))
devenv.strays = $(if $(devenv.others),$(filter-out $(devenv.targets),$(devenv.others)))
devenv.sources = $(foreach name,$(devenv.strays),$(if $(findstring .py::,$(name)),$(name),$(if $(filter %.py %.rb %.js %.jsx %.ts \
	%.tsx,$(name))$(if $(findstring /,$(name)),$(wildcard $(name)/.)),$(wildcard $(name)))))
devenv.told = $(if $(filter dev.test,$@),TESTS,ARGS)
devenv.tell = printf '%s\n' $(call devenv.quoted,devenv: $(devenv.strays) is a target of its own to make; what $@ is to be told goes into \
	a variable: make $@ $(devenv.told)=…) >&2;

# A shell that completes asks for one of these (bash, fish, some zsh), or for no target and all that make knows (zsh 5.9), and finds what
# is written: the Makefile's targets as dev.<target>, too.
devenv.asked = $(filter .DEFAULT .PHONY :,$(MAKECMDGOALS)) $(if $(MAKECMDGOALS),,$(findstring p,$(filter-out --%,$(firstword $(MAKEFLAGS)))))
ifneq (,$(strip $(devenv.asked)))
.PHONY: $(addprefix dev.,$(filter-out dev.% devenv.%,$(foreach name,$(devenv.targets),$(if $(findstring %,$(name)),,$(name)))))
endif

# Half a word.
ifneq (,$(filter dev. devenv.,$(MAKECMDGOALS)))
.PHONY: dev. devenv.
dev. devenv.: dev.help ;
endif

# A command that is mistyped: devenv answers with the nearest.
ifneq (,$(filter devenv.%,$(MAKECMDGOALS)))
devenv.%:
	@$(devenv.run) $*
endif

# A target of this Makefile in the environment. One that the Makefile itself has, dev.up for example, is the
# Makefile's: make prefers its recipe to that of a pattern, and one with prerequisites alone asks for no more. `+`: with -n,
# make inside the container is asked what it would do.
devenv.hand-over = $(if $^$|,:,$(devenv.run) make $(if $(filter dev.help,$@),--list,\
	--from-make $(devenv.flags) $(call devenv.quoted,$(patsubst dev.%,%,$@))))

# An included file is not a target.
dev.%.mk: ;

dev.%:
	@+$(devenv.hand-over)

# Without a recipe, so that one of the Makefile is not in its way.
dev.help:

# A pattern rule does nothing where a file of that name exists, and knows no folders.
devenv.goals := $(foreach goal,$(filter dev.%,$(MAKECMDGOALS)),\
	$(if $(findstring /,$(goal))$(wildcard $(goal)),$(filter-out dev.watch dev.shell dev.clean,$(goal))))
.PHONY: $(devenv.goals)
ifneq (,$(strip $(devenv.goals)))
$(devenv.goals):
	@+$(devenv.hand-over)
endif

.DEFAULT_GOAL := $(devenv.default)

else ifneq (,$(filter dev.% devenv.%,$(MAKECMDGOALS)))
# Somebody types in the container what belongs outside. A target that the Makefile itself has is run as ever.
dev.%.mk: ;
dev.% devenv.%:
	$(error You are inside the environment$(if $(filter dev.watch dev.shell dev.clean dev.help devenv.%,$@),$(devenv.comma) and \
	devenv is outside: leave this shell for `make $@`,: make $*))
devenv.comma := ,
endif
