//! Slashes as on the vendor's pages, the key in the query even of the version,
//! network ids in the path as they are.

use super::Story;

#[test]
fn registrations() {
    Story::new()
        .form(
            "POST /api/rest/registrant/",
            "appkey={other-key}&phone=14155550123&networkid=known-elsewhere",
            201,
        )
        .bare("GET /api/rest/version?appkey={key}", 200)
        .says("01.02.06")
        .form(
            "POST /api/rest/registrant/",
            "appkey={key}&phone=14155551234&networkid=@neu&greetingid={greeting}",
            201,
        )
        .form(
            "POST /api/rest/registrant/@neu",
            "appkey={key}&query=exists",
            404,
        )
        .wait()
        .form(
            "POST /api/rest/registrant/@neu",
            "appkey={key}&query=exists",
            200,
        )
        .form(
            "POST /api/rest/registrant/known-elsewhere",
            "appkey={key}&query=related",
            401,
        )
        .form(
            "POST /api/rest/registrant/",
            "appkey={key}&networkid=known-elsewhere",
            201,
        )
        .form(
            "POST /api/rest/registrant/known-elsewhere",
            "appkey={key}&query=related",
            200,
        )
        .form(
            "POST /api/rest/registrant/@neu/14155554321",
            "appkey={key}",
            202,
        )
        .bare("GET /api/rest/registrant?appkey={key}", 200)
        .says(r#""networkids":["@neu","@theta","eta","known-elsewhere"]"#)
        .bare("DELETE /api/rest/registrant/@neu?appkey={key}", 200)
        .bare("DELETE /api/rest/registrant/eta?appkey={key}", 200)
        .bare(
            "DELETE /api/rest/registrant/known-elsewhere?appkey={key}",
            200,
        )
        .bare("GET /api/rest/registrant?appkey={key}", 200)
        .says(r#""networkids":"@theta""#);
}

#[test]
fn conferences() {
    Story::new()
        .form(
            "POST /api/rest/conference",
            "networkid=eta&appkey={key}&greetingid={greeting}",
            201,
        )
        .keep("conf", "conferenceId")
        .form(
            "POST /api/rest/conference/{conf}",
            "action=add&networkid=@theta&muted=true&appkey={key}&greetingid={greeting}",
            202,
        )
        .wait()
        .bare("GET /api/rest/conference/{conf}?appkey={key}", 200)
        .says(r#""participants":["eta","@theta"]"#)
        .is_muted("{conf}", "eta", false)
        .is_muted("{conf}", "@theta", true)
        .bare("GET /api/rest/conference?appkey={key}&active=true", 200)
        .says(r#""active":"{conf}"}"#)
        .form(
            "POST /api/rest/conference/{conf}/@theta",
            "action=unmute&appkey={key}",
            200,
        )
        .form(
            "POST /api/rest/conference/{conf}/@theta",
            "action=mute&appkey={key}",
            200,
        )
        .form(
            "POST /api/rest/conference",
            "networkid=eta&appkey={key}",
            201,
        )
        .keep("other", "conferenceId")
        .form(
            "POST /api/rest/conference/{conf}/@theta",
            "action=move&toconferenceid={other}&appkey={key}",
            200,
        )
        .form(
            "POST /api/rest/conference/{conf}/eta",
            "action=hangup&appkey={key}",
            200,
        )
        .form(
            "POST /api/rest/conference/{conf}",
            "action=close&appkey={key}",
            200,
        )
        .bare("GET /api/rest/conference?appkey={key}", 200)
        .says(r#""active":"{other}","inactive":"{conf}""#);
}

#[test]
fn media() {
    const GRANT: &str = "Content-Disposition: form-data; name=\"grant\"\r\n\r\n{grant}";
    const FILE: &str = "Content-Disposition: form-data; name=\"mediafile\"; \
         filename=\"hello.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\nID3 hello";
    let mut story = Story::new();
    story
        .form("POST /api/rest/media", "appkey={key}", 201)
        .keep("media", "mediaId")
        .form("POST /api/rest/media/status/{media}", "appkey={key}", 204)
        .form(
            "POST /api/rest/media/{media}",
            "action=upload_grant&appkey={key}",
            201,
        )
        .keep("grant", "grantId")
        .multipart("POST /forklift", [GRANT, FILE], 200)
        .says("/audio/")
        .multipart("POST /forklift", [GRANT, FILE], 404)
        .form("POST /api/rest/media/status/{media}", "appkey={key}", 200)
        .says(r#""fileSize":9"#)
        .keep("url", "downloadUrl")
        .bare("GET {url}", 200)
        .says("ID3 hello")
        .form(
            "POST /api/rest/media/{media}-{greeting}",
            "action=blast&networkid=eta&appkey={key}&greetingid={greeting}",
            202,
        )
        .says(r#""message":"{media}-{greeting}""#)
        .form(
            "POST /api/rest/media/{media}",
            "action=record&networkid=eta&appkey={key}&greetingid={greeting}",
            201,
        )
        .form(
            "POST /api/rest/media/{media}",
            "action=remove&appkey={key}",
            401,
        )
        .wait()
        .bare("GET {url}", 404)
        .bare("GET /api/rest/media?appkey={key}", 200)
        .says(r#""recorded":"{media}""#)
        .form(
            "POST /api/rest/media/{media}",
            "action=remove&appkey={key}",
            200,
        )
        .form(
            "POST /api/rest/media/{media}",
            "action=remove&appkey={key}",
            404,
        );
}
