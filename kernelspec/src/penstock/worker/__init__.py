"""The Python worker: IPython behind one framed link to the gateway, and the zygote that forks it.

A worker is ipykernel's kernel and shell without ZeroMQ and without tornado: requests come in and
messages go out as frames of the worker link (``docs/worker-link.md``). ``python -m
penstock.worker.zygote`` is the process workers are forked from, ``python -m penstock.worker``
starts one afresh; both run :func:`penstock.worker.serve.prepare` and then
:func:`penstock.worker.serve.serve`.
"""
