"""A service in miniature: a page of greetings, kept in MySQL, written by a worker."""
