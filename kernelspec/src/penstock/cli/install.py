"""`penstock install`."""

from __future__ import annotations

import argparse
import sys

from .. import kernelspec
from .printing import print_json


def install(options: argparse.Namespace) -> int:
    """Installs the kernelspec where the options say."""
    prefix = sys.prefix if options.sys_prefix else options.prefix
    folder = kernelspec.install(
        user=options.user,
        prefix=prefix,
        name=options.name,
        display_name=options.display_name,
        env=dict(options.env),
        profile=options.profile,
    )
    if options.json:
        print_json({"name": options.name, "directory": folder})
    else:
        print(f"installed kernelspec {options.name} in {folder}")
    return 0
