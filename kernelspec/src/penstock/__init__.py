"""Penstock: a Jupyter kernel and kernel gateway. Kept tiny: the keeper imports it, too."""

__version__ = "0.1.0"
