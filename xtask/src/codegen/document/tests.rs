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
        "the key is not understood; known here are `description`, `x-talkspace-type`, \
         `x-talkspace-name`, `x-talkspace-default`, `x-talkspace-secret`, `x-talkspace-empty`, \
         `x-talkspace-also`, `x-talkspace-meanings`, `$ref`, `oneOf`, `type`, `contentMediaType`, \
         `const`, `enum`, `minimum`, `maximum`, `minLength`, `maxLength`, `pattern`, `format`, \
         `default`, `deprecated`, `examples`",
    );
    assert_finding(
        "          description: Whom to call.\n",
        "          description: Whom to call.\n          type: string\n",
        "/components/schemas/MakeRoomForm/properties/phone/type",
        "the key is not understood; known here are `description`, `x-talkspace-type`, \
         `x-talkspace-name`, `x-talkspace-default`, `x-talkspace-secret`, `x-talkspace-empty`, \
         `x-talkspace-also`, `x-talkspace-meanings`, `$ref`, `minimum`, `maximum`, `minLength`, \
         `maxLength`, `pattern`, `format`, `default`, `deprecated`, `examples`",
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
            "not supported: a list of types is one type and `'null'`, or `[string, integer]`",
        ),
        (
            "    Motto:\n      type: integer\n      format: uint8\n",
            "/components/schemas/Motto/format",
            "not supported: an integer is `int32` or `int64`",
        ),
        (
            "    Motto:\n      type: string\n      examples: [7]\n",
            "/components/schemas/Motto/examples/0",
            "the example is not of the schema's type",
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
fn required_properties_exist() {
    assert_finding(
        "required: [phone, seats, appkey]",
        "required: [phone, seats, appkey, roof]",
        "/components/schemas/MakeRoomForm/required/3",
        "`roof` is required and is not among the properties",
    );
}

#[test]
fn places_bodies_and_responses_that_are_not_supported() {
    assert_finding(
        "      in: path\n",
        "      in: header\n",
        "/components/parameters/PathRoomId/in",
        "not supported: `header`; parameters are in path or query",
    );
    assert_finding(
        "            text/plain:\n",
        "            text/html:\n",
        "/paths/~1api~1room~1{roomid}/get/responses/200/content",
        "not supported: a response is `application/json`, `text/plain` or `audio/mpeg`, one of them",
    );
    assert_finding(
        "          application/x-www-form-urlencoded:\n            schema:\n              $ref: '#/components/schemas/MakeRoomForm'\n",
        "          application/json:\n            schema:\n              $ref: '#/components/schemas/MakeRoomForm'\n",
        "/paths/~1api~1room/post/requestBody",
        "not supported: a body is `application/x-www-form-urlencoded` or `multipart/form-data`, one of the two",
    );
}

#[test]
fn effects_and_statuses_are_spelt_right() {
    assert_finding(
        "x-talkspace-effect: once",
        "x-talkspace-effect: twice",
        "/paths/~1api~1room~1{roomid}/post/x-talkspace-split/operations/open/x-talkspace-effect",
        "`twice` is no effect; write reads, converges, once or rings",
    );
    assert_finding(
        "        '201':\n",
        "        default:\n",
        "/paths/~1api~1room/post/responses/default",
        "`default` is no status; write one such as '404'",
    );
}

#[test]
fn methods_that_are_not_supported() {
    assert_finding(
        "    get:\n      operationId: getMotto\n",
        "    head:\n      operationId: getMotto\n",
        "/paths/~1api~1room~1{roomid}/head",
        "the key is not understood; known here are `summary`, `description`, `parameters`, `get`, \
         `post`, `put`, `patch`, `delete`",
    );
}
