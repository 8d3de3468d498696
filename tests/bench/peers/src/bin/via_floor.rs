//! A request written before, over a socket; of the response, the head is parsed.

use std::hint::black_box;

use bench::Outcome;
use bench::blocking::{self, Client};
use bytes::Bytes;
use peers::floor::Floor;

struct Head(Floor);

fn main() -> Outcome<()> {
    blocking::run(|origin| {
        let origin = origin.clone();
        Ok(move || Ok(Head(Floor::connect(&origin)?)))
    })
}

impl Client for Head {
    fn create(&mut self) -> Outcome<()> {
        black_box(self.0.exchange()?);
        Ok(())
    }

    fn download(&mut self, path: &str) -> Outcome<u64> {
        self.0.download(path)
    }

    fn upload(&mut self, file: Bytes) -> Outcome<()> {
        self.0.upload(&file)
    }
}
