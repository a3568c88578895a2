"""The warehouse of one night: loaded, built, checked and published as a whole."""
