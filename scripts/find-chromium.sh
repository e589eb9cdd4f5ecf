#!/bin/sh
# Prints the path of a Chromium; one line on stderr and exit code 1 when there is none. Looks at $CHROMIUM, then at the
# usual names on PATH.
set -u

for name in ${CHROMIUM:-} chromium chromium-browser google-chrome; do
    command -v "$name" && exit 0
done
echo "make: no Chromium found on PATH: install one, for example Debian's chromium, or set CHROMIUM" >&2
exit 1
