"""The WebSocket of `penstock serve`, through the front door."""
