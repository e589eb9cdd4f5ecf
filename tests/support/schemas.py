"""What kernel.json (JEP 105) and connection files (JEP 106) must look like, as JSON schemas.

Written from the text of the proposals: their own schema files cannot be used as they are, since one
refers to a definition that is not there and the other names a type that does not exist.
"""

from __future__ import annotations

from typing import Any

SEMVER = (
    r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$"
)

KERNEL_JSON: dict[str, Any] = {
    "type": "object",
    "required": ["argv", "display_name", "language"],
    "properties": {
        "argv": {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
            "contains": {"pattern": r"\{connection_file\}"},
        },
        "display_name": {"type": "string", "minLength": 1},
        "language": {"type": "string", "minLength": 1},
        "kernel_protocol_version": {"type": "string", "pattern": SEMVER},
        "interrupt_mode": {"enum": ["signal", "message"]},
        "env": {"type": "object", "additionalProperties": {"type": "string"}},
        "metadata": {
            "type": "object",
            # JEP 105 wants an object for each tool; these names are older or set down elsewhere
            # (messaging spec; JEP 145).
            "properties": {
                "debugger": {"type": "boolean"},
                "supported_features": {"type": "array", "items": {"type": "string"}},
                "supported_encryption": {"type": "array", "items": {"enum": ["curve"]}},
            },
            "additionalProperties": {"type": "object"},
        },
    },
    "additionalProperties": False,
}

PORT = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": 65535},
        {"type": "string", "pattern": "^[1-9][0-9]{0,4}$"},
    ]
}
Z85_KEY = {"type": "string", "pattern": r"^[0-9a-zA-Z.:+=^!/*?&<>()\[\]{}@%$#-]{40}$"}
PORTS = ("shell_port", "control_port", "stdin_port", "hb_port", "iopub_port")

CONNECTION_FILE: dict[str, Any] = {
    "type": "object",
    "required": ["transport", "ip", *PORTS, "signature_scheme", "key"],
    "properties": {
        "transport": {"enum": ["tcp", "ipc", "inproc"]},
        "ip": {"type": "string", "minLength": 1},
        **dict.fromkeys(PORTS, PORT),
        "signature_scheme": {"enum": ["hmac-md5", "hmac-sha256", "hmac-sha512"]},
        "key": {"type": "string"},
        "curve_publickey": Z85_KEY,
        "curve_secretkey": Z85_KEY,
    },
    "dependentRequired": {
        "curve_publickey": ["curve_secretkey"],
        "curve_secretkey": ["curve_publickey"],
    },
}
