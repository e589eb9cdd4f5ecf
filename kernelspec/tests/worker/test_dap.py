"""The framing of the Debug Adapter Protocol."""

from __future__ import annotations

import pytest

from penstock.worker.debugger.dap import DapError, Decoder, encode, failure, response

MESSAGES = [{"seq": 1, "text": "ü\U0001f600"}, {"lone": "\ud800"}, {"nested": {"a": [1, None]}}]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_messages_come_out_as_they_went_in(size: int) -> None:
    data = b"".join(map(encode, MESSAGES))
    decoder, found = Decoder(), []
    for start in range(0, len(data), size):
        decoder.feed(data[start : start + size])
        found += decoder.messages()
    assert found == MESSAGES


def test_the_length_counts_bytes_and_other_headers_are_skipped() -> None:
    body = '{"text":"äöü"}'.encode()
    decoder = Decoder()
    decoder.feed(b"Content-Type: x\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
    assert list(decoder.messages()) == [{"text": "äöü"}]


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n\r\n",
        b"Content-Length: x\r\n\r\n",
        b"Content-Length: 1\r\n\r\n{",
        b"Content-Length: 2\r\n\r\n[]",
        b"x" * 5000,
    ],
)
def test_what_is_no_message_is_an_error(data: bytes) -> None:
    decoder = Decoder()
    decoder.feed(data)
    with pytest.raises(DapError):
        list(decoder.messages())


def test_responses_name_their_request() -> None:
    request = {"seq": 4, "command": "source"}
    good = {"type": "response", "request_seq": 4, "success": True, "command": "source"}
    assert response(request) == good
    bad = {**good, "success": False, "body": {}, "message": "no"}
    assert failure(request, "no") == bad
