.PHONY: install test lint

install:
	pip install -e ".[test]"

test:
	pytest -n auto --dist loadfile

lint:
	ruff check .
	mypy
