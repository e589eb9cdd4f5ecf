"""A kernel as old and simple as the protocol allows: one thread, no greeting on iopub, bare pyzmq.

Its replies tell the bytes of the request, as hex; the cell "forge" makes it publish a message with a
wrong signature, "die" ends it.
"""

import hashlib
import hmac
import json
import os
import sys
import uuid

import zmq

with open(sys.argv[1], encoding="utf-8") as file:
    CONNECTION = json.load(file)
KEY = CONNECTION["key"].encode()
SESSION = uuid.uuid4().hex


def bind(kind, name):
    socket = zmq.Context.instance().socket(kind)
    socket.bind(f"tcp://{CONNECTION['ip']}:{CONNECTION[name + '_port']}")
    return socket


def send(socket, ids, msg_type, parent, content, key=KEY):
    header = {"msg_id": uuid.uuid4().hex, "session": SESSION, "username": "plain", "date": "",
              "msg_type": msg_type, "version": "5.0"}  # fmt: skip
    parts = [json.dumps(header).encode(), parent, b"{}", json.dumps(content).encode()]
    signature = hmac.new(key, b"".join(parts), hashlib.sha256).hexdigest().encode()
    socket.send_multipart([*ids, b"<IDS|MSG>", signature, *parts])


def main():
    channels = {bind(zmq.ROUTER, name): name for name in ("shell", "control", "stdin")}
    heartbeat, iopub = bind(zmq.REP, "hb"), bind(zmq.PUB, "iopub")
    poller = zmq.Poller()
    for socket in (*channels, heartbeat):
        poller.register(socket, zmq.POLLIN)
    while True:
        for socket, _ in poller.poll():
            frames = socket.recv_multipart()
            if socket is heartbeat:
                socket.send_multipart(frames)
                continue
            at = frames.index(b"<IDS|MSG>")
            ids, (signature, *parts) = frames[:at], frames[at + 1 :]
            signed = hmac.new(KEY, b"".join(parts[:4]), hashlib.sha256).hexdigest().encode()
            assert signature == signed
            header, content = json.loads(parts[0]), json.loads(parts[3])
            send(iopub, [b"status"], "status", parts[0], {"execution_state": "busy"})
            if content.get("code") == "forge":
                said = {"name": "stdout", "text": "forged"}
                send(iopub, [b"stream"], "stream", parts[0], said, b"another key")
            if content.get("code") == "die":
                os._exit(7)
            answer = {"status": "ok", "frames": [part.hex() for part in parts]}
            reply = header["msg_type"].replace("_request", "_reply")
            send(socket, ids, reply, parts[0], answer)
            send(iopub, [b"status"], "status", parts[0], {"execution_state": "idle"})
            if reply == "shutdown_reply":
                return


main()
