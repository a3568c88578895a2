"""One file a page; each holds a `PAGE`."""
