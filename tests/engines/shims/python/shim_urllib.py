"""urllib.request, which takes a connection for each request."""

import platform
import ssl
import urllib.error
import urllib.request

from shim import seconds, serve


class AsItIs(urllib.request.HTTPErrorProcessor):
    """Gives every response as it is: no redirects, no error for a status of failure."""

    def http_response(self, request, response):
        return response

    https_response = http_response


class Client:
    def __init__(self, roots_pem, proxy):
        context = ssl.create_default_context(cadata=roots_pem) if roots_pem else ssl.create_default_context()
        proxies = {"http": proxy, "https": proxy} if proxy else {}
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=context), AsItIs)
        self.opener.addheaders = []

    def send(self, method, url, headers, body, limits):
        request = urllib.request.Request(url, data=body, method=method)
        for name, value in headers:  # one value for each name is all that it holds
            request.add_unredirected_header(name, value.decode("latin-1"))
        with self.opener.open(request, timeout=seconds(limits, "head_ms")) as response:
            return response.status, response.headers.items(), response.read()

    def close(self):
        pass


serve("urllib", platform.python_version(), ["tls", "proxy", "no-retries"], Client)
