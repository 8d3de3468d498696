//! Headers of a form on requests without one, parameters in any order, the
//! file before the grant.

use super::Story;

const HEADERS: &str = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n";

#[test]
fn registrations() {
    Story::new()
        .with_headers(HEADERS)
        .bare("GET /api/rest/version", 200)
        .form(
            "POST /api/rest/registrant",
            "phone=14155551234&appkey={key}&networkid=neu",
            201,
        )
        .wait()
        .form(
            "POST /api/rest/registrant/neu",
            "query=related&appkey={key}",
            200,
        )
        .form(
            "POST /api/rest/registrant/neu/14155554321",
            "appkey={key}",
            202,
        )
        // It leaves `+` alone, which means a space in a form.
        .form(
            "POST /api/rest/registrant",
            "phone=14155551235&appkey={key}&networkid=a+b@example.com",
            201,
        )
        .wait()
        .form(
            "POST /api/rest/registrant/a%20b@example.com",
            "appkey={key}",
            200,
        );
}

#[test]
fn conferences() {
    Story::new()
        .with_headers(HEADERS)
        .form("POST /api/rest/media", "appkey={key}", 201)
        .keep("media", "mediaId")
        .form(
            "POST /api/rest/conference",
            "recordingid={media}&networkid=eta&greetingid={greeting}&appkey={key}",
            201,
        )
        .keep("conf", "conferenceId")
        .form(
            "POST /api/rest/conference/{conf}",
            "networkid=%40theta&appkey={key}&action=add&greetingid={greeting}",
            202,
        )
        .form(
            "POST /api/rest/conference/{conf}",
            "networkid=%40theta&networkid=eta&appkey={key}&action=add",
            400,
        )
        .wait()
        .form(
            "POST /api/rest/conference/{conf}/%40theta",
            "appkey={key}&action=mute",
            200,
        )
        .form(
            "POST /api/rest/conference/{conf}/%40theta",
            "appkey={key}&action=unmute",
            200,
        )
        .form(
            "POST /api/rest/conference",
            "networkid=eta&appkey={key}",
            201,
        )
        .keep("other", "conferenceId")
        .form(
            "POST /api/rest/conference/{conf}/%40theta",
            "appkey={key}&toconferenceid={other}&action=move",
            200,
        )
        // A slip of the keyboard, until December 2011.
        .form(
            "POST /api/rest/conference/{conf}/eta",
            "appkey={key}&action=hangul",
            400,
        )
        .form(
            "POST /api/rest/conference/{conf}/eta",
            "appkey={key}&action=hangup",
            200,
        )
        .form(
            "POST /api/rest/conference/{conf}",
            "appkey={key}&action=close",
            200,
        );
}

#[test]
fn media() {
    const GRANT: &str = "Content-Disposition: form-data; name=\"grant\"\r\n\r\n{grant}";
    const FILE: &str = "Content-Disposition: form-data; name=\"mediafile\"; \
         filename=\"upload.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\nID3 hello";
    Story::new()
        .with_headers(HEADERS)
        .form("POST /api/rest/media", "appkey={key}", 201)
        .keep("media", "mediaId")
        .form("POST /api/rest/media/status/{media}", "appkey={key}", 204)
        .form(
            "POST /api/rest/media/{media}",
            "appkey={key}&action=upload_grant",
            201,
        )
        .keep("grant", "grantId")
        .multipart("POST /forklift", [FILE, GRANT], 200)
        .form("POST /api/rest/media/status/{media}", "appkey={key}", 200)
        .bare("GET /api/rest/media?appkey={key}", 200)
        .says("{media}")
        .form(
            "POST /api/rest/media/{media}",
            "networkid=eta&appkey={key}&action=blast",
            202,
        )
        .form(
            "POST /api/rest/media/{media}",
            "networkid=eta&appkey={key}&action=record",
            201,
        )
        .wait()
        .form(
            "POST /api/rest/media/{media}",
            "appkey={key}&action=remove",
            200,
        );
}
