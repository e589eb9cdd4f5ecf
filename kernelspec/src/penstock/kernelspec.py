"""The kernelspec: kernel.json and logos, and how they are installed (`penstock install`)."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from typing import Any

from .arguments import ENVIRONMENT, MODULE
from .client.errors import GatewayError

RESOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "resources")
NAME = "penstock"


def kernel_json(
    *,
    provisioner: bool,
    display_name: str | None = None,
    env: dict[str, str] | None = None,
    profile: str | None = None,
    environment: str | None = None,
) -> dict[str, Any]:
    """Contents of kernel.json for the running interpreter, or for the environment in the folder
    `environment`, whose kernels the running one starts.

    `provisioner` says whether it names the provisioner. jupyter_client hides a kernelspec whose
    provisioner its own environment lacks, so only a spec that nobody else can see may name it; the
    others work by argv alone.
    """
    with open(os.path.join(RESOURCES, "kernel.json"), encoding="utf-8") as file:
        spec: dict[str, Any] = json.load(file)
    spec["argv"] = [sys.executable, "-m", MODULE, "-f", "{connection_file}"]
    if environment:
        spec["argv"].append(environment_argument(environment))
    if profile:
        spec["argv"] += ["--profile", profile]
        spec["display_name"] += f" [profile={profile}]"
    if display_name:
        spec["display_name"] = display_name
    if env:
        spec["env"] = env
    if not provisioner:
        del spec["metadata"]["kernel_provisioner"]
    return spec


def install(
    *,
    user: bool = False,
    prefix: str | None = None,
    name: str = NAME,
    display_name: str | None = None,
    env: dict[str, str] | None = None,
    profile: str | None = None,
    environment: str | None = None,
) -> str:
    """Installs the kernelspec for this user, or below `prefix`, or (neither) system-wide; returns
    its folder. The other arguments are those of `kernel_json`.

    Raises GatewayError when the name is no kernel name or the folder cannot be written.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    same_prefix = prefix is not None and os.path.realpath(prefix) == os.path.realpath(sys.prefix)
    spec = kernel_json(
        provisioner=same_prefix,
        display_name=display_name,
        env=env,
        profile=profile,
        environment=environment,
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = shutil.copytree(RESOURCES, os.path.join(temporary, "spec"))
        os.chmod(folder, 0o755)
        with open(os.path.join(folder, "kernel.json"), "w", encoding="utf-8") as file:
            json.dump(spec, file, indent=2)
        try:
            manager = KernelSpecManager()
            return str(manager.install_kernel_spec(folder, name, user=user, prefix=prefix))
        except ValueError as error:
            raise GatewayError(
                "option", str(error), "use letters, digits, '-', '.' and '_'"
            ) from error
        except OSError as error:
            raise GatewayError(
                "install",
                f"The kernelspec cannot be written: {error}",
                "try --user or --sys-prefix",
            ) from error


def environment_argument(folder: str) -> str:
    """What kernel.json's argv has for kernels of the environment in `folder`."""
    return f"{ENVIRONMENT}={folder}"
