# The checkout has `tests`, with coverage of all: this runs some, too.
#
#   make dev.test                  all tests
#   make dev.test TESTS=PATH       some: files, folders, node ids, and any other arguments of pytest
.PHONY: test
test:
	pytest --ds=devenv_credentials.test $(TESTS)
