"""`penstock serve` beside jupyter_server, measured through REST and WebSocket."""
