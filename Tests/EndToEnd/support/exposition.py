"""Asks for /metrics and /status, and reads both text formats of metrics as strictly as their standards have it."""

import json
import re
import types

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
FORMATS = {"Prometheus": ("text/plain", PROMETHEUS), "OpenMetrics": ("application/openmetrics-text", OPEN_METRICS)}

NAME = "[a-z_:][a-z0-9_:]*"
# Of a label's value: no line break and no quote as such, and after a backslash nothing but what the formats name.
PAIR = rf'({NAME})="((?:[^"\\\n]|\\["\\n])*)"'
# All numbers here are of something that is counted or measured: finite, and not negative.
NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:e[+-][0-9]+)?"
SAMPLE = re.compile(rf"({NAME})(?:\{{((?:{PAIR})(?:,{PAIR})*)\}})? ({NUMBER})")
SUFFIXES = {"counter": {"_total"}, "gauge": {""}, "info": {"_info"}, "histogram": {"_bucket", "_sum", "_count"}}


class Exposition:
    """What a text says: `families` by their names, which are the same in both formats, and all `values` by sample."""

    def __init__(self, text, content_type):
        self.families, self.values = {}, {}
        is_open = {OPEN_METRICS: True, PROMETHEUS: False}[content_type]
        lines = text.split("\n")
        assert lines.pop() == "", "the last line does not end"
        assert (lines[-1] == "# EOF") == is_open and "# EOF" not in lines[:-1]
        if is_open:
            lines.pop()
        while lines:
            self._read_family(lines, is_open)
        for family in self.families.values():
            if family.kind == "histogram":
                check_histogram(family)

    def _read_family(self, lines, is_open):
        name, text = re.fullmatch(rf"# HELP ({NAME}) (\S.*)", lines.pop(0)).groups()
        assert "\\" not in text
        [kind] = re.fullmatch(f"# TYPE {name} (counter|gauge|info|histogram)", lines.pop(0)).groups()
        unit = lines and re.fullmatch(f"# UNIT {name} (.+)", lines[0])
        if unit:
            lines.pop(0)
            assert is_open and name.endswith(f"_{unit[1]}")
        if not is_open:
            # Prometheus has a counter's suffix in its name, and knows no infos.
            assert kind != "info" and (kind == "counter") == name.endswith("_total")
            kind = "info" if name.endswith("_info") else kind
            name = re.sub("_(total|info)$", "", name)
        assert name not in self.families, f"{name} stands there twice"
        family = self.families[name] = types.SimpleNamespace(name=name, kind=kind, help=text, values={})
        while lines and not lines[0].startswith("#"):
            sample, value = read_sample(lines.pop(0))
            assert sample[0].startswith(name) and sample[0][len(name) :] in SUFFIXES[kind], sample
            assert sample not in self.values, f"{sample} stands there twice"
            family.values[sample] = self.values[sample] = value

    def value(self, name, **labels):
        """A number by its sample's name and labels; 0 if there is none."""
        return self.values.get((name, tuple(labels.items())), 0)

    def by(self, name, *labels):
        """The numbers of a sample's name by these labels, or by the one if it is only one; without zeros."""
        found = {}
        for (other, pairs), value in self.values.items():
            if other == name and value:
                key = tuple(dict(pairs)[label] for label in labels)
                found[key[0] if len(key) == 1 else key] = value
        return found


def read_sample(line):
    """A sample's name with its labels, in their order, and its value."""
    name, labels, *_, value = SAMPLE.fullmatch(line).groups()
    pairs = [(label, unescaped(text)) for label, text in re.findall(PAIR, labels or "")]
    assert len(dict(pairs)) == len(pairs), f"a label stands there twice: {line}"
    return (name, tuple(pairs)), int(value) if value.isdigit() else float(value)


def unescaped(text):
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), text)


def check_histogram(family):
    series = {}
    for (name, pairs), value in family.values.items():
        labels = dict(pairs)
        bound = labels.pop("le", None)
        assert (bound is not None) == name.endswith("_bucket")
        one = series.setdefault(tuple(labels.items()), types.SimpleNamespace(buckets=[], sum=None, count=None))
        if bound is None:
            setattr(one, name.rsplit("_", 1)[1], value)
        else:
            one.buckets.append((float(bound), value))
    for one in series.values():
        assert one.buckets == sorted(one.buckets) and one.buckets[-1] == (float("inf"), one.count)
        assert len({bound for bound, _ in one.buckets}) == len(one.buckets)
        assert [count for _, count in one.buckets] == sorted(count for _, count in one.buckets)
        least = most = below = lower = 0
        for bound, count in one.buckets:
            least, most = least + (count - below) * lower, most + (count - below and (count - below) * bound)
            below, lower = count, bound
        assert least * 0.999 <= one.sum <= most


def get(path, **more):
    """The parameters of a request from this machine, for a worker's `ask`."""
    return {"REQUEST_METHOD": "GET", "PATH_INFO": path, "REMOTE_ADDR": "127.0.0.1"} | more


def metrics(worker, accept="text/plain"):
    """What a worker's /metrics says."""
    answer = worker.ask(get("/metrics", HTTP_ACCEPT=accept))
    assert answer.status == 200, answer.text
    return Exposition(answer.text, answer.headers["content-type"])


def status(worker):
    """What a worker's /status says, as JSON."""
    answer = worker.ask(get("/status", QUERY_STRING="format=json"))
    assert answer.status == 200, answer.text
    return json.loads(answer.text)
