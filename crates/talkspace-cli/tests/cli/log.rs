//! `talkspace sandbox --log`.

use std::io::{BufRead, BufReader};

use talkspace_blocking::{Client, GetTalkspace, HttpTransport};

use crate::serving::{KEY, Serving};

#[test]
fn a_line_for_each_request_has_its_id_and_none_of_its_values() {
    let mut sandbox = Serving::telling(&["--log"]);
    let told = BufReader::new(sandbox.child.stderr.take().unwrap());
    let client = Client::builder(&sandbox.url, KEY)
        .request_id_header("x-request-id")
        .build_blocking(HttpTransport::new())
        .unwrap();
    let error = client.send(GetTalkspace::new("SENTINEL")).unwrap_err();
    let id = error.client_request_id().unwrap();

    // Before it are hints of what to type.
    let mut lines = told.lines().map(Result::unwrap);
    let line = lines.find(|line| line.contains("/api/")).unwrap();
    let begin = "GET /api/rest/conference/{conferenceid} 404 in ";
    assert!(line.starts_with(begin), "{line}");
    assert!(line.ends_with(&format!(", request id {id}")), "{line}");
}
