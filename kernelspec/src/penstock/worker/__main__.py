"""A fresh worker: its spec is one JSON line on fd 0."""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    """Read the spec, make the kernel with its arguments, serve."""
    from .environment import drop_launch_directory

    drop_launch_directory()
    from .spec import Spec, SpecError

    try:
        with os.fdopen(0, "rb", closefd=False) as stream:
            spec = Spec.parse(json.loads(stream.readline()))
    except (ValueError, SpecError) as error:
        sys.exit(f"penstock worker: no usable spec on stdin: {error}")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    from .environment import enter_directory, replace_environment

    # The configuration may read both. Their problems are told once, when serve() does it again.
    replace_environment(spec.env)
    enter_directory(spec.cwd)
    from .serve import prepare, serve

    serve(prepare(spec.args), spec, "fresh", None)


if __name__ == "__main__":
    main()
