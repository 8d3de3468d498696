//! A request written before, over a socket; the response is read into its type.

use std::hint::black_box;

use bench::Outcome;
use bench::blocking::{self, Client};
use bench::work::Created;
use peers::floor::Floor;

struct Typed(Floor);

fn main() -> Outcome<()> {
    blocking::run(|origin| {
        let origin = origin.clone();
        Ok(move || Ok(Typed(Floor::connect(&origin)?)))
    })
}

impl Client for Typed {
    fn create(&mut self) -> Outcome<()> {
        black_box(Created::read(self.0.exchange()?)?);
        Ok(())
    }
}
