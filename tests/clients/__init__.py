"""Every client program, one table of checks: see docs/clients.md."""
