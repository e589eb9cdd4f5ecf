"""The benchmark kit: kernels side by side, measured as a user's client meets them."""
