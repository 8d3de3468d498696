"""requests, with what it does on its own switched off: redirects, cookies, decoding, environment."""

import os
import tempfile
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter

from shim import seconds, serve


class Client:
    def __init__(self, roots_pem, proxy):
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.clear()
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(max_retries=0))
        if proxy:
            self.session.proxies = {"http": proxy, "https": proxy}
        self.roots = None
        if roots_pem:
            with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False) as file:
                file.write(roots_pem)
            self.roots = self.session.verify = file.name

    def send(self, method, url, headers, body, limits):
        request = requests.Request(method, url, data=body, headers=dict(headers))
        prepared = self.session.prepare_request(request)
        timeout = seconds(limits, "connect_ms"), seconds(limits, "head_ms")
        settings = self.session.merge_environment_settings(prepared.url, {}, True, None, None)
        with self.session.send(prepared, timeout=timeout, allow_redirects=False, **settings) as response:
            body = b"".join(response.raw.stream(64 * 1024, decode_content=False))
            return response.status_code, list(response.raw.headers.iteritems()), body

    def close(self):
        self.session.close()
        if self.roots:
            os.unlink(self.roots)


serve("requests", requests.__version__, ["keep-alive", "tls", "proxy", "no-retries"], Client)
