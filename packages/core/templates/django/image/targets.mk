# Targets that the checkout’s Makefile lacks; compose.yaml says so for each.
#
#   make dev.test                  all tests
#   make dev.test TESTS=PATH       some: files, folders, node ids, and any other arguments of pytest
.PHONY: test
test:
	pytest $(TESTS)
