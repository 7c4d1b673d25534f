"""deploy/ansible, run by ansible-playbook on this machine: it changes clients once, and removes those that go."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from support.programs import GRANTCTL, ROOT, environment, grantctl

COPYING = "Copy the declared clients"
APPLYING = "Bring the clients of grantd into the declared state"
REMOVING = "Remove the files of clients that are not declared any more"


def run(path, *options, **variables):
    """Runs the playbook, with these variables of the role."""
    settings = {
        "ansible_connection": "local", "ansible_python_interpreter": sys.executable, "ansible_become": False,
        "grantd_clients_source": str(path / "playbook/clients"), "grantd_clients_directory": str(path / "declared"),
        "grantd_clients_grantctl": str(GRANTCTL), **variables,
    }  # fmt: skip
    surroundings = environment(path / "state") | {
        "ANSIBLE_HOME": str(path / "ansible"), "ANSIBLE_NOCOLOR": "1", "ANSIBLE_PIPELINING": "1", "LC_ALL": "C.UTF-8", "HOME": str(path),
    }  # fmt: skip
    program = Path(sys.executable).parent / "ansible-playbook"
    return subprocess.run(
        [program, "-i", "one,", "-e", json.dumps(settings), *options, path / "playbook/site.yml"],
        env=surroundings, text=True, capture_output=True, timeout=120,
    )  # fmt: skip


def play(path, *options, **variables):
    """Runs the playbook; answers with the names of the tasks that changed something."""
    done = run(path, *options, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    tasks = re.split(r"^TASK \[(?:grantd_clients : )?(.+?)\].*$", done.stdout, flags=re.MULTILINE)
    return [
        name for name, text in zip(tasks[1::2], tasks[2::2], strict=True) if re.search("^changed:", text, re.MULTILINE)
    ]


def clients(path):
    """The ids of the clients that there are."""
    return [client["client_id"] for client in json.loads(grantctl(path / "state", "client", "list", "--json").stdout)]


def copy(path):
    """Copies the playbook, for this machine; answers with the file of its example."""
    shutil.copytree(ROOT / "deploy/ansible", path / "playbook")
    site = path / "playbook/site.yml"
    site.write_text(site.read_text().replace("hosts: grantd", "hosts: all"))
    return path / "playbook/clients/billing.json"


def test_the_example_is_refused_until_its_hash_is_replaced(tmp_path):
    example = copy(tmp_path)
    done = run(tmp_path)
    assert done.returncode == 2 and "a hash in its secrets is not sha256: and 64 hexadecimal digits" in done.stdout
    assert not (tmp_path / "state/clients/billing.json").exists()
    assert "REPLACE-see-grantd-client(5)" in example.read_text()


def test_the_playbook_changes_clients_once_and_removes_those_that_are_not_declared_any_more(tmp_path):
    example = copy(tmp_path)
    declared = json.loads(example.read_text())
    declared["secrets"] = [{"hash": f"sha256:{hashlib.sha256(os.urandom(32)).hexdigest()}"}]
    example.write_text(json.dumps(declared))
    other = tmp_path / "playbook/clients/other.json"
    other.write_text(json.dumps({"client_id": "other", "secrets": []}))
    # On a server that has nothing yet, it says what it would copy.
    assert play(tmp_path, "--check") == [COPYING] and not (tmp_path / "declared").exists()
    assert play(tmp_path) == [COPYING, APPLYING] and clients(tmp_path) == ["billing", "other"]
    assert play(tmp_path) == []

    grantctl(tmp_path / "state", "client", "remove", "billing")
    other.unlink()
    assert play(tmp_path, "--check", grantd_clients_prune=True) == [REMOVING, APPLYING] and clients(tmp_path) == [
        "other"
    ]
    assert play(tmp_path) == [REMOVING, APPLYING] and clients(tmp_path) == ["billing", "other"]
    assert play(tmp_path, grantd_clients_prune=True) == [APPLYING] and clients(tmp_path) == ["billing"]
