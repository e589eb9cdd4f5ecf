"""Runs the command as ``python -m penstock.cli``."""

import sys

from .main import main

sys.exit(main())
