"""Mistakes of newcomers, each made for real: what is said names what is wrong, and what to type or change.

A row is what the newcomer does, the line that they type, the fault that is named, and the remedy. DIR stands for the
newcomer's directory, and white space for any white space. `support/newcomer.py` has the words of its shell.
"""

import shutil

import pytest
from support.disks import as_root
from support.newcomer import LiveSite, Newcomer
from support.programs import grantctl
from support.temporary import directory, running

A_TOKEN = "dHeTquV7SExyjrpMV0VVwtBCLjAGaoBW0fXO_5wJ9is5mOILiWLFiL9VBpzDQNej"
REQUEST = "token_request -u orders:$SECRET"
GRANT = f"{REQUEST} -d grant_type=client_credentials"
HTTP_PART = "include snippets/grantd.http.conf;"
MOUNT = "include snippets/grantd.server.conf;"
CLIENT, IDENTITY = "include snippets/grantd.client.conf;", "include snippets/grantd.identity.conf;"
CHECK = 'auth_request "oauth2-check/orders.read";'

COMMANDS = [
    ("types grantctl alone", "grantctl", "USAGE: grantctl <subcommand>", "client Creates, shows and changes clients."),
    ("writes clients for client", "grantctl clients", "Unexpected argument 'clients'", "Did you mean 'grantctl client'?"),
    ("cuts a command short", "grantctl client ad web", "unexpected arguments: 'ad', 'web'", "Did you mean 'grantctl client add'?"),
    ("names no client", "grantctl client add", "Missing expected argument '<id>'", "grantctl client add web-app"),
    ("leaves a blank behind the id", "grantctl client add 'web '", 'The id "web " begins or ends with a blank', "leave it out"),
    ("leaves a line break behind the id", "grantctl client add $'web\\n'", "An id has 1 to 250 bytes and no control characters", "leave line breaks out"),
    ("gives two scopes without quotes", "grantctl client add web --scope a b", "Unexpected argument 'b'", "Put quotes around a value with blanks: --scope 'a b'"),
    ("separates scopes by a comma", "grantctl client add web --scope a,b", "Scopes are separated by blanks", '--scope "a b"'),
    ("separates scopes by two blanks", "grantctl client add web --scope 'a  b'", "Scopes are separated by single blanks", '--scope "a b"'),
    ("copies an en dash", "grantctl client add web –scope a", '"–scope" begins with a typographic dash', "type --scope"),
    ("copies typographic quotes", "grantctl client add web --scope “a b”", '"“a" has typographic quotation marks', "type ' or \" instead"),
    ("gives a lifetime of 1h", "grantctl client add web --lifetime 1h --json && grantctl client show web", "token lifetime 3600 s", "client_secret"),
    ("gives a lifetime of 0", "grantctl client add web --lifetime 0", "'0' is invalid for '--lifetime", "Give 1 to 31536000 seconds, such as 3600, 90s, 30m, 12h or 7d."),
    ("gives a lifetime of 20 digits", "grantctl client add web --lifetime 12345678901234567890", "'12345678901234567890' is invalid", "Give 1 to 31536000 seconds"),
    ("adds a client a second time", "grantctl client add orders", "client orders exists", "grantctl client rotate orders makes a new secret"),
    ("gives a secret as an argument", "grantctl client add web --secret hunter2", "Unknown option '--secret' A secret is not an argument, since other users see those", "--secret-stdin reads it from standard input"),
    ("gives no secret on standard input", "grantctl client add web --secret-stdin", "standard input is empty", 'printf %s "$LINE" | grantctl'),
    ("chooses a short secret", "printf abc | grantctl client add web --secret-stdin", "warning: the secret has fewer than 16 characters and may be guessed", "without --secret-stdin, grantctl generates one"),
    ("lists clients before there are any", "rm -r state; grantctl client list", "there is no state directory DIR/state", "`grantctl client add` makes one"),
    ("misspells the state directory", "grantctl client list --state $DIR/sate", "there is no state directory DIR/sate", "The path DIR/sate comes from --state."),
    ("misspells a directory above the state", "grantctl client add web --state $DIR/vra/grantd", "there is no directory DIR/vra", "Correct the path, or make the directory: sudo mkdir -p DIR/vra"),
    ("sets a relative GRANTD_STATE", "GRANTD_STATE=state grantctl client list", 'GRANTD_STATE is "state" in the environment', "it takes an absolute path"),
    ("misspells an id", "grantctl client show orderz", "there is no client orderz", "did you mean orders?"),
    ("inspects a client's secret", "grantctl client rotate orders --json | cut -d'\"' -f8 | grantctl token inspect", "It has 43 characters, as a client's secret has; a token has 64", "Get a token with the secret: grantctl token request URL --client ID"),
    ("inspects the whole answer of another state", f"echo '{{\"access_token\":\"{A_TOKEN}\",\"token_type\":\"bearer\"}}' | grantctl token inspect", "was not issued from the state directory DIR/state", "Ask there, or get a new one: grantctl token request URL --client ID"),
    ("inspects the whole header", f"echo 'Bearer {A_TOKEN}' | grantctl token inspect", "was not issued from the state directory DIR/state", "Ask there, or get a new one"),
    ("inspects a JWT", "echo eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl | grantctl token inspect", "It looks like a JWT that is not a token of grantd's", "Get a token of grantd's: grantctl token request URL --client ID"),
    ("applies a folder with one broken file", "mkdir a; echo '{\"client_id\":\"b\"}' >a/b.json; printf '{\\n\"client_id\": \"c\",\\n}' >a/c.json; grantctl apply a", "c.json: it is not well-formed JSON: see line 3, and delete the comma before the closing bracket", "nothing was changed"),
    ("prunes by an empty folder", "mkdir a; grantctl apply --prune a", "it declares no client, and --prune would remove all 1", "if that is meant, give --allow-empty"),
    ("ends the only secret", "grantctl client end-secret orders $(grantctl client show orders | awk '/^secret/ { print $2 }')", "is the last usable one of client orders", "create another first, grantctl client rotate --overlap 1d orders, or give --force"),
    ("names no secret to end", "grantctl client end-secret orders", "Missing expected argument '<secret>'", "grantctl client show orders shows the secrets' names."),
]  # fmt: skip

PERMISSIONS = [
    ("forgets sudo", "nobody grantctl client add web", "DIR/state belongs to root:root with mode 0700, and grantctl runs as nobody", "Run it with sudo: sudo env GRANTD_CONFIG="),
    ("runs grantctl as root on grantd's state", "chown -R www-data: state; grantctl client add web --json; stat -c %U state/clients/web.json; www_data grantctl client list", "www-data", "web active"),
    ("has the state on a read-only file system", "unshare --mount bash -c 'mount --bind $DIR $DIR && mount -o remount,ro,bind $DIR && grantctl client add web'", "is on a file system that is mounted read-only", "sudo mount -o remount,rw"),
    ("keeps the settings file from grantd", "chmod 600 grantd.conf; chown -R www-data: state; www_data grantd --check", "DIR/grantd.conf belongs to root:root with mode 0600, and grantd runs as www-data", 'sudo chgrp "$(id -gn www-data)" DIR/grantd.conf && sudo chmod g+r DIR/grantd.conf'),
    ("has clients/ belong to root", "chown www-data state state/key state/tokens state/assertions; www_data grantd --check", "DIR/state/clients belongs to root:root", "Give the state back to its owner: sudo chown -R www-data: DIR/state"),
    ("has no directory for the socket that grantd may write", "chown -R www-data: state; www_data grantd --listen unix:$DIR/grantd.sock", "DIR belongs to root:root with mode 0711, and grantd runs as www-data", "Let www-data write there, or name a directory of its own: sudo install -d"),
    ("listens for the whole network", "unshare --net bash -c 'grantd --workers 1 --listen 0.0.0.0:9000 2>log & soon grep serves log; kill $!; wait $!'; cat log", "the socket is open to other machines", "name your web servers in FCGI_WEB_SERVER_ADDRS, or listen on a unix socket"),
    ("looks at nginx without sudo", "nobody grantctl doctor --site-only", "nginx does not print its configuration for this user", "Run the doctor as root."),
]  # fmt: skip

SETTINGS = [
    ("misspells a setting", "setting GRANTD_ISUER=https://example.com/oauth2", "GRANTD_ISUER in DIR/grantd.conf:1 is not a setting of grantd", "Did you mean GRANTD_ISSUER?"),
    ("exports a setting", "setting 'export GRANTD_ISSUER=https://example.com/oauth2'", "DIR/grantd.conf:1 has more than a name before the sign", "it takes NAME=value, without export"),
    ("leaves GRANTD_ out", "setting TOKEN_LIFETIME=600", "DIR/grantd.conf:1 sets TOKEN_LIFETIME", "the setting is called GRANTD_TOKEN_LIFETIME"),
    ("sets a lifetime of 1h", "setting GRANTD_TOKEN_LIFETIME=1h", 'GRANTD_TOKEN_LIFETIME is "1h" in DIR/grantd.conf:1', "it is in seconds: 3600"),
    ("puts quotes around a value", "setting 'GRANTD_ISSUER=\"https://example.com/oauth2\"'; grantctl client add web", "The settings, the state and all clients are in order.", "curl -u web -d grant_type=client_credentials https://example.com/oauth2/token"),
    ("has an issuer in clear", "setting GRANTD_ISSUER=http://example.com/oauth2", 'GRANTD_ISSUER is "http://example.com/oauth2" in DIR/grantd.conf:1', "it takes an https URL without query, fragment and final slash, such as https://example.com/oauth2"),
    ("has a slash behind the issuer", "setting GRANTD_ISSUER=https://example.com/oauth2/", 'GRANTD_ISSUER is "https://example.com/oauth2/" in DIR/grantd.conf:1', "without query, fragment and final slash"),
    ("requires TLS by yes", "setting GRANTD_REQUIRE_TLS=yes", 'GRANTD_REQUIRE_TLS is "yes" in DIR/grantd.conf:1', "it takes external, all or none"),
    ("sets a relative path of the audit", "setting GRANTD_AUDIT=audit.jsonl", 'GRANTD_AUDIT is "audit.jsonl" in DIR/grantd.conf:1', "it takes an absolute path below a directory of its own, such as /var/log/grantd/audit.jsonl"),
    ("has no directory for the audit", "setting GRANTD_AUDIT=$DIR/log/audit.jsonl", "the audit DIR/log/audit.jsonl cannot be written: openat DIR/log/: No such file or directory", "make the directory: sudo mkdir -p DIR/log"),
]  # fmt: skip

FILES = [
    ("leaves a comma behind the last member", "client_file web.json $'{\"client_id\": \"web\",\\n '\"$SECRETS\"$',\\n}'", "web.json cannot be used: it is not well-formed JSON", "see line 3, and delete the comma before the closing bracket"),
    ("misspells a member", "client_file web.json \"{\\\"client_id\\\": \\\"web\\\", \\\"scpe\\\": \\\"a\\\", $SECRETS}\"", "web.json cannot be used: its member scpe is not known", "scope may be meant"),
    ("invents a member", "client_file web.json \"{\\\"client_id\\\": \\\"web\\\", \\\"team\\\": \\\"a\\\", $SECRETS}\"", "client web has a member that grantd does not know: team", "grantd-client(5) lists those it reads"),
    ("writes the secret in clear", "client_file web.json '{\"client_id\": \"web\", \"client_secret\": \"hunter2\"}'", "its member client_secret is not known", "secrets may be meant"),
    ("writes no secret", "client_file web.json '{\"client_id\": \"web\"}'", "client web has no secret: it cannot authenticate", "grantctl client rotate makes one"),
    ("lets others read a file", "chmod 644 state/clients/orders.json; grantd --check", "orders.json cannot be used: its mode 0644 lets others than its owner use it", "chmod go= DIR/state/clients/orders.json"),
    ("names a file otherwise than its client", "mv state/clients/orders.json state/clients/order.json; grantd --check", "order.json cannot be used: its client_id is not the one in its name", "correct the member, or rename the file"),
    ("deletes the key", "rm state/key; grantd --check", "DIR/state/key is missing", "the first start of grantd, or `grantctl client add`, makes it"),
]  # fmt: skip

STARTING = [
    ("starts grantd in a terminal", "grantd", "there is no socket to serve", "run systemctl start grantd, or give --listen unix:PATH"),
    ("has no directory for the socket", "grantd --listen unix:$DIR/run/grantd.sock", "there is no directory DIR/run", "make the directory: sudo mkdir -p DIR/run"),
    ("starts a second pool", "grantd --workers 1 --listen unix:$DIR/a.sock 2>/dev/null & soon test -S a.sock; grantd --listen unix:$DIR/a.sock; kill $!; wait $!", "another process listens on DIR/a.sock", "stop it, or listen elsewhere"),
    ("misspells the socket's group", "grantd --listen unix:$DIR/a.sock --socket-group nginxx", "there is no group nginxx", "name that of nginx's user, such as www-data"),
    ("gives a group and no socket", "grantd --socket-group www-data", "--socket-group needs", "--listen unix:path"),
]  # fmt: skip

REQUESTS = [
    ("asks for a token by GET", "curl -sS $SITE/oauth2/token", "invalid_request", "this endpoint takes POST only"),
    ("sends JSON as a form", "token_request -d '{\"client_id\":\"orders\"}'", "the body looks like JSON", "send it with Content-Type application/json"),
    ("names no grant", f"{REQUEST} -d scope=orders.read", "grant_type is missing", "send grant_type=client_credentials"),
    ("asks by a user's password", f"{REQUEST} -d grant_type=password", "unsupported_grant_type", "grant_type has to be client_credentials"),
    ("sends a wrong secret", "token_request -u orders:wrong -d grant_type=client_credentials; soon grep 'wrong secret' fastcgi.log", "client authentication failed", 'client=orders error=invalid_client peer=127.0.0.1 reason="wrong secret"'),
    ("has grantctl send a wrong secret", "printf wrong | grantctl token request $SITE/oauth2 --client orders", "answered 401 invalid_client: client authentication failed", "`grantctl client rotate orders` makes a new secret"),
    ("sends no credentials", "token_request -d grant_type=client_credentials", "no client authentication", "use Basic, or client_id and client_secret in the body"),
    ("asks for an unknown scope", f"{GRANT} -d scope=orders.wriet", "the client does not have the scope orders.wriet", "ask for less, or leave scope out"),
    ("asks for scopes with commas", f"{GRANT} -d scope=orders.read,orders.write", "the client does not have the scope orders.read,orders.write", "words are separated by spaces, not by commas"),
    ("writes tokens for token", "curl -sS $SITE/oauth2/tokens -u orders:$SECRET", "there is no such endpoint", "clients use /token, /introspect and /revoke"),
    ("sends the secret in the query", 'curl -sS -X POST "$SITE/oauth2/token?client_secret=$SECRET"', "client_secret is in the URI", "send it in the body"),
    ("asks in clear from afar", f"{GRANT} -H 'X-Forwarded-For: 203.0.113.5'", "this is served over TLS only", "use https"),
    ("sends a token without Bearer", 'curl -sS $SITE/orders/ -H "Authorization: $(token)"', "this needs a bearer token", "send Authorization: Bearer TOKEN"),
    ("sends the secret as a token", 'curl -sS $SITE/orders/ -H "Authorization: Bearer $SECRET"', "the token is unknown, expired, revoked or for another service", "get one for this service"),
    ("sends a token without the scope", 'curl -sSi $SITE/invoices/ -H "Authorization: Bearer $(token)"', "the token lacks a scope that this needs", 'scope="invoices.write"'),
    ("sends an expired token", 'grantctl client set orders --lifetime 1; T=$(token); grantctl client set orders --lifetime 1h; soon is_expired $T; curl -sS $SITE/orders/ -H "Authorization: Bearer $T"', "the token is unknown, expired, revoked or for another service", "Get a new one."),
    ("gave a secret with a line end of Windows", "printf 'a-long-secret-of-a-person\\r\\n' | grantctl client add windows --secret-stdin; token_request -u windows:a-long-secret-of-a-person -d grant_type=client_credentials", "Created client windows.", '"token_type":"bearer"'),
    ("asks a site that redirects", "printf %s $SECRET | grantctl token request $REDIRECTING/oauth2 --client orders", "answered 301, not an answer of a token endpoint", "If you trust it, give that URL. On the server, include grantd.server.conf above the site's redirects."),
    ("asks a site with a certificate of its own", "printf %s $SECRET | grantctl token request $TLS/oauth2 --client orders", "the server's certificate is not trusted", "For an authority of your own, give its certificate: --ca FILE"),
    ("asks a site without the mount", "printf %s $SECRET | grantctl token request $BARE/oauth2 --client orders", "Nothing is mounted at this path.", "this server {} has to include grantd.server.conf"),
    ("asks a port where nothing listens", "printf %s $SECRET | grantctl token request http://127.0.0.1:1/oauth2 --client orders", "No program listens on this port", "Check host and port. On the server: systemctl status nginx"),
]  # fmt: skip


def server(lines, mount=MOUNT):
    return f"server {{\n listen 127.0.0.1:PORT;\n server_name example.com;\n{mount}\n{lines}\n}}"


def location(lines):
    return f"location ^~ /orders/ {{\n{lines}\n proxy_pass http://127.0.0.1:8080;\n}}"


IN_ORDER = location(f"{CHECK}\n{CLIENT}\n{IDENTITY}")
FRONT_CONTROLLER = "rewrite ^/(.*)$ /index.php?path=$1 last;"

NGINX = [
    ("leaves the part for http {} out", server(IN_ORDER), "grantd is mounted, but grantd.http.conf is not included", f'Write "{HTTP_PART}" once in http {{}}, above all server {{}}.'),
    ("includes the part for http {} twice", f"{HTTP_PART}\n{HTTP_PART}\n{server(IN_ORDER)}", "grantd.http.conf is included more than once", 'Keep the first "include snippets/grantd.http.conf;" and delete this one.'),
    ("mounts below a rewrite", HTTP_PART + server(IN_ORDER, mount=f"{FRONT_CONTROLLER}\n{MOUNT}"), "rewrite stands above the mount of example.com", f'Move "{MOUNT}" (DIR/nginx.conf:10) above this line.'),
    ("includes client.conf below error_page", HTTP_PART + server(location(f"error_page 401 /login;\n{CHECK}\n{CLIENT}\n{IDENTITY}")), "This error_page stands above grantd.client.conf", f'Move "{CLIENT}" above this line'),
    ("asks with a slash at the start", HTTP_PART + server(IN_ORDER.replace("oauth2-check", "/oauth2-check")), "auth_request asks /oauth2-check/orders.read", 'Write auth_request "oauth2-check/orders.read";'),
    ("writes scopes without quotes", HTTP_PART + server(IN_ORDER.replace(CHECK, "auth_request oauth2-check/orders.read orders.write;")), 'invalid number of arguments in "auth_request" directive', 'auth_request "oauth2-check/orders.read orders.write";'),
    ("separates scopes by a comma", HTTP_PART + server(IN_ORDER.replace("orders.read", "orders.read,orders.write")), "are not separated by single spaces", 'Write auth_request "oauth2-check/orders.read orders.write";'),
    ("copies typographic quotes", HTTP_PART + server(IN_ORDER.replace(CHECK, "auth_request “oauth2-check/orders.read”;")), "is not grantd's check", 'Write auth_request "oauth2-check/orders.read";'),
    ("forgets a semicolon", HTTP_PART + server(IN_ORDER.replace(CHECK, CHECK[:-1])), "auth_request does not end with a semicolon", "Write a semicolon at the end of this line."),
    ("asks in a server without the mount", HTTP_PART + server(IN_ORDER, mount=""), "example.com asks grantd, but does not mount it", f'Write "{MOUNT}" at the top of this server {{}}.'),
    ("mounts in a location", HTTP_PART + server(IN_ORDER + f"\nlocation /oauth2/ {{\n{MOUNT}\n}}", mount=""), "is included in a location", f'Move "{MOUNT}" into server {{}}, outside of any location.'),
    ("includes client.conf not at all", HTTP_PART + server(location(f"{CHECK}\n{IDENTITY}")), "grantd.client.conf is not included beside this auth_request", f'Write "{CLIENT}" on the next line.'),
    ("does not tell the application the client", HTTP_PART + server(location(f"{CHECK}\n{CLIENT}")), "location ^~ /orders/ does not include grantd.identity.conf, so the application is not told the client", f'Write "{IDENTITY}" in this location.'),
    ("returns in a protected location", HTTP_PART + server(IN_ORDER.replace("proxy_pass http://127.0.0.1:8080", "return 200 ok")), "return answers every request of this location before it is checked", "Serve the content from a file or an application"),
]  # fmt: skip

MACHINE = [
    ("changes nginx.conf and does not reload nginx", "touch -d '30 seconds' nginx.conf; grantctl doctor --nginx nginx.conf; touch nginx.conf", "nginx has not been reloaded since DIR/nginx.conf was changed", "Run `nginx -t && systemctl reload nginx`."),
    ("has a clock that is a day behind", "touch -d '1 day' state/key; grantctl doctor --nginx nginx.conf; touch state/key", "the clock was set back, or was ahead then", "Set the clock (`timedatectl` shows it), and let a time service keep it right."),
    ("keeps the socket from nginx", "chown root:root fastcgi.sock; grantctl doctor --nginx nginx.conf; chown www-data:www-data fastcgi.sock", "nginx runs as www-data and may not connect to DIR/fastcgi.sock, which belongs to root:root and has mode 0600", "Set SocketGroup= to nginx's group with `systemctl edit grantd.socket`, or --socket-group of grantd"),
]  # fmt: skip

STOPPED = [
    ("looks for what is wrong", "grantctl doctor --nginx nginx.conf", "No worker serves.", "Start grantd: systemctl start grantd."),
    ("asks for a token", GRANT, "no answer from the token service", "try again later"),
    ("has grantctl ask for a token", "printf %s $SECRET | grantctl token request $SITE/oauth2 --client orders", "no worker of grantd answers", "On the server: systemctl start grantd"),
    ("asks for the health", "grantctl health --socket $DIR/fastcgi.sock", "no worker can be asked on DIR/fastcgi.sock", "run systemctl start grantd"),
    ("asks for the state of the service", "grantctl status", "No worker serves", "Start grantd: systemctl start grantd."),
]  # fmt: skip


def named(rows):
    return pytest.mark.parametrize("how, fault, remedy", [row[1:] for row in rows], ids=[row[0] for row in rows])


def check(said, fault, remedy):
    assert fault in said, "the fault is not named"
    assert remedy in said, "the remedy is not named"


@pytest.fixture(scope="module")
def template():
    """A state with the client `orders`."""
    with directory("template") as path:
        grantctl(path / "state", "client", "add", "orders", "--scope", "orders.read")
        yield path / "state"


@pytest.fixture
def newcomer(template):
    with directory("newcomer") as path:
        shutil.copytree(template, path / "state")
        yield Newcomer(path)


@pytest.fixture(scope="module")
def live():
    with directory("live") as path, running(LiveSite(path)) as made:
        yield made


@pytest.fixture(scope="module")
def stopped():
    """A site whose worker was stopped."""
    with directory("stopped") as path, running(LiveSite(path)) as made:
        made.pool.stop()
        yield made


@named(COMMANDS + SETTINGS + FILES + STARTING)
def test_who_types(newcomer, how, fault, remedy):
    check(newcomer.types(how), fault, remedy)


@as_root
@named(PERMISSIONS)
def test_who_may_not(newcomer, how, fault, remedy):
    check(newcomer.types(how), fault, remedy)


@named(REQUESTS)
def test_who_asks(live, how, fault, remedy):
    check(live.newcomer.types(how), fault, remedy)


@as_root
@named(MACHINE)
def test_who_runs_a_site(live, how, fault, remedy):
    check(live.newcomer.types(how), fault, remedy)


@named(STOPPED)
def test_who_has_no_worker(stopped, how, fault, remedy):
    check(stopped.newcomer.types(how), fault, remedy)


@named(NGINX)
def test_who_configures_nginx(newcomer, how, fault, remedy):
    check(newcomer.writes(how), fault, remedy)
