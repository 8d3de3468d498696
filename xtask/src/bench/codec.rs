//! `codec`: every operation's request encoded, and its response decoded.

use super::Bench;
use super::client::build;
use super::count::{Cost, Counter};
use super::numbers::{BothWays, Codec, Named, Numbers};
use super::table::{Table, Tone, figure};
use crate::process::{command, output, say};

/// Has the text of a form written, and nothing else: what form encoders do.
pub(crate) const FORM: [&str; 2] = ["form", "createTalkspace"];

pub(super) fn run(bench: &Bench<'_>, numbers: &mut Numbers) -> Result<(), String> {
    let costs = build(bench.root, &["costs"])?.join("costs");
    let operations = output(command(
        bench.root,
        &costs.to_string_lossy(),
        &["operations"],
    ))?;
    let mut codec = Codec {
        quick: bench.quick,
        form: Some(Counter::QUICK.count(bench.root, &costs, &FORM)?),
        operations: Vec::new(),
    };
    // Every repetition is the same here, so that few are enough.
    let count =
        |way: &str, operation: &str| Counter::QUICK.count(bench.root, &costs, &[way, operation]);
    let all: Vec<&str> = operations.lines().collect();
    for (index, operation) in all.iter().enumerate() {
        if index % 6 == 0 {
            say(&format!("codec: {} of {} operations", index, all.len()));
        }
        let figures = BothWays {
            encode: count("encode", operation)?,
            decode: count("decode", operation)?,
        };
        let name = (*operation).to_owned();
        codec.operations.push(Named { name, figures });
    }
    print(&codec);
    numbers.codec = Some(codec);
    Ok(())
}

fn print(codec: &Codec) {
    let mut table = Table::new(&[
        "operation",
        "encode: instructions",
        "allocations",
        "bytes",
        "decode: instructions",
        "allocations",
        "bytes",
    ]);
    let cells = |cost: &Cost| {
        [
            figure(cost.instructions, 0),
            figure(cost.allocations, 0),
            figure(cost.bytes, 0),
        ]
    };
    if let Some(form) = &codec.form {
        let unread = ["–"; 3].map(str::to_owned);
        table.row(
            "form of createTalkspace",
            cells(form).into_iter().chain(unread),
        );
    }
    for operation in &codec.operations {
        let BothWays { encode, decode } = &operation.figures;
        let figures = cells(encode).into_iter().chain(cells(decode));
        table.row(&operation.name, figures);
    }
    table.print(|_| Tone::Plain);
}
