"""The items that readers yield; they are defined in `index.items`, which needs no reader."""

from index.items import Grid, GridRow, Item, TextLine

__all__ = ["Grid", "GridRow", "Item", "TextLine"]
