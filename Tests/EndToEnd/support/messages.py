"""The texts in the sources, with "..." for what is put in at run time, and which of them a user meets as a problem."""

import functools
import re

from support.programs import ROOT

SOURCES = ROOT / "Sources"
# Pages and tables of figures, texts of the engine's own language, the doctor, whose findings hold their remedy, and what
# JOSE says of a token or a key, which only the programs above it can put before a user.
NOT_MESSAGES = (
    "Monitoring/",
    "Doctor/",
    "Counters/Layout/",
    "RedisStore/Keys/",
    "grantctl/Top/",
    "Linux/",
    "grantctl/Doctor/",
    "grantctl/Code/",
    "grantctl/Tokens/TokenFault",
    "grantctl/Commands/DoctorCommand",
)
# In these every text is a problem's, or a part of one.
WHOLE = (
    "FileStore/Audit/AuditTrail", "FileStore/Clients/ClientExamination", "FileStore/Clients/MemberNames",
    "FileStore/Clients/Yescrypt", "FileStore/Tokens/FileHeader", "Gateway/Values/RequestFault", "GrantCore/Model/CryptForm",
    "RedisStore/Administration/EngineAdministration", "RedisStore/Administration/EngineStatus", "RedisStore/Cluster/ErrorReply",
    "RedisStore/Cluster/MemberExamination", "RedisStore/Cluster/TopologySurvey", "RedisStore/Journal/RevocationJournal",
    "RedisStore/Stores/EngineKey", "Settings/Settings+Load", "Settings/SettingsFile", "FileStore/State/StateError",
    "RedisStore/Cluster/EngineSettings", "GrantCore/Requests/JSONParameters", "grantd/PoolProcess",
)  # fmt: skip
# Found by these rules, and yet parts of other messages, words of success, or what only the audit says.
NOT_PROBLEMS = {
    "there is no client of this id, which has the form of a token or a secret: ",
    " Did you mean ......?", " There are ....", "takes ...", "  + secrets: 1 generated", "  client_secret: ...",

    "To end the waits: grantctl client forgive ...",
    "The input is Client resources of Aidbox as JSON: a Bundle, an array, or one a line.",
    "The input is a realm that Keycloak exported, or its API's clients, as JSON.",
    "The input is clients of Ory Hydra: its API's, or rows of the table hydra_client, as JSON.",
    "The input is lines `id:hash`, as htpasswd(5) and shadow(5) write them.",
    "Bearer ...", "Counted since ..., for ..., until ...", "Function not found", "all ...", "cluster support disabled",
    "exit status ...", "grantd counts", "in ...", "in the environment", "no client was named, or there were too many for a line each",
    "default audience", "token format", "unused key", "scope policy", "key ...", "standard input", "grantd used\n", "grantd windows\n",
    "no such live token of the client", "on the command line", "secret ...", "signal ...", "supervise workers",
    "the caller is gone", "tokens since", "tokens that were issued in the last seconds before may be lost", "unix:...",
    "what came ...", "grantd grants\n", "grantd slots\n", "without any password configured", "redis ...", "valkey ...",
}  # fmt: skip
# A text is a problem's if it stands behind one of these.
CALLS = (
    "OutputError|InputError|Unusable|Malformed|ProgramFailure|SettingsError|HealthFailure|invalidRequest"
    "|unavailable|full|unknownFormat|missing|unsuitable|damaged|replaced|unusable|notKept|unaudited|NoEngine|append|problems?|failed"
)
PROBLEM = re.compile(
    rf"(?:\b(?:{CALLS})\((?:[\w.]+, )?(?:\w+: )?(?:\[\s*)?|\b(?:reason|problem|fault)(?:: String\??)?(?::| =| \+=) "
    r"|logger\.(?:warning|error|critical)\(\s*|logger\.log\(level: [\w.]+, )$"
)
ERRORS = re.compile(
    r"(?m)^(?:\w+ )*(?:enum|struct|extension) [\w.]+ ?: [^{]*\b(?:Error|Problem|CustomStringConvertible)\b"
)
REFUSALS = re.compile(r"(?m)^(?:\w+ )*extension (?:OAuthError|BearerRefusal|ClientRefusal[\w.]*)\b")
# Help is not a message, and a usage error is printed above the usage, which says what is right.
HELP = re.compile(
    r"(?:abstract|discussion|help|ArgumentHelp\(|ValidationError\(|visibility|valueName|title|summary):?\s*\[?\s*$"
)
OPENING = re.compile(r'//|(?P<signs>#*)(?P<quote>"""|")')
# One arm of a switch, or a case with its text.
ARM = re.compile(r"(?:\bcase\b[^\"]*[:=]|\?|:|=|\+|return|String \{)\s*$")


def literals(text):
    """The string literals of Swift code: where each begins, and its text."""
    at = 0
    while found := OPENING.search(text, at):
        if found[0] == "//":
            at = text.find("\n", found.end())
            if at < 0:
                return
            continue
        content, at = _literal(text, found)
        yield found.start(), content


def _literal(text, opened):
    signs, quote = opened["signs"], opened["quote"]
    escape, parts, at = "\\" + signs, [], opened.end()
    while not text.startswith(quote + signs, at):
        if text.startswith(escape + "(", at):
            parts.append("...")
            at = _after_interpolation(text, at + len(escape))
        elif text.startswith(escape, at):
            sign = text[at + len(escape)]
            parts.append("" if sign == "\n" else {"n": "\n", "t": "\t"}.get(sign, sign))
            at += len(escape) + 1
        else:
            parts.append(text[at])
            at += 1
    found = "".join(parts)
    if quote == '"""':
        found = re.sub(r"\s+", " ", found).strip()
    return found, at + len(quote + signs)


def _after_interpolation(text, at):
    depth = 0
    while True:
        if text[at] == '"':
            at += 1
            while text[at] != '"':
                at += 2 if text[at] == "\\" else 1
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
        if depth == 0:
            return at


def is_text(found):
    """Whether a literal is words of a person's language rather than a name, a key or a format."""
    return bool(re.search(r"[a-z]{2,}[ ,:]+(?:\S+ )*[a-z.]{2,}", found)) and not re.search(
        r'[{}]|\\u|="|^ +proxy_', found
    )


@functools.cache
def all_texts():
    """Every text of the sources, by its file."""
    found = {}
    for path in sorted(SOURCES.rglob("*.swift")):
        name = str(path.relative_to(SOURCES))
        code = path.read_text()
        for at, text in literals(code):
            found.setdefault(text, []).append((name, code, at))
    return found


def problems():
    """The messages of problems: what an answer, the log or a command says of one, and each reason of it."""
    return found_by_rules() - NOT_PROBLEMS


def found_by_rules():
    """What the rules below take for a problem's message, those among them that are none too."""
    return {
        text for text, places in all_texts().items() if is_text(text) and any(_is_problem(*place) for place in places)
    }


def _is_problem(name, code, at):
    if name.startswith(NOT_MESSAGES):
        return False
    before = code[max(0, at - 160) : at]
    if HELP.search(before):
        return False
    if name.removesuffix(".swift") in WHOLE:
        return True
    if PROBLEM.search(before):
        return True
    return bool((ERRORS.search(code) or REFUSALS.search(code)) and ARM.search(before))
