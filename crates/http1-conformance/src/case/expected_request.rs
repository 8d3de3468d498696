//! What a peer must have seen of a request.

use std::sync::Arc;

use bytes::Bytes;

use crate::wire::Request;
use crate::wire::show::{difference, show, show_all};

/// The parts of a request on the wire that matter to a case.
///
/// In field values `{peer}` stands for the peer's host and port.
#[derive(Clone, Default)]
pub(crate) struct ExpectedRequest {
    line: Option<String>,
    headers: Vec<(String, Vec<Bytes>)>,
    only: Option<&'static [&'static str]>,
    body: Option<Bytes>,
    broken_off: bool,
    test: Option<Test>,
}

type Test = Arc<dyn Fn(&Request) -> Result<(), String> + Send + Sync>;

/// Any request, once it has come whole.
pub(crate) fn request() -> ExpectedRequest {
    ExpectedRequest::default()
}

impl ExpectedRequest {
    pub(crate) fn line(mut self, line: impl Into<String>) -> Self {
        self.line = Some(line.into());
        self
    }

    /// The header field is there once, with this value.
    pub(crate) fn header(self, name: &str, value: impl Into<Bytes>) -> Self {
        self.headers(name, [value])
    }

    /// The header field is there with these values, each on a line of its own.
    pub(crate) fn headers<V: Into<Bytes>>(
        mut self,
        name: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.headers.push((name.to_owned(), values));
        self
    }

    pub(crate) fn without(self, name: &str) -> Self {
        self.headers::<Bytes>(name, [])
    }

    /// No header field has another name than these.
    pub(crate) fn only(mut self, names: &'static [&'static str]) -> Self {
        self.only = Some(names);
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// The request must not come whole; it need not come at all.
    pub(crate) fn broken_off(mut self) -> Self {
        self.broken_off = true;
        self
    }

    /// Whatever else must be so.
    pub(crate) fn that(
        mut self,
        test: impl Fn(&Request) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.test = Some(Arc::new(test));
        self
    }

    /// Compares the request at a place, for a case that is code.
    pub(crate) fn check_at(&self, requests: &[Request], at: usize) -> Vec<String> {
        check_one(self, requests, at, "")
    }

    fn check(&self, request: &Request, authority: &str) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some(line) = self.line.as_ref().filter(|line| **line != request.line) {
            problems.push(format!(
                "the request line is {}, not {}",
                show(request.line.as_bytes()),
                show(line.as_bytes()),
            ));
        }
        for (name, wanted) in &self.headers {
            let wanted: Vec<_> = wanted.iter().map(|value| fill(value, authority)).collect();
            let values = request.values(name);
            if values != wanted {
                problems.push(format!(
                    "the header field {name} arrived as {}, not {}",
                    show_all(&values),
                    show_all(&wanted),
                ));
            }
        }
        if let Some(only) = self.only {
            for (name, _) in &request.headers {
                if !only.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                    problems.push(format!("the adapter added the header field {name}"));
                }
            }
        }
        match &self.body {
            Some(body) if *body != request.body => {
                problems.push(difference("the request's body", body, &request.body));
            }
            _ if request.whole == self.broken_off => problems.push(if request.whole {
                "the request came whole".to_owned()
            } else {
                "the request did not come whole".to_owned()
            }),
            _ => {}
        }
        problems.extend(self.test.as_ref().and_then(|test| test(request).err()));
        problems
    }
}

fn fill(value: &Bytes, authority: &str) -> Bytes {
    if value.as_ref() == b"{peer}" {
        Bytes::copy_from_slice(authority.as_bytes())
    } else {
        value.clone()
    }
}

/// Compares requests with wants, one by one.
pub(super) fn check(
    wants: &[ExpectedRequest],
    requests: &[Request],
    authority: &str,
) -> Vec<String> {
    let mut problems = Vec::new();
    for (at, want) in wants.iter().enumerate() {
        for problem in check_one(want, requests, at, authority) {
            problems.push(match wants.len() {
                1 => problem,
                _ => format!("request {}: {problem}", at + 1),
            });
        }
    }
    problems
}

fn check_one(
    want: &ExpectedRequest,
    requests: &[Request],
    at: usize,
    authority: &str,
) -> Vec<String> {
    match requests.get(at) {
        Some(request) => want.check(request, authority),
        None if want.broken_off => Vec::new(),
        None => vec!["the request never arrived".to_owned()],
    }
}
