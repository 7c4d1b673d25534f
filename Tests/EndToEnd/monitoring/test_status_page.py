"""The status page in a browser: it shows what was done, refreshes itself, and asks for nothing else.

The pictures of it, light and dark, wide and on a phone, are left in .build/status-page."""

import json
import os
import re
import signal

import pytest
from support.browser import Browser
from support.nginx import Nginx
from support.own_pool import GROUP, own_pool
from support.programs import ROOT, grantctl, wait_until
from support.temporary import directory, running

PICTURES = ROOT / ".build" / "status-page"
SETTINGS = {"GRANTD_METRICS_CLIENTS": "on", "GRANTD_FAILURE_LIMIT": "3", "GRANTD_FAILURE_DELAY": "0"}
SCHEMES, WIDTHS = ("light", "dark"), (1280, 360)
GET = {"PATH_INFO": "/status", "REQUEST_METHOD": "GET", "REMOTE_ADDR": "127.0.0.1"}
HOSTILE = "\"><script>document.title='taken'</script>"


@pytest.fixture(scope="module")
def browser():
    with running(Browser()) as browser:
        yield browser


@pytest.fixture(scope="module")
def served():
    """A pool behind nginx, with one of each kind of thing done."""
    with (
        own_pool(*GROUP, workers=2, **SETTINGS) as pool,
        directory() as path,
        running(Nginx(path, pool.socket)) as nginx,
    ):
        pool.url = f"{nginx.url}/oauth2/status"
        pool.robot, pool.hostile, pool.guessed = (add(pool, name) for name in ("robot", HOSTILE, "guessed"))
        pool.secrets, pool.tokens = [pool.robot, pool.hostile, pool.guessed], []
        do(pool)
        [first, *_] = pool.workers()
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: pool.is_whole() and first not in pool.workers(), "a worker in its place")
        yield pool


def add(pool, identifier):
    made = grantctl(pool.state, "client", "add", identifier, "--scope", "a b", "--json")
    return json.loads(made.stdout)["client_secret"]


def grant(pool, identifier, secret, status=200, **more):
    form = {"grant_type": "client_credentials", "client_id": identifier, "client_secret": secret}
    answer = pool.post("/token", form | more)
    assert answer.status == status, answer
    if status == 200:
        pool.tokens.append(json.loads(answer.text)["access_token"])


def do(pool):
    """What the page is to show."""
    for _ in range(7):
        grant(pool, "robot", pool.robot)
    grant(pool, HOSTILE, pool.hostile)
    for _ in range(2):
        grant(pool, "robot", pool.robot, 400, scope="c")
    assert [pool.check(token) for token in pool.tokens[:5]] == [204] * 5
    assert [pool.check("x" * 64) for _ in range(6)] == [401] * 6
    form = {"client_id": "robot", "client_secret": pool.robot, "token": pool.tokens.pop()}
    assert pool.post("/revoke", form | {"client_id": HOSTILE, "client_secret": pool.hostile}).status == 200


def guess(pool):
    """Fails until the client has to wait for some seconds: how many answers were 401, and how many 429."""
    statuses = []

    def has_to_wait():
        form = {"grant_type": "client_credentials", "client_id": "guessed", "client_secret": "not-the-secret"}
        answer = pool.post("/token", form)
        statuses.append(answer.status)
        return answer.status == 429 and int(answer.headers["retry-after"]) > 5

    wait_until(has_to_wait, "a longer wait", seconds=30)
    return statuses.count(401), statuses.count(429)


def table(page, identifier):
    """The rows of the table with a caption of this id: the first cell's text, and the others'."""
    rows = page.evaluate(
        f"[...document.getElementById('{identifier}').closest('table').tBodies[0].rows]"
        ".map((row) => [...row.cells].map((cell) => cell.innerText))"
    )
    return {row[0].split()[0] if row[0] else "": row for row in rows}


def figures(page):
    return dict(zip(page.texts("dl.figures dt"), page.texts("dl.figures dd b"), strict=True))


def test_the_page_shows_what_was_done(browser, served):
    failed, refused = guess(served)
    page = browser.open(served.url)
    assert figures(page)["Active tokens"] == "7" and figures(page)["Workers serving"] == "2 of 2"
    shown = table(page, "refusal-table")
    counted = {"invalid_scope": 2, "wrong_secret": failed, "too_many_failures": refused}
    assert {reason: shown[reason][1:] for reason in counted} == {k: [str(n)] * 2 for k, n in counted.items()}
    decided = table(page, "check-table")
    assert decided["allowed"][1:] == ["5", "5"] and decided["invalid_token"][1:] == ["6", "6"]
    assert decided["misconfigured"][1:] == ["0", "0"]
    used = {row[0]: row[1:] for row in table(page, "client-table").values()}
    assert used == {"robot": ["7", "2"], HOSTILE: ["1", "0"], "guessed": ["0", str(failed + refused)]}
    [locked] = table(page, "lock-out-table").values()
    assert locked[0] == "guessed" and "until" in locked[2]
    assert set(table(page, "worker-table")) == {str(worker) for worker in served.workers()}
    assert "1 worker died and was replaced" in page.texts("main")[0]
    assert page.evaluate("document.title") != "taken" and not page.complaints
    page.close()


def test_the_page_refreshes_itself_and_can_be_stopped(browser, served):
    page = browser.open(served.url)
    page.show()
    before = int(table(page, "check-table")["no_credentials"][2])
    assert served.ask(GET | {"PATH_INFO": "/check", "OAUTH_REQUIRE_SCOPE": ""}).status == 401
    page.evaluate("document.getElementById('pause').focus()")

    def shown():
        return int(table(page, "check-table")["no_credentials"][2])

    wait_until(lambda: shown() == before + 1, "the page to refresh itself", seconds=30)
    assert page.evaluate("document.activeElement.id") == "pause", "the focus stays"
    page.click("#pause")
    paused = page.texts("#as-of")
    assert page.texts("#pause") == ["Resume"]
    page.evaluate("new Promise((done) => setTimeout(done, 11500))")
    assert page.texts("#as-of") == paused
    page.click("#pause")
    wait_until(lambda: page.texts("#as-of") != paused, "the page to go on", seconds=30)
    assert not page.complaints
    page.close()


def test_a_screen_reader_finds_its_way(browser, served):
    page = browser.open(served.url)

    def charts():
        return [name for role, name in page.accessibility() if role in ("image", "img")]

    # The first ten seconds of an hour have no chart yet.
    wait_until(lambda: len(charts()) >= 5, "the charts", seconds=40)
    assert all(charts()), "each chart has a name"
    tree = page.accessibility()
    roles = [role for role, _ in tree]
    headings = [name for role, name in tree if role == "heading"]
    for heading in ("Why requests are refused", "Checks by decision", "Workers", "Clients", "Who is locked out"):
        assert heading in headings
    assert roles.count("main") == 1 and "button" in roles
    page.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_fits_the_screen(browser, served, width, scheme):
    PICTURES.mkdir(parents=True, exist_ok=True)
    page = browser.open(served.url, width=width, scheme=scheme)
    assert not page.overflows and not page.complaints
    picture = PICTURES / f"{width}-{scheme}.png"
    page.screenshot(picture)
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG") and len(content) > 20_000
    assert int.from_bytes(content[16:20]) == width
    colours = page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
    text, ground = (sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in colours)
    assert (text < ground) == (scheme == "light")
    page.close()


def test_the_page_holds_no_secret_and_no_token(served):
    for query in ("", "format=json"):
        answer = served.ask(GET | {"QUERY_STRING": query})
        assert answer.status == 200 and not [word for word in served.secrets + served.tokens if word in answer.text]
