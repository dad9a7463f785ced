"""FAQ retrieval: rivals on the texts and vectors that we search."""
