#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Open vgpu-exporter's page in headless Chromium and judge what it shows.

usage: browser.py URL OUT STATE

Speaks the DevTools protocol over a pipe. Prints TAP lines without a plan, for
the test that called it; keeps screenshots in OUT. STATE is the file of the
mock kernel.
"""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

CHROMIUM = "chromium-headless-shell"
failed = False


def ok(good, text, detail=""):
    global failed
    print(f"{'ok' if good else 'not ok'} - {text}", flush=True)
    if not good:
        failed = True
        print(f"# {detail}", flush=True)


class Browser:
    """One tab of a browser of its own."""

    def __init__(self, profile):
        to_r, to_w = os.pipe()
        from_r, from_w = os.pipe()

        def wire():
            # Above 3 and 4 first, which may be among them.
            a, b = os.dup(to_r), os.dup(from_w)
            while a < 5 or b < 5:
                a, b = os.dup(a), os.dup(b)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            [CHROMIUM, "--remote-debugging-pipe", "--no-sandbox",
             "--disable-gpu", f"--user-data-dir={profile}",
             "--no-proxy-server", "about:blank"],
            preexec_fn=wire, close_fds=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_r)
        os.close(from_w)
        self.to, self.source = to_w, os.fdopen(from_r, "rb")
        self.number, self.session = 0, None
        self.errors, self.requests = [], []
        target = self.call("Target.createTarget", url="about:blank")
        self.session = self.call("Target.attachToTarget", flatten=True,
                                 targetId=target["targetId"])["sessionId"]
        for part in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(f"{part}.enable")

    def receive(self):
        data = bytearray()
        while (byte := self.source.read(1)) != b"\0":
            if not byte:
                raise EOFError("the browser is gone")
            data += byte
        return json.loads(data)

    def note(self, message):
        method = message.get("method")
        params = message.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.errors.append(params["exceptionDetails"]["text"])
        elif method == "Log.entryAdded" and \
                params["entry"]["level"] == "error":
            self.errors.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.note(answer)

    def js(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression,
                           returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def until(self, expression, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.js(expression):
                return True
            time.sleep(0.1)
        return False

    def key(self, key, code, text=""):
        for kind in ("keyDown", "keyUp"):
            extra = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                      windowsVirtualKeyCode=code, **extra)

    def shot(self, name, full=False):
        data = self.call("Page.captureScreenshot", captureBeyondViewport=full)
        with open(name, "wb") as out:
            out.write(base64.b64decode(data["data"]))

    def size(self, width, height, mobile):
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=mobile)

    def scheme(self, scheme):
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme",
                             "value": scheme}])

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def says(browser, selector):
    return browser.js(f"document.querySelector({json.dumps(selector)})"
                      "?.textContent")


def tell(state, words):
    with open(state, "w", encoding="ascii") as out:
        out.write(words)
        out.flush()
    time.sleep(0.1)


def contents(b):
    ok(b.until("document.querySelectorAll('#devices li').length == 2"),
       "the page shows two devices", says(b, "#state"))
    ok(says(b, "#devices h3") == "pci:0000:01:00.0", "by their names",
       says(b, "#devices h3"))
    ok("3.91 GiB of 16.0 GiB" in says(b, "#devices li"),
       "with what is held of their memory", says(b, "#devices li"))
    ok(b.until("/(4[5-9]|5[0-5])\\.\\d %/.test(document.querySelector('#devices li')"
               ".textContent)"), "and how busy they are",
       says(b, "#devices li"))
    bar = b.js("(() => { const m = document.querySelector('#devices "
               "[role=meter]'); return [m.getAttribute('aria-valuenow'), "
               "m.getAttribute('aria-valuetext'), m.firstChild.style.width];"
               " })()")
    ok(bar == ["24.4", "3.91 GiB of 16.0 GiB", "24.4141%"] or
       (bar[0] == "24.4" and bar[2].startswith("24.4")),
       "a bar is as long as it says", bar)
    ok(b.js("document.querySelectorAll('#rows tr').length") == 14,
       "there are 14 rows of groups",
       b.js("document.querySelectorAll('#rows tr').length"))
    first = says(b, "#rows tr")
    ok(first.startswith("/pci:"), "the largest first", first)
    ok("Pod 11111111-2222-3333-4444-555555555555" in says(b, "#rows"),
       "a pod is named")
    ok("Slurm job 42, step 0" in says(b, "#rows"), "a job of Slurm is named")
    ok(b.js("[...document.querySelectorAll('#rows .full')].length") == 2,
       "bars near their limit are marked",
       b.js("[...document.querySelectorAll('#rows .full')].length"))
    ok(b.js("document.title") == "vgpu" and
       "<script>document.title='owned'</script>" in says(b, "#rows"),
       "the name of a cgroup is text and no more", b.js("document.title"))


def history(b):
    ok(b.until("document.querySelector('#devices polyline')"
               ".getAttribute('points').split(' ').length >= 3"),
       "the history grows")
    told = b.js("document.querySelector('#devices svg')"
                ".getAttribute('aria-label')")
    ok(re.search("share of time up to (4[5-9]|5[0-5])", told),
       "and is told in words", told)


def events(b, state):
    ok(not b.js("document.querySelectorAll('#events li').length"),
       "no event is there at first")
    tell(state, "groups 0\nevents 1\n")
    ok(b.until("document.querySelectorAll('#events li').length == 1"),
       "an event appears by itself")
    event = says(b, "#events li") or ""
    ok("8.00 MiB refused by a limit of 5.00 MiB /jobs/refused, "
       "pci:0000:01:00.0, greedy (2 times)" in event, "in words", event)


def keyboard(b):
    b.js("document.activeElement.blur()")
    b.key("Tab", 9)
    ok(b.js("document.activeElement.className") == "skip",
       "the first Tab offers to skip to the groups")
    b.key("Enter", 13, "\r")
    ok(b.until("document.activeElement.id == 'groups'"), "and Enter does")
    b.key("Tab", 9)
    ok(b.js("document.activeElement.id") == "filter",
       "the filter comes next", b.js("document.activeElement.outerHTML"))
    b.call("Input.insertText", text="slurm")
    ok(b.until("document.querySelectorAll('#rows tr').length == 1"),
       "typing there leaves what matches")
    ok(says(b, "#shown") == "1 of 14", "and says how many",
       says(b, "#shown"))
    for _ in range(5):
        b.key("Backspace", 8)
    ok(b.until("document.querySelectorAll('#rows tr').length == 14"),
       "emptied, it shows all")
    b.key("Tab", 9)
    b.key(" ", 32, " ")
    ok(b.until("document.querySelector('[data-sort=cgroup]').parentNode"
               ".getAttribute('aria-sort') == 'ascending'"),
       "Space sorts by group, and says so")
    ok(says(b, "#rows tr").startswith("(removed)"), "in that order",
       says(b, "#rows tr"))
    b.js("document.getElementById('pause').focus()")
    b.key(" ", 32, " ")
    ok(b.until("document.getElementById('pause')"
               ".getAttribute('aria-pressed') == 'true'"), "Space pauses")
    count = len([r for r in b.requests if r.endswith("status.json")])
    b.until("false", 4)
    now = len([r for r in b.requests if r.endswith("status.json")])
    ok(now == count, "and nothing is asked for then", f"{count}, {now}")
    b.key(" ", 32, " ")
    ok(b.until("document.getElementById('state').textContent == 'Live.'") or
       "virtio_gpu is degraded" in says(b, "#state"), "Space goes on")


def reader(b):
    nodes = b.call("Accessibility.getFullAXTree")["nodes"]
    unnamed = [n["role"]["value"] for n in nodes
               if not n.get("ignored") and n["role"]["value"] in
               ("button", "meter", "image", "searchbox", "table", "link")
               and not n.get("name", {}).get("value")]
    roles = {n["role"]["value"] for n in nodes if not n.get("ignored")}
    ok(not unnamed, "all that acts or shows has a name", unnamed)
    wanted = {"banner", "main", "contentinfo", "heading", "table",
              "rowheader", "columnheader", "meter", "status"}
    ok(wanted <= roles, "and there are landmarks, headings and a table",
       wanted - roles)
    kept = b.js("document.querySelector('#rows tr').dataset.mark = 'kept'")
    b.until("false", 4)
    ok(kept == b.js("document.querySelector('[data-mark]')?.dataset.mark"),
       "rows stay in place while their figures change")


CONTRAST = """(() => {
    const parts = (c) => c.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const light = (c) => parts(c).map((v) => v / 255).map((v) =>
        v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).
        reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (n) => {
        for (; n; n = n.parentElement) {
            const c = getComputedStyle(n).backgroundColor;
            if (c !== "rgba(0, 0, 0, 0)")
                return c;
        }
        return "rgb(255, 255, 255)";
    };
    let least = 21;
    for (const n of document.querySelectorAll("h1, h2, h3, p, span, th, td, "
         + "small, button, li, a")) {
        if (!n.textContent.trim() || !n.offsetWidth)
            continue;
        const a = light(getComputedStyle(n).color), b = light(ground(n));
        least = Math.min(least, (Math.max(a, b) + 0.05) /
                                (Math.min(a, b) + 0.05));
    }
    return least;
})()"""


def looks(b, out):
    grounds = []
    b.js("document.querySelector('[data-sort=used]').click()")
    b.js("document.getElementById('filter').focus()")
    b.call("Input.insertText", text="pod")
    b.js("document.activeElement.blur()")
    for scheme in ("light", "dark"):
        b.scheme(scheme)
        grounds.append(b.js("getComputedStyle(document.body)"
                            ".backgroundColor"))
        contrast = b.js(CONTRAST)
        ok(contrast >= 4.5, f"{scheme}: the text stands out", contrast)
        b.shot(f"{out}/page-{scheme}.png")
    ok(grounds[0] != grounds[1], "dark differs from light", grounds)
    b.size(360, 740, True)
    wide = b.js("document.documentElement.scrollWidth")
    ok(wide <= 360, "a phone need not scroll sideways", wide)
    small = b.js("[...document.querySelectorAll('button, input')]"
                 ".filter((n) => n.offsetHeight < 24).length")
    ok(not small, "and fingers can hit the buttons", small)
    b.shot(f"{out}/page-phone.png")
    b.size(1200, 900, False)
    b.scheme("light")
    b.js("(() => { const f = document.getElementById('filter'); "
         "f.value = ''; f.dispatchEvent(new Event('input')); })()")


def absent(b, state):
    tell(state, "groups 0\nevents 1\nloaded 0\n")
    ok(b.until("document.getElementById('state').textContent == "
               "'the vgpu module is not loaded'"),
       "the page says that the module is gone", says(b, "#state"))
    tell(state, "groups 0\nevents 1\nloaded 1\n")
    ok(b.until("document.querySelectorAll('#devices li').length == 2"),
       "and comes back with it", says(b, "#state"))
    tell(state, "groups 3000\nevents 1\nloaded 1\n")
    ok(b.until("document.getElementById('shown').textContent == "
               "'100 of the 100 largest, of 3014 in all'"),
       "of many groups it shows the largest", says(b, "#shown"))


def main():
    url, out, state = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as profile:
        b = Browser(profile)
        b.size(1200, 900, False)
        b.call("Page.navigate", url=url)
        contents(b)
        history(b)
        events(b, state)
        keyboard(b)
        reader(b)
        looks(b, out)
        absent(b, state)
        foreign = [r for r in b.requests
                   if not r.startswith((url, "data:", "about:"))]
        ok(not foreign, "nothing is asked of anybody else", foreign)
        ok(not b.errors, "the console has no error", b.errors)
        b.close()
    sys.exit(failed)


main()
