//! A request written before, over a socket; of the response, the head is parsed.

use std::hint::black_box;

use bench::{Outcome, blocking};
use peers::floor::Floor;

fn main() -> Outcome<()> {
    blocking::run(|address| {
        Ok(move || {
            let mut floor = Floor::connect(address)?;
            Ok(move || {
                black_box(floor.exchange()?);
                Ok(())
            })
        })
    })
}
