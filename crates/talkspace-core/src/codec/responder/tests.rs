//! What is said of a response that is not the service's.

use crate::transport::blocking_transport_fn;
use crate::{BlockingClient, CreateTalkspace};

const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");

/// The error of a request that gets this response.
fn error(
    status: u16,
    fields: &'static [(&'static str, &'static str)],
    body: &'static str,
) -> String {
    let transport = blocking_transport_fn(move |_request| {
        let mut response = http::Response::builder().status(status);
        for (name, value) in fields {
            response = response.header(*name, *value);
        }
        Ok(response.body(body.into()).unwrap())
    });
    let client = BlockingClient::builder("https://a.example", "SENTINEL");
    let client = client.build_blocking(transport).unwrap();
    let request = CreateTalkspace::new("eta");
    client.send(request).unwrap_err().to_string()
}

#[test]
fn an_error_says_who_responded_in_the_service_s_place() {
    let page = "a page (text/html), not the service's response";
    let moved = "a redirect to portal.example:8443, which is not followed";
    for (status, fields, told) in [
        (403, &[HTML][..], page.to_owned()),
        (200, &[HTML], page.to_owned()),
        (511, &[HTML], format!("the network asks to sign in; {page}")),
        (407, &[], "a proxy asks for credentials".to_owned()),
        (
            302,
            &[("location", "http://u:p@portal.example:8443/login?u=1#top")],
            moved.to_owned(),
        ),
        (
            302,
            &[HTML, ("location", "https://portal.example:8443")],
            format!("{moved}; {page}"),
        ),
        (
            308,
            &[("location", "/elsewhere")],
            "a redirect, which is not followed".to_owned(),
        ),
        (307, &[], "a redirect, which is not followed".to_owned()),
        (
            302,
            &[("location", "http://SENTINEL.example/?appkey=SENTINEL")],
            "to [app key]".to_owned(),
        ),
    ] {
        let error = error(status, fields, "<html>");
        assert!(
            error.contains(&format!(": {told}")) || error.contains(&told),
            "{error}"
        );
        assert!(
            !error.contains("SENTINEL") && !error.contains("login"),
            "{error}"
        );
    }
}

#[test]
fn what_the_service_says_itself_stays() {
    let body = r#"{"ConferenceResponse":{"status":403,"message":"No calls left"}}"#;
    let error = error(403, &[HTML], body);
    assert_eq!(error, "createTalkspace: status 403: No calls left");
}
