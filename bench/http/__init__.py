"""Compares `penstock serve`'s plain HTTP with what programs have without it."""
