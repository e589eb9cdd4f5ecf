"""What a server is told of Python environments (docs/environments.md)."""

from __future__ import annotations

import os
import sys
from typing import Any

from .. import kernelspec
from ..client.environment import wire_env
from ..envs.folders import base

INSTALLERS = ("PIP_", "UV_")
NETWORK = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
FURTHER = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")
"""Variables of installers, which kernels do not get: addresses of package indexes may have
passwords in them.
"""


def environment_settings(allow: bool, env: dict[str, str]) -> dict[str, Any]:
    """The field `environments` of the settings (docs/local-sockets.md, `serve`); `env` is what
    kernels get.
    """
    for_installers = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(INSTALLERS) or name.upper() in NETWORK or name in FURTHER
    }
    return {
        "allow": allow,
        "folder": base(),
        "command": [sys.executable, "-m", "penstock.envs.job"],
        "env": wire_env({**env, **for_installers}),
        "kernel": kernelspec.kernel_json(provisioner=True),
    }
