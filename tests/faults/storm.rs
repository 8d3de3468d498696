//! A service that is down is not stormed: retries draw on a budget.

use std::time::Instant;

use talkspace_core::ListTalkspaces;

use crate::client::{Engine, Rig};
use crate::fault::{Fault, Instead};

const REQUESTS: u64 = 500;
/// Retries that a client has in reserve.
const RESERVE: u64 = 10;

#[test]
fn a_tenth_more_than_usual() {
    let down = Fault::Instead {
        response: Instead::Page(503),
        applied: false,
    };
    for engine in Engine::BOTH {
        let rig = Rig::new(engine);
        let start = Instant::now();
        let mut exchanges = 0;
        for number in 0..REQUESTS {
            let told = rig.send(
                ListTalkspaces::new(),
                &[down.clone(), down.clone(), down.clone()],
            );
            assert!(told.outcome.is_err());
            // The first to fail have all their retries.
            assert!(number > 2 || told.exchanges.len() == 3, "{told:#?}");
            exchanges += told.exchanges.len() as u64;
        }
        // The reserve comes back, one each second.
        let most = REQUESTS + REQUESTS / 10 + RESERVE + start.elapsed().as_secs() + 1;
        println!("{engine:?}: {exchanges} exchanges for {REQUESTS} requests; {most} were allowed");
        assert!(exchanges <= most, "{engine:?}: {exchanges}, not {most}");
        assert!(
            exchanges >= REQUESTS + REQUESTS / 10,
            "{engine:?}: {exchanges}"
        );
    }
}
