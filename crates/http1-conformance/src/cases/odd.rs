//! `odd/*`: responses as some servers send them, each odd in one place.
//!
//! A case is a class of them, by the sentence that says what a client makes of them, and a row is
//! one of them. Each row has a peer of its own, so that none is in the way of another, and its path
//! is its name, so that a failure says which it was. The peer ends its direction behind it: an
//! adapter that waits for more meets an end, not its limit.
//!
//! What RFCs leave to a client is no row, but for `odd/status-line/no-http`, which is the
//! contract's.

use bytes::Bytes;

use super::{protocol, rfc};
use crate::case::{Case, CaseContext, CaseEnd, ExpectedOutcome, Outgoing, Verdict, either, ok};
use crate::wire::Script;

mod chunked;
mod coding;
mod content;
mod fields;
mod length;
mod status;
#[cfg(test)]
mod tests;

pub(super) fn cases() -> Vec<Case> {
    classes().into_iter().map(Class::into_case).collect()
}

fn classes() -> Vec<Class> {
    [
        status::classes(),
        fields::classes(),
        length::classes(),
        coding::classes(),
        chunked::classes(),
        content::classes(),
    ]
    .concat()
}

/// One odd response, and what becomes of it.
#[derive(Clone)]
struct Row {
    /// Its name is the path that is requested.
    path: &'static str,
    raw: Bytes,
    expect: ExpectedOutcome,
}

/// What is odd about each of a table of responses.
type Table = &'static [(&'static str, &'static [u8])];

/// Responses with the same requirement.
#[derive(Clone)]
struct Class {
    case: Case,
    method: &'static str,
    rows: Vec<Row>,
}

impl Class {
    fn new(case: Case) -> Self {
        Self {
            case,
            method: "GET",
            rows: Vec::new(),
        }
    }

    /// Adds a row for each entry of a table, between what all of them have before and behind it,
    /// with the same outcome.
    fn rows(
        mut self,
        (before, table, behind): (&str, Table, &str),
        expect: &ExpectedOutcome,
    ) -> Self {
        let rows = table.iter().map(|(path, odd)| Row {
            path,
            raw: [before.as_bytes(), odd, behind.as_bytes()].concat().into(),
            expect: expect.clone(),
        });
        self.rows.extend(rows);
        self
    }

    /// Adds a row.
    fn row(mut self, path: &'static str, raw: impl Into<Bytes>, expect: ExpectedOutcome) -> Self {
        self.rows.push(Row {
            path,
            raw: raw.into(),
            expect,
        });
        self
    }

    fn into_case(self) -> Case {
        let Self { case, method, rows } = self;
        case.run(move |context| play(context, method, &rows))
    }
}

fn play(context: &CaseContext, method: &'static str, rows: &[Row]) -> Verdict {
    let mut problems = Vec::new();
    for row in rows {
        let script = Script::accept().read_request().write(row.raw.clone());
        let outgoing = Outgoing::new(method, row.path);
        problems.extend(context.try_apart(script.half_close(), &outgoing, &row.expect)?);
    }
    CaseEnd::unless_empty(problems)
}

/// It is rejected, or `outcome` comes of it.
fn unless_rejected(outcome: ExpectedOutcome) -> ExpectedOutcome {
    either([protocol(), outcome])
}
