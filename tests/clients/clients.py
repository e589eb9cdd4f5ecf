"""All clients, in the order of the page."""

from __future__ import annotations

from tests.clients import driven, runners
from tests.clients.client import Client

ALL: tuple[type[Client], ...] = (
    runners.Papermill,
    runners.Nbconvert,
    runners.JupyterExecute,
    runners.JupyterCache,
    driven.BarePyzmq,
)
