"""The servers that are measured: nginx, docker-registry, a Xet server, and Granary."""
import os
import pathlib
import signal
import subprocess
import time

from granary import Granary, die_with_parent, free_port, open_url

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")

NGINX_CONF = """
daemon off; worker_processes {workers}; worker_rlimit_nofile 20000;
pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 16384; }}
http {{
  access_log off; sendfile on; tcp_nopush on; sendfile_max_chunk 2m;
  keepalive_timeout 75; keepalive_requests 1000000000;
  open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  default_type application/octet-stream;
  server {{ listen 127.0.0.1:{port} reuseport backlog=4096; root {folder}/root; }}
}}
"""

REGISTRY_CONF = """
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}/registry}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""


def processes(parent):
    """A process and its children."""
    path = pathlib.Path(f"/proc/{parent}/task/{parent}/children")
    children = path.read_text().split() if path.exists() else []
    return [parent, *map(int, children)]


def cpu_seconds(parent):
    """User and system time of a process and its children so far."""
    total = 0
    for pid in processes(parent):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS_PER_SECOND


def resident_bytes(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(status.split("VmRSS:")[1].split()[0])


class Neighbour:
    """A server with a folder, a port, and a process whose CPU time can be read."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def launch(self, *command, ready="/"):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log,
                                            preexec_fn=die_with_parent)
        for _ in range(200):
            try:
                open_url(self.url + ready, timeout=2).close()
                return self
            except OSError as problem:
                if getattr(problem, "code", 0):  # it answers, if only with 403 or 404
                    return self
                time.sleep(0.05)
        raise RuntimeError(f"{command[0]} did not start; see {self.folder}/log")

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def resident_bytes(self):
        return resident_bytes(self.process.pid)

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Nginx(Neighbour):
    """Static files from `root`, by sendfile, without an access log."""

    def __init__(self, folder, workers=None):
        super().__init__(folder)
        self.root = self.folder / "root"
        self.root.mkdir()
        self.folder.chmod(0o755)
        (self.folder / "nginx.conf").write_text(NGINX_CONF.format(
            folder=self.folder, port=self.port, workers=workers or os.cpu_count()))

    def start(self):
        user = ["-g", "user root;"] if os.geteuid() == 0 else []
        return self.launch("/usr/sbin/nginx", "-c", str(self.folder / "nginx.conf"), *user)


class DockerRegistry(Neighbour):
    """Blobs on the file system, as Debian's docker-registry stores them by default."""

    def start(self):
        (self.folder / "config.yml").write_text(REGISTRY_CONF.format(
            folder=self.folder, port=self.port))
        return self.launch("docker-registry", "serve", str(self.folder / "config.yml"),
                           ready="/v2/")


class LocalCasServer(Neighbour):
    """The server that the crate xet-client brings for its own tests; it asks for no token."""

    CARGO = "cargo install xet-client@1.8.0 --features simulation --bin local_cas_server --root {}"

    @classmethod
    def find(cls):
        """Its program, or None; never built here, since no Debian package brings a new enough
        cargo."""
        folder = pathlib.Path(os.environ["GRANARY_CACHE"]) / "local_cas_server-1.8.0"
        program = pathlib.Path(os.environ.get("GRANARY_LOCAL_CAS_SERVER",
                                              folder / "bin" / "local_cas_server"))
        if program.exists():
            return program
        print(f"  not beside local_cas_server: no {program}; it comes by\n"
              f"    {cls.CARGO.format(folder)}")
        return None

    def start(self):
        return self.launch(self.find(), "--data-directory", str(self.folder / "data"), "--port",
                           str(self.port))


class Measured(Granary):
    """Granary, with an admin's repos."""

    def __init__(self, folder):
        super().__init__(folder)
        self.token = self.admin.token

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)
