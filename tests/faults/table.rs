//! What is sent again, and what the error says then: every effect by every
//! failure, over the wire, on both clients.

use std::fmt;
use std::time::Duration;

use talkspace_core::server::ServerOperation;
use talkspace_core::{CloseTalkspace, CreateMedia, CreateTalkspace, ErrorKind, ListTalkspaces};

use crate::client::{Engine, Rig};
use crate::fault::{Fault, Instead, Part, Then};
use crate::laws;
use crate::proxy::Exchange;

/// Every exchange of a request fails in the same way. Each cell says how many
/// exchanges there are, whether the error says that the request was sent, and
/// whether it says that the same request can be sent again.
///
/// The last column names the column of the manual's own table.
const TABLE: &str = "
failure         | error      | reads           | converges       | once            | rings           | manual
never_sent      | Connect    | 3 NotSent yes   | 3 NotSent yes   | 3 NotSent yes   | 3 NotSent yes   | not sent for sure
never_accepted  | Timeout    | 3 NotSent yes   | 3 NotSent yes   | 3 NotSent yes   | 3 NotSent yes   | not sent for sure
reset_mid_write | Closed     | 3 MaybeSent yes | 3 MaybeSent yes | 1 MaybeSent no  | 1 MaybeSent no  | may have been applied
head_timeout    | Timeout    | 3 MaybeSent yes | 3 MaybeSent yes | 1 MaybeSent no  | 1 MaybeSent no  | may have been applied
gateway_502     | Status     | 3 MaybeSent yes | 3 MaybeSent yes | 1 MaybeSent no  | 1 MaybeSent no  | may have been applied
gateway_503     | Status     | 3 MaybeSent yes | 3 MaybeSent yes | 1 MaybeSent no  | 1 MaybeSent no  | may have been applied
gateway_504     | Status     | 3 MaybeSent yes | 3 MaybeSent yes | 1 MaybeSent no  | 1 MaybeSent no  | may have been applied
envelope_502    | Status     | 3 Responded yes | 3 Responded yes | 3 Responded yes | 1 Responded no  | the service itself says \"not now\"
envelope_429    | Status     | 3 Responded yes | 3 Responded yes | 3 Responded yes | 1 Responded no  | the service itself says \"not now\"
envelope_500    | Status     | 3 MaybeSent yes | 1 MaybeSent no  | 1 MaybeSent no  | 1 MaybeSent no  | it broke (500)
unreadable      | Decode     | 1 MaybeSent no  | 1 MaybeSent no  | 1 MaybeSent no  | 1 MaybeSent no  | final
";

/// How long a client waits for a response that does not come, and how long if
/// that was too short for the machine.
const TIMEOUTS: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_secs(3),
    Duration::from_secs(60),
];

/// The faults by the names of the table.
fn fault(failure: &str) -> Fault {
    let applied = |response| Fault::Instead {
        response,
        applied: true,
    };
    let envelope = |status| Fault::Instead {
        response: Instead::Envelope(status),
        applied: false,
    };
    match failure {
        "never_sent" => Fault::Refuse,
        "never_accepted" => Fault::NeverAccept,
        "reset_mid_write" => Fault::Request {
            read: 40,
            then: Then::Reset,
        },
        "head_timeout" => Fault::Response {
            part: Part::Nothing,
            then: Then::Stall,
        },
        "envelope_429" => envelope(429),
        "envelope_500" => applied(Instead::Envelope(500)),
        "envelope_502" => envelope(502),
        "gateway_502" => applied(Instead::Page(502)),
        "gateway_503" => applied(Instead::Page(503)),
        "gateway_504" => applied(Instead::Page(504)),
        "unreadable" => applied(Instead::Page(200)),
        other => panic!("no such failure: {other}"),
    }
}

macro_rules! effects {
    ($($effect:ident)* : $failures:tt) => {
        $(effects!(@ $effect $failures);)*
    };
    (@ $effect:ident ($($failure:ident)*)) => {
        mod $effect {
            $(
                #[test]
                fn $failure() {
                    super::cell(stringify!($effect), stringify!($failure));
                }
            )*

            pub(super) const TESTED: &[&str] = &[$(stringify!($failure)),*];
        }
    };
}

effects!(reads converges once rings: (
    never_sent never_accepted reset_mid_write head_timeout gateway_502 gateway_503 gateway_504
    envelope_502 envelope_429 envelope_500 unreadable
));

#[derive(Debug, PartialEq)]
struct Cell {
    kind: String,
    says: String,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.says)
    }
}

/// The lines of a table, cut into trimmed cells.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = table.lines().filter(|line| line.contains('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
}

fn column(effect: &str) -> usize {
    let head = rows(TABLE).next().unwrap();
    head.iter().position(|name| *name == effect).unwrap()
}

fn cell(effect: &str, failure: &str) {
    let row = rows(TABLE).find(|row| row[0] == failure).unwrap();
    let expected = Cell {
        kind: row[1].to_owned(),
        says: row[column(effect)].to_owned(),
    };
    for engine in Engine::BOTH {
        let tell = |timeout| {
            let mut rig = Rig::new(engine);
            rig.timeout = timeout;
            match effect {
                "reads" => send(&rig, ListTalkspaces::new(), failure),
                "converges" => {
                    // Past the proxy, so that no connection waits that a
                    // request might still go out on.
                    let made = rig.direct().send(CreateTalkspace::new("eta")).unwrap();
                    send(&rig, CloseTalkspace::new(made.conference_id), failure)
                }
                "once" => send(&rig, CreateMedia::new(), failure),
                _ => send(&rig, CreateTalkspace::new("eta"), failure),
            }
        };
        let told = TIMEOUTS.iter().find_map(|timeout| tell(*timeout));
        let told = told.expect("the request arrives before the client times out");
        assert_eq!(told, expected, "{engine:?}, which told {told}");
    }
}

/// `None` if the client timed out before a request of it had arrived, which is
/// known from the proxy: then the machine was too slow for the timeout, and
/// nothing is known of what the client does after that.
fn send<O: ServerOperation>(rig: &Rig, operation: O, failure: &str) -> Option<Cell> {
    let fault = fault(failure);
    let told = rig.send(operation, &[fault.clone(), fault.clone(), fault.clone()]);
    assert_eq!(laws::breaches::<O>(&told), [""; 0], "{told:?}");
    let is_early = |exchange: &Exchange| exchange.forwarded.is_empty();
    if failure == "head_timeout" && told.exchanges.iter().any(is_early) {
        return None;
    }
    let applied = matches!(
        fault,
        Fault::Response { .. } | Fault::Instead { applied: true, .. }
    );
    assert_eq!(told.applied > 0, applied, "{told:?}");
    let error = told.outcome.unwrap_err();
    let again = if error.is_retryable() { "yes" } else { "no" };
    Some(Cell {
        kind: match error.kind() {
            ErrorKind::Transport(kind) => format!("{kind:?}"),
            kind => format!("{kind:?}"),
        },
        says: format!("{} {:?} {again}", told.exchanges.len(), error.delivery()),
    })
}

#[test]
fn every_row_is_tested_for_every_effect() {
    let failures: Vec<_> = rows(TABLE).skip(1).map(|row| row[0]).collect();
    for tested in [
        reads::TESTED,
        converges::TESTED,
        once::TESTED,
        rings::TESTED,
    ] {
        assert_eq!(tested, failures);
    }
}

/// The manual has a table of its own, which is shorter: it must not say
/// anything else.
#[test]
fn the_manual_says_the_same() {
    let manual = include_str!("../../crates/talkspace-core/src/manual/retries.md");
    let manual: Vec<_> = rows(manual).collect();
    let mut compared = 0;
    for row in rows(TABLE).skip(1).filter(|row| row[6] != "final") {
        let column = manual[0].iter().position(|name| *name == row[6]);
        let column = column.unwrap_or_else(|| panic!("the manual has no column {:?}", row[6]));
        for effect in ["reads", "converges", "once", "rings"] {
            let line = manual.iter().find(|line| line[0] == effect).unwrap();
            let again = match line[column] {
                "again" => "3 ",
                "no" | "only if asked for" => "1 ",
                other => panic!("the manual says {other:?}"),
            };
            let cell = row[self::column(effect)];
            assert!(cell.starts_with(again), "{effect} after {}: {cell}", row[0]);
            compared += 1;
        }
    }
    assert_eq!(compared, 40);
}
