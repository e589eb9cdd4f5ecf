"""Build hook: a wheel without the gateway's jar would install and then fail; refuse to build it."""

from __future__ import annotations

import os
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RequireJar(BuildHookInterface):
    """Checks that src/penstock/jar/penstock.jar is there. Editable installs may take it from
    $PENSTOCK_JAR.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  (the hook's signature)
        """Raises FileNotFoundError when a wheel is built without the jar."""
        jar = os.path.join(self.root, "src", "penstock", "jar", "penstock.jar")
        if version != "editable" and not os.path.isfile(jar):
            raise FileNotFoundError(
                f"{jar} is missing: build it with Maven and copy "
                "kernel-gateway/target/penstock.jar there (make wheel does both)"
            )
