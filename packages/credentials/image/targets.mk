# The checkout has `tests`, with coverage of all: this runs some, too.
#
#   make dev.test                  all tests
#   make dev.test TESTS=PATH       some: files, folders, node ids, and any other arguments of pytest
.PHONY: test
# Pages of errors name static files, translations among them, by the manifest that collectstatic writes.
test:
	python manage.py compilejsi18n --settings devenv_credentials.test --verbosity 0
	python manage.py collectstatic --settings devenv_credentials.test --noinput --verbosity 0 --ignore '*.scss'
	pytest --ds=devenv_credentials.test $(TESTS)
