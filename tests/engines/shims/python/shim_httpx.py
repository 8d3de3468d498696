"""httpx over httpcore and h11, without redirects, cookies, decoding and environment."""

import ssl
from http.cookiejar import DefaultCookiePolicy

import httpx

from shim import seconds, serve


class Client:
    def __init__(self, roots_pem, proxy):
        context = ssl.create_default_context(cadata=roots_pem) if roots_pem else ssl.create_default_context()
        self.client = httpx.Client(verify=context, proxy=proxy, trust_env=False, follow_redirects=False)
        self.client.headers.clear()
        self.client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def send(self, method, url, headers, body, limits):
        timeout = httpx.Timeout(connect=seconds(limits, "connect_ms"), read=seconds(limits, "head_ms"),
                                write=seconds(limits, "idle_ms"), pool=None)
        fields = [(name.encode(), value) for name, value in headers]
        request = self.client.build_request(method, url, headers=fields, content=body, timeout=timeout)
        response = self.client.send(request, stream=True)
        try:
            body = b"".join(response.iter_raw())
            return response.status_code, response.headers.raw, body
        finally:
            response.close()

    def close(self):
        self.client.close()


serve("httpx", httpx.__version__, ["keep-alive", "tls", "proxy", "no-retries"], Client)
