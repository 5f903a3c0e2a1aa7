# Targets that the checkout has as scripts of npm. Inside the container those are a plain `npm test` away.
#
#   make dev.test                          all tests
#   make dev.test TESTS=src/login          some: files, folders, patterns of names
#   make dev.test ARGS='-u -t "signs in"'  and any other arguments of jest
#   make dev.lint                          eslint, as the checkout runs it; ARGS=--fix
#   make dev.build                         what production serves, into dist/ of the checkout

.PHONY: test lint build

test:
	npm test -- $(TESTS) $(ARGS)

lint:
	npm run lint -- $(ARGS)

build:
	npm run build -- $(ARGS)
