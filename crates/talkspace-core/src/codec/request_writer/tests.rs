//! Requests carry exactly what their parameters hold.

use percent_encoding::utf8_percent_encode;
use proptest::prelude::*;

use crate::codec::Operation;
use crate::codec::Target;
use crate::codec::form::{ESCAPED, push_escaped};
use crate::codec::request_writer::RequestWriter;
use crate::{AppKey, BaseUrl, CreateTalkspace, GetVersion, InvalidRequestKind};

fn target(key: &str) -> Target {
    let base = BaseUrl::parse("https://a.example/prefix/").unwrap();
    Target::new(base, AppKey::new(key))
}

#[test]
fn a_form_has_its_type_and_its_order() {
    let request = CreateTalkspace::new("a b+c@é")
        .recording_id("r")
        .greeting_id("g")
        .encode(&target("k&"))
        .unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.uri(),
        "https://a.example/prefix/api/rest/conference"
    );
    assert_eq!(
        request.headers()["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(
        request.body().as_bytes().unwrap(),
        b"networkid=a%20b%2Bc%40%C3%A9&appkey=k%26&greetingid=g&recordingid=r"
    );
}

#[test]
fn what_needs_no_escape_is_told_as_the_set_tells_it() {
    for character in (0..=u8::MAX).map(char::from) {
        let value = format!("a{character}z");
        let mut text = String::new();
        push_escaped(&mut text, &value);
        assert_eq!(text, utf8_percent_encode(&value, ESCAPED).to_string());
    }
}

#[test]
fn a_request_without_a_form_has_no_body_and_no_type() {
    let request = GetVersion::new().encode(&target("k")).unwrap();
    assert!(request.body().is_empty());
    assert!(!request.headers().contains_key("content-type"));
}

#[test]
fn the_default_greeting_is_used_when_none_is_named() {
    let target = target("k").with_greeting_id("usual");
    let body = |request: CreateTalkspace| {
        let request = request.encode(&target).unwrap();
        String::from_utf8(request.body().read_to_bytes().unwrap().to_vec()).unwrap()
    };
    assert!(body(CreateTalkspace::new("eta")).ends_with("greetingid=usual"));
    let named = body(CreateTalkspace::new("eta").greeting_id("mine"));
    assert!(named.ends_with("greetingid=mine"));
    assert!(!named.contains("usual"));
}

#[test]
fn what_cannot_be_sent_safely_is_an_error() {
    for (value, problem) in [
        ("", InvalidRequestKind::Empty),
        ("a\nb", InvalidRequestKind::ControlCharacter),
        ("\u{0}", InvalidRequestKind::ControlCharacter),
        ("\u{7f}", InvalidRequestKind::ControlCharacter),
    ] {
        let error = CreateTalkspace::new(value)
            .encode(&target("k"))
            .unwrap_err();
        assert_eq!(error.kind(), problem);
        assert_eq!(error.parameter(), Some("networkid"));
        assert_eq!(error.operation(), "createTalkspace");
    }
    let error = CreateTalkspace::new("eta").encode(&target("")).unwrap_err();
    assert_eq!(error.to_string(), "`appkey` must not be empty");
}

#[test]
fn a_segment_cannot_leave_its_place() {
    let target = target("k");
    let mut writer = RequestWriter::new(&target, GetVersion::INFO);
    assert!(writer.segment("id", "a/../b?c#d%2e").is_ok());
    for dots in [".", ".."] {
        let error = writer.segment("id", dots).unwrap_err();
        assert_eq!(error.kind(), InvalidRequestKind::DotSegment);
    }
    let request = writer.finish().unwrap();
    assert_eq!(request.uri().path(), "/prefixa%2F..%2Fb%3Fc%23d%252e");
}

#[test]
fn a_url_that_is_too_long_is_an_error() {
    let target = target("k");
    let mut writer = RequestWriter::new(&target, GetVersion::INFO);
    writer.literal("/");
    writer.segment("id", &"a".repeat(70_000)).unwrap();
    assert_eq!(
        writer.finish().unwrap_err().kind(),
        InvalidRequestKind::TooLong
    );
}

#[test]
fn joined_values_stay_apart() {
    let target = target("k");
    let mut writer = RequestWriter::new(&target, GetVersion::INFO);
    assert!(writer.joined_segment("ids", ["a", "b/c"], '-').is_ok());
    let error = writer.joined_segment("ids", ["a-b"], '-').unwrap_err();
    assert_eq!(error.kind(), InvalidRequestKind::Separator);
    let error = writer.joined_segment("ids", [], '-').unwrap_err();
    assert_eq!(error.kind(), InvalidRequestKind::Empty);
    assert!(writer.finish().unwrap().uri().path().ends_with("a-b%2Fc"));
}

#[test]
fn media_comes_from_hosts_that_were_named() {
    let target = target("k").with_media_host("media.example");
    let fetch = |target: &Target, url: &str| {
        let mut writer = RequestWriter::new(target, GetVersion::INFO);
        writer
            .url("downloadurl", url)
            .map_err(|error| error.kind())?;
        Ok(writer.finish().unwrap().uri().to_string())
    };
    for url in [
        "https://a.example/audio/1.mp3",
        "https://A.EXAMPLE:443/audio/1.mp3?x=1",
        "https://media.example/1.mp3",
    ] {
        let fetched = fetch(&target, url).unwrap();
        assert!(fetched.eq_ignore_ascii_case(url));
        assert!(!fetched.contains("appkey"));
    }
    for (url, problem) in [
        ("https://b.example/1.mp3", InvalidRequestKind::ForeignHost),
        (
            "https://a.example:81/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        ("http://a.example/1.mp3", InvalidRequestKind::PlainHttp),
        (
            "https://a.example.b.example/1.mp3",
            InvalidRequestKind::ForeignHost,
        ),
        (
            "https://a.example@b.example/1.mp3",
            InvalidRequestKind::NotHttp,
        ),
        ("file:///etc/passwd", InvalidRequestKind::NotHttp),
        ("ftp://a.example/1.mp3", InvalidRequestKind::NotHttp),
        ("/audio/1.mp3", InvalidRequestKind::NotHttp),
        ("", InvalidRequestKind::Empty),
    ] {
        assert_eq!(fetch(&target, url), Err(problem), "{url}");
    }
    assert!(fetch(&target.with_any_media_host(), "http://b.example/").is_ok());
}

proptest! {
    #[test]
    fn encoding_never_fails_to_say_why(text in any::<String>()) {
        let outcome = CreateTalkspace::new(text.clone()).encode(&target("k"));
        let fit = !text.is_empty() && !text.chars().any(char::is_control);
        prop_assert_eq!(outcome.is_ok(), fit);
    }
}
