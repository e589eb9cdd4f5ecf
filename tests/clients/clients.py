"""All clients, in the order of the page."""

from __future__ import annotations

from tests.clients import console, driven, qt, runners, services, tested
from tests.clients.client import Client

ALL: tuple[type[Client], ...] = (
    console.JupyterConsole,
    qt.QtConsole,
    runners.Papermill,
    runners.Nbconvert,
    runners.JupyterExecute,
    tested.Testbook,
    tested.Nbval,
    runners.JupyterCache,
    driven.BarePyzmq,
    driven.NodeZeromq,
    driven.JavaKernelClient,
    services.LabServices,
    services.LabServicesDefault,
)
