//! A line has the template of the path, and nothing of what a client put there.

use std::time::Duration;

use http::Request;

use super::Served;
use crate::requests::Secrets;

fn line(method: &str, path: &str, id: Option<&str>) -> String {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(id) = id {
        request = request.header("x-request-id", id);
    }
    let head = request.body(()).unwrap().into_parts().0;
    let took = Duration::from_micros(1200);
    Served::new(&head, 202, took, &Secrets::default()).to_string()
}

#[test]
fn what_a_client_wrote_is_not_in_it() {
    let id = "0af7651916cd43dd8448eb211c80319c";
    for (method, path, sent, told) in [
        (
            "POST",
            "/api/rest/conference/63c9?appkey=SENTINEL",
            Some(id),
            format!("POST /api/rest/conference/{{conferenceid}} 202 in 1.2ms, request id {id}"),
        ),
        (
            "GET",
            "/api/rest//conference/SENTINEL/",
            Some("SENTINEL"),
            "GET /api/rest/conference/{conferenceid} 202 in 1.2ms".to_owned(),
        ),
        (
            "GET",
            "/audio/1.mp3",
            None,
            "GET /audio/{mediafile} 202 in 1.2ms".to_owned(),
        ),
        (
            "SENTINEL",
            "/api/rest/conference",
            None,
            "- - 202 in 1.2ms".to_owned(),
        ),
        (
            "HEAD",
            "/api/rest/conference/SENTINEL",
            None,
            "HEAD /api/rest/conference/{conferenceid} 202 in 1.2ms".to_owned(),
        ),
        (
            "OPTIONS",
            "/api/rest/conference/SENTINEL",
            None,
            "OPTIONS /api/rest/conference/{conferenceid} 202 in 1.2ms".to_owned(),
        ),
        ("OPTIONS", "/SENTINEL", None, "- - 202 in 1.2ms".to_owned()),
        ("GET", "/SENTINEL", None, "- - 202 in 1.2ms".to_owned()),
    ] {
        assert_eq!(line(method, path, sent), told);
    }
}
