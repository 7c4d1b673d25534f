"""Members of the engine fail, move and come back while three machines ask for tokens, checks and revocations."""

import shutil
import signal
import subprocess
import threading
import time

import pytest
from support.clock import LIBRARY, shifted
from support.engines import cluster, single
from support.machines import Load, client_slot, digest, in_parallel, key, machines, owner, owner_of_slot
from support.programs import wait_until

# After this, in seconds, a primary that does not answer is replaced, or stops to serve without a majority.
NODE_TIMEOUT = 1
PATIENCE = 5
SETTINGS = {"GRANTD_STORE_PATIENCE": str(PATIENCE)}
# How long an engine on a busy machine may take to elect a new primary, so that grantd's patience has to suffice.
USUAL_ELECTION = PATIENCE - 1
RULE = "no replica has confirmed the change yet, which is made"


@pytest.fixture(scope="module")
def engine():
    with cluster() as made:
        yield made


@pytest.fixture(scope="module")
def three(engine):
    with machines(engine, "a", "b", "c", settings=SETTINGS) as made:
        yield made


@pytest.fixture(scope="module")
def robot(three):
    return three[0].register("robot")


def by_the_rule(three):
    """How many revocations were answered by 503 because only one machine had them."""
    return sum(machine.count(RULE) for machine in three)


def judge(load, three, before, elected=0.0):
    """Nothing wrong; nothing failed but what the rule of two machines says, unless the engine itself took too long."""
    load.check_all()
    print(f"\n{load.said()}; elected after {elected:.2f} s")
    assert load.wrong == [], load.wrong[:10]
    assert load.requests > 200 and len(load.revoked) > 20, load.said()
    if elected < USUAL_ELECTION:
        assert load.failed == [], load.failed[:10]
        assert load.unconfirmed <= by_the_rule(three) - before
    assert load.longest < PATIENCE + 2, load.said()


def elected_instead(engine, member, since):
    """Waits until another member has a member's slots, and says how many seconds that took."""
    wait_until(lambda: len(engine.primaries()) == 3 and member not in engine.primaries(), "a new primary", seconds=30)
    return time.monotonic() - since


def test_a_killed_primary_fails_no_request(engine, three, robot):
    originals = engine.primaries()
    assert len(originals) == 3
    for member in originals:
        wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)
        if member not in engine.primaries():
            continue
        before = by_the_rule(three)
        with Load(three, robot) as load:
            time.sleep(1)
            start = time.monotonic()
            member.kill()
            elected = elected_instead(engine, member, start)
            time.sleep(1)
            member.start()
            wait_until(engine.is_whole, "the member to be back", seconds=30)
            time.sleep(0.5)
        judge(load, three, before, elected)
        # What the primary had acknowledged and not passed on yet can be lost, and no more.
        for token in load.lost:
            assert start - 1 < token.issued < start + 1, "a token is lost that was not new when the primary died"
        assert len(load.lost) < 20, load.said()


def test_a_primary_that_hangs_and_wakes_up_gives_no_stale_answer(engine, three, robot):
    wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)
    before = by_the_rule(three)
    member = engine.primaries()[0]
    with three[1].caller() as other:
        tokens = [other.token(robot) for _ in range(200)]
        elsewhere = [token for token in tokens if owner(engine, token)[0] is not member]
        assert 50 < len(elsewhere) < 200
        with Load(three, robot) as load:
            time.sleep(1)
            start = time.monotonic()
            member.signal(signal.SIGSTOP)
            try:
                # For the first second, in which nobody can have been elected, and in any case a few.
                answered = 0
                while answered < 20 or time.monotonic() < start + NODE_TIMEOUT - 0.1:
                    assert other.check(elsewhere[answered % len(elsewhere)]) == 204
                    answered += 1
                elected = elected_instead(engine, member, start)
                time.sleep(max(0.0, start + 6 - time.monotonic()))
            finally:
                member.signal(signal.SIGCONT)
            # The deposed primary believes for a moment that it has its slots.
            time.sleep(2)
            wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)
        print(f"{answered} checks of other slots were answered")
    judge(load, three, before, elected)


def test_tokens_elsewhere_are_checked_while_the_slot_of_their_client_is_gone(engine, robot):
    """With its only replica stopped too, nobody takes the hung primary's place: who waits for it waits in vain."""
    wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)
    own = client_slot("robot")
    wait_until(lambda: len(owner_of_slot(engine, own)[1]) == 1, "the replica to be known", seconds=30)
    member, replicas = owner_of_slot(engine, own)
    # Machines that have asked little yet.
    with machines(engine, "d", "e", settings=SETTINGS) as two:
        callers = [caller for machine in two for caller in machine.callers()]
        tokens = [callers[0].token(robot) for _ in range(300)]
        for _ in range(2):
            for caller in callers:
                caller.token(robot)
            # After the first round they read the registry's versions, and in the second they remember the client.
            time.sleep(2)
        elsewhere = [token for token in tokens if owner(engine, token)[0] is not member]
        assert len(elsewhere) > 100
        for stopped in (*replicas, member):
            stopped.signal(signal.SIGSTOP)
        try:
            for caller in callers:
                assert {caller.check(token) for token in elsewhere} == {204}
        finally:
            for stopped in (member, *replicas):
                stopped.signal(signal.SIGCONT)
    wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)


def test_tokens_revoked_while_their_primary_hangs_stay_dead_when_it_wakes_up(engine, three, robot):
    """Many workers ask at the moment of waking up: the deposed primary still has all these tokens."""
    wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)
    member = engine.primaries()[0]
    callers = [caller for machine in three for caller in machine.callers()]
    tokens = [token for token in (callers[0].token(robot) for _ in range(60)) if owner(engine, token)[0] is member]
    assert len(tokens) > 5
    assert all(caller.check(token) == 204 for caller in callers for token in tokens)
    start = time.monotonic()
    member.signal(signal.SIGSTOP)
    try:
        elected_instead(engine, member, start)
        for token in tokens:
            # The new primary has no replica, so by the rule of two machines the answer may be 503: the token is dead.
            assert callers[0].revoke(robot, token) in (200, 503)
            assert callers[0].check(token) == 401
        seen, end = [], threading.Event()

        def ask(number, caller):
            while not end.is_set():
                for token in tokens:
                    seen.append(caller.check(token))

        asking = threading.Thread(target=in_parallel, args=(ask, callers, len(callers)))
        asking.start()
        # A worker that asked nothing while the primary hung learns of the change by its first question.
        time.sleep(1.5)
    finally:
        member.signal(signal.SIGCONT)
    time.sleep(2)
    end.set()
    asking.join()
    assert len(seen) > 100 and set(seen) == {401}
    assert member not in engine.primaries()
    wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)


def test_a_member_left_alone_is_not_believed(engine, three, robot):
    wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)
    alone = engine.primaries()[0]
    others = [member for member in engine.members if member is not alone]
    callers = [caller for machine in three for caller in machine.callers()]
    tokens = [callers[0].token(robot) for _ in range(60)]
    own = [token for token in tokens if owner(engine, token)[0] is alone]
    assert len(own) > 5
    dead = own.pop()
    wait_until(lambda: callers[0].revoke(robot, dead) == 200, "the revocation")
    for member in others:
        member.signal(signal.SIGSTOP)
    try:
        # It serves until it knows. It asks each member at the latest half a node-timeout after the member's last word,
        # and gives it up a node-timeout later.
        start = time.monotonic()
        while callers[0].check(own[0]) == 204:
            assert time.monotonic() < start + 3 * NODE_TIMEOUT
        refusing = time.monotonic() - start
        answers = []

        def ask(number, token):
            start = time.monotonic()
            answers.append((callers[number].check(token), time.monotonic() - start))

        in_parallel(ask, [*own[:4], dead, tokens[0]], len(callers))
        assert [status for status, _ in answers] == [503] * 6
        longest = max(seconds for _, seconds in answers)
        print(f"\nthe first refusal after {refusing:.2f} s, the others after {longest:.2f} s each")
        assert longest < PATIENCE + 1
    finally:
        for member in others:
            member.signal(signal.SIGCONT)
    for caller in callers:
        wait_until(lambda: caller.check(own[0]) == 204, "the token to be good again", seconds=30)
        assert caller.check(dead) == 401
    wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)
    assert [callers[0].check(token) for token in own] == [204] * len(own)


def test_slots_that_move_fail_no_request(engine, three, robot):
    wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)
    source, target = engine.primaries()[:2]
    before = by_the_rule(three)
    owned = lambda: sum(
        last - first + 1 for first, last, primary, *_ in target.ask("CLUSTER", "SLOTS") if primary[1] == target.port
    )
    count = owned()
    with Load(three, robot) as load:
        time.sleep(1)
        moved = subprocess.run(
            ["redis-cli", "--cluster", "reshard", source.name, "--cluster-yes", "--cluster-slots", "1000"]
            + ["--cluster-from", source.ask("CLUSTER", "MYID"), "--cluster-to", target.ask("CLUSTER", "MYID")],
            text=True,
            capture_output=True,
            timeout=120,
        )
        time.sleep(1)
    assert moved.returncode == 0, moved.stdout[-2000:] + moved.stderr
    assert owned() == count + 1000
    judge(load, three, before)
    assert load.lost == []


def test_an_ordered_failover_fails_no_request(engine, three, robot):
    wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)
    replica = next(member for member in engine.members if member not in engine.primaries())
    before = by_the_rule(three)
    with Load(three, robot) as load:
        time.sleep(1)
        start = time.monotonic()
        assert replica.ask("CLUSTER", "FAILOVER") == "OK"
        wait_until(lambda: replica in engine.primaries(), "the replica to be the primary", seconds=20)
        elected = time.monotonic() - start
        wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)
        time.sleep(1)
    judge(load, three, before, elected)
    assert load.lost == []


def test_a_revocation_that_no_replica_has_survives_the_primary(engine, three, robot):
    """The replica that has the token and not its revocation is made the primary: the journal ends the token there."""
    wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)
    a, b, _ = three
    of_a, of_b = a.callers(), b.callers()
    token = of_b[0].token(robot)
    assert [caller.check(token) for caller in [*of_a, *of_b]] == [204] * 4
    primary, (replica,) = owner(engine, token)
    wait_until(lambda: replica.ask("DBSIZE") == primary.ask("DBSIZE"), "the replica to have the token")
    replica.signal(signal.SIGSTOP)
    try:
        # Without this the kernel would keep the revocation for the replica.
        primary.ask("CLIENT", "KILL", "TYPE", "replica")
        assert of_a[0].revoke(robot, token) == 503
        assert primary.ask("EXISTS", key(token)) == 0
        journal = b"".join(file.read_bytes() for file in (a.state / "journal").glob("revoked-*"))
        assert digest(token) in journal
        primary.kill()
    finally:
        replica.signal(signal.SIGCONT)
    wait_until(lambda: replica in engine.primaries(), "the replica to be the primary", seconds=30)
    # So it came back, and would be accepted.
    assert replica.ask("EXISTS", key(token)) == 1
    assert [caller.check(token) for caller in of_a] == [401, 401]
    assert [caller.check(token) for caller in of_b] == [401, 401]
    assert replica.ask("EXISTS", key(token)) == 0
    primary.start()
    wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)


def test_a_revocation_survives_an_older_file_of_the_server():
    with single() as engine, machines(engine, "a", "b", settings=SETTINGS) as (a, b):
        robot = a.register("robot")
        server = engine.members[0]
        of_a, of_b = a.callers(), b.callers()
        token, good = (of_b[0].token(robot) for _ in range(2))
        assert [caller.check(token) for caller in [*of_a, *of_b]] == [204] * 4
        saved = server.path / "saved"
        written = lambda: b"".join(file.read_bytes() for file in (server.path / "appendonlydir").iterdir())
        wait_until(lambda: all(key(text) in written() for text in (token, good)), "the tokens to be in the file")
        shutil.copytree(server.path / "appendonlydir", saved)
        assert of_a[0].revoke(robot, token) == 200
        assert [caller.check(token) for caller in [*of_a, *of_b]] == [401] * 4
        server.kill()
        shutil.rmtree(server.path / "appendonlydir")
        saved.rename(server.path / "appendonlydir")
        server.start()
        wait_until(lambda: b"\nloading:0" in server.ask("INFO", "persistence"), "the server to have read its file")
        assert server.ask("EXISTS", key(token)) == 1, "it came back"
        # The first that either worker of the machine hears of it.
        in_parallel(lambda number, _: refuse(of_a[number], token), range(2), 2)
        assert server.ask("EXISTS", key(token)) == 0
        assert [caller.check(token) for caller in of_b] == [401, 401]
        assert [caller.check(good) for caller in [*of_a, *of_b]] == [204] * 4


def refuse(caller, token):
    assert caller.check(token) == 401


@pytest.mark.skipif(LIBRARY is None, reason="faketime is not installed")
def test_clocks_may_differ_by_an_hour(engine):
    own = {"ahead": shifted("+1h"), "behind": shifted("-1h")}
    settings = SETTINGS | {"GRANTD_FAILURE_LIMIT": "3", "GRANTD_FAILURE_DELAY": "0"}
    wait_until(engine.is_whole, "the Cluster to be whole", seconds=30)
    with machines(engine, "right", "ahead", "behind", settings=settings, own=own) as made:
        right, ahead, behind = made
        callers = [caller for machine in made for caller in machine.callers()]
        of = {machine: callers[2 * place : 2 * place + 2] for place, machine in enumerate(made)}
        long = right.register("long", "--lifetime", "86400")
        times = [of[machine][0].inspect(long, of[machine][0].token(long))["iat"] - time.time() for machine in made]
        assert [round(seconds / 3600) for seconds in times] == [0, 1, -1], "the clocks differ"

        # Mass revocation, by each of them.
        for turn, machine in enumerate([right, ahead, behind, right]):
            old = [caller.token(long) for caller in callers]
            assert all(caller.check(token) == 204 for caller in callers for token in old)
            machine.grantctl("client", "revoke-tokens", "long")
            assert {caller.check(token) for caller in callers for token in old} == {401}, turn
            new = [caller.token(long) for caller in callers]
            assert {caller.check(token) for caller in callers for token in new} == {204}, turn

        # A single token.
        for machine in made:
            token = of[machine][0].token(long)
            for place, other in enumerate(made):
                if other is not machine:
                    victim = of[machine][1].token(long)
                    wait_until(lambda: of[other][place % 2].revoke(long, victim) == 200, "the revocation")
                    assert {caller.check(victim) for caller in callers} == {401}
            assert {caller.check(token) for caller in callers} == {204}

        # Each machine's own clock says when a token expires.
        half = right.register("half", "--lifetime", "1800")
        good = {machine: of[machine][0].token(half) for machine in made}
        found = {
            (issuer.path.name, asked.path.name): {caller.check(good[issuer]) for caller in of[asked]}
            for issuer in made
            for asked in made
        }
        order = {"behind": 0, "right": 1, "ahead": 2}
        for (issuer, asked), statuses in found.items():
            assert statuses == ({204} if order[asked] <= order[issuer] else {401}), (issuer, asked)

        # The engine's clock counts failures: one at each machine, then none is heard at any for a second or so.
        wrong = right.register("guessed") | {"client_secret": "wrong"}
        guesses = [of[machine][0].grant(wrong) for machine in made]
        assert [guess.status for guess in guesses] == [401, 401, 401]
        refused = [caller.grant(wrong) for caller in callers]
        assert 429 in [answer.status for answer in refused]
        waits = [int(answer.headers["retry-after"]) for answer in refused if answer.status == 429]
        assert 1 <= min(waits) and max(waits) <= 60, waits
