"""Tests of `penstock serve` over HTTP."""
