"""The curl command: one process, and one connection, for each request."""

import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))

from shim import seconds, serve


class Client:
    def __init__(self, roots_pem, proxy):
        self.folder = tempfile.TemporaryDirectory()
        # No ~/.curlrc, no proxy of the environment, no other version of HTTP, and the URL as it is.
        self.command = ["curl", "-q", "--silent", "--show-error", "--http1.1", "--globoff", "--path-as-is",
                        "--dump-header", self.path("head"), "--output", self.path("body")]
        self.command += ["--proxy", proxy] if proxy else ["--noproxy", "*"]
        if roots_pem:
            with open(self.path("roots.pem"), "w") as file:
                file.write(roots_pem)
            self.command += ["--cacert", self.path("roots.pem")]

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def send(self, method, url, headers, body, limits):
        # `Name;` is how the command says that a value is empty, and `Name:` that there is no such field.
        fields = [name.encode() + (b": " + value if value else b";") for name, value in headers]
        named = {name.lower() for name, _ in headers}
        command = self.command + (["--head"] if method == "HEAD" else ["--request", method])
        if body is not None or method in ("PATCH", "POST", "PUT"):
            fields += [field for field in (b"Content-Type:", b"Expect:") if field[:-1].decode().lower() not in named]
            command += ["--data-binary", "@-"]
        for option, limit in (("--connect-timeout", "connect_ms"), ("--max-time", "total_ms")):
            if seconds(limits, limit) is not None:
                command += [option, str(seconds(limits, limit))]
        for field in fields:
            command += ["--header", field]
        for name in ("head", "body"):
            open(self.path(name), "wb").close()
        done = subprocess.run(command + ["--url", url], input=body or b"", capture_output=True)
        if done.returncode:
            raise OSError(done.stderr.decode(errors="replace").strip() or f"exit status {done.returncode}")
        with open(self.path("head"), "rb") as head, open(self.path("body"), "rb") as file:
            return self.parse(head.read()) + (b"" if method == "HEAD" else file.read(),)

    @staticmethod
    def parse(text):
        """The last head: interim responses, and that of a proxy, stand before it, and trailer fields behind."""
        # The dump is as it came; the engine's own access to header fields joins what is folded, as here.
        blocks = re.sub(rb"\n[ \t]+", b" ", text.replace(b"\r\n", b"\n")).split(b"\n\n")
        lines = [block for block in blocks if block.startswith(b"HTTP/")][-1].split(b"\n")
        pairs = [line.partition(b":") for line in lines[1:] if line]
        return int(lines[0].split()[1]), [(name, value.strip(b" \t")) for name, _, value in pairs]

    def close(self):
        self.folder.cleanup()


version = subprocess.run(["curl", "-q", "--version"], capture_output=True, text=True).stdout.split()[1]
serve("curl", version, ["tls", "proxy", "no-retries"], Client, language="C")
