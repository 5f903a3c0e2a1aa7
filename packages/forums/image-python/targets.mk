# Targets that stand in for the checkout's own; compose.python.yaml says why for each. Inside the container the
# checkout's are a plain `make test-quality` away.

.PHONY: quality

quality:
	$(MAKE) -f Makefile test-quality
