"""SHA-256 without hashlib, which loads OpenSSL: that takes longer than the rest of a kernel's start
in the client. The standard library's random module does the same.
"""

from __future__ import annotations

try:
    from _sha2 import sha256  # type: ignore[import-not-found, unused-ignore]
except ImportError:  # Python 3.11 and older
    try:
        from _sha256 import sha256  # type: ignore[import-not-found, unused-ignore]
    except ImportError:  # a Python built without it
        from hashlib import sha256

__all__ = ["sha256"]
