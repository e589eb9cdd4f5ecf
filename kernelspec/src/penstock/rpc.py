"""Functions that other programs call by JSON-RPC: ``/rpc`` of ``penstock serve``.

.. code-block:: python

    from penstock import rpc


    @rpc.register
    def add(a: float, b: float = 1) -> float:
        "The sum."
        return a + b

In a kernel of ``penstock serve``, see ``docs/json-rpc.md``; elsewhere it does nothing.
"""

from .worker.functions import Error, register

__all__ = ["Error", "register"]
