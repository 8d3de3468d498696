//! A request written before, over a socket; the response is read into its type.

use std::hint::black_box;

use bench::work::Created;
use bench::{Outcome, blocking};
use peers::floor::Floor;

fn main() -> Outcome<()> {
    blocking::run(|address| {
        Ok(move || {
            let mut floor = Floor::connect(address)?;
            Ok(move || {
                black_box(Created::read(floor.exchange()?)?);
                Ok(())
            })
        })
    })
}
