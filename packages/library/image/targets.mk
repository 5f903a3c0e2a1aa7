# Targets that stand in for the checkout's own; compose.yaml says why for each.
#
#   make dev.test                      the checkout's own `test`; where it has none, pytest
#   make dev.test TESTS=tests/test_a.py ARGS="-k poll"   pytest, with files, folders, node ids, and any other arguments
#   make dev.quality                   the checkout's `quality`, `test-quality` or `lint`

.PHONY: test quality

# Whether the checkout's Makefile has a rule for such a target (make itself takes a folder of that name for one). The first that it has.
has = $(shell grep -qsE '^([^#[:space:]][^:=]* )?$(1)( [^:=]*)?:([^=]|$$)' Makefile && echo yes)
first = $(firstword $(foreach name,$(1),$(if $(call has,$(name)),$(name))))

test:
	@$(if $(TESTS)$(ARGS),pytest $(TESTS) $(ARGS),$(if $(call has,test),$(MAKE) test,pytest))

quality:
	@name='$(call first,quality test-quality lint)'; \
	if [ -n "$$name" ]; then $(MAKE) "$$name"; \
	else echo 'The Makefile of this checkout has no target quality, test-quality or lint.' >&2; exit 2; fi
