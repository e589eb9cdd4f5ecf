"""What a server of `penstock serve` shows of its kernels: logs, figures, status."""
