//! Slashes at the end and in pairs, GET and DELETE where others sent POST, and
//! a key of another name.

use super::Story;

#[test]
fn registrations() {
    Story::new()
        .bare("GET /api/rest/version", 200)
        .form(
            "POST /api/rest/registrant/",
            "networkid=neu&phone=14155551234&appkey={key}&greetingid={greeting}",
            201,
        )
        // Without a greeting it sends an empty one, and its README has a phone of ten digits.
        .form(
            "POST /api/rest/registrant/",
            "networkid=neuer&phone=14155551235&appkey={key}&greetingid=",
            201,
        )
        .form(
            "POST /api/rest/registrant/",
            "networkid=neuer&phone=4155551234&appkey={key}",
            400,
        )
        .wait()
        .form(
            "POST /api/rest/registrant/neu",
            "query=exists&appkey={key}",
            200,
        )
        .bare(
            "GET /api/rest/registrant/neu?query=related&appkey={key}",
            200,
        );
}

#[test]
fn conferences() {
    Story::new()
        .form(
            "POST /api/rest/conference/",
            "networkid=eta&appkey={key}",
            201,
        )
        .keep("conf", "conferenceId")
        .form(
            "POST /api/rest/conference/{conf}",
            "networkid=@theta&action=add&appkey={key}",
            202,
        )
        .wait()
        .form(
            "POST /api/rest/conference/{conf}/@theta",
            "action=mute&app_key={key}",
            400,
        )
        .says("Missing or invalid appkey parameter")
        .form(
            "POST /api/rest/conference/{conf}/@theta",
            "action=unmute&app_key={key}",
            400,
        )
        .form(
            "POST /api/rest/conference/",
            "networkid=eta&appkey={key}",
            201,
        )
        .keep("other", "conferenceId")
        .form(
            "POST /api/rest/conference/{conf}/@theta",
            "toconferenceid={other}&action=move&appkey={key}",
            200,
        )
        .form(
            "POST /api/rest/conference/{conf}/eta",
            "action=hangup&appkey={key}",
            200,
        )
        .form(
            "POST /api/rest/conference//{conf}",
            "action=close&appkey={key}",
            200,
        );
}

#[test]
fn media() {
    const GRANT: &str = "Content-Disposition: form-data; name=\"grant\"\r\n\r\n{grant}";
    const FILE: &str = "Content-Disposition: form-data; name=\"mediafile\"; \
         filename=\"hello.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\nID3 hello";
    const TEXT: &str = "Content-Disposition: form-data; name=\"mediafile\"; \
         filename=\"hello\"\r\nContent-Type: text/plain\r\n\r\nID3 hello";
    Story::new()
        .form("POST /api/rest/media/", "appkey={key}", 201)
        .keep("media", "mediaId")
        .bare("GET /api/rest/media/status/{media}?appkey={key}", 204)
        .form(
            "POST /api/rest/media/{media}",
            "networkid=eta&action=record&appkey={key}",
            201,
        )
        .wait()
        .bare("GET /api/rest/media/status/{media}?appkey={key}", 200)
        .form(
            "POST /api/rest/media/{media}",
            "networkid=eta&action=blast&appkey={key}",
            202,
        )
        .wait()
        .form(
            "POST /api/rest/media/{media}",
            "action=upload_grant&appkey={key}",
            201,
        )
        .keep("grant", "grantId")
        // What has no `.mp3` at its end is sent as text.
        .multipart("POST /forklift/", [GRANT, TEXT], 415)
        .multipart("POST /forklift/", [GRANT, FILE], 200)
        .form(
            "DELETE /api/rest/media/{media}",
            "action=remove&appkey={key}",
            200,
        )
        .form(
            "DELETE /api/rest/media/{media}",
            "action=remove&appkey={key}",
            404,
        );
}
