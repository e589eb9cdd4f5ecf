"""Tests of /api/v1/sessions, through the front door."""
