"""The demands of the messaging protocol and of its clients, item by item (docs/conformance.md)."""
