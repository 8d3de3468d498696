//! What is played to a telephone, as a page plays it.

use bytes::Bytes;
use serde_json::json;
use talkspace_core::{CreateMedia, DownloadMedia, GetMediaStatus};
use talkspace_sandbox::{Clock, Sandbox};

use super::http::Http;
use super::{KEY, client, mp3};

/// An id that is none of a path unless it is escaped.
const ODD: &str = "a/b c?<script>.mp3";

#[test]
fn a_file_is_what_the_service_serves_and_no_request_to_it() {
    let file = Bytes::from(mp3());
    let server = Sandbox::builder()
        .app_key(KEY)
        .media_with("hello", file.clone())
        .media_with(ODD, file.clone())
        .media("silence")
        .clock(Clock::frozen())
        .start()
        .unwrap();
    let (http, client) = (Http::of(&server), client(&server));
    for id in ["hello", "a%2Fb%20c%3F%3Cscript%3E.mp3"] {
        let said = http.get(&format!("media/{id}/file"));
        assert_eq!((said.status, &said.bytes[..]), (200, &file[..]));
        assert_eq!(said.header("content-type"), "audio/mpeg");
        assert_eq!(said.header("cache-control"), "no-store");
        assert_eq!(said.header("x-content-type-options"), "nosniff");
    }
    assert_eq!(server.sandbox().request_log(0).total, 0);

    let status = client.send(GetMediaStatus::new("silence")).unwrap();
    let url = status.download_url.unwrap();
    let served = client.send(DownloadMedia::new(url)).unwrap().content;
    let said = http.get("media/silence/file?app=1");
    assert_eq!(said.bytes, served);

    let empty = client.send(CreateMedia::new()).unwrap().media_id;
    for (path, status, code) in [
        (format!("media/{empty}/file"), 409, "no_file"),
        ("media/none/file".to_owned(), 404, "no_such_media"),
        ("media/hello/file?app=2".to_owned(), 400, "bad_field"),
        ("media/hello/file?app=x".to_owned(), 400, "bad_field"),
    ] {
        let said = http.get(&path);
        assert_eq!(
            (said.status, said.code().as_str()),
            (status, code),
            "{path}"
        );
        assert_eq!(said.body["status"], json!(status));
    }
}

#[test]
fn of_two_applications_with_media_of_one_id_one_is_named() {
    let two = Sandbox::builder().app_key(KEY).app_key("other");
    let server = two.media("hello").start().unwrap();
    let http = Http::of(&server);
    let said = http.get("media/hello/file");
    assert_eq!((said.status, said.code().as_str()), (400, "bad_field"));
    for app in 1..=2 {
        assert_eq!(http.get(&format!("media/hello/file?app={app}")).status, 200);
    }
}
