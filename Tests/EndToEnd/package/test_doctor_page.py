"""grantd-doctor(7) has every name that the doctor may give, and no other."""

import re

from support.programs import ROOT

SOURCES = [ROOT / "Sources/Doctor", ROOT / "Sources/grantctl/Doctor"]
# A name stands after the severity, or after the function that makes the finding.
NAMED = re.compile(r'(?:\.failure|\.warning|\bfailure\(|\bwarning\()[,\s]*"([a-z]+(?:-[a-z]+)*)"')


def test_the_page_has_every_name_of_a_finding():
    code = "".join(source.read_text() for folder in SOURCES for source in sorted(folder.rglob("*.swift")))
    page = set(re.findall(r"(?m)^\.TP\n\.B (\S+)$", (ROOT / "deploy/man/grantd-doctor.7").read_text()))
    named = set(NAMED.findall(code))
    assert len(named) > 90
    assert sorted(named - page) == []
    assert [name for name in sorted(page) if f'"{name}"' not in code] == []
