//! What the generator does not understand of OpenAPI is a finding.

use crate::codegen::tests::assert_finding;

#[test]
fn another_version() {
    assert_finding(
        "openapi: 3.1.0",
        "openapi: 3.0.3",
        "/openapi",
        "OpenAPI 3.0.3; this generator reads 3.1",
    );
}

#[test]
fn keywords_that_would_be_lost() {
    assert_finding(
        "    Motto:\n      type: string\n",
        "    Motto:\n      type: string\n      writeOnly: true\n",
        "/components/schemas/Motto/writeOnly",
        "not supported: `writeOnly`; leave it out, and say in the description what it means",
    );
    assert_finding(
        "          description: Whom to call.\n",
        "          description: Whom to call.\n          type: string\n",
        "/components/schemas/MakeRoomForm/properties/phone/type",
        "`type` beside a `$ref`; keep one of the two",
    );
}

#[test]
fn schemas_that_are_not_supported() {
    let motto = "    Motto:\n      type: string\n";
    for (to, place, message) in [
        (
            "    Motto:\n      type: number\n",
            "/components/schemas/Motto/type",
            "not supported: `number`; write `string` with `format: decimal`, which keeps every digit",
        ),
        (
            "    Motto:\n      type: [string, boolean]\n",
            "/components/schemas/Motto/type",
            "not supported: `string`, `boolean`; a list of types is one type and `'null'`, or `[string, integer]`",
        ),
        (
            "    Motto:\n      type: integer\n      format: uint8\n",
            "/components/schemas/Motto/format",
            "`uint8` is not understood; known here are `int32`, `int64`",
        ),
        (
            "    Motto:\n      oneOf: ['null', {type: string}]\n",
            "/components/schemas/Motto/oneOf/0",
            "text where a map belongs",
        ),
        (
            "    Motto:\n      type: number\n      minimum: 1\n      maxLength: 3\n",
            "/components/schemas/Motto/type",
            "not supported: `number`; write `string` with `format: decimal`, which keeps every digit",
        ),
        (
            "    Motto:\n      type: string\n      enum: []\n",
            "/components/schemas/Motto/enum",
            "an enum has a word at least",
        ),
        (
            "    Motto:\n      type: string\n      enum: [a]\n      const: a\n      \
             x-talkspace-meanings: {a: It.}\n",
            "/components/schemas/Motto/enum",
            "a `const` is the one value; leave out the `enum`",
        ),
        (
            "    Motto:\n      oneOf: [{type: string, x-talkspace-secret: true}, {type: 'null'}]\n",
            "/components/schemas/Motto/oneOf/0",
            "not supported: beside `null` stands a `$ref` alone; write `type: [string, 'null']`",
        ),
    ] {
        assert_finding(motto, to, place, message);
    }
}

#[test]
fn references_lead_to_components() {
    assert_finding(
        "                $ref: '#/components/schemas/Motto'",
        "                $ref: 'other.yaml#/Motto'",
        "/paths/~1api~1room~1{roomid}/get/responses/200/content/text~1plain/schema/$ref",
        "`other.yaml#/Motto` leads elsewhere; write `#/components/schemas/…`",
    );
}

#[test]
fn a_reference_without_quotes_is_a_comment() {
    assert_finding(
        "                $ref: '#/components/schemas/Motto'",
        "                $ref: #/components/schemas/Motto",
        "/paths/~1api~1room~1{roomid}/get/responses/200/content/text~1plain/schema/$ref",
        "put it in quotes: what begins with `#` is a comment",
    );
}

#[test]
fn a_header_field_hides_no_secret() {
    let bad = "          description: A parameter is missing or wrong.\n";
    let at = "/paths/~1api~1room/post/responses/400/headers/X-Pin/schema";
    assert_finding(
        bad,
        &format!(
            "{bad}          headers:\n            X-Pin:\n              description: A number.\n\
             \x20             schema: {{type: string, x-talkspace-secret: true}}\n"
        ),
        at,
        "not supported: a secret in a header field",
    );
}

#[test]
fn one_slip_is_one_finding() {
    for (from, to, place, message) in [
        (
            "    Motto:\n      type: string\n",
            "    Motto:\n      allOf: []\n",
            "/components/schemas/Motto/allOf",
            "not supported: `allOf`; write all of its properties in one object",
        ),
        (
            "      operationId: getMotto\n",
            "      operationID: getMotto\n",
            "/paths/~1api~1room~1{roomid}/get/operationID",
            "the key is not understood; did you mean `operationId`?",
        ),
        (
            "          minimum: 1\n",
            "          minimum: 1.5\n",
            "/components/schemas/MakeRoomForm/properties/age/minimum",
            "a number where a whole number belongs",
        ),
        (
            "          minimum: 1\n",
            "          minimum: -99999999999999999999\n",
            "/components/schemas/MakeRoomForm/properties/age/minimum",
            "a whole number beyond 64 bits",
        ),
    ] {
        assert_finding(from, to, place, message);
    }
}

#[test]
fn required_properties_exist() {
    assert_finding(
        "required: [phone, seats, appkey]",
        "required: [phone, seats, appkey, roof]",
        "/components/schemas/MakeRoomForm/required/3",
        "`roof` is required and is not among the properties",
    );
}

#[test]
fn an_object_has_properties() {
    let tiles = "          properties:\n            tiles:\n              description: Of how many tiles.\n              type: integer";
    assert_finding(
        tiles,
        "          properties: {}",
        "/components/schemas/RoomResponse/properties/roof/properties",
        "an object has a property at least",
    );
}

#[test]
fn what_is_required_is_said_once() {
    assert_finding(
        "required: [phone, seats, appkey]",
        "required: [phone, seats, phone, appkey]",
        "/components/schemas/MakeRoomForm/required/2",
        "`phone` is here twice",
    );
}

#[test]
fn places_bodies_and_responses_that_are_not_supported() {
    assert_finding(
        "      in: path\n",
        "      in: header\n",
        "/components/parameters/PathRoomId/in",
        "not supported: `header`; header fields are set on a client, by `with_header`; send it in the query",
    );
    assert_finding(
        "      in: path\n",
        "      in: body\n",
        "/components/parameters/PathRoomId/in",
        "`body` is not understood; known here are `path`, `query`",
    );
    assert_finding(
        "            text/plain:\n",
        "            text/html:\n",
        "/paths/~1api~1room~1{roomid}/get/responses/200/content",
        "not supported: write one of `application/json`, `text/plain`, `audio/mpeg`",
    );
    assert_finding(
        "          application/x-www-form-urlencoded:\n            schema:\n              $ref: '#/components/schemas/MakeRoomForm'\n",
        "          application/json:\n            schema:\n              $ref: '#/components/schemas/MakeRoomForm'\n",
        "/paths/~1api~1room/post/requestBody/content",
        "not supported: write one of `application/x-www-form-urlencoded`, `multipart/form-data`, with a property for each value, and a list for several",
    );
    assert_finding(
        "          application/x-www-form-urlencoded:\n            schema:\n              $ref: '#/components/schemas/MakeRoomForm'\n",
        "          text/plain:\n            schema:\n              $ref: '#/components/schemas/MakeRoomForm'\n",
        "/paths/~1api~1room/post/requestBody/content",
        "not supported: write one of `application/x-www-form-urlencoded`, `multipart/form-data`, with a property for each value, and a list for several",
    );
}

#[test]
fn effects_and_statuses_are_spelt_right() {
    assert_finding(
        "x-talkspace-effect: once",
        "x-talkspace-effect: twice",
        "/paths/~1api~1room~1{roomid}/post/x-talkspace-split/operations/open/x-talkspace-effect",
        "`twice` is not understood; known here are `reads`, `converges`, `once`, `rings`",
    );
    assert_finding(
        "        '201':\n",
        "        created:\n",
        "/paths/~1api~1room/post/responses/created",
        "`created` is no status; write one such as '404'",
    );
    for twice in ["'0201'", "'+201'", "'201 '"] {
        assert_finding(
            "        '201':\n",
            &format!("        {twice}:\n"),
            &format!(
                "/paths/~1api~1room/post/responses/{}",
                twice.trim_matches('\'')
            ),
            &format!(
                "`{}` is no status; write one such as '404'",
                twice.trim_matches('\'')
            ),
        );
    }
}

#[test]
fn methods_that_are_not_supported() {
    assert_finding(
        "    get:\n      operationId: getMotto\n",
        "    head:\n      operationId: getMotto\n",
        "/paths/~1api~1room~1{roomid}/head",
        "not supported: `head`; write get, post, put, patch or delete",
    );
}
