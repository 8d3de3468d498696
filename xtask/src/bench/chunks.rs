//! `chunks`: what each chunk of a body costs the client, counted, without TLS.

use super::Bench;
use super::client::{Client, build_clients, clients};
use super::count::{Cost, Counter};
use super::numbers::{Chunked, Chunks, Named, Numbers, OneChunk};
use super::origin::Origin;
use super::server::other;
use super::table::{Table, Tone, figure};
use crate::process::say;

const CLIENTS: [&str; 6] = [
    "hyper-conn",
    "hyper-util",
    "reqwest",
    "ureq",
    "talkspace-hyper",
    "talkspace-blocking",
];

/// The bytes of a chunk, and the chunks of a body.
pub(super) const SIZES: [(u32, u32); 2] = [(1, 16_384), (1024, 4_096)];

/// Bodies, which have so many chunks that a few will do.
const COUNTER: Counter = Counter::between(1, 4);

pub(super) fn run(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<(), String> {
    build_clients(bench.root)?;
    let origin = Origin::plain(bench, other(numbers.machine.cores))?;
    let mut chunks = Chunks {
        quick: bench.quick,
        clients: Vec::new(),
    };
    for client in clients(&CLIENTS) {
        say(&format!("chunks: {}", client.name));
        let one = |(bytes, count)| one_chunk(bench, client, &origin, bytes, count);
        let sizes: Result<_, String> = SIZES.into_iter().map(one).collect();
        let name = client.name.to_owned();
        let figures = Chunked { sizes: sizes? };
        chunks.clients.push(Named { name, figures });
    }
    print(&chunks);
    numbers.chunks = Some(chunks);
    Ok(())
}

fn one_chunk(
    bench: &Bench<'_>,
    client: &Client,
    origin: &Origin,
    bytes: u32,
    count: u32,
) -> Result<OneChunk, String> {
    let cost = cost(bench, client, origin, bytes, count)?;
    Ok(OneChunk {
        bytes,
        instructions: cost.instructions,
    })
}

/// What each of so many chunks of so many bytes costs.
pub(super) fn cost(
    bench: &Bench<'_>,
    client: &Client,
    origin: &Origin,
    bytes: u32,
    count: u32,
) -> Result<Cost, String> {
    let path = format!("/audio/{}-{bytes}.mp3", bytes * count);
    let arguments = [origin.argument(), "download", &path];
    let all = COUNTER.count(bench.root, &client.program(bench), &arguments)?;
    let each = |of: f64| of / f64::from(count);
    Ok(Cost {
        instructions: each(all.instructions),
        allocations: each(all.allocations),
        bytes: each(all.bytes),
    })
}

fn print(chunks: &Chunks) {
    let mut table = Table::new(&["instructions for a chunk of", "1 B", "1 KiB"]);
    for client in &chunks.clients {
        let sizes = client.figures.sizes.iter();
        table.row(&client.name, sizes.map(|size| figure(size.instructions, 0)));
    }
    table.print(|_| Tone::Plain);
}
