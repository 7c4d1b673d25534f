"""What one machine has answered is so at every other machine at once.

EVERYWHERE_ROUNDS says how many tokens are issued and revoked, EVERYWHERE_CHANGES how often a client is switched."""

import os

import pytest
from support.engines import cluster, single, valkey
from support.machines import in_parallel, machines

ROUNDS = int(os.environ.get("EVERYWHERE_ROUNDS", "3000"))
CHANGES = int(os.environ.get("EVERYWHERE_CHANGES", "120"))
THREADS = 8

# A disabled client fails to authenticate, here again and again.
SETTINGS = {"GRANTD_FAILURE_LIMIT": "0", "GRANTD_FAILURE_DELAY": "0"}


@pytest.fixture(scope="module", params=["redis-cluster", "redis-single", "valkey-cluster"])
def three(request):
    """Three machines of two workers each."""
    program = None
    if "valkey" in request.param:
        program = valkey()
        if program is None:
            pytest.skip("Valkey is not installed")
    make = single if "single" in request.param else cluster
    with make(program) as engine, machines(engine, "a", "b", "c", settings=SETTINGS) as made:
        yield made


def connections(three):
    """For each thread a connection to each machine; together they reach every worker."""
    workers = [machine.callers() for machine in three]
    return [[callers[0] if number % 2 else callers[1] for callers in workers] for number in range(2)] + [
        [machine.caller() for machine in three] for _ in range(THREADS - 2)
    ]


def test_a_token_is_good_everywhere_from_its_answer_on_and_dead_from_its_revocation_on(three):
    robot = three[0].register("robot")
    threads = connections(three)
    seen, again = set(), []

    def go_round(thread, number):
        a, b, c = (threads[thread][(number + place) % 3] for place in range(3))
        token = a.token(robot)
        seen.add(token)
        assert b.check(token) == 204, f"round {number}: a new token is refused"
        while (status := a.revoke(robot, token)) != 200:
            # No replica has confirmed it in time: it is asked for again, as RFC 7009 §2.2.1 says.
            assert status == 503, f"round {number}: the revocation is answered by {status}"
            again.append(number)
        assert b.check(token) == 401, f"round {number}: a revoked token is accepted"
        if number % 4 == 0:
            assert c.check(token) == 401, f"round {number}: a revoked token is accepted at the third machine"
            assert c.inspect(robot, token) == {"active": False}

    in_parallel(go_round, range(ROUNDS), THREADS)
    assert len(seen) == ROUNDS and len(again) <= ROUNDS / 50, f"{len(again)} revocations were not confirmed at once"
    for machine in three:
        assert not [*(machine.state / "tokens").glob("*")], "the machines have nothing in common but the engine"


def test_a_changed_client_counts_at_the_next_request_of_every_machine(three):
    names = [f"client-{number}" for number in range(4)]
    credentials = [three[0].register(name) for name in names]
    # Two threads at once cannot use one connection: each client has its own to every worker.
    callers = [[caller for machine in three for caller in machine.callers()] for _ in names]
    tokens = [callers[number][0].token(credentials[number]) for number in range(len(names))]
    for number in range(len(names)):
        for caller in callers[number]:
            # From here on every worker remembers the client.
            assert caller.check(tokens[number]) == 204

    def change(number, _):
        for turn in range(CHANGES // len(names) // 2):
            place = three[turn % 3]
            place.grantctl("client", "disable", names[number])
            for caller in callers[number]:
                assert caller.check(tokens[number]) == 401, "a token of a disabled client is accepted"
                assert caller.grant(credentials[number]).status == 401, "a disabled client gets a token"
            place.grantctl("client", "enable", names[number])
            for caller in callers[number]:
                assert caller.check(tokens[number]) == 204, "the client is enabled again"
            assert caller.grant(credentials[number]).status == 200

    in_parallel(change, range(len(names)), len(names))


def test_tokens_ended_at_one_machine_are_dead_at_every_other(three):
    robot = three[1].register("many-tokens")
    callers = [caller for machine in three for caller in machine.callers()]
    for turn in range(10):
        old = [caller.token(robot) for caller in callers]
        three[turn % 3].grantctl("client", "revoke-tokens", "many-tokens")
        for caller in callers:
            assert [caller.check(token) for token in old] == [401] * len(old)
            assert caller.check(caller.token(robot)) == 204
