//! Files in the wrong place, or of the wrong type, are found.

use crate::codegen::tests::assert_found;

const FORM: &str = "    UploadMediaForm:\n";
const UPLOAD: &str = "operationId: uploadMedia";
const DOWNLOAD: &str = "operationId: downloadMedia";

#[test]
fn a_file_is_the_last_part_and_the_only_one() {
    let grant = "$ref: '#/components/schemas/GrantId'";
    let file = "$ref: '#/components/schemas/MediaFile'";
    let right = "the last part is a file, and no other is";
    assert_found(&[
        (FORM, grant, file, right),
        (FORM, file, grant, right),
        (
            FORM,
            grant,
            "$ref: '#/components/schemas/AppKey'",
            "not supported: a key in a path or a part",
        ),
        (
            FORM,
            "[grant, mediafile]",
            "[grant]",
            "a file is always sent; require it",
        ),
    ]);
}

#[test]
fn a_part_with_a_file_says_its_type() {
    assert_found(&[
        (
            UPLOAD,
            "contentType: audio/mpeg",
            "contentType: audio/ogg",
            "only the file has a type",
        ),
        (
            UPLOAD,
            "mediafile:\n",
            "grant:\n",
            "only the file has a type",
        ),
        (
            UPLOAD,
            "mediafile:\n",
            "grant:\n",
            "`encoding` does not say that `mediafile`",
        ),
        (
            UPLOAD,
            "multipart/form-data",
            "multipart/mixed",
            "write one of `application/x-www-form",
        ),
        (
            "    MediaFile:\n",
            "contentMediaType: audio/mpeg",
            "contentMediaType: audio/ogg",
            "`audio/ogg` is not understood; did you mean `audio/mpeg`?",
        ),
    ]);
}

#[test]
fn a_file_is_nowhere_else() {
    let file = "$ref: '#/components/schemas/MediaFile'";
    assert_found(&[
        (
            "    RegisterForm:\n",
            "$ref: '#/components/schemas/NetworkId'",
            file,
            "a form that carries one is `multipart/form-data`",
        ),
        (
            "    PathMediaId:\n",
            "$ref: '#/components/schemas/MediaId'",
            file,
            "a form that carries one is `multipart/form-data`",
        ),
        (
            "    UploadResponse:\n      type",
            "$ref: '#/components/schemas/GrantId'",
            file,
            "not supported in an envelope",
        ),
    ]);
}

#[test]
fn a_sound_is_sent_as_such() {
    let right = "bytes, and nothing else, are sent as `audio/mpeg`";
    let url = "$ref: '#/components/schemas/DownloadUrl'";
    assert_found(&[
        (DOWNLOAD, "audio/mpeg:", "text/plain:", right),
        (
            DOWNLOAD,
            "$ref: '#/components/schemas/MediaFile'",
            url,
            right,
        ),
        (
            DOWNLOAD,
            "audio/mpeg:",
            "audio/ogg:",
            "write one of `application/json`",
        ),
    ]);
}
