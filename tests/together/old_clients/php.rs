//! No slashes at the end, keys repeated for several people, DELETE with the
//! key in the query. It could neither upload nor list.

use super::Story;

#[test]
fn registrations() {
    Story::new()
        .bare("GET /api/rest/version", 200)
        .says("01.02.06")
        .form(
            "POST /api/rest/registrant/neu",
            "query=exists&appkey={key}",
            404,
        )
        .form(
            "POST /api/rest/registrant",
            "networkid=neu&phone=14155551234&appkey={key}",
            201,
        )
        .says(r#""uri":"\/api\/rest\/registrant\/neu""#)
        .wait()
        .form(
            "POST /api/rest/registrant/neu",
            "query=related&appkey={key}",
            200,
        )
        .form(
            "POST /api/rest/registrant",
            "networkid=neu&phone=14155551234&appkey={key}",
            400,
        )
        // It strips what is no digit before sending.
        .form(
            "POST /api/rest/registrant",
            "networkid=nu&phone=&appkey={key}",
            400,
        )
        .says("Invalid phone number format")
        .bare("DELETE /api/rest/registrant/neu?appkey={key}", 200)
        .says(r#""status":200"#)
        .form(
            "POST /api/rest/registrant/neu",
            "query=exists&appkey={key}",
            404,
        )
        .form(
            "POST /api/rest/registrant/%40theta",
            "query=related&appkey={key}",
            200,
        );
}

#[test]
fn conferences() {
    Story::new()
        .form("POST /api/rest/media", "appkey={key}", 201)
        .keep("media", "mediaId")
        .form(
            "POST /api/rest/conference",
            "networkid=eta&appkey={key}&greetingid={greeting}&recordingid={media}",
            201,
        )
        .keep("conf", "conferenceId")
        .says("Created, leader is eta")
        // Too early: nobody has answered yet.
        .form(
            "POST /api/rest/conference/{conf}/eta",
            "action=mute&appkey={key}",
            400,
        )
        .form(
            "POST /api/rest/conference/{conf}",
            "networkid=@theta&greetingid={greeting}&action=add&appkey={key}",
            202,
        )
        .says(r#""conferenceId":"","uri":"\/api\/rest\/conference\/{conf}\/%40theta""#)
        .wait()
        // Several at once cannot be added in part.
        .form(
            "POST /api/rest/conference/{conf}",
            "networkid=eta&networkid=@theta&action=add&appkey={key}",
            400,
        )
        .form(
            "POST /api/rest/conference/{conf}",
            "networkid=@theta&greetingid=&action=add&appkey={key}",
            400,
        )
        .says("Missing or invalid greetingid parameter")
        .form(
            "POST /api/rest/conference/{conf}/eta",
            "action=mute&appkey={key}",
            200,
        )
        .is_muted("{conf}", "eta", true)
        .form(
            "POST /api/rest/conference/{conf}/eta",
            "action=unmute&appkey={key}",
            200,
        )
        .is_muted("{conf}", "eta", false)
        .form(
            "POST /api/rest/conference",
            "networkid=eta&appkey={key}",
            201,
        )
        .keep("other", "conferenceId")
        .form(
            "POST /api/rest/conference/{conf}/%40theta",
            "action=move&toconferenceid={other}&appkey={key}",
            200,
        )
        .says(r#""conferenceId":"{conf}""#)
        .form(
            "POST /api/rest/conference/{conf}/nobody",
            "action=hangup&appkey={key}",
            401,
        )
        .form(
            "POST /api/rest/conference/{conf}/eta",
            "action=hangup&appkey={key}",
            200,
        )
        .says("terminated")
        .form(
            "POST /api/rest/conference/{conf}",
            "action=close&appkey={key}",
            200,
        )
        .form(
            "POST /api/rest/conference/{conf}",
            "action=close&appkey={key}",
            404,
        )
        .form("POST /api/rest/media/status/{media}", "appkey={key}", 200);
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
        .keep("recorded", "mediaId")
        .wait()
        .form(
            "POST /api/rest/media/{recorded}",
            "action=blast&networkid=eta&appkey={key}",
            202,
        )
        .wait()
        .form(
            "POST /api/rest/media/{media}",
            "action=upload_grant&appkey={key}",
            201,
        )
        .keep("grant", "grantId")
        .form(
            "POST /api/rest/media/{media}",
            "action=remove&appkey={key}",
            200,
        )
        .says(".mp3 removed")
        // It asked for the status at a place of its own, without a key.
        .bare("GET /api/rest/media/{media}", 405);
}
