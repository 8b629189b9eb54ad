"""A `granary serve` process with its own data folder and loopback port, for tests to drive."""
import ctypes
import dataclasses
import os
import pathlib
import secrets
import signal
import socket
import string
import subprocess
import time
import urllib.error
import urllib.request

START_SECONDS = 30
STOP_SECONDS = 40
PR_SET_PDEATHSIG = 1


@dataclasses.dataclass(frozen=True)
class User:
    name: str
    token: str


def new_token():
    letters = string.ascii_letters + string.digits
    return "hf_" + "".join(secrets.choice(letters) for _ in range(34))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def die_with_parent():
    """So that no server outlives a test run that was killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def open_url(request, timeout=30):
    """urlopen without the machine's proxies."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return opener.open(request, timeout=timeout)


class Granary:
    """One server. `kill` is a crash; `stop` is an orderly end, which must succeed."""

    def __init__(self, folder, binary=None, port=None):
        self.binary = binary or os.environ.get("GRANARY_BINARY", "build/release/granary")
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.admin = User("admin", new_token())
        self.process = None

    def start(self, *options):
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "GRANARY_ADMIN_TOKEN": self.admin.token}
        command = [self.binary, "serve", "--data", str(self.data),
                   "--listen", f"127.0.0.1:{self.port}", *options]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log,
                                            preexec_fn=die_with_parent)
        self.wait_until_ready()
        return self

    def wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with open_url(f"{self.url}/healthz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise RuntimeError(f"granary serve did not become ready; its log ends:\n{self.log_tail()}")

    def log_tail(self, lines=40):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """SIGTERM, and a clean exit."""
        self.process.terminate()
        status = self.process.wait(STOP_SECONDS)
        if status != 0:
            raise RuntimeError(f"granary serve ended with {status}:\n{self.log_tail()}")

    def restart(self):
        self.kill()
        return self.start()

    def close(self):
        """For teardown: ends the process whatever state it is in."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def run(self, *words, check=True):
        """`granary WORDS --data …`, beside the running server or without one."""
        done = subprocess.run([self.binary, *words, "--data", str(self.data)], capture_output=True,
                              text=True, check=False, timeout=600)
        if check and done.returncode != 0:
            raise RuntimeError(f"granary {' '.join(words)} gave {done.returncode}:\n{done.stderr}")
        return done

    def add_user(self, name, role="write"):
        self.run("user", "add", name)
        return User(name, self.add_token(name, role))

    def add_org(self, name, owner):
        self.run("org", "add", name, "--owner", owner)
        return name

    def add_token(self, name, role):
        return self.run("token", "add", name, "--role", role).stdout.strip()

    def fsck(self, *options):
        return self.run("fsck", *options, check=False)

    def counter(self, name):
        """A counter of /metrics, such as "granary_body_received_bytes_total"."""
        with open_url(f"{self.url}/metrics") as answer:
            for line in answer.read().decode().splitlines():
                if line.split(" ")[0] == name:
                    return int(float(line.split(" ")[1]))
        raise KeyError(name)

    def cpu_seconds(self):
        """User and system time that the server has used."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = stat.rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return 1024 * int(status.split("VmRSS:")[1].split()[0])
