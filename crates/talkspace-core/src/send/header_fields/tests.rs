//! Header fields of a client: which, to where, and who sees them.

use std::sync::{Arc, Mutex};

use http::{HeaderMap, HeaderValue};

use crate::transport::{TransportError, blocking_transport_fn};
use crate::{
    BlockingClient, CreateMedia, CreateTalkspace, Delivery, Download, Error, ErrorKind,
    FailureKind, GetVersion, InvalidRequestKind,
};

type Seen = Arc<Mutex<Vec<(String, HeaderMap)>>>;

/// A client whose transport responds so, and keeps the header fields that come,
/// with the host that they are for.
fn client_of(
    respond: impl Fn(usize) -> Result<http::Response<bytes::Bytes>, TransportError>
    + Send
    + Sync
    + 'static,
) -> (BlockingClient, Seen) {
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let transport = blocking_transport_fn(move |request| {
        let mut kept = kept.lock().unwrap();
        let host = request.uri().authority().unwrap().to_string();
        kept.push((host, request.headers().clone()));
        respond(kept.len())
    });
    let client = BlockingClient::builder("https://a.example", "KEY")
        .any_media_host()
        .build_blocking(transport);
    (client.unwrap(), seen)
}

fn version() -> (BlockingClient, Seen) {
    client_of(|_| Ok(http::Response::new("01.02.06".into())))
}

fn error_of(client: &BlockingClient) -> Error {
    client.send(GetVersion::new()).unwrap_err()
}

#[test]
fn a_field_goes_out_with_every_attempt_and_with_a_body_or_without() {
    let (client, seen) = client_of(|number| match number {
        1 => Err(TransportError::not_sent(FailureKind::Connect)),
        _ => Ok(http::Response::new("01.02.06".into())),
    });
    let traced = client.with_header("X-Trace-Id", "4bf92f35");
    let response = traced.response_to(GetVersion::new()).unwrap();
    assert_eq!(response.attempts, 2);
    traced.send(CreateTalkspace::new("eta")).unwrap_err();
    client.send(GetVersion::new()).unwrap();
    let seen = seen.lock().unwrap();
    let ids: Vec<_> = seen.iter().map(|(_, map)| map.get("x-trace-id")).collect();
    let id = Some(&HeaderValue::from_static("4bf92f35"));
    assert_eq!(ids, [id, id, id, None], "not that of the client it is from");
    assert_eq!(
        seen[2].1["content-type"], "application/x-www-form-urlencoded",
        "the client's own are there too"
    );
}

#[test]
fn the_last_value_of_a_name_counts_and_other_names_stay() {
    let (client, seen) = version();
    client
        .with_header("x-a", "1")
        .with_header("x-b", 7_u64)
        .with_header("X-A", String::from("2"))
        .send(GetVersion::new())
        .unwrap();
    let (_, map) = &seen.lock().unwrap()[0];
    assert_eq!(map["x-a"], "2");
    assert_eq!(map["x-b"], "7");
    assert_eq!(map.get_all("x-a").iter().count(), 1);
}

#[test]
fn another_origin_gets_none() {
    let (client, seen) = client_of(|_| Ok(http::Response::new("ID3".into())));
    let client = client.with_header("authorization", "Bearer SENTINEL");
    let own = ["https://a.example/1.mp3", "https://A.example:443/1.mp3"];
    let foreign = [
        "https://media.example/1.mp3",
        "http://a.example/1.mp3",
        "https://a.example:8443/1.mp3",
        "https://a.example.evil.example/1.mp3",
        "https://sub.a.example/1.mp3",
    ];
    for url in own.into_iter().chain(foreign) {
        client
            .download(Download::new(url), &mut Vec::new())
            .unwrap();
    }
    for (number, (host, map)) in seen.lock().unwrap().iter().enumerate() {
        let has = map.contains_key("authorization");
        assert_eq!(has, number < own.len(), "{host}");
    }
}

#[test]
fn what_cannot_be_sent_is_an_error_of_every_request() {
    let (client, seen) = version();
    for (name, value, parameter, kind) in [
        ("", "1", None, InvalidRequestKind::HeaderName),
        ("x y", "1", None, InvalidRequestKind::HeaderName),
        ("x:", "1", None, InvalidRequestKind::HeaderName),
        ("x-a\r\n", "1", None, InvalidRequestKind::HeaderName),
        ("x-\u{e4}", "1", None, InvalidRequestKind::HeaderName),
        (
            "X-A",
            "1\r\nx-b: 2",
            Some("x-a"),
            InvalidRequestKind::HeaderValue,
        ),
        ("x-a", "1\0", Some("x-a"), InvalidRequestKind::HeaderValue),
        ("x-a", "1\n", Some("x-a"), InvalidRequestKind::HeaderValue),
        ("x-a", " 1", Some("x-a"), InvalidRequestKind::HeaderValue),
        ("x-a", "1\t", Some("x-a"), InvalidRequestKind::HeaderValue),
        (
            "Host",
            "b.example",
            Some("host"),
            InvalidRequestKind::ReservedHeader,
        ),
        (
            "content-length",
            "0",
            Some("content-length"),
            InvalidRequestKind::ReservedHeader,
        ),
        (
            "Transfer-Encoding",
            "chunked",
            Some("transfer-encoding"),
            InvalidRequestKind::ReservedHeader,
        ),
        (
            "user-agent",
            "\n",
            Some("user-agent"),
            InvalidRequestKind::ReservedHeader,
        ),
    ] {
        let client = client.with_header(name, value).with_header("x-c", "3");
        let error = error_of(&client);
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 0));
        let invalid = error.invalid_request().unwrap();
        assert_eq!(
            (invalid.parameter(), invalid.kind()),
            (parameter, kind),
            "{name:?}"
        );
        assert!(client.send(CreateMedia::new()).is_err());
    }
    assert!(seen.lock().unwrap().is_empty());
    for name in super::RESERVED {
        assert!(
            client
                .with_header(*name, "1")
                .send(GetVersion::new())
                .is_err(),
            "{name}"
        );
    }
    assert!(seen.lock().unwrap().is_empty());
    for name in ["Authorization", "Cookie", "Forwarded", "x_y", "traceparent"] {
        client
            .with_header(name, "")
            .send(GetVersion::new())
            .unwrap();
    }
}

#[test]
fn neither_an_error_nor_a_debug_shows_a_value() {
    let (client, _) = version();
    for (name, value) in [
        ("authorization", "Bearer SENTINEL"),
        ("x-key", "SENTINEL"),
        ("SENTINEL: 1", "1"),
        ("x-key", "SENTINEL\n"),
    ] {
        let client = client.with_header(name, value);
        assert!(!format!("{client:?}").contains("SENTINEL"));
        if let Err(error) = client.send(GetVersion::new()) {
            assert!(
                !format!("{error} {error:?}").contains("SENTINEL"),
                "{error}"
            );
        }
    }
}

#[test]
fn a_credential_that_a_gateway_repeats_is_not_kept() {
    let mut own = HeaderValue::from_static("SENTINEL-4711");
    own.set_sensitive(true);
    for (name, value) in [
        (
            "authorization",
            HeaderValue::from_static("Bearer SENTINEL-4711"),
        ),
        ("authorization", HeaderValue::from_static("SENTINEL-4711==")),
        (
            "authorization",
            HeaderValue::from_static("Digest username=\"me\", response=\"SENTINEL-4711\""),
        ),
        (
            "cookie",
            HeaderValue::from_static("theme=dark; session=SENTINEL-4711"),
        ),
        ("x-key", own),
    ] {
        let (client, _) = client_of(|_| {
            let text = "Bearer token SENTINEL-4711 (sentinel%2D4711) is not known";
            let mut response = http::Response::new(text.into());
            *response.status_mut() = http::StatusCode::UNAUTHORIZED;
            response
                .headers_mut()
                .insert("x-request-id", HeaderValue::from_static("SENTINEL-4711"));
            Ok(response)
        });
        let error = error_of(&client.with_header(name, value));
        let texts = [error.message(), error.body(), error.request_id()];
        let seen = format!("{error} {error:?} {texts:?}").to_lowercase();
        assert!(!seen.contains("sentinel"), "{name}: {seen}");
        assert!(
            error.body().unwrap().starts_with("Bearer token [secret]"),
            "{seen}"
        );
    }
}

#[test]
fn an_id_that_a_service_repeats_is_kept() {
    let (client, _) = client_of(|_| {
        let mut response = http::Response::new("4bf92f35 is not known".into());
        *response.status_mut() = http::StatusCode::NOT_FOUND;
        response
            .headers_mut()
            .insert("x-request-id", HeaderValue::from_static("4bf92f35"));
        Ok(response)
    });
    let error = error_of(&client.with_header("x-request-id", "4bf92f35"));
    assert_eq!(error.request_id(), Some("4bf92f35"));
    assert_eq!(error.body(), Some("4bf92f35 is not known"));
}
