"""Which of a server's kernels are Penstock's, and where these are."""

from __future__ import annotations

from typing import Any

from ..provisioner import PenstockProvisioner


def provisioner_of(manager: Any) -> PenstockProvisioner | None:
    """That of a kernel of this user's gateway, by jupyter_server's manager of it; else None."""
    provisioner = getattr(manager, "provisioner", None)
    return provisioner if isinstance(provisioner, PenstockProvisioner) else None


async def session_of(provisioner: PenstockProvisioner) -> dict[str, Any]:
    """Where the kernel is: `directory` of its gateway, its `session` there. It has a new one after
    each start.
    """
    known: dict[str, Any] = (await provisioner.get_provisioner_info())["penstock"]
    return known
