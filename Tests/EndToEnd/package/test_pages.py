"""The pages that people read on the way in."""

import re

import pytest
from support.programs import ROOT

PAGES = ["README.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md"]


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 230


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_is_there(page):
    path = ROOT / page
    text = path.read_text()
    targets = re.findall(r"\]\(([^)]+)\)", text)
    assert targets
    files = [target for target in targets if not target.startswith(("#", "http"))]
    assert [target for target in files if not (path.parent / target).exists()] == []
    headings = [
        re.sub(r"[^a-z0-9 -]", "", line.lower()).replace(" ", "-") for line in re.findall(r"(?m)^#+ (.*)$", text)
    ]
    assert [target for target in targets if target.startswith("#") and target[1:] not in headings] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_manual_page_that_is_named_is_there(page):
    named = set(re.findall(r"\b(grant[a-z.-]+)\((\d)\)", (ROOT / page).read_text()))
    made = (ROOT / "deploy/man/write").read_text() + " ".join(path.name for path in (ROOT / "deploy/man").iterdir())
    assert [f"{name}.{section}" for name, section in named if f"{name}.{section}" not in made] == []
