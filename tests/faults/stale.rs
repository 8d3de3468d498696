//! The race that no client can win: the server closes an idle connection just
//! as a request goes out on it.

use std::fmt;
use std::time::Duration;

use talkspace_core::server::ServerOperation;
use talkspace_core::{
    CreateMedia, CreateTalkspace, Delivery, Effect, ErrorKind, FailureKind, GetVersion,
    ListTalkspaces, MuteParticipant,
};

use crate::client::{Engine, Rig};
use crate::fault::{Fault, Idle, Then};
use crate::laws;

const REPEATS: u64 = 1000;
/// How many repeats a client makes: its budget of retries is larger.
const EACH: u64 = 8;

#[test]
fn by_hyper() {
    race(Engine::Hyper);
}

#[test]
fn by_blocking() {
    race(Engine::Blocking);
}

/// How the requests ended.
#[derive(Debug, Default)]
struct Ends {
    at_once: u32,
    after_a_retry: u32,
    in_doubt: u32,
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at_once,
            after_a_retry,
            in_doubt,
        } = self;
        write!(
            f,
            "{at_once} succeeded at once, {after_a_retry} after a retry, {in_doubt} are in doubt"
        )
    }
}

fn race(engine: Engine) {
    let mut ends = Ends::default();
    for turn in 0..REPEATS / EACH {
        let rig = Rig::new(engine);
        let direct = rig.direct();
        let met = direct.send(CreateTalkspace::new("eta")).unwrap();
        rig.sandbox().advance(Duration::from_secs(1));
        for repeat in turn * EACH..(turn + 1) * EACH {
            // Half of them are on the edge: it closes with the request unread.
            let fault = match repeat / 4 % 4 {
                0 => Fault::Request {
                    read: 0,
                    then: Then::Reset,
                },
                1 => Fault::Request {
                    read: 0,
                    then: Then::Close,
                },
                _ => Fault::Idle(Idle::Race {
                    close: Duration::from_micros(repeat * 7 % 150),
                    begin: Duration::from_micros(repeat * 11 % 200),
                }),
            };
            let ends = &mut ends;
            match repeat % 4 {
                0 => one(&rig, ListTalkspaces::new(), fault, ends),
                1 => {
                    let mute = MuteParticipant::new(&met.conference_id, "eta");
                    one(&rig, mute, fault, ends);
                }
                2 => one(&rig, CreateMedia::new(), fault, ends),
                _ => one(&rig, CreateTalkspace::new("@theta"), fault, ends),
            }
        }
    }
    println!("{engine:?}: {ends}");
    assert_eq!(
        u64::from(ends.at_once + ends.after_a_retry + ends.in_doubt),
        REPEATS
    );
}

fn one<O: ServerOperation>(rig: &Rig, operation: O, fault: Fault, ends: &mut Ends) {
    // Leaves a connection that waits.
    assert!(rig.send(GetVersion::new(), &[]).outcome.is_ok());
    let on_the_edge = matches!(fault, Fault::Request { .. });
    let told = rig.send(operation, &[fault]);
    assert_eq!(laws::breaches::<O>(&told), [""; 0], "{told:#?}");
    // A request that is lost between the two is not waited for.
    for exchange in &told.exchanges {
        assert!(!exchange.error.contains("Timeout"), "{told:#?}");
    }
    let repeatable = matches!(O::INFO.effect, Effect::Reads | Effect::Converges);
    match &told.outcome {
        Ok(reply) if reply.attempts == 1 => {
            assert!(!on_the_edge, "{told:#?}");
            ends.at_once += 1;
        }
        Ok(reply) => {
            assert!(repeatable, "{told:#?}");
            assert_eq!(reply.attempts, 2, "{told:#?}");
            ends.after_a_retry += 1;
        }
        Err(error) => {
            assert!(!repeatable, "{told:#?}");
            let closed = ErrorKind::Transport(FailureKind::Closed);
            assert_eq!(error.kind(), closed, "{told:#?}");
            assert_eq!(error.delivery(), Delivery::MaybeSent, "{told:#?}");
            ends.in_doubt += 1;
        }
    }
}
