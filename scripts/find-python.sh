#!/bin/sh
# Prints a Python 3.10 or newer that can make virtual environments; one line on stderr and exit code 1 when there is
# none. Looks at $PYTHON, then at the usual names on PATH.
set -u

fits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1
}

for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.10 python; do
    found=$(command -v "$name") || continue
    if fits "$found"; then
        echo "$found"
        exit 0
    fi
done
echo "make: no Python 3.10 or newer with venv found on PATH: install one, for example python3 and python3-venv, or set PYTHON" >&2
exit 1
