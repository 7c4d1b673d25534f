"""The image: what is in its archive, and that it runs as an engine would run it, with no right but to its two volumes."""

import json
import os
import re
import shutil
import signal
import subprocess

import pytest
import requests
from support.contained import ContainedService, listing
from support.disks import fill
from support.isolated import missing
from support.programs import ROOT, is_running, wait_until
from support.temporary import directory, running

KUBERNETES = (ROOT / "deploy/kubernetes.yaml").read_text()
LIVENESS = json.loads(re.search(r"livenessProbe:\s+exec:\s+command: (.*)", KUBERNETES)[1])


def test_the_same_package_makes_the_same_image(build_image, archive, image, tmp_path):
    said = build_image(tmp_path / "again.tar")
    assert (tmp_path / "again.tar").read_bytes() == archive.read_bytes()
    assert f"digest  {image.reference['digest']}\nsize    {archive.stat().st_size} bytes\n" in said


def test_its_description_is_that_of_one_unprivileged_process(image):
    version = re.match(r"grantd \((.+)\) ", (ROOT / "deploy/debian/changelog").read_text())[1]
    run, labels = image.run, image.run["Labels"]
    user, group = map(int, run["User"].split(":"))
    assert user == group >= 10000
    assert run["StopSignal"] == "SIGTERM" and run["Entrypoint"] == ["/usr/bin/grantd"]
    assert labels["org.opencontainers.image.version"] == version
    assert [name for name in labels if not name.startswith("org.opencontainers.image.")] == []
    assert image.configuration["os"] == "linux" and "T" in image.configuration["created"]
    for path in (run["Entrypoint"][0], run["Healthcheck"]["Test"][1]):
        assert image.paths()[path].mode & 0o111
    for volume in run["Volumes"]:
        assert image.paths()[volume].uid == user


def test_old_and_new_engines_find_the_same_image_in_it(image):
    (old,) = json.loads(image.files["manifest.json"])
    assert image.files[old["Config"]] == json.dumps(image.configuration, separators=(",", ":"), sort_keys=True).encode()
    assert [layer.removeprefix("blobs/sha256/") for layer in old["Layers"]] == [
        layer["digest"].removeprefix("sha256:") for layer in image.manifest["layers"]
    ]
    version = image.reference["annotations"]["org.opencontainers.image.ref.name"]
    assert old["RepoTags"] == [f"grantd:{version}", "grantd:latest"]


@pytest.mark.skipif(not shutil.which("skopeo"), reason="skopeo is missing")
def test_skopeo_reads_it_both_ways(archive, image):
    for kind in ("oci-archive", "docker-archive"):
        said = subprocess.run(["skopeo", "inspect", f"{kind}:{archive}"], text=True, capture_output=True, check=True)
        found = json.loads(said.stdout)
        assert found["Env"] == image.run["Env"] and found["Labels"] == image.run["Labels"]


def test_it_has_no_shell_no_package_manager_and_nothing_that_gives_privileges(image):
    paths = image.paths()
    programs = {path for path, entry in paths.items() if entry.isfile() and re.search("/s?bin/", path)}
    assert programs == {"/usr/bin/grantd", "/usr/bin/grantctl"}
    assert [path for path, entry in paths.items() if entry.mode & 0o6000] == []
    assert [path for path, entry in paths.items() if entry.mode & 0o022 and not entry.issym()] == ["/tmp"]
    user, group = map(int, image.run["User"].split(":"))
    owned = {path for path, entry in paths.items() if (entry.uid, entry.gid) == (user, group)}
    assert owned == {*image.run["Volumes"], "/var/log/grantd"}
    others = {(entry.uid, entry.gid) for path, entry in paths.items() if path not in owned}
    assert {owner for owner, _ in others} == {0}


def test_it_says_which_packages_are_in_it_with_their_licences(image):
    paths = image.paths()
    named = {path.rsplit("/", 1)[1] for path in paths if path.startswith("/var/lib/dpkg/status.d/")}
    contents = image.contents()

    def depends(name):
        fields = contents[f"/var/lib/dpkg/status.d/{name}"].decode()
        lines = re.findall(r"(?m)^(?:Pre-)?Depends: (.*)$", fields)
        return set(re.findall(r"\b(?:lib|gcc)[^ ,|(:]+", " ".join(lines)))

    libraries = depends("grantd")
    assert len(libraries) > 3
    while (more := libraries.union(*map(depends, libraries))) != libraries:
        libraries = more
    assert named == {"grantd", "base-files", *libraries}

    def has_licence(name):
        # Some packages have another one's directory by a link.
        place = f"/usr/share/doc/{name}"
        return f"{place}/copyright" in paths or (place in paths and paths[place].issym())

    assert [name for name in named if not has_licence(name)] == []


def test_nothing_in_it_tells_of_the_machine_that_built_it(image):
    # The names of source files, which swift-crypto's C code has in it, are those of the package as well.
    for path, entry in image.paths().items():
        assert "/root/" not in path and entry.mtime <= image.created.timestamp()
    for name, content in image.contents().items():
        if name not in ("/usr/bin/grantd", "/usr/bin/grantctl"):
            assert str(ROOT).encode() not in content and os.uname().nodename.encode() not in content.split(), name


@pytest.fixture(scope="module")
def service(image):
    if missing():
        pytest.skip(f"NO TEST OF THE IMAGE IN A CONTAINER: {missing()}")
    with directory("image") as path, running(ContainedService(path, image)) as made, running(made.nginx):
        done = made.container.run("/usr/bin/grantctl", "client", "add", "billing", "--json")
        assert done.returncode == 0, done.stderr
        made.secret = json.loads(done.stdout)["client_secret"]
        yield made


def test_a_client_that_is_added_in_it_gets_a_token_through_the_socket(service):
    assert service.is_active(service.token(service.secret))


def test_its_workers_confine_themselves_under_an_engine_s_filter(service):
    assert "confined in part" not in service.container.log.read_text()
    assert "warning" not in service.container.log.read_text()

    def facts(pid):
        text = open(f"/proc/{pid}/status").read()
        return [re.search(rf"(?m)^{name}:\s+(.*)$", text)[1] for name in ("Seccomp_filters", "NoNewPrivs", "CapBnd")]

    none = "0" * 16
    assert facts(service.container.pid) == ["1", "1", none]
    workers = service.container.children()
    assert workers and all(facts(worker) == ["2", "1", none] for worker in workers)


def test_nothing_is_written_but_in_the_volumes(service):
    assert listing(service.path / "root") == service.before
    assert {path.name for path in service.state.iterdir()} == {"state"}
    assert oct((service.state / "state").stat().st_mode & 0o7777) == "0o700"


def test_the_health_check_fails_while_the_workers_hang(service):
    assert service.health() == 0
    workers = service.container.children()
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    try:
        assert service.health() == 1
    finally:
        for worker in workers:
            os.kill(worker, signal.SIGCONT)
    wait_until(lambda: service.health() == 0, "the workers to answer")


def test_the_health_check_fails_while_the_state_cannot_be_written(service):
    tokens = service.state / "state/tokens"
    tokens.rename(tokens.with_name("elsewhere"))
    try:
        wait_until(lambda: service.health() == 1, "the health check to fail")
    finally:
        tokens.with_name("elsewhere").rename(tokens)
    wait_until(lambda: service.health() == 0, "the health check to pass again")


def test_on_a_full_disk_the_health_check_fails_and_kubernetes_restarts_nothing(image):
    if missing():
        pytest.skip(f"NO TEST OF THE IMAGE IN A CONTAINER: {missing()}")
    user, group = image.run["User"].split(":")
    with directory("image") as path:
        made = ContainedService(path, image)
        options = f"size=8m,mode=750,uid={user},gid={group}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", made.state], check=True)
        try:
            with running(made), running(made.nginx):
                added = made.container.run("/usr/bin/grantctl", "client", "add", "billing", "--json")
                credentials = ("billing", json.loads(added.stdout)["client_secret"])
                assert made.container.run(*LIVENESS).returncode == 0
                fill(made.state / "filling")
                # What room each worker has left within the files' last pages is used first.
                answers = []
                while answers[-50:] != [503] * 50:
                    assert len(answers) < 3000
                    form = {"grant_type": "client_credentials"}
                    asked = requests.post(made.nginx.token_url, form, auth=credentials, timeout=10)
                    answers.append(asked.status_code)
                wait_until(lambda: made.health() == 1, "the health check to fail", seconds=90)
                assert made.container.run(*LIVENESS).returncode == 0
        finally:
            subprocess.run(["umount", made.state], check=True)


def test_a_signal_restarts_the_workers(service):
    before = set(service.container.children())
    service.container.signal("HUP")

    def are_replaced():
        now = set(service.container.children())
        return len(now) == len(before) and now.isdisjoint(before)

    assert before
    wait_until(are_replaced, "other workers", 20)
    assert service.token(service.secret) and service.health() == 0


def test_it_ends_in_time_and_keeps_clients_and_tokens(service):
    token = service.token(service.secret)
    workers = service.container.children()
    status, seconds = service.container.terminate()
    # Requests may take 20 seconds to finish, and there are none.
    assert status == 0 and seconds < 20
    assert not any(map(is_running, workers))
    service.start()
    assert service.is_active(token)
    assert service.is_active(service.token(service.secret))
    assert token not in service.container.log.read_text() and service.secret not in service.container.log.read_text()


def test_a_volume_that_belongs_to_root_and_to_its_group_will_do(image):
    """As Kubernetes makes them with fsGroup."""
    if missing():
        pytest.skip(f"NO TEST OF THE IMAGE IN A CONTAINER: {missing()}")
    group = int(image.run["User"].split(":")[1])
    with directory("image") as path:
        made = ContainedService(path, image, arguments=image.run["Cmd"], owner=(0, group), mode=0o2770)
        with running(made):
            assert (made.state / "state").stat().st_mode & 0o777 == 0o700
            assert (made.run / "grantd.sock").stat().st_gid == group
            assert made.container.run("/usr/bin/grantctl", "client", "add", "billing").returncode == 0
