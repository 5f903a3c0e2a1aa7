# Targets that the package supplies. Another service may ask for them: compose.with.hello.yaml of guestbook.

.PHONY: welcome

welcome:
	@python3 -m hello.welcome "$(NAME)"
