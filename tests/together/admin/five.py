"""What a program's test has to know, with nothing but the standard library."""

import json
import os
import unittest
import urllib.error
import urllib.parse
import urllib.request

URL, KEY = os.environ["SANDBOX"], os.environ["TALKSPACE_APP_KEY"]
GREETING = "6e6a151be31b467f87225b18b0f36f00"
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def sandbox(method, path, **body):
    """Asks the sandbox, or has it do something."""
    data = json.dumps(body).encode() if method in ("POST", "PUT", "PATCH") else None
    fields = {"content-type": "application/json"}
    request = urllib.request.Request(f"{URL}/_sandbox/{path}", data, fields, method=method)
    with NO_PROXY.open(request) as response:
        return json.load(response)


def api(path, **form):
    """What the program under test does: gives the status, and what came with it."""
    data = urllib.parse.urlencode({"appkey": KEY, **form}).encode()
    try:
        with NO_PROXY.open(f"{URL}/api/rest/{path}", data) as response:
            return response.status, json.load(response), response.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error), error.headers


def create(person, **form):
    return api("conference", networkid=person, **form)[1]["ConferenceResponse"]["conferenceId"]


class Test(unittest.TestCase):
    def setUp(self):
        sandbox("POST", "reset")
        sandbox("PATCH", "people/eta", held=False)
        sandbox("PUT", "clock", frozen=False)

    def test_the_greeting_was_sent(self):
        create("eta", greetingid=GREETING)
        [sent] = sandbox("GET", "requests?operation=createTalkspace&person=eta&wait=30")["requests"]
        self.assertEqual(sent["parameters"]["greetingid"], GREETING)

    def test_she_was_muted(self):
        room = create("eta")
        sandbox("GET", "calls?person=eta&state=in_call&wait=30")
        api(f"conference/{room}/eta", action="mute")
        self.assertTrue(sandbox("GET", f"talkspaces/{room}")["people"][0]["muted"])

    def test_a_response_is_lost(self):
        sandbox("POST", "faults", operation="createTalkspace", fault="lose_response", times=1)
        with self.assertRaises(OSError):
            create("eta")
        self.assertEqual(sandbox("GET", "people/eta")["rings"], 1)

    def test_too_many_requests(self):
        sandbox("POST", "faults", operation="createTalkspace", fault="status", status=429, retry_after=7)
        status, _, fields = api("conference", networkid="eta")
        self.assertEqual((status, fields["retry-after"]), (429, "7"))

    def test_nobody_picks_up(self):
        sandbox("PUT", "clock", frozen=True)
        sandbox("PATCH", "people/eta", held=True)
        room = create("eta")
        sandbox("POST", "clock/advance", to="next")
        self.assertEqual(sandbox("GET", f"talkspaces/{room}")["state"], "inactive")


if __name__ == "__main__":
    unittest.main()
