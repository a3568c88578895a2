"""The door: department files in, typed rows in the lake and a receipt for each out."""
