"""The loop of a shim in Python: JSON lines on stdin and stdout, around the client of one engine."""

import base64
import json
import os
import sys


def write(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def request_of(send):
    """Method, URL, header fields with values as bytes, body as bytes or None, and the limits."""
    headers = [(name, value.encode("latin-1")) for name, value in send["headers"]]
    body = send.get("body")
    body = None if body is None else base64.b64decode(body)
    return send["method"], send["url"], headers, body, send.get("limits") or {}


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


def seconds(limits, name):
    milliseconds = limits.get(name)
    return None if milliseconds is None else milliseconds / 1000


def serve(name, version, claims, client_class, language="Python"):
    """`client_class(roots_pem, proxy)` has `send(method, url, headers, body, limits)`, which gives status, pairs
    of header fields and the body, and `close()`."""
    for variable in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[variable]
    client = client_class(None, None)
    for line in sys.stdin:
        try:
            message = json.loads(line)
            number = message.get("id")
        except (ValueError, AttributeError) as error:
            print(f"not a line of the protocol: {error}", file=sys.stderr)
            sys.exit(2)
        if "hello" in message:
            write({"hello": {"protocol": 1, "name": name, "version": version, "language": language,
                             "claims": claims}})
        elif "client" in message:
            client.close()
            settings = message["client"]
            try:
                client = client_class(settings.get("roots_pem"), settings.get("proxy"))
                write({"id": number, "ok": {}})
            except Exception as error:
                write({"id": number, "error": {"message": f"{type(error).__name__}: {error}"}})
        elif "send" in message:
            try:
                status, headers, body = client.send(*request_of(message["send"]))
                headers = [[text(name), text(value)] for name, value in headers]
                write({"id": number, "response": {"status": status, "headers": headers,
                                                  "body": base64.b64encode(body).decode()}})
            except Exception as error:  # whatever the engine raises is an outcome
                write({"id": number, "error": {"message": f"{type(error).__name__}: {error}"}})
    client.close()
