"""The pages that people read on the way in."""

import re

import pytest
from support.programs import ROOT

MODULES = sorted(path.name for path in (ROOT / "Sources").iterdir() if path.name[0] not in "Cg")
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


@pytest.mark.parametrize("module", MODULES)
def test_a_module_s_page_names_all_that_the_module_imports(module):
    folder = ROOT / "Sources" / module
    imports = {
        name
        for source in folder.rglob("*.swift")
        for name in re.findall(r"(?m)^(?:[a-z@]+ )?import (?:[a-z]+ )?(\w+)", source.read_text())
    }
    text = (folder / f"{module}.docc" / f"{module}.md").read_text()
    assert text.startswith(f"# ``{module}``\n")
    assert set(re.findall(r"`(\w+)`", re.search(r"(?ms)^Imports: (.*?)\.$", text)[1])) == imports


@pytest.mark.parametrize("module", MODULES)
def test_a_module_s_page_names_declarations_that_are_there(module):
    folder = ROOT / "Sources" / module
    code = "".join(source.read_text() for source in folder.rglob("*.swift"))
    text = (folder / f"{module}.docc" / f"{module}.md").read_text()
    named = {part for link in re.findall(r"``([\w/]+)``", text.split("\n", 1)[1]) for part in link.split("/")}
    assert [name for name in named if not re.search(rf"\b(?:struct|class|enum|protocol|let|case) {name}\b", code)] == []
