"""JSON-RPC of `penstock serve` (docs/json-rpc.md)."""
