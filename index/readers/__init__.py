"""Files -> `Document`: `read_document` finds the format and hands over to its reader."""

from index.readers.dispatch import SUFFIXES, read_document

__all__ = ["SUFFIXES", "read_document"]
