"""A page asked over Streamlit's own websocket, without a browser: whatever the server sends is read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from google.protobuf.json_format import MessageToDict
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

from tests.serving import Server

SECONDS = 60
SAID = ("body", "label", "value", "help", "placeholder", "options", "message", "query")


@dataclass(frozen=True, slots=True)
class Told:
    """What a run of a page sent: every byte of it, the words of its elements, the ids of its widgets by label."""

    sent: bytes
    words: tuple[str, ...]
    widgets: Mapping[str, str]
    broke: bool

    def tells(self, secret: str) -> bool:
        """Whether a text is anywhere in what was sent, in a chart or a table too."""
        return secret.encode() in self.sent


class Line:
    """A websocket open on the server."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def asks(self, page: str, query: str, *pressed: str) -> Told:
        """Run a page with this query, these widgets (by id) said to be just pressed."""
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.page_name = query, page
        states = [WidgetState(id=key, trigger_value=True) for key in pressed]
        message.rerun_script.widget_states.widgets.extend(states)
        self.socket.send(message.SerializeToString())
        return self._answer()

    def _answer(self) -> Told:
        sent, words, widgets, broke = b"", [], {}, False
        while True:
            raw = self.socket.recv(SECONDS)
            assert isinstance(raw, bytes)
            sent += raw
            told = ForwardMsg()
            told.ParseFromString(raw)
            if told.WhichOneof("type") == "new_session":
                words = []  # of the page that another one gave way to, nothing is left
            if told.WhichOneof("type") == "delta":
                element = told.delta.new_element
                broke = broke or element.WhichOneof("type") == "exception"
                said = MessageToDict(element)
                words += _words(said)
                widgets |= {one["label"]: one["id"] for one in said.values() if _is_widget(one)}
            if told.WhichOneof("type") == "script_finished":
                return Told(sent, tuple(words), widgets, broke)


def _is_widget(one: Any) -> bool:
    return isinstance(one, dict) and "id" in one and "label" in one


def _words(told: Any, name: str = "") -> Iterator[str]:
    """What an element says, without its ids."""
    if isinstance(told, str) and name in SAID:
        yield told
    elif isinstance(told, list):
        for one in told:
            yield from _words(one, name)
    elif isinstance(told, dict):
        for key, one in told.items():
            yield from _words(one, key)


@contextmanager
def line(server: Server, cookies: Mapping[str, str]) -> Iterator[Line]:
    """A websocket of somebody with these cookies."""
    address = server.url.replace("http://", "ws://") + "/_stcore/stream"
    headers = {"Origin": server.url, "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    with connect(address, subprotocols=["streamlit"], additional_headers=headers, max_size=None) as socket:  # type: ignore[list-item]
        yield Line(socket)
