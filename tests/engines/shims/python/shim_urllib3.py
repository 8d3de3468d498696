"""urllib3, without retries, redirects and decoding."""

import ssl
from urllib.parse import unquote, urlsplit

import urllib3

from shim import seconds, serve


class Client:
    def __init__(self, roots_pem, proxy):
        context = ssl.create_default_context(cadata=roots_pem) if roots_pem else ssl.create_default_context()
        if proxy:
            parts = urlsplit(proxy)
            user = None
            if parts.username is not None:
                user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers = urllib3.make_headers(proxy_basic_auth=user) if user else None
            self.pool = urllib3.ProxyManager(proxy, proxy_headers=headers, ssl_context=context, headers={})
        else:
            self.pool = urllib3.PoolManager(ssl_context=context, headers={})

    def send(self, method, url, headers, body, limits):
        fields = urllib3.HTTPHeaderDict()
        for name, value in headers:
            fields.add(name, value.decode("latin-1"))
        timeout = urllib3.Timeout(connect=seconds(limits, "connect_ms"), read=seconds(limits, "head_ms"))
        response = self.pool.request(
            method, url, body=body, headers=fields, timeout=timeout, retries=False, redirect=False,
            preload_content=False, decode_content=False)
        try:
            body = response.read(decode_content=False)
            return response.status, list(response.headers.iteritems()), body
        except BaseException:
            response.close()
            raise
        finally:
            response.release_conn()

    def close(self):
        self.pool.clear()


serve("urllib3", urllib3.__version__, ["keep-alive", "tls", "proxy", "no-retries"], Client)
