"""A headless Firefox, driven by Marionette, the remote control that is built into it: no driver and no library beside it."""

import contextlib
import itertools
import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from serving import PATIENCE, wait_until

REFERENCE = "element-6066-11e4-a52e-4f735466cecf"  # how WebDriver names an element in JSON
ENTER = "\ue007"  # the key, as WebDriver writes it
# Any free port, and no name is looked up: nothing but this machine can be reached.
PREFERENCES = 'user_pref("marionette.port", 0); user_pref("network.dns.disabled", true);'
ERRORS = """
  return Services.console.getMessageArray()
    .filter(one => one instanceof Ci.nsIScriptError && !(one.flags & Ci.nsIScriptError.warningFlag))
    .filter(one => one.sourceName.startsWith(arguments[0])).map(String)
"""


def firefox_path() -> str | None:
    """Where Firefox is installed; None where it is not."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """One window. Each message is a JSON list, preceded by its length and a colon."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._stream, self._numbers = self._socket.makefile("rb"), itertools.count(1)
        self._receive()  # its greeting
        self.send("WebDriver:NewSession")
        self.send("WebDriver:SetTimeouts", implicit=1000 * PATIENCE, pageLoad=1000 * PATIENCE)

    def send(self, command: str, **parameters: object) -> object:
        """The value that a command of WebDriver returns.

        Raises:
            RuntimeError: Firefox refused it, and why.
        """
        message = json.dumps([0, next(self._numbers), command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._receive()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result.get("value", result)

    def _receive(self) -> list | dict:
        length = b"".join(iter(lambda: self._stream.read(1), b":"))
        return json.loads(self._stream.read(int(length)))

    def run(self, script: str, *arguments: object) -> object:
        """What a script returns that runs in the page."""
        return self.send("WebDriver:ExecuteScript", script=script, args=list(arguments))

    def find(self, selector: str) -> str:
        """The reference of the first element; waits for it."""
        return self.send("WebDriver:FindElement", using="css selector", value=selector)[REFERENCE]

    def press(self, selector: str) -> None:
        self.send("WebDriver:ElementClick", id=self.find(selector))

    def type(self, selector: str, text: str) -> None:
        """Replaces what a field holds and presses Enter."""
        self.run("document.querySelector(arguments[0]).select()", selector)
        self.send("WebDriver:ElementSendKeys", id=self.find(selector), text=text + ENTER)

    def errors(self, address: str) -> list[str]:
        """What the console holds of errors in the scripts of an address."""
        self.send("Marionette:SetContext", value="chrome")
        errors = self.run(ERRORS, address)
        self.send("Marionette:SetContext", value="content")
        return errors


@contextlib.contextmanager
def running_firefox(profile: Path) -> Iterator[Firefox]:
    """Starts Firefox with a new profile in an empty folder; it ends with the block."""
    (profile / "user.js").write_text(PREFERENCES, encoding="utf-8")
    port = profile / "MarionetteActivePort"  # which Firefox writes
    options = ["--headless", "--marionette", "--remote-allow-system-access", "--profile", str(profile)]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([firefox_path(), *options], **silent) as process:
        try:
            wait_until(lambda: process.poll() is not None or (port.is_file() and port.read_text()))
            yield Firefox(int(port.read_text()))
        finally:
            process.terminate()
