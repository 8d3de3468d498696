"""http.client, with the one connection for each host that it is made to keep."""

import base64
import http.client
import platform
import ssl
from urllib.parse import unquote, urlsplit

from shim import seconds, serve


class Client:
    def __init__(self, roots_pem, proxy):
        self.context = ssl.create_default_context(cadata=roots_pem) if roots_pem else ssl.create_default_context()
        self.proxy = urlsplit(proxy) if proxy else None
        self.connections = {}

    def connection(self, target, limits):
        place = target.scheme, target.netloc
        if place not in self.connections:
            timeout = seconds(limits, "head_ms")
            peer = self.proxy or target
            if target.scheme == "https":
                connection = http.client.HTTPSConnection(peer.hostname, peer.port, timeout=timeout, context=self.context)
                if self.proxy:
                    connection.set_tunnel(target.hostname, target.port or 443, self.authorization())
            else:
                connection = http.client.HTTPConnection(peer.hostname, peer.port, timeout=timeout)
            self.connections[place] = connection
        return self.connections[place]

    def authorization(self):
        if not self.proxy or self.proxy.username is None:
            return {}
        pair = f"{unquote(self.proxy.username)}:{unquote(self.proxy.password or '')}"
        return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}

    def send(self, method, url, headers, body, limits):
        target = urlsplit(url)
        connection = self.connection(target, limits)
        path = url[len(f"{target.scheme}://{target.netloc}"):].split("#")[0]
        path = path if path.startswith("/") else "/" + path
        if self.proxy and target.scheme == "http":
            path = f"{target.scheme}://{target.netloc}{path}"
            headers = headers + list(self.authorization().items())
        try:
            named = {name.lower() for name, _ in headers}
            connection.putrequest(method, path, skip_host="host" in named, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            if not named & {"content-length", "transfer-encoding"}:
                if body is not None or method in ("PATCH", "POST", "PUT"):
                    connection.putheader("Content-Length", str(len(body or b"")))
            connection.endheaders(body, encode_chunked="transfer-encoding" in named)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()
        except BaseException:
            connection.close()
            raise

    def close(self):
        for connection in self.connections.values():
            connection.close()


serve("http.client", platform.python_version(), ["keep-alive", "tls", "proxy", "no-retries"], Client)
