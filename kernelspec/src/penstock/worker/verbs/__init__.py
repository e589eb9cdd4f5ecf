"""What a worker does beside Jupyter's requests: run code, evaluate to JSON, a stream of values.

Programs that are not notebooks use these (``docs/verbs.md``). Code is compiled and executed in the
user's namespace as it is: no magics, no display hook, no history, no execution count.
"""
