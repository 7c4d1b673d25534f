"""deploy/compose.yaml, and its services in containers of crun's: nginx's image is stood in for by this machine's nginx."""

import os
import shutil
from pathlib import Path

import yaml
from support.isolated import Isolated
from support.programs import ROOT

FILE = ROOT / "deploy/compose.yaml"

# What of a service has been looked at here: anything else would go untested.
KNOWN = {
    *("image", "pull_policy", "command", "entrypoint", "environment", "user", "group_add", "network_mode", "read_only"),
    *("cap_drop", "security_opt", "volumes", "tmpfs", "healthcheck", "stop_grace_period", "stop_signal", "restart"),
    *("depends_on", "ports"),
}


def compose():
    return yaml.safe_load(FILE.read_text())


def mounts(service, volumes):
    """Where a service has which file or directory, and which of these places it only reads."""
    found, read_only = {}, []
    for entry in service.get("volumes", []):
        source, place, *options = entry.split(":")
        assert options in ([], ["ro"])
        found[place] = (FILE.parent / source).resolve() if source.startswith(".") else volumes[source]
        read_only += [place] if options else []
    return found, read_only


def container(path, root, service, volumes, command, environment=(), system={}):
    """One service as compose.yaml describes it."""
    assert set(service) <= KNOWN, set(service) - KNOWN
    assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    found, read_only = mounts(service, volumes)
    found = system | found
    return Isolated(
        path,
        root,
        command,
        tuple(map(int, service["user"].split(":"))),
        [*environment, *(f"{name}={value}" for name, value in service.get("environment", {}).items())],
        found,
        groups=[int(group) for group in service.get("group_add", [])],
        ro=[*read_only, *system],
        temporary=[entry.split(":")[0] for entry in service.get("tmpfs", [])],
    )


def nginx_root(path):
    """A root with this machine's nginx, where nginx's own image has it, and the mounts that Isolated needs for it."""
    for place in ("etc/nginx/snippets", "var/log/nginx", "var/lib/nginx", "run/grantd", "usr", "tmp", "proc", "dev"):
        (path / place).mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        if os.path.islink(f"/{name}"):
            (path / name).symlink_to(f"usr/{name}")
    shutil.copy("/etc/nginx/mime.types", path / "etc/nginx")
    (path / "etc/nginx/nginx.conf").touch()
    (path / "etc/passwd").write_text("root:x:0:0::/:/bin/false\nnginx:x:101:101::/:/bin/false\n")
    (path / "etc/group").write_text("root:x:0:\nnginx:x:101:\n")
    (path / "var/log/nginx/error.log").symlink_to("/dev/stderr")
    return {"/usr": Path("/usr")} | {f"/{n}": Path(f"/{n}") for n in ("lib", "lib64") if not os.path.islink(f"/{n}")}
