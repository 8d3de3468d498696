//! Keywords that do not fit where they stand are found.

use crate::codegen::tests::assert_found;

const STATUS: &str = "operationId: getRegistrationStatus";
const BLAST: &str = "operationId: blastMedia";
const REMOVE: &str = "operationId: removeMedia";
const DOWNLOAD: &str = "operationId: downloadMedia";

#[test]
fn outcomes_have_a_word_each() {
    assert_found(&[
        (
            STATUS,
            "'404': unknown",
            "'409': unknown",
            "409 is not among the responses",
        ),
        (
            STATUS,
            "'200': registered",
            "'400': wrong",
            "x-talkspace-outcomes has no word for 200",
        ),
        (
            STATUS,
            "'404': unknown",
            "'404': elsewhere",
            "the name `Elsewhere` in Rust is that of",
        ),
        (
            STATUS,
            "'404': unknown",
            "'404': '9'",
            "`9` cannot be the name of a variant in Rust",
        ),
        (
            STATUS,
            "'404': unknown",
            "'4o4': unknown",
            "`4o4` is no status",
        ),
        (
            "operationId: getMediaStatus",
            "'204': empty",
            "'404': empty",
            "x-talkspace-outcomes has no word for 204",
        ),
        (
            "operationId: actOnMedia",
            "tags: [Media]",
            "tags: [Media]\n      x-talkspace-outcomes: {'200': done}",
            "said by the entries of x-talkspace-split",
        ),
        (
            REMOVE,
            "x-talkspace-already: ['404']",
            "x-talkspace-already: ['404']\n            x-talkspace-outcomes: {'200': gone, '404': none}",
            "404 is an outcome anyway",
        ),
    ]);
}

#[test]
fn a_success_without_content_leaves_nothing_out() {
    let ready = "'200': ready\n        '204': empty";
    let with = "{'201': ready, '204': empty}";
    assert_found(&[
        (
            "operationId: getMediaStatus",
            ready,
            "'204': empty",
            "no word for 200",
        ),
        (
            "/api/rest/media:\n",
            "'404':\n          description: The key is unknown.",
            "'204':\n          description: Nothing.\n        '404':\n          description: The key is unknown.",
            "`mediaId` is not in the request; without content, nobody knows it",
        ),
        (
            "/forklift/:",
            "'400':\n          description: A part",
            "'204':\n          description: Nothing.\n        '400':\n          description: A part",
            "not supported: nothing, where another success is no JSON",
        ),
        (
            "/api/rest/media:\n",
            "'404':\n          description: The key is unknown.",
            "'202':\n          description: Nothing.\n        '404':\n          description: The key is unknown.",
            "a success without content is a 204",
        ),
        (
            "operationId: getMediaStatus",
            ready,
            with,
            "201 is not among the responses",
        ),
    ]);
}

#[test]
fn joined_values_are_ids_in_the_path() {
    assert_found(&[
        (
            BLAST,
            "mediaid: '-'",
            "networkid: '-'",
            "`networkid` is no parameter of the path",
        ),
        (
            BLAST,
            "mediaid: '-'",
            "mediaid: '--'",
            "what joins the values is one character",
        ),
        (
            BLAST,
            "mediaid: '-'",
            "mediaid: ''",
            "what joins the values is one character",
        ),
        (
            "operationId: changePhone",
            "x-talkspace-effect: rings",
            "x-talkspace-effect: rings\n      x-talkspace-joined: {phone: '-'}",
            "a list of anything but identifiers",
        ),
    ]);
}

#[test]
fn aliases_lead_to_one_operation() {
    let path = "path: /api/rest/media/{mediaid}";
    assert_found(&[
        (
            REMOVE,
            path,
            "path: /api/rest/media/{conferenceid}",
            "the path has other parameters",
        ),
        (
            REMOVE,
            path,
            "path: api/rest/media/{mediaid}",
            "a path begins with `/`",
        ),
        (
            REMOVE,
            "method: delete",
            "method: post",
            "POST of this path is POST of `/api/rest/media/{mediaid}` too",
        ),
        (
            REMOVE,
            "method: delete",
            "method: remove",
            "`remove` is not understood; known here are `get`",
        ),
        (
            REMOVE,
            path,
            "path: /api/rest/media/{mediaid}\n                in: path",
            "`path` is not understood; known here are `query`",
        ),
        (
            REMOVE,
            path,
            "path: /api/rest/media/{mediaid}\n                into: query",
            "the key is not understood",
        ),
        (
            "operationId: listMedia",
            "x-talkspace-effect: reads",
            "x-talkspace-effect: reads\n      x-talkspace-aliases: [{method: get, path: /media, in: query}]",
            "there is no form whose fields could be in the query",
        ),
        (
            STATUS,
            "path: /api/rest/registrant/{networkid}",
            "path: /api/rest/media/status/{networkid}",
            "GET of this path is GET of `",
        ),
    ]);
}

#[test]
fn a_url_stands_alone() {
    let url = "x-talkspace-url: downloadurl";
    assert_found(&[
        (
            DOWNLOAD,
            url,
            "x-talkspace-url: uploadurl",
            "`uploadurl` is not the name of a text",
        ),
        (
            DOWNLOAD,
            url,
            "x-talkspace-url: mediafile",
            "`mediafile` is not the name of a text",
        ),
        (
            DOWNLOAD,
            "parameters:",
            "parameters:\n        - $ref: '#/components/parameters/QueryAppKey'",
            "not supported: a URL that is handed in, and beside it a query",
        ),
        (
            DOWNLOAD,
            url,
            "x-talkspace-url: downloadurl\n      x-talkspace-aliases: [{method: get, path: '/a/{mediafile}'}]",
            "not supported: a URL that is handed in, and beside it",
        ),
    ]);
}

#[test]
fn an_entry_has_a_content_of_the_wire() {
    assert_found(&[(
        BLAST,
        "$ref: '#/components/schemas/MediaEnvelope'",
        "$ref: '#/components/schemas/ConferenceEnvelope'",
        "the content is not among those of the operation on the wire",
    )]);
}

#[test]
fn what_is_waited_for_can_be_named() {
    let create = "operationId: createTalkspace";
    assert_found(&[
        (
            create,
            "x-talkspace-wait: participant",
            "x-talkspace-wait: godot",
            "`godot` is not understood; known here are `participant`, `registration`, `media`",
        ),
        (
            create,
            "x-talkspace-wait: participant",
            "x-talkspace-wait: media",
            "waiting for a media needs `mediaId`",
        ),
        (
            "operationId: listTalkspaces",
            "x-talkspace-effect: reads",
            "x-talkspace-effect: reads\n      x-talkspace-wait: participant",
            "waiting for a participant needs `networkid`",
        ),
    ]);
}
