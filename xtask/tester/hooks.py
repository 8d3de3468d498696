"""Gives the tester what it cannot guess: the key, people, media, and what responses named.

Without it nearly every request would be rejected, and say little about the rest of the sandbox. It also
counts the requests, and those that did what an operation is for, and leaves that in `counts.json`.
"""

import atexit
import json
import random

import schemathesis
from hypothesis import strategies as st

# How often a value is replaced by one that is known. The others stay as generated.
LIKELY = 0.9

RANDOM = random.Random(2011)
# The sandbox was told to begin with these, so many that some are left when others were deleted. The
# last seventy people are not registered.
PEOPLE = ["eta", "@theta", "no-answer", "rejects", "unreachable"]
PEOPLE += [f"person{number}" for number in range(320)]
MEDIA = ["6e6a151be31b467f87225b18b0f36f00", "7dd9a82f99644f36a974af070824d64a"]
MEDIA += [f"media{number}" for number in range(50)]
# TalkSpaces that were created, those that are not closed, and the people who are in one.
TALKSPACES = []
OPEN = []
PARTICIPANTS = []

KNOWN = {
    "appkey": ["11111111-2222-3333-4444-555555555555"],
    "networkid": PEOPLE,
    "phone": ["14151239876", "14151239890", "14151230000", "14151230408", "14151230502"],
    "mediaid": list(MEDIA),
    "greetingid": MEDIA,
    "recordingid": MEDIA,
    "conferenceid": TALKSPACES,
    "toconferenceid": OPEN,
    "grant": [],
    "mediafile": [],
}

# The operations by method, path and `action`, and how often each was done.
OPERATIONS = {}
COUNTS = {"requests": 0, "done": {}}

# Two ways in which an MP3 file may begin, and none.
BEGINNINGS = st.sampled_from([b"ID3", b"\xff\xfb\x90\x64", b""])
schemathesis.openapi.media_type("audio/mpeg", st.tuples(BEGINNINGS, st.binary()).map(b"".join))


@schemathesis.hook
def before_load_schema(context, raw_schema):
    # OpenAPI 3.1 says by its type alone that something is a file; the tool goes by the older word.
    raw_schema["components"]["schemas"]["MediaFile"]["format"] = "binary"
    for path, methods in raw_schema["paths"].items():
        for method, operation in methods.items():
            split = operation.get("x-talkspace-split", {"operations": {None: operation}})
            for action, part in split["operations"].items():
                OPERATIONS[method.upper(), path, action] = part["operationId"]
                COUNTS["done"][part["operationId"]] = 0


@schemathesis.hook
def before_call(context, case, kwargs):
    # An empty part makes another path of it, which another operation may have.
    filled = {name: "absent" if value == "" else value for name, value in (case.path_parameters or {}).items()}
    case.path_parameters = with_known(filled)
    case.query = with_known(case.query)
    case.body = with_known(case.body)
    path = case.path_parameters
    if path and {"conferenceid", "networkid"} <= path.keys() and PARTICIPANTS and is_likely():
        case.path_parameters = dict(zip(("conferenceid", "networkid"), RANDOM.choice(PARTICIPANTS)))


def with_known(values):
    if not isinstance(values, dict):
        return values
    return {name: RANDOM.choice(KNOWN[name]) if is_known(name, value) else value for name, value in values.items()}


def is_known(name, value):
    # The file that is sent has the name of the one that is downloaded, and is bytes.
    return bool(KNOWN.get(name)) and isinstance(value, (str, int)) and is_likely()


def is_likely():
    return RANDOM.random() < LIKELY


@schemathesis.hook
def after_call(context, case, response):
    COUNTS["requests"] += 1
    form = case.body if isinstance(case.body, dict) else {}
    action = form.get("action")
    operation = OPERATIONS.get((case.method, case.operation.path, action if isinstance(action, str) else None))
    operation = operation or OPERATIONS.get((case.method, case.operation.path, None))
    if operation is None or response.status_code >= 300:
        return
    COUNTS["done"][operation] += 1
    if operation == "uploadMedia":
        KNOWN["mediafile"].append(file_of(response.text))
    elif operation == "getMediaStatus" and response.status_code == 200:
        KNOWN["mediafile"].append(file_of(response.json()["MediaResponse"]["downloadUrl"]))
    elif operation == "createMedia":
        KNOWN["mediaid"].append(response.json()["MediaResponse"]["mediaId"])
    elif operation == "requestUploadGrant":
        KNOWN["grant"].append(response.json()["UploadResponse"]["grantId"])
    elif operation == "createTalkspace":
        TALKSPACES.append(response.json()["ConferenceResponse"]["conferenceId"])
        OPEN.append(TALKSPACES[-1])
        PARTICIPANTS.append((TALKSPACES[-1], form["networkid"]))
    elif operation == "addToTalkspace":
        PARTICIPANTS.append((case.path_parameters["conferenceid"], form["networkid"]))
    elif operation in ("closeTalkspace", "hangUp"):
        gone = set(case.path_parameters.values())
        OPEN[:] = [talkspace for talkspace in OPEN if not gone <= {talkspace}]
        PARTICIPANTS[:] = [participant for participant in PARTICIPANTS if not gone <= set(participant)]


def file_of(url):
    return url.rsplit("/", 1)[-1]


@atexit.register
def report():
    with open("counts.json", "w") as file:
        json.dump(COUNTS, file)
