"""How fast and how big: on one corpus, by size, and against other systems."""
