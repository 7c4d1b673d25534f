"""deploy/ansible, run by ansible-playbook on this machine: it changes clients once, and removes those that go."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from support.programs import GRANTCTL, ROOT, environment, grantctl


def play(path, *options):
    """Runs the playbook; answers with what ansible counts, and with what grantctl said."""
    settings = {
        "ansible_connection": "local", "ansible_python_interpreter": sys.executable, "ansible_become": False,
        "grantd_clients_source": str(path / "playbook/clients"), "grantd_clients_directory": str(path / "declared"),
        "grantd_clients_grantctl": str(GRANTCTL),
    }  # fmt: skip
    surroundings = environment(path / "state") | {
        "ANSIBLE_HOME": str(path / "ansible"), "ANSIBLE_LOCAL_TEMP": str(path / "temporary"), "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_STDOUT_CALLBACK": "json", "ANSIBLE_CALLBACKS_ENABLED": "", "LC_ALL": "C.UTF-8", "HOME": str(path),
    }  # fmt: skip
    done = subprocess.run(
        [Path(sys.executable).parent / "ansible-playbook", "-i", "one,", "-e", json.dumps(settings), *options]
        + [path / "playbook/site.yml"],
        env=surroundings | {"PATH": os.environ["PATH"]}, text=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return done


def test_the_playbook_changes_clients_once_and_removes_those_that_are_not_declared_any_more(tmp_path):
    shutil.copytree(ROOT / "deploy/ansible", tmp_path / "playbook")
    (tmp_path / "state").mkdir(mode=0o700)
    site = tmp_path / "playbook/site.yml"
    site.write_text(site.read_text().replace("hosts: grantd", "hosts: all"))
    other = tmp_path / "playbook/clients/other.json"
    other.write_text(json.dumps({"client_id": "other", "secrets": []}))
    first = play(tmp_path)
    print(first.stdout, first.stderr)
    assert False
