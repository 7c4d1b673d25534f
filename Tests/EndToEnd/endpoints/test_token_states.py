"""Whatever became of a token: the check through nginx, introspection and grantctl always agree on it."""

import random
import time

import pytest
from support.site import site
from support.states import LOCATIONS, SCOPES, Verdicts, administer, revoke

SCOPE = "orders.read"


@pytest.fixture(scope="module")
def verdicts():
    with site(server=LOCATIONS) as made:
        yield Verdicts(made)


def issue(site, identifier, *options):
    """A new client, and a token of its."""
    secret = site.add(identifier, "--scope", SCOPE, *options)
    return site.grant(identifier, secret).json()["access_token"], secret


def good(site):
    return issue(site, "good")[0]


def of_a_client_enabled_again(site):
    token, _ = issue(site, "enabled")
    administer(site, "client", "disable", "enabled")
    administer(site, "client", "enable", "enabled")
    return token


def issued_after_revoke_tokens(site):
    _, secret = issue(site, "emptied")
    administer(site, "client", "revoke-tokens", "emptied")
    return site.grant("emptied", secret).json()["access_token"]


def of_a_rotated_secret(site):
    token, _ = issue(site, "rotated")
    administer(site, "client", "rotate", "rotated")
    return token


LIVE = [good, of_a_client_enabled_again, issued_after_revoke_tokens, of_a_rotated_secret]


def no_token(site):
    return None


def empty(site):
    return ""


def garbage(site):
    return "garbage"


def garbage_of_a_token_s_form(site):
    return "A" * 64


def too_long(site):
    return "A" * 81


def one_character_off(site):
    token, _ = issue(site, "off")
    return ("B" if token[0] == "A" else "A") + token[1:]


def expired(site):
    token, _ = issue(site, "brief", "--lifetime", "1")
    time.sleep(1.01)
    return token


def revoked(site):
    token, secret = issue(site, "revoked")
    revoke(site, token, "revoked", secret)
    return token


def revoked_by_grantctl(site):
    token, _ = issue(site, "revoked-by-grantctl")
    administer(site, "token", "revoke", stdin=token)
    return token


def of_a_disabled_client(site):
    token, _ = issue(site, "disabled")
    administer(site, "client", "disable", "disabled")
    return token


def of_a_removed_client(site):
    token, _ = issue(site, "removed")
    administer(site, "client", "remove", "removed")
    return token


def of_a_client_made_again(site):
    token, _ = issue(site, "again")
    administer(site, "client", "remove", "again")
    issue(site, "again")
    return token


def before_revoke_tokens(site):
    token, _ = issue(site, "ended")
    administer(site, "client", "revoke-tokens", "ended")
    return token


def of_an_unreadable_client(site):
    token, _ = issue(site, "unreadable")
    (site.state / "clients/unreadable.json").write_text("{")
    return token


DEAD = [
    no_token,
    empty,
    garbage,
    garbage_of_a_token_s_form,
    too_long,
    one_character_off,
    expired,
    revoked,
    revoked_by_grantctl,
    of_a_disabled_client,
    of_a_removed_client,
    of_a_client_made_again,
    before_revoke_tokens,
    of_an_unreadable_client,
]


def named(state):
    return state.__name__.replace("_", " ")


@pytest.mark.parametrize("state", LIVE, ids=named)
def test_a_live_token_opens_what_its_scope_covers(verdicts, state):
    token = state(verdicts.site)
    for path, required in SCOPES.items():
        verdict = "good" if set(required.split()) <= {SCOPE} else "lacks"
        assert verdicts.of(token, path) == [verdict] * 3, path
    lacking = verdicts.check(token, "/write").headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in lacking and lacking.endswith('scope="orders.write"')


@pytest.mark.parametrize("state", DEAD, ids=named)
def test_a_dead_token_opens_nothing(verdicts, state):
    token = state(verdicts.site)
    for path in SCOPES:
        assert verdicts.of(token, path) == ["dead"] * 3, path
    challenge = verdicts.check(token).headers["WWW-Authenticate"]
    error = {None: None, "": "invalid_request"}.get(token, "invalid_token")
    assert challenge.startswith('Bearer realm="grantd"') and ("error=" in challenge) == bool(error)
    assert not error or f'error="{error}"' in challenge
    if token:
        assert verdicts.introspect(token) == {"active": False}


def test_a_token_of_one_second_lives_for_that_second(verdicts):
    secret = verdicts.site.add("second", "--lifetime", "1", "--scope", SCOPE)
    tokens, in_time = [], False
    while not in_time:
        assert len(tokens) < 50, "no check was answered within a second of its token's request"
        asked = time.monotonic()
        tokens.append(verdicts.site.grant("second", secret).json()["access_token"])
        status = verdicts.check(tokens[-1]).status_code
        in_time = time.monotonic() - asked < 1
        assert status == 200 or not in_time
    time.sleep(1.01)
    assert [verdicts.of(token) for token in tokens] == [["dead"] * 3] * len(tokens)


def test_they_agree_at_every_step_of_a_long_walk(verdicts):
    walk, chosen = Walk(verdicts.site), random.Random(3)
    for _ in range(60):
        step = chosen.choice([walk.issue, walk.issue, walk.revoke, walk.disable, walk.enable, walk.end, walk.renew])
        step(chosen)
        for token, is_live in walk.tokens.items():
            verdict = "good" if is_live and walk.is_active else "dead"
            assert verdicts.of(token) == [verdict] * 3, step.__name__


class Walk:
    """One client, and what should be true of its last tokens."""

    def __init__(self, site):
        self.site, self.tokens, self.is_active = site, {}, True
        self._secret = site.add("walker", "--scope", SCOPE)

    def issue(self, chosen):
        answer = self.site.grant("walker", self._secret)
        assert answer.status_code == (200 if self.is_active else 401)
        if self.is_active:
            self.tokens[answer.json()["access_token"]] = True
            self.tokens = dict(list(self.tokens.items())[-5:])

    def revoke(self, chosen):
        if self.tokens:
            token = chosen.choice(list(self.tokens))
            if self.is_active and chosen.random() < 0.5:
                revoke(self.site, token, "walker", self._secret)
            elif self.tokens[token]:
                administer(self.site, "token", "revoke", stdin=token)
            self.tokens[token] = False

    def disable(self, _):
        administer(self.site, "client", "disable", "walker")
        self.is_active = False

    def enable(self, _):
        administer(self.site, "client", "enable", "walker")
        self.is_active = True

    def end(self, _):
        administer(self.site, "client", "revoke-tokens", "walker")
        self.tokens = dict.fromkeys(self.tokens, False)

    def renew(self, _):
        administer(self.site, "client", "remove", "walker")
        self._secret = self.site.add("walker", "--scope", SCOPE)
        self.is_active = True
        self.tokens = dict.fromkeys(self.tokens, False)
