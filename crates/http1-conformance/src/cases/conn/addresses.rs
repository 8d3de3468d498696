//! `conn/addresses/*`: hosts that have several addresses.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::client::{CancelToken, FailureKind};

use crate::case::{
    Capability, Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, ExpectedOutcome, Verdict,
    fails_unsent, get, ok,
};
use crate::wire::{BlackHole, Peer, Plan, Script};

/// It has no address but those of the case.
const HOST: &str = "many.example";

pub(super) fn cases() -> Vec<Case> {
    let needs = &[Capability::Addresses, Capability::Limits];
    vec![
        Case::must(
            "conn/addresses/refused",
            "when an address refuses the connection, the next one is tried",
        )
        .per("RFC 1123 §2.3")
        .needs_all(needs)
        .cause("the first address is taken for the host")
        .run(|context| {
            let peer = live(context)?;
            let nobody = [loopback(3), loopback(4), loopback(5)];
            let addresses = [&nobody[..], &[loopback(1)]].concat();
            reaches(context, &peer, &addresses, &ok(200).body("ok"))
        }),
        Case::must(
            "conn/addresses/silent",
            "when an address is silent, another one is tried long before connect_timeout",
        )
        .per("RFC 8305 §5")
        .needs_all(needs)
        .cause("each address has the whole connect_timeout, one after the other")
        .run(|context| {
            let peer = live(context)?;
            let silent = SocketAddr::new(loopback(2), peer.address().port());
            let _hole = BlackHole::at(silent)
                .map_err(|error| CaseEnd::Unsupported(format!("no silent address: {error}")))?;
            let addresses = [loopback(2), loopback(1)];
            reaches(context, &peer, &addresses, &ok(200).body("ok"))
        })
        .timed(),
        Case::must(
            "conn/addresses/none-takes-it",
            "when no address takes the connection, that is an error of connecting, and nothing was sent",
        )
        .needs_all(needs)
        .classified(&["Connect, NotSent"])
        .cause("the error of the last address is lost")
        .run(|context| {
            let peer = live(context)?;
            let nobody = [loopback(3), loopback(4)];
            reaches(context, &peer, &nobody, &fails_unsent(&[FailureKind::Connect]))
        }),
    ]
}

/// One of this machine's own addresses.
fn loopback(last: u8) -> IpAddr {
    Ipv4Addr::new(127, 0, 0, last).into()
}

fn live(context: &CaseContext) -> Result<Arc<Peer>, CaseEnd> {
    context.peer(Plan::default().otherwise(Script::serve(DEFAULT_RESPONSE)))
}

fn reaches(
    context: &CaseContext,
    peer: &Peer,
    addresses: &[IpAddr],
    expect: &ExpectedOutcome,
) -> Verdict {
    context.build_anew(|context| context.with_addresses(HOST, addresses));
    let place = format!("{HOST}:{}", peer.address().port());
    // Longer than the deadline: what waits for it fails.
    let outgoing = get("/").limits(|limits, _| limits.connect_timeout = Duration::from_secs(3600));
    CaseEnd::unless_empty(context.try_send_to(&place, &outgoing, &CancelToken::new(), expect))
}
