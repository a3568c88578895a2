"""The papers that leave the warehouse, and the township lists that come back. `night_papers.write_all` makes them all."""
