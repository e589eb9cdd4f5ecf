"""Transport encryption (CurveZMQ, JEP 145) by a kernel manager's `transport_encryption`.

The keys are the manager's, as its signing key is: made once, kept over restarts, and written into
the connection file. Managers before jupyter_client 8.9 know no encryption.
"""

from __future__ import annotations

from typing import Any

import zmq


def provide_keys(manager: Any, policy: str | None) -> None:
    """Gives the manager a key pair if its policy (or `policy`, when that is not None) asks for one
    and it has none yet.
    """
    if not hasattr(manager, "curve_publickey") or manager.curve_publickey is not None:
        return
    # LocalProvisioner uses these two methods in the same way.
    wanted = manager._transport_encryption_policy(policy)  # noqa: SLF001
    declared = manager._kernel_supports_curve_encryption()  # noqa: SLF001
    if wanted == "required" or (wanted == "auto" and declared):
        manager.curve_publickey, manager.curve_secretkey = zmq.curve_keypair()
