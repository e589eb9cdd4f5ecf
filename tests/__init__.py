"""Acceptance tests: Penstock as its users meet it, through jupyter_client, nbclient and raw
sockets.
"""
