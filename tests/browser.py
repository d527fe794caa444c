"""
A real Chromium, driven through chromedriver's own protocol (WebDriver) on loopback.

Only what the tests need: open a page, run a script in it, press keys, take a picture, and
tell what the browser's console and its network have to say.
"""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import httpx

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
START_SECONDS = 30.0
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb"),
)
KEYS = {
    "Backspace": "\ue003",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Tab": "\ue004",
    "ArrowDown": "\ue015",
    "End": "\ue010",
}


class Browser:
    """One window. `close` ends the browser and its driver, by their own pids."""

    def __init__(self) -> None:
        assert CHROMIUM
        assert DRIVER
        self._home = tempfile.mkdtemp(prefix="zhengben-browser-")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._driver = subprocess.Popen(
            [DRIVER, f"--port={port}", "--allowed-ips=127.0.0.1"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # trust_env: a proxy has no business between us and our own driver.
        self._http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=60.0, trust_env=False
        )
        try:
            self._wait()
            options = {
                "binary": CHROMIUM,
                "args": [*FLAGS, f"--user-data-dir={self._home}", "about:blank"],
            }
            wanted = {
                "browserName": "chrome",
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
            }
            made = self._send("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
            self._session = f"/session/{made['sessionId']}"
        except BaseException:
            self.close()
            raise

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                if self._send("GET", "/status")["ready"]:
                    return
            except httpx.TransportError:
                if time.monotonic() > until or self._driver.poll() is not None:
                    raise
            time.sleep(0.05)

    def _send(self, method: str, path: str, body: object | None = None):
        answer = self._http.request(method, path, json=body)
        value = answer.json()["value"]
        if answer.is_error:
            raise RuntimeError(f"{value['error']}: {value['message']}")
        return value

    def close(self) -> None:
        try:
            if hasattr(self, "_session"):
                self._send("DELETE", self._session)
        except (httpx.HTTPError, RuntimeError):
            pass
        self._http.close()
        self._driver.terminate()
        try:
            self._driver.wait(10)
        except subprocess.TimeoutExpired:
            self._driver.kill()
            self._driver.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    def _do(self, path: str, body: object | None = None):
        return self._send("POST", f"{self._session}{path}", {} if body is None else body)

    def command(self, name: str, **parameters: object):
        """One command of Chrome's own protocol."""
        return self._do("/goog/cdp/execute", {"cmd": name, "params": parameters})

    def window(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """The size of the page, and which colours its user likes."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        self._do("/url", {"url": url})

    def run(self, script: str, *arguments: object):
        """What a script gives that runs in the page: `return document.title`."""
        return self._do("/execute/sync", {"script": script, "args": list(arguments)})

    def run_later(self, script: str, *arguments: object):
        """The same for a script that gives its answer to its last argument."""
        return self._do("/execute/async", {"script": script, "args": list(arguments)})

    def press(self, *keys: str) -> None:
        """Keys one after the other, down and up, wherever the focus is."""
        actions = [
            {"type": kind, "value": KEYS.get(key, key)}
            for key in keys
            for kind in ("keyDown", "keyUp")
        ]
        self._do("/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def until(self, script: str, seconds: float = 10.0):
        """What the script gives as soon as that is something."""
        end = time.monotonic() + seconds
        while not (value := self.run(script)):
            assert time.monotonic() < end, f"not within {seconds} s: {script}"
            time.sleep(0.02)
        return value

    def picture(self, into: Path, *, whole: bool = False) -> None:
        """What is seen as a PNG, or the whole page."""
        shot = self.command(
            "Page.captureScreenshot", format="png", captureBeyondViewport=whole,
        )  # fmt: skip
        into.write_bytes(base64.b64decode(shot["data"]))

    def said(self) -> list[str]:
        """What came onto the console since it was asked last."""
        return [entry["message"] for entry in self._do("/se/log", {"type": "browser"})]

    def requests(self) -> list[str]:
        """Every address that was asked for since this was asked last; the browser's own are none."""
        messages = (
            json.loads(entry["message"])["message"]
            for entry in self._do("/se/log", {"type": "performance"})
        )
        urls = [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]
        return [url for url in urls if not url.startswith(("chrome", "data:", "about:"))]
