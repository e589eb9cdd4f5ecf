#!/bin/sh
# Prints the home of a JDK 25 or newer that can compile; one line on stderr and exit code 1 when there is none.
# Looks at PENSTOCK_JAVA_HOME, JAVA_HOME, java on PATH, then where packages put JDKs. Runs no java to find out.
set -u
WANTED=25

# The major version that a JDK's `release` file tells, or nothing when there is no compiler. Built-ins only:
# PATH may be anything.
version_of() {
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r line; do
        case $line in
            JAVA_VERSION=*)
                line=${line#JAVA_VERSION=\"}
                line=${line%\"}
                echo "${line%%[.+-]*}"
                return 0
                ;;
        esac
    done < "$1/release"
    return 1
}

seen=""
try() {
    [ -n "$1" ] && [ -d "$1" ] || return 1
    version=$(version_of "$1") || return 1
    seen="$seen $1 (Java $version)"
    [ "$version" -ge "$WANTED" ] 2>/dev/null || return 1
    echo "$1"
    exit 0
}

try "${PENSTOCK_JAVA_HOME:-}"
try "${JAVA_HOME:-}"
on_path=$(command -v java) && on_path=$(readlink -f "$on_path") && try "${on_path%/bin/java}"
for home in /usr/lib/jvm/* /usr/local/lib/jvm/* /opt/jdk* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    try "$home"
done
echo "make: no JDK with Java $WANTED or newer found (saw:${seen:- none}): install one, for example temurin-25-jdk, or set JAVA_HOME" >&2
exit 1
