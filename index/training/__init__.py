"""Trains the embedding model that ships with the project: `python -m index.training --data DIR`."""
