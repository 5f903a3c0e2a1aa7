# The make targets of a checkout that has no Makefile; compose.ruby.yaml says so for each.
#
#   make dev.test                           all tests
#   make dev.test TESTS=spec/models         some: files, folders, lines (FILE:12), and any other arguments of rspec
#   make dev.quality                        parses each Ruby file, with warnings
#   make dev.console                        the service's code in pry
#   make dev.rake                           the tasks that rake knows
#   make dev.rake TASK=search:rebuild_indices
#   make dev.requirements                   installs what Gemfile.lock names, until devenv replaces the container

.PHONY: test quality console rake requirements

test:
	sh /etc/devenv/test.sh $(TESTS)

quality:
	git ls-files -z --cached --others --exclude-standard '*.rb' '*.rake' '*.ru' Rakefile Gemfile \
	  | xargs -0 -n1 ruby -wc > /dev/null

console:
	bin/rake console

rake:
	bin/rake $(or $(TASK),--tasks)

requirements:
	bundle install
