"""The kernelspecs under test, as a folder for JUPYTER_PATH."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

KERNEL_NAMES = {"provisioner": "penstock", "launcher": "penstock-argv", "reference": "python3"}
"""From the way a kernel is started (the gateway's word `via`) to the name of its kernelspec."""


class NotInstalledError(Exception):
    """The kernel is not installed in the Python that runs the tests."""


def installed() -> Path:
    """The folder of the kernelspec that `pip install` left in this Python's prefix."""
    folder = Path(sys.prefix, "share", "jupyter", "kernels", "penstock")
    if not (folder / "kernel.json").is_file():
        raise NotInstalledError(f"Penstock is not installed in {sys.prefix}: run `make install`")
    return folder


def argv_only(spec: dict[str, object]) -> dict[str, object]:
    """The same kernel.json for clients that do not know provisioners."""
    metadata = spec.get("metadata")
    kept = (
        {k: v for k, v in metadata.items() if k != "kernel_provisioner"}
        if isinstance(metadata, dict)
        else {}
    )
    return {**spec, "metadata": kept}


def reference() -> dict[str, object]:
    """kernel.json of ipykernel in this Python, which Penstock is compared with."""
    return {
        "argv": [
            sys.executable,
            "-Xfrozen_modules=off",
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
        ],
        "display_name": "ipykernel",
        "language": "python",
        "metadata": {"debugger": True},
        "kernel_protocol_version": "5.5",
    }


def write(kernels: Path, name: str, spec: dict[str, object]) -> None:
    """Writes one kernel.json below a `kernels` folder."""
    folder = kernels / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kernel.json").write_text(json.dumps(spec, indent=1), encoding="utf-8")


def make(jupyter_path: Path, ways: list[str]) -> None:
    """Fills a JUPYTER_PATH folder with ipykernel's kernelspec and those of the asked ways to start
    a kernel.
    """
    kernels = jupyter_path / "kernels"
    write(kernels, KERNEL_NAMES["reference"], reference())
    if ways == ["reference"]:
        return
    source = installed()
    shutil.copytree(source, kernels / KERNEL_NAMES["provisioner"])
    spec = json.loads((source / "kernel.json").read_text(encoding="utf-8"))
    write(kernels, KERNEL_NAMES["launcher"], argv_only(spec))


def shadow(jupyter_path: Path, via: str) -> None:
    """Fills a JUPYTER_PATH folder with one kernelspec named `python3`, so that suites that ask for
    it get ours.
    """
    spec = (
        reference()
        if via == "reference"
        else json.loads((installed() / "kernel.json").read_text(encoding="utf-8"))
    )
    write(jupyter_path / "kernels", "python3", argv_only(spec) if via == "launcher" else spec)
