"""Tests of PathView's API."""
