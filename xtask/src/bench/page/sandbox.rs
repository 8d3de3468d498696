//! The sandbox on the page.

use std::fmt::Write as _;

use super::super::chart::{Bar, Chart};
use super::super::numbers::{Named, Sandbox};
use super::super::table::figure;
use crate::html::escape;

pub(super) fn section(page: &mut String, sandbox: &Sandbox) {
    let mut bars: Vec<_> = sandbox
        .servers
        .iter()
        .map(|server| Bar {
            name: &server.name,
            value: server.figures.requests_per_second,
        })
        .collect();
    bars.sort_by(|one, other| other.value.total_cmp(&one.value));
    let chart = Chart {
        title: "Created in a second on one core",
        unit: "requests",
        digits: 0,
        bars,
    };
    super::section(
        page,
        "The sandbox",
        &format!(
            "{} requests are in flight; medians of {} rounds of the server's own time on its core. \
             Prism responds to every request with the same example and keeps nothing. Each open \
             conference takes {} bytes of the sandbox's memory, with {} of them, where only \
             the leader is.",
            sandbox.in_flight,
            sandbox.rounds,
            figure(sandbox.memory.bytes_per_conference, 0),
            figure(sandbox.memory.conferences.into(), 0),
        ),
        &[chart],
    );
    scales(page, sandbox);
}

fn scales(page: &mut String, sandbox: &Sandbox) {
    let cells = |cells: Vec<String>| -> String {
        let cell = |text: &String| format!("<td>{}</td>", escape(text));
        cells.iter().map(cell).collect()
    };
    page.push_str(
        "<p>What an operation takes without a socket, in nanoseconds, with so many conferences \
         open. Of a list, that is each entry.</p>\n\
         <div class=\"charts\"><div class=\"card\"><table>\n",
    );
    let sizes = sandbox.operations.first().into_iter();
    let sizes = sizes.flat_map(|operation| &operation.figures.sizes);
    let mut head = vec!["open conferences".to_owned()];
    head.extend(sizes.map(|size| figure(size.conferences.into(), 0)));
    head.push("×".to_owned());
    let _ = writeln!(page, "<tr>{}</tr>", cells(head));
    for Named { name, figures } in &sandbox.operations {
        let mut row = vec![name.clone()];
        row.extend(figures.sizes.iter().map(|size| figure(size.ns, 0)));
        row.push(figure(figures.growth(), 2));
        let _ = writeln!(page, "<tr>{}</tr>", cells(row));
    }
    page.push_str("</table></div></div>\n");
}
