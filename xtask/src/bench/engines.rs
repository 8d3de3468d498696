//! What the project's own clients cost over a socket, for `cargo xtask costs`.

use std::path::Path;

use super::client::{Client, build, clients};
use super::count::{Cost, Counter};
use super::origin::Origin;
use super::server::FIRST;
use super::{Bench, bursts, chunks, tls};
use crate::process::say;

const CLIENTS: [&str; 2] = ["talkspace-hyper", "talkspace-blocking"];
/// The third of these is for the client to connect in, and the sessions to begin.
const HANDSHAKES: Counter = Counter::between(5, 15);

/// What was counted, and whether allocations are the same in every run. With a
/// handshake they depend on how long keys and signatures are, with chunks on how
/// many come at a time.
pub(crate) struct Counted {
    pub(crate) what: String,
    pub(crate) cost: Cost,
    pub(crate) allocates_exactly: bool,
}

/// Counts, and fails where bursts take more handshakes than connections.
pub(crate) fn count(root: &Path) -> Result<Vec<Counted>, String> {
    build(root, &["engines"])?;
    build(root, &["server"])?;
    let bench = Bench { root, quick: false };
    let mut all = Vec::new();
    for client in clients(&CLIENTS) {
        say(&format!("costs: {}", client.name));
        one(&bench, client, &mut all)?;
        bursts::check(&bench, client)?;
    }
    Ok(all)
}

fn one(bench: &Bench<'_>, client: &Client, all: &mut Vec<Counted>) -> Result<(), String> {
    let mut push = |what: &str, cost, allocates_exactly| {
        let what = format!("{}: {what}", client.name);
        all.push(Counted {
            what,
            cost,
            allocates_exactly,
        });
    };
    let requests = |origin: &Origin, counter: Counter| {
        let arguments = [origin.argument(), "requests"];
        counter.count(bench.root, &client.program(bench), &arguments)
    };
    let plain = Origin::plain(bench, FIRST)?;
    push("request", requests(&plain, Counter::WHOLE)?, true);
    let secure = |options| Origin::secure(bench, FIRST, options);
    push("TLS", requests(&secure(&[])?, Counter::WHOLE)?, true);
    let full = requests(&secure(&tls::FULL)?, HANDSHAKES)?;
    push("full handshake", full, false);
    let resumed = requests(&secure(&tls::RESUMED)?, HANDSHAKES)?;
    push("resumed handshake", resumed, false);
    for (bytes, chunks) in chunks::SIZES {
        let cost = chunks::cost(bench, client, &plain, bytes, chunks)?;
        push(&format!("chunk of {bytes} B"), cost, false);
    }
    Ok(())
}
