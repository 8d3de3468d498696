//! One direction of an operation's codec, again and again.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use bench::{Outcome, work};
use http::StatusCode;
use talkspace_core::codec::{RawResponse, Target};
use talkspace_core::{AppKey, BaseUrl, Operation};

use crate::form::Form;
use crate::requests::Visit;

/// Below the workspace, in which it is run.
const EXAMPLES: &str = "spec/examples";

/// Writes the request this many times.
pub(crate) struct Encode(pub(crate) u32);

impl Visit for Encode {
    fn visit<O: Operation>(&mut self, operation: &O) -> Outcome<()> {
        let base = BaseUrl::parse("http://127.0.0.1:8080")?;
        let target = Target::new(base, AppKey::new(work::APP_KEY));
        for _ in 0..self.0 {
            drop(black_box(black_box(operation).encode(black_box(&target))?));
        }
        Ok(())
    }
}

/// Decodes the example response this many times.
pub(crate) struct Decode(pub(crate) u32);

impl Visit for Decode {
    fn visit<O: Operation>(&mut self, operation: &O) -> Outcome<()> {
        let path = Path::new(EXAMPLES).join(O::INFO.id).join("response.http");
        let example = fs::read_to_string(path)?;
        let (status, body) = status_and_body(&example).ok_or("the example is no response")?;
        for _ in 0..self.0 {
            let raw = RawResponse::new(status, black_box(body));
            let response = black_box(operation).decode(&raw);
            drop(black_box(response.map_err(|error| format!("{error:?}"))?));
        }
        Ok(())
    }
}

/// Writes the text of the work's form this many times.
pub(crate) fn form(times: u32) -> Outcome<()> {
    let write = || {
        let mut form = Form::new();
        for (name, value) in black_box(work::FIELDS) {
            form.push(name, value);
        }
        form.into_text()
    };
    if write() != work::FORM {
        return Err("this is not the form".into());
    }
    for _ in 0..times {
        drop(black_box(write()));
    }
    Ok(())
}

/// The LF at the end of an example is not part of its body.
fn status_and_body(example: &str) -> Option<(StatusCode, &[u8])> {
    let (head, body) = example.split_once("\n\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.strip_suffix('\n').unwrap_or(body).as_bytes()))
}
