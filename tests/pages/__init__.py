"""Jupyter's web pages in Chromium; run by `make pages`, in an environment of their own."""
