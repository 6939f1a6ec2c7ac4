"""Everything that can go wrong while reading and indexing.

IndexingError
├── SourceError        a file cannot be read (missing, empty, binary, wrong encoding)
├── ClusterError       the machines that are to read files cannot be used
└── StoreError         the index cannot be used
    ├── StoreMissing   there is no index at that place
    ├── StoreCorrupt   there is one, but it is damaged or not ours
    ├── StoreUnreachable  a server that holds it does not answer, or refuses
    └── ModelMismatch  it was built with another embedding model
"""


class IndexingError(Exception):
    """Base of all errors of this package; `str(error)` is one line for the user, in Chinese."""


class SourceError(IndexingError):
    """A source file cannot be read."""


class ClusterError(IndexingError):
    """The machines that are to read files cannot be used."""


class StoreError(IndexingError):
    """The index cannot be used."""


class StoreMissing(StoreError):
    """No index stands at the given place."""


class StoreCorrupt(StoreError):
    """The folder is damaged or is not an index of this project."""


class StoreUnreachable(StoreError):
    """A server that holds the index does not answer, or refuses."""


class ModelMismatch(StoreError):
    """The index was built with another embedding model."""
