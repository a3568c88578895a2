"""The risk scorer as a library: frames in, frames out; no files, no DuckDB, no Dagster."""
