//! The key in the form of every request: none where there is no form. It
//! created conferences as an older API wanted it.

use super::Story;

#[test]
fn registrations() {
    Story::new()
        .bare("GET /api/rest/version", 200)
        .form(
            "POST /api/rest/registrant",
            "networkid=neu&phone=14155551234&appkey={key}",
            201,
        )
        .wait()
        .form(
            "POST /api/rest/registrant/neu",
            "query=exists&appkey={key}",
            200,
        )
        .form(
            "POST /api/rest/registrant/neu",
            "query=related&appkey={key}",
            200,
        )
        // Before that, it asked with GET.
        .bare(
            "GET /api/rest/registrant/neu?query=related&appkey={key}",
            200,
        )
        .bare(
            "GET /api/rest/registrant/nobody?query=exists&appkey={key}",
            404,
        );
}

#[test]
fn conferences() {
    Story::new()
        // The older shape works with one person; nothing is recorded.
        .form(
            "POST /api/rest/conference",
            "networkid=eta&record=true&appkey={key}",
            201,
        )
        .keep("conf", "conferenceId")
        .form(
            "POST /api/rest/conference",
            "networkid=eta&networkid=%40theta&record=false&appkey={key}",
            400,
        )
        .form(
            "POST /api/rest/conference/{conf}",
            "action=add&networkid=@theta&appkey={key}",
            202,
        )
        .wait()
        .form(
            "POST /api/rest/conference/{conf}/@theta",
            "action=mute&appkey={key}",
            200,
        )
        .form(
            "POST /api/rest/conference/{conf}/@theta",
            "action=unmute&appkey={key}",
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
        );
}

#[test]
fn media() {
    Story::new()
        .form("POST /api/rest/media", "appkey={key}", 201)
        .keep("media", "mediaId")
        .form(
            "POST /api/rest/media/{media}",
            "action=record&networkid=eta&appkey={key}",
            201,
        )
        .wait()
        .form(
            "POST /api/rest/media/{media}",
            "action=blast&networkid=eta&appkey={key}",
            202,
        )
        .wait()
        // It takes the id of the next request from the response, where it is empty.
        .says(r#""mediaId":"""#)
        .form(
            "POST /api/rest/media/{media}",
            "action=upload_grant&appkey={key}",
            201,
        )
        .form(
            "POST /api/rest/media/{media}",
            "action=remove&appkey={key}",
            200,
        )
        // Without a key, every request is an error.
        .bare("GET /api/rest/media/status/{media}", 400);
}
