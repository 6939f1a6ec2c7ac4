"""Everything that can go wrong while reading and indexing.

IndexingError
├── SourceError        a file cannot be read (missing, empty, binary, wrong encoding)
└── StoreError         the index on disk cannot be used
    ├── StoreMissing   there is no index at that place
    ├── StoreCorrupt   there is one, but it is damaged or not ours
    └── ModelMismatch  it was built with another embedding model
"""


class IndexingError(Exception):
    """Base of all errors of this package; `str(error)` is one line for the user, in Chinese."""


class SourceError(IndexingError):
    """A source file cannot be read."""


class StoreError(IndexingError):
    """The index on disk cannot be used."""


class StoreMissing(StoreError):
    """No index stands at the given place."""


class StoreCorrupt(StoreError):
    """The folder is damaged or is not an index of this project."""


class ModelMismatch(StoreError):
    """The index was built with another embedding model."""
