"""A browser under test: Debian's chromium without a window, asked over a pipe in its DevTools protocol.

A page is looked at as people have it: in a width and a colour scheme, by its texts, its accessibility tree or a picture.
Standard library only.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import time

from support.temporary import directory

PATIENCE = 20

# A browser has commands on its descriptor 3 and answers on 4, where this process may have something else open.
PIPES = (103, 104)
REDIRECTED = 'exec "$@" 3<&103 4>&104 103<&- 104>&-'

OPTIONS = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
]


def chromium():
    """The program; None where it is not installed."""
    return shutil.which("chromium")


class Browser:
    """One process of chromium with a profile of its own; `support.temporary.running` starts and stops it."""

    def start(self):
        self._directory = directory("browser")
        path = self._directory.__enter__()
        self._log = path / "log"
        self._pending, self._events, self._number = b"", [], 0
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        for descriptor, number in zip((commands, answers), PIPES):
            os.dup2(descriptor, number, inheritable=False)
            os.close(descriptor)
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                ["bash", "-c", REDIRECTED, "bash", chromium(), *OPTIONS, f"--user-data-dir={path}/profile"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=PIPES,
            )
        for number in PIPES:
            os.close(number)

    def stop(self):
        try:
            self.call("Browser.close")
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            os.close(self._commands)
            os.close(self._answers)
            self._directory.__exit__(None, None, None)

    def open(self, url, width=1280, height=900, scheme="light", **features):
        """A page in a tab of its own, when it has loaded; the tabs before are hidden from then on.

        Features are those of media queries: `forced_colors="active"`."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, target, session)
        for domain in ("Page", "Runtime", "Log", "Audits", "Accessibility", "Network"):
            page.call(f"{domain}.enable")
        page.resize(width, height)
        media = {"prefers-color-scheme": scheme} | {name.replace("_", "-"): value for name, value in features.items()}
        wanted = [{"name": name, "value": value} for name, value in media.items()]
        page.call("Emulation.setEmulatedMedia", features=wanted)
        page.go(url)
        return page

    def call(self, method, session=None, **parameters):
        """Asks the browser, or a page's session, and returns what it answers."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while True:
            answer = self._receive(end - time.monotonic(), method)
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]

    def events(self, session):
        """What a page's session has reported so far."""
        return [event for event in self._events if event.get("sessionId") == session]

    def wait_for(self, session, method):
        """Waits until a page's session reports this; what it reported before counts."""
        end = time.monotonic() + PATIENCE
        while not any(event["method"] == method for event in self.events(session)):
            self._receive(end - time.monotonic(), method)

    def forget(self, session):
        self._events = [event for event in self._events if event.get("sessionId") != session]

    def _receive(self, seconds, purpose):
        """The next message; those that answer no call are kept as events."""
        end = time.monotonic() + seconds
        while b"\0" not in self._pending:
            left = max(end - time.monotonic(), 0)
            assert select.select([self._answers], [], [], left)[0], f"no answer to {purpose}: {self._last_words()}"
            read = os.read(self._answers, 1 << 20)
            assert read, f"the browser ended: {self._last_words()}"
            self._pending += read
        message, _, self._pending = self._pending.partition(b"\0")
        message = json.loads(message)
        if "id" not in message:
            self._events.append(message)
        return message

    def _last_words(self):
        return self._log.read_text()[-2000:]


class Page:
    """A tab."""

    def __init__(self, browser, target, session):
        self._browser, self._target, self._session = browser, target, session

    def call(self, method, **parameters):
        return self._browser.call(method, self._session, **parameters)

    def go(self, url):
        """Loads another URL, and returns when that is done."""
        self._browser.forget(self._session)
        failure = self.call("Page.navigate", url=url).get("errorText")
        assert not failure, f"{url}: {failure}"
        self._browser.wait_for(self._session, "Page.loadEventFired")

    def resize(self, width, height=900):
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def show(self):
        """Brings the tab to the front: a hidden one is not drawn, and its timers may rest."""
        self.call("Page.bringToFront")

    def close(self):
        self._browser.call("Target.closeTarget", targetId=self._target)

    def evaluate(self, expression):
        """The value of JavaScript, as JSON has it; a promise is waited for."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def texts(self, selector):
        """The text of each element that a CSS selector finds, as it is seen."""
        return self.evaluate(f"[...document.querySelectorAll({json.dumps(selector)})].map((found) => found.innerText)")

    def click(self, selector):
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def press(self, key, code=None):
        """Presses a key: `page.press("Tab", 9)`."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code or 0)

    def accessibility(self):
        """The accessibility tree in reading order: pairs of role and name, as a screen reader has them."""
        nodes = {node["nodeId"]: node for node in self.call("Accessibility.getFullAXTree")["nodes"]}
        found, waiting = [], [next(iter(nodes))]
        while waiting:
            node = nodes[waiting.pop()]
            waiting += reversed([child for child in node.get("childIds", []) if child in nodes])
            if not node["ignored"]:
                found.append((node["role"]["value"], node.get("name", {}).get("value", "")))
        return found

    @property
    def overflows(self):
        """Whether the page as a whole scrolls sideways."""
        return self.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")

    def screenshot(self, path):
        """Writes a picture of the whole page, also of what has to be scrolled to, as PNG."""
        self.show()
        picture = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(picture))

    @property
    def complaints(self):
        """What the browser found wrong since the page was opened: errors of scripts and the console, failed loads, and
        violations of the Content-Security-Policy."""
        self.evaluate("0")
        return [complaint for event in self._browser.events(self._session) for complaint in complaints_of(event)]


def complaints_of(event):
    """The complaints that an event tells of, in words."""
    told = event["params"]
    match event["method"]:
        case "Log.entryAdded" if told["entry"]["level"] in ("error", "warning"):
            yield f"{told['entry']['source']}: {told['entry']['text']}"
        case "Runtime.exceptionThrown":
            yield f"exception: {told['exceptionDetails']}"
        case "Runtime.consoleAPICalled" if told["type"] in ("error", "warning", "assert"):
            yield f"console: {told['args']}"
        case "Audits.issueAdded" if told["issue"]["code"] == "ContentSecurityPolicyIssue":
            yield f"policy: {told['issue']['details']}"
