"""deploy/compose.yaml: each line of it is true of the image, and its two services run and issue a token as it says."""

import json
import os
import re
import subprocess

import pytest
import yaml
from support.composed import compose, container, mounts, nginx_root
from support.isolated import missing
from support.programs import GRANTD, ROOT, wait_until
from support.temporary import directory, running

KUBERNETES = ROOT / "deploy/kubernetes.yaml"


@pytest.fixture(scope="module")
def settings():
    """The names of all settings, by the program's own help."""
    return set(re.findall(r"GRANTD_[A-Z_]+(?=:)", subprocess.check_output([GRANTD, "--help"], text=True)))


def seconds(text):
    return int(re.fullmatch(r"(\d+)s", text)[1])


def test_grantd_s_service_is_what_the_image_says(image, settings):
    service = compose()["services"]["grantd"]
    version = image.run["Labels"]["org.opencontainers.image.version"]
    assert service["image"] == f"grantd:{version}" and service["pull_policy"] == "never"
    assert service["user"] == image.run["User"]
    assert service["command"][:2] == image.run["Cmd"]
    assert set(service["environment"]) < settings
    check, own = service["healthcheck"], image.run["Healthcheck"]
    assert check["test"] == own["Test"] and check["retries"] == own["Retries"]
    for name, key in (("interval", "Interval"), ("timeout", "Timeout"), ("start_period", "StartPeriod")):
        assert seconds(check[name]) * 10**9 == own[key]
    # A pool takes 20 seconds at most to finish its requests.
    assert seconds(service["stop_grace_period"]) > 20
    assert service["network_mode"] == "none"


def test_every_place_that_is_mounted_exists_and_every_volume_is_used(image):
    given = compose()
    names = {name: name for name in given["volumes"]}
    used = set()
    for name, service in given["services"].items():
        found, _ = mounts(service, names)
        used |= {source for source in found.values() if isinstance(source, str)}
        assert [str(source) for source in found.values() if not isinstance(source, str) and not source.exists()] == []
        if name == "grantd":
            assert set(found) == set(image.run["Volumes"])
    assert used == set(names)


def test_nginx_may_use_the_socket_by_its_group_alone():
    services = compose()["services"]
    assert services["nginx"]["group_add"] == [services["grantd"]["user"].split(":")[1]]
    assert services["nginx"]["user"].split(":")[0] not in ("0", services["grantd"]["user"].split(":")[0])
    assert all(port.startswith("127.0.0.1:") for port in services["nginx"]["ports"])


def manifests():
    return {part["kind"]: part for part in yaml.safe_load_all(KUBERNETES.read_text())}


def test_kubernetes_has_the_settings_of_compose(image, settings):
    pod = manifests()["Deployment"]["spec"]["template"]["spec"]
    services = compose()["services"]
    assert [part["name"] for part in pod["containers"]] == list(services)
    for part in pod["containers"]:
        service = services[part["name"]]
        user, group = map(int, service["user"].split(":"))
        security = part["securityContext"]
        assert (security["runAsUser"], security["runAsGroup"], security["runAsNonRoot"]) == (user, group, True)
        assert security["readOnlyRootFilesystem"] and security["capabilities"] == {"drop": ["ALL"]}
        assert security["allowPrivilegeEscalation"] is False
        assert part.get("args", []) == service.get("command", [])
        assert part.get("command", []) == service.get("entrypoint", [])
        places = {mount["mountPath"] for mount in part["volumeMounts"]}
        assert places == set(mounts(service, {"state": "", "socket": ""})[0]) | set(
            entry.split(":")[0] for entry in service.get("tmpfs", [])
        )
        assert {mount["name"] for mount in part["volumeMounts"]} <= {volume["name"] for volume in pod["volumes"]}
        assert {variable["name"] for variable in part.get("env", [])} <= settings
    grantd = pod["containers"][0]
    assert grantd["image"].rsplit("/", 1)[1] == services["grantd"]["image"]
    # A full disk or an engine that is gone fails the image's own check, and must not restart the pod.
    assert grantd["livenessProbe"]["exec"]["command"] == [image.run["Healthcheck"]["Test"][1], "status"]
    assert pod["containers"][1]["readinessProbe"]["httpGet"]["path"] == "/oauth2/health"
    assert pod["securityContext"]["fsGroup"] == int(image.run["User"].split(":")[1])
    assert pod["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch"
    assert pod["terminationGracePeriodSeconds"] > 20
    assert pod["automountServiceAccountToken"] is False


def test_kubernetes_names_no_object_that_it_does_not_have():
    parts = manifests()
    template = parts["Deployment"]["spec"]["template"]
    pod = template["spec"]
    claims = {v["persistentVolumeClaim"]["claimName"] for v in pod["volumes"] if "persistentVolumeClaim" in v}
    assert claims == {parts["PersistentVolumeClaim"]["metadata"]["name"]}
    assert parts["Service"]["spec"]["selector"] == template["metadata"]["labels"]
    assert parts["Deployment"]["spec"]["selector"]["matchLabels"] == template["metadata"]["labels"]
    ports = {port["name"] for container in pod["containers"] for port in container.get("ports", [])}
    assert {port["targetPort"] for port in parts["Service"]["spec"]["ports"]} == ports
    # The maps of files are made from the files themselves, by the two lines at the top.
    text = KUBERNETES.read_text()
    for volume in pod["volumes"]:
        if "configMap" in volume:
            (path,) = re.findall(rf"create configmap {volume['configMap']['name']} --from-file=(\S+)", text)
            assert (ROOT / path).exists()


class Composed:
    """Both services, on volumes as an engine makes them: with the owner and the mode of the image's directories."""

    def __init__(self, path, image):
        services = compose()["services"]
        volumes = {name: path / name for name in compose()["volumes"]}
        for place, source in mounts(services["grantd"], volumes)[0].items():
            source.mkdir()
            entry = image.paths()[place]
            os.chown(source, entry.uid, entry.gid)
            source.chmod(entry.mode)
        image.unpack(path / "root")
        service = services["grantd"]
        command = [*image.run["Entrypoint"], *service["command"]]
        self.grantd = container(path / "grantd", path / "root", service, volumes, command, image.run["Env"])
        system = nginx_root(path / "nginx-root")
        service = services["nginx"]
        self.nginx = container(
            path / "nginx", path / "nginx-root", service, volumes, service["entrypoint"], ["PATH=/usr/sbin"], system
        )
        self.check = services["grantd"]["healthcheck"]["test"][1:]
        self.port = service["ports"][0].rsplit(":", 1)[1]

    def start(self):
        self.grantd.start()
        wait_until(lambda: self.grantd.run(*self.check).returncode == 0, "grantd to be healthy")
        self.nginx.start()
        self._in_nginx_s_network("ip", "link", "set", "lo", "up")
        wait_until(lambda: self.curl("/oauth2/health").startswith("200"), "nginx to answer")

    def stop(self):
        self.nginx.stop()
        self.grantd.stop()

    def curl(self, path, *options):
        """The status and the body of an answer."""
        url = f"http://127.0.0.1:{self.port}{path}"
        body = self._in_nginx_s_network("curl", "-s", "-w", "\n%{http_code}", *options, url)
        text, status = body.rsplit("\n", 1)
        return f"{status} {text}"

    def _in_nginx_s_network(self, *command):
        entered = ["nsenter", "--net", "--target", str(self.nginx.pid), *command]
        return subprocess.run(entered, stdout=subprocess.PIPE, encoding="latin-1", timeout=20).stdout


@pytest.mark.skipif(bool(missing()), reason=f"NO TEST OF COMPOSE.YAML'S SERVICES: {missing()}")
def test_its_services_issue_a_token_that_opens_the_protected_location(image):
    with directory("compose") as path, running(Composed(path, image)) as both:
        text = (ROOT / "deploy/compose.yaml").read_text()
        adding = re.search(r"exec grantd (grantctl client add billing .*)", text)[1].split()
        secret = json.loads(both.grantd.run(f"/usr/bin/{adding[0]}", *adding[1:], "--json").stdout)["client_secret"]
        asking = re.search(r"curl -u billing:SECRET (-d \S+) http://127.0.0.1:8080(\S+)", text)
        answer = both.curl(asking[2], "-u", f"billing:{secret}", *asking[1].split())
        assert answer.startswith("200 "), answer + both.nginx.log.read_text()
        token = json.loads(answer[4:])["access_token"]
        assert both.curl("/orders/").startswith("401 ")
        assert both.curl("/orders/", "-H", f"Authorization: Bearer {token}").startswith("200 GIF")
        assert token not in both.nginx.log.read_text() + both.grantd.log.read_text()
        assert secret not in both.nginx.log.read_text() + both.grantd.log.read_text()
        assert '"decision":"allowed"' in both.nginx.log.read_text()
        assert both.grantd.terminate()[0] == 0
        assert both.curl("/oauth2/health").startswith("502 ")
        assert both.curl("/orders/", "-H", f"Authorization: Bearer {token}").startswith("500 ")
