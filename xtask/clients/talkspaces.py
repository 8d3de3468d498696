"""Creates a TalkSpace and lists it, with a client that openapi-python-client made.

Arguments: the sandbox's URL, and an application key.
"""

import sys

from talkspaces_client import Client
from talkspaces_client.api.talk_spaces import create_talkspace, list_talkspaces
from talkspaces_client.models import CreateTalkspaceForm

url, key = sys.argv[1:]
client = Client(base_url=url, raise_on_unexpected_status=True)
made = []
for person in ("eta", "@theta"):
    form = CreateTalkspaceForm(networkid=person, appkey=key)
    response = create_talkspace.sync_detailed(client=client, body=form)
    assert response.status_code == 201, response
    made.append(response.parsed.conference_response.conference_id)
    # One entry is a bare value, several are a list.
    response = list_talkspaces.sync_detailed(client=client, appkey=key)
    assert response.status_code == 200, response
    active = response.parsed.conference_list_response.active
    listed = active if isinstance(active, list) else [active]
    assert set(made) <= set(listed), (made, active)
wrong = list_talkspaces.sync_detailed(client=client, appkey="wrong")
assert wrong.status_code == 400, wrong
assert wrong.parsed.conference_list_response.status == 400, wrong
