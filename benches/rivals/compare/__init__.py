"""The whole comparison: what is run, in which order, and the tables that are made of it."""
