//! The table of names, so that a rename is seen.

use super::{Camel, Snake};

#[test]
fn the_type_of_a_value_shows_its_words() {
    for (wire, type_name, name) in [
        ("networkid", Some("NetworkId"), "network_id"),
        ("networkids", Some("NetworkId"), "network_ids"),
        ("conferenceid", Some("ConferenceId"), "conference_id"),
        ("toconferenceid", Some("ConferenceId"), "to_conference_id"),
        ("greetingid", Some("MediaId"), "greeting_id"),
        ("recordingid", Some("MediaId"), "recording_id"),
        ("recordingids", Some("MediaId"), "recording_ids"),
        ("appkey", Some("AppKey"), "app_key"),
        ("phone", Some("PhoneNumber"), "phone"),
        ("conferenceId", Some("ConferenceId"), "conference_id"),
        ("conferenceId", None, "conference_id"),
        ("version", Some("Version"), "version"),
        ("apiversion", Some("Version"), "api_version"),
        ("muted", None, "muted"),
        ("id", Some("MediaId"), "id"),
        // Not an identifier: `paid` is a word.
        ("paid", None, "paid"),
        ("participants", Some("NetworkId"), "participants"),
    ] {
        let found = Snake::of_value(wire, type_name).unwrap();
        assert_eq!(found.as_str(), name, "{wire}");
    }
}

#[test]
fn words_begin_at_capitals() {
    for (name, snake) in [
        ("createTalkspace", "create_talkspace"),
        ("hangUp", "hang_up"),
        ("getHTTPStatus", "get_http_status"),
        ("listV2Ids", "list_v2_ids"),
        ("already_snake", "already_snake"),
        ("with-hyphen", "with_hyphen"),
    ] {
        assert_eq!(Snake::new(name).unwrap().as_str(), snake);
    }
}

#[test]
fn keywords_are_escaped_where_they_are_code() {
    let name = Snake::new("type").unwrap();
    assert_eq!(name.to_string(), "r#type");
    assert_eq!(name.as_str(), "type");
    // `r#self` is not allowed either.
    assert_eq!(Snake::new("self").unwrap().to_string(), "self_");
}

#[test]
fn what_cannot_be_a_name_is_none() {
    assert_eq!(Snake::new("2fast"), None);
    assert_eq!(Snake::new("日本"), None);
    assert_eq!(Snake::new(""), None);
    assert_eq!(Camel::new("self"), None);
    assert_eq!(Camel::new("a b"), None);
    assert_eq!(Camel::new("1st"), None);
}

#[test]
fn types_and_modules() {
    let name = Camel::new("createTalkspace").unwrap();
    assert_eq!(name.as_str(), "CreateTalkspace");
    assert_eq!(name.with("Response").as_str(), "CreateTalkspaceResponse");
    assert_eq!(Camel::new("NetworkId").unwrap().shouted(), "NETWORK_ID");
    assert_eq!(
        Snake::of_module("TalkSpaces").unwrap().as_str(),
        "talkspaces"
    );
    assert_eq!(
        Snake::of_module("Phone Numbers").unwrap().as_str(),
        "phone_numbers"
    );
}

/// Neither Windows nor the folder has another file of that name.
#[test]
fn a_module_has_a_file_on_every_system() {
    for (name, module) in [
        ("hangUp", "hang_up"),
        ("mod", "mod_"),
        ("con", "con_"),
        ("LPT1", "lpt1_"),
        ("com0", "com0"),
        ("compare", "compare"),
    ] {
        let name = Snake::new(name).unwrap();
        assert_eq!(name.as_module().as_str(), module);
    }
    assert_eq!(Snake::of_module("Aux").unwrap().as_str(), "aux_");
}
