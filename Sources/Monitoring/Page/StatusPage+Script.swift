extension StatusPage {
    /// Loads the page again every ten seconds and changes what is different, so that focus and scrolling stay.
    static let script = #"""

        "use strict";
        {
            const period = 10_000;
            const note = document.getElementById("refresh");
            const button = document.getElementById("pause");
            let isPaused = false;
            let lastTry = Date.now();

            // Makes a node like a fresh one. What is alike is not touched.
            function patch(node, fresh) {
                if (node.isEqualNode(fresh)) return;
                if (node.nodeName !== fresh.nodeName) return node.replaceWith(fresh);
                if (node.nodeType !== Node.ELEMENT_NODE) {
                    node.data = fresh.data;
                    return;
                }
                for (const { name } of [...node.attributes]) {
                    if (!fresh.hasAttribute(name) && name !== "open") node.removeAttribute(name);
                }
                for (const { name, value } of fresh.attributes) {
                    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
                }
                const [children, others] = [[...node.childNodes], [...fresh.childNodes]];
                others.forEach((other, index) => {
                    if (index < children.length) patch(children[index], other);
                    else node.append(other);
                });
                children.slice(others.length).forEach((child) => child.remove());
            }

            function tell(text, isStale) {
                note.textContent = text;
                note.classList.toggle("stale", isStale);
            }

            const shown = () => document.getElementById("as-of").textContent;
            const code = (page) => ["style", "script"].map((name) => page.querySelector(name).textContent).join();

            async function refresh() {
                lastTry = Date.now();
                try {
                    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(period - 500) });
                    if (!answer.ok) throw new Error(`status ${answer.status}`);
                    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
                    if (isPaused) return;
                    // After an upgrade the whole page is another.
                    if (code(fresh) !== code(document)) return location.reload();
                    for (const part of ["title", "main", "footer"]) {
                        patch(document.querySelector(part), fresh.querySelector(part));
                    }
                    tell("Refreshes every 10 seconds", false);
                } catch {
                    if (!isPaused) tell(`Could not refresh since ${shown()}: the figures are of that time`, true);
                }
            }

            function refreshIfSeen() {
                if (!document.hidden && !isPaused) refresh();
            }

            button.addEventListener("click", () => {
                isPaused = !isPaused;
                button.textContent = isPaused ? "Resume" : "Pause";
                tell(isPaused ? `Paused: the figures are of ${shown()}` : "Refreshes every 10 seconds", isPaused);
                refreshIfSeen();
            });
            document.addEventListener("visibilitychange", () => {
                if (Date.now() - lastTry > period) refreshIfSeen();
            });
            setInterval(refreshIfSeen, period);
            button.hidden = false;
            tell("Refreshes every 10 seconds", false);
        }

        """#
}
