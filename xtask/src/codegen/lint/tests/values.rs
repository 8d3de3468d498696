//! Keywords on values that do not fit are found.

use crate::codegen::tests::{assert_found, broken, findings};

const QUERY: &str = "    RegistrationQuery:\n      type";
const GRANT: &str = "    GrantId:\n";
const MEDIA: &str = "    MediaResponse:\n      type";
const UPLOAD: &str = "    UploadResponse:\n      type";

#[test]
fn choices_have_meanings() {
    let related = "related: Whether";
    assert_found(&[
        (
            QUERY,
            related,
            "other: Whether",
            "`other` is not in the enum",
        ),
        (
            QUERY,
            related,
            "other: Whether",
            "x-talkspace-meanings has none for `related`",
        ),
        (
            QUERY,
            "exists: Whether the person is registered with any application.",
            "exists: ''",
            "the choice has no description",
        ),
        (
            QUERY,
            "[exists, related]",
            "[exists, related, related]",
            "`related` is here twice",
        ),
        (
            QUERY,
            "examples:",
            "default: neither\n      examples:",
            "the default `neither` is not in the enum",
        ),
        (
            "    ConferenceId:\n",
            "type: string",
            "type: string\n      x-talkspace-meanings: {one: One.}",
            "`one` is not in the enum",
        ),
    ]);
}

#[test]
fn a_default_may_be_given() {
    let with = "default: exists\n      examples:";
    assert_eq!(findings(&broken(QUERY, "examples:", with)), [""; 0]);
}

#[test]
fn a_secret_is_a_named_text() {
    let secret = "x-talkspace-secret: true";
    assert_found(&[
        (
            QUERY,
            "examples:",
            "x-talkspace-secret: true\n      examples:",
            "x-talkspace-secret belongs to a named text",
        ),
        (
            UPLOAD,
            "type: string",
            "type: string\n          x-talkspace-secret: true",
            "x-talkspace-secret belongs to a named text",
        ),
        (
            GRANT,
            secret,
            "x-talkspace-secret: 1",
            "where `true` or `false` belongs",
        ),
        (
            "    PhoneNumber:\n",
            "type: string",
            "type: string\n      x-talkspace-secret: true",
            "x-talkspace-secret belongs to a named text with a type of its own",
        ),
    ]);
}

#[test]
fn what_may_be_empty_is_an_id_that_is_there() {
    let empty = "x-talkspace-empty: true";
    assert_found(&[
        (
            MEDIA,
            "format: int64",
            "x-talkspace-empty: true",
            "a required identifier",
        ),
        (
            MEDIA,
            "status, downloadUrl,",
            "status,",
            "a required identifier",
        ),
        (
            "    RegisterForm:\n",
            "$ref: '#/components/schemas/NetworkId'",
            "$ref: '#/components/schemas/NetworkId'\n          x-talkspace-empty: true",
            "may be left out",
        ),
        (
            "    RegisterForm:\n",
            "$ref: '#/components/schemas/PhoneNumber'",
            "$ref: '#/components/schemas/PhoneNumber'\n          x-talkspace-empty: true",
            "what may be empty in a form is an identifier that may be left out",
        ),
        (
            "    PathConferenceId:\n",
            "$ref: '#/components/schemas/ConferenceId'",
            "$ref: '#/components/schemas/ConferenceId'\n        x-talkspace-empty: true",
            "x-talkspace-empty belongs to what is in an envelope or a form",
        ),
        (
            MEDIA,
            empty,
            "x-talkspace-empty: maybe",
            "where `true` or `false` belongs",
        ),
    ]);
}

#[test]
fn other_spellings_are_no_other_s() {
    let also = "x-talkspace-also: [grantid]";
    let both = "x-talkspace-also: [grantid, grantid]";
    assert_found(&[
        (
            UPLOAD,
            also,
            "x-talkspace-also: [uri]",
            "`uri` is the spelling of something else too",
        ),
        (
            UPLOAD,
            also,
            both,
            "`grantid` is the spelling of something else too",
        ),
        (
            "    UploadMediaForm:\n",
            "$ref: '#/components/schemas/GrantId'",
            "$ref: '#/components/schemas/GrantId'\n          x-talkspace-also: [grantid]",
            "x-talkspace-also belongs to what is in an envelope",
        ),
    ]);
}

#[test]
fn keywords_stand_where_they_mean_something() {
    assert_found(&[
        (
            "    NetworkId:\n",
            "type: string",
            "type: string\n      x-talkspace-name: person",
            "x-talkspace-name belongs to a property or a parameter",
        ),
        (
            "    MediaId:\n",
            "type: string",
            "type: string\n      x-talkspace-default: greeting",
            "x-talkspace-default belongs to a field of a form",
        ),
        (
            MEDIA,
            "format: int64",
            "format: int64\n          x-talkspace-type: NetworkId",
            "x-talkspace-type belongs to text",
        ),
    ]);
}
