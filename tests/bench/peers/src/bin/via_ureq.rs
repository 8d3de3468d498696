//! ureq.

use std::hint::black_box;

use bench::work::{self, Created};
use bench::{Outcome, blocking};
use ureq::Agent;

fn main() -> Outcome<()> {
    blocking::run(|address| {
        // Its pool keeps three connections by default, which many threads would fight for.
        let agent = Agent::config_builder()
            .max_idle_connections(1024)
            .max_idle_connections_per_host(1024)
            .build()
            .new_agent();
        let url = format!("http://{address}{}", work::PATH);
        Ok(move || {
            let (agent, url) = (agent.clone(), url.clone());
            Ok(move || {
                let mut response = agent.post(&url).send_form(work::FIELDS)?;
                peers::created(response.status().as_u16())?;
                black_box(Created::read(&response.body_mut().read_to_vec()?)?);
                Ok(())
            })
        })
    })
}
