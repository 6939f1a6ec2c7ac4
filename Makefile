.PHONY: install test lint

install:
	pip install -e ".[test]"

test:
	pytest

lint:
	ruff check .
	mypy
