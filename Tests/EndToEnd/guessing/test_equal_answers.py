"""Nobody can tell by an answer, or by when it comes, why an authentication failed.

Every kind of failure is sent 2,000 times, many at once, to two workers, in an order drawn at random. So if the kind
does not matter, the times of one kind rank among all the others as any random sample of them would: the rank-sum test
of Wilcoxon, Mann and Whitney says how far they lie off, in standard deviations. Chance goes beyond LIMIT once in
150,000 kinds. Each test shows as well that it would find a difference, by adding one to the times of a kind.

Whatever fails waits its turn while the secret of another is hashed. That tells of the other, not of the one that waits;
where there are hashes, requests begin at random moments, so that all kinds wait as often.
"""

import asyncio
import contextlib
import ctypes
import hashlib
import json
import math
import multiprocessing
import os
import random
import re
import statistics
import time
from pathlib import Path

from support.fastcgi import token_request
from support.pool import Pool
from support.programs import GRANTD
from support.temporary import directory, running

COUNT = 2000
LIMIT = 4.5
DELAY = 0.1
SECRET = "the right secret"
HOME = "192.0.2.1"

# yescrypt at the system's usual cost, which is 24 ms, and at a quarter of it, for when there is load besides.
USUAL, CHEAP = "$y$j9T$", "$y$j7T$"

# Ways to fail: the client, and the secret that is sent. No worker has seen the right secret of `slow-new`.
WAYS = {
    "unknown client": ("nobody", "wrong"),
    "wrong secret, generated": ("fast", "wrong"),
    "disabled, generated": ("fast-off", SECRET),
    "ended secret, generated": ("fast-past", SECRET),
    "wrong secret, chosen": ("slow", "wrong"),
    "disabled, chosen": ("slow-off", SECRET),
    "ended secret, chosen": ("slow-past", SECRET),
}
WITH_HASH = WAYS | {"wrong secret, chosen, hashed": ("slow-new", "wrong")}


@contextlib.contextmanager
def workers(setting=USUAL, **settings):
    """Two workers that know the clients above, and `good`."""
    with directory() as path:
        state = path / "state"
        (state / "clients").mkdir(mode=0o700, parents=True)
        state.chmod(0o700)
        generated = "sha256:" + hashlib.sha256(SECRET.encode()).hexdigest()
        for identifier in ("good", "fast", "fast-off", "fast-past"):
            register(state, identifier, generated)
        for identifier in ("slow", "slow-off", "slow-past", "slow-new"):
            # A salt for each: what a worker remembers of one hash must be nothing to another.
            register(state, identifier, crypt(setting + identifier.replace("-", "").ljust(12, ".")))
        with running(Pool(path, GRANTD, state, 2, **settings)) as pool:
            yield pool


def crypt(setting):
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    return library.crypt(SECRET.encode(), setting.encode()).decode()


def register(state, identifier, written):
    secret = {"hash": written} | ({"expires_at": 1} if "past" in identifier else {})
    file = state / "clients" / f"{identifier}.json"
    file.write_text(json.dumps({"client_id": identifier, "secrets": [secret], "active": "off" not in identifier}))
    file.chmod(0o600)


async def measure(socket_path, requests, at_once=32, pause=0):
    """Each request's answer and the seconds until it was there; as many at a time as is said, each after a pause of up
    to so many seconds."""
    results = [None] * len(requests)
    waiting = iter(range(len(requests)))

    async def ask():
        for number in waiting:
            if pause:
                await asyncio.sleep(random.uniform(0, pause))
            began = time.perf_counter()
            reader, writer = await asyncio.open_unix_connection(str(socket_path))
            writer.write(requests[number])
            answer = await reader.read()
            results[number] = (answer, time.perf_counter() - began)
            writer.close()

    await asyncio.gather(*(ask() for _ in range(at_once)))
    return results


def grant_for_ever(socket_path):
    """Asks for tokens with a right secret, from four connections at once."""
    while True:
        asyncio.run(measure(socket_path, [token_request("good", SECRET, HOME)] * 500, at_once=4))


@contextlib.contextmanager
def load(socket_path):
    process = multiprocessing.get_context("fork").Process(target=grant_for_ever, args=(socket_path,))
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def sample(socket_path, ways, at_once, found, pause=0):
    """The answers and the times of each way to fail, sent in an order drawn at random; up to twice more of them, where
    the machine is so busy that `found` seconds would not show."""
    right = [token_request(identifier, SECRET, HOME) for identifier in ("slow", "slow-off")]
    asyncio.run(measure(socket_path, right * 60))
    answers, times = set(), {way: [] for way in ways}
    for _ in range(3):
        order = [way for way in ways for _ in range(COUNT)]
        random.shuffle(order)
        results = asyncio.run(measure(socket_path, [token_request(*ways[way], HOME) for way in order], at_once, pause))
        seconds = [seconds for _, seconds in results]
        assert min(seconds) >= DELAY
        answers |= {answer for answer, _ in results}
        # A hash makes those around it wait, and not itself: that must not be taken for a time of its own.
        for way, measured in zip(order, seconds if pause else levelled(seconds)):
            times[way].append(measured)
        if sensitivity(times, found) > LIMIT:
            break
    return answers, times


def levelled(times, around=50):
    """The times without what the machine was slow at just then: less the median of those before and after."""
    return [
        seconds - statistics.median(times[max(0, number - around) : number + around + 1])
        for number, seconds in enumerate(times)
    ]


def sensitivity(times, found):
    """How many standard deviations `found` seconds more would at the least make."""
    off = deviations(times)
    return min(deviations(times | {way: [seconds + found for seconds in times[way]]})[way] - off[way] for way in times)


def deviations(times):
    """How far the times of each way rank from those of all others, in standard deviations."""
    ranked = sorted((seconds, way) for way, all_of_it in times.items() for seconds in all_of_it)
    ranks = dict.fromkeys(times, 0)
    for rank, (_, way) in enumerate(ranked, 1):
        ranks[way] += rank
    total = len(ranked)
    result = {}
    for way, sum_of_ranks in ranks.items():
        count = len(times[way])
        expected, variance = count * (total + 1) / 2, count * (total - count) * (total + 1) / 12
        result[way] = (sum_of_ranks - expected) / math.sqrt(variance)
    return result


def assert_alike(answers, times, found):
    """No way to fail stands out; and one would that took `found` seconds more."""
    assert len(answers) == 1 and b"Status: 401 " in next(iter(answers)), answers
    off = deviations(times)
    told = {way: f"{off[way]:+.1f} ({1000 * statistics.median(times[way]):.3f} ms)" for way in times}
    print(f"{len(next(iter(times.values())))} of each: {told}")
    assert max(map(abs, off.values())) < LIMIT, told
    assert sensitivity(times, found) > LIMIT, f"the machine is too busy to tell {found} s"


def processor_seconds(pool):
    """What the workers have computed so far."""
    # utime and stime, the 14th and 15th field of proc(5), of which two stand before the last parenthesis.
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pool.pids]
    return sum(int(field[11]) + int(field[12]) for field in fields) / os.sysconf("SC_CLK_TCK")


def seconds_of_a_hash(setting):
    began = time.process_time()
    crypt(setting + "salt")
    return time.process_time() - began


def test_no_time_tells_why_where_nothing_is_hashed():
    with workers(GRANTD_FAILURE_LIMIT="0", GRANTD_LOG_LEVEL="error") as pool:
        answers, times = sample(pool.socket, WAYS, at_once=64, found=0.001)
        assert_alike(answers, times, found=0.001)


def test_no_time_tells_why_where_one_way_is_hashed():
    with workers(GRANTD_FAILURE_LIMIT="0", GRANTD_LOG_LEVEL="error") as pool:
        answers, times = sample(pool.socket, WITH_HASH, at_once=66, found=0.005, pause=DELAY)
        assert_alike(answers, times, found=0.005)
        assert processor_seconds(pool) > COUNT * seconds_of_a_hash(USUAL) / 2, "nothing was hashed"


def test_no_time_tells_why_under_load():
    with workers(CHEAP, GRANTD_FAILURE_LIMIT="0", GRANTD_LOG_LEVEL="error") as pool, load(pool.socket):
        # No more than a worker lets wait for a hash, be the machine as busy as it may.
        answers, times = sample(pool.socket, WITH_HASH, at_once=120, found=0.005, pause=DELAY)
        assert_alike(answers, times, found=0.005)


def test_what_is_limited_is_limited_alike():
    """As it is shipped: from one address so many failures are told as such, then few, whatever the reason."""
    with workers() as pool:
        order = [way for _ in range(40) for way in WITH_HASH]
        requests = [token_request(*WITH_HASH[way], "198.51.100.1") for way in order]
        answers = [answer for answer, _ in asyncio.run(measure(pool.socket, requests))]
        shapes = {re.sub(rb"Retry-After: [1-8]\b", b"Retry-After: N", answer) for answer in answers}
        assert {re.search(rb"Status: (\d+)", shape)[1] for shape in shapes} == {b"401", b"429"} and len(shapes) == 2
        for way in WITH_HASH:
            told = sum(b"Status: 401 " in answer for answer, sent in zip(answers, order) if sent == way)
            assert 10 <= told <= 14, (way, told)
