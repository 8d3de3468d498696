//! TLS, small chunks, large files and whole programs on the page.

use std::fmt::Write as _;

use super::super::chart::{Bar, Chart};
use super::super::numbers::{
    Bulk, Bursts, Chunks, Named, Secured, Start, Tls, Transfer, Transfers,
};
use super::super::table::figure;
use super::{chart, section};
use crate::html::escape;

pub(super) fn tls(page: &mut String, tls: &Tls) {
    let instructions = |title, of: fn(&Secured) -> f64| chart(title, "", 0, &tls.clients, of);
    section(
        page,
        "One request over TLS, counted",
        "All clients have the same rustls with ring, TLS 1.3, and one root. Over a kept connection, \
         and over a connection for each request, whose handshake is a full one or resumes a session.",
        &[
            instructions("Instructions over a kept connection", |of| {
                of.kept.instructions
            }),
            chart(
                "Allocations over a kept connection",
                "",
                0,
                &tls.clients,
                |of| of.kept.allocations,
            ),
            instructions("Instructions with a full handshake", |of| {
                of.full.instructions
            }),
            instructions("Instructions with a resumed handshake", |of| {
                of.resumed.instructions
            }),
        ],
    );
}

pub(super) fn bursts(page: &mut String, bursts: &Bursts) {
    let words = format!(
        "{} requests at a time over TLS, all of which are awaited, and that {} times. The server \
         counts the handshakes: it takes {0} to have a connection for each.",
        bursts.width, bursts.times
    );
    let chart = chart("Handshakes", "", 0, &bursts.clients, |of| {
        of.full + of.resumed
    });
    section(page, "Requests in bursts", &words, &[chart]);
}

pub(super) fn chunks(page: &mut String, chunks: &Chunks) {
    let of = |title, place: usize| {
        let bars = chunks.clients.iter().filter_map(|client| {
            Some(Bar {
                name: &client.name,
                value: client.figures.sizes.get(place)?.instructions,
            })
        });
        Chart::of(title, "", 0, bars)
    };
    section(
        page,
        "A body in small chunks, counted",
        "What each chunk costs the client, without TLS: instructions. The server writes many chunks \
         at once.",
        &[of("Chunks of one byte", 0), of("Chunks of one KiB", 1)],
    );
}

pub(super) fn start(page: &mut String, start: &Start) {
    section(
        page,
        "A program with one request, counted",
        "From its start to its end, without TLS. Each client is made as its documentation shows it.",
        &[
            chart("Instructions", "", 0, &start.programs, |cost| {
                cost.instructions
            }),
            chart("Allocations", "", 0, &start.programs, |cost| {
                cost.allocations
            }),
        ],
    );
}

pub(super) fn bulk(page: &mut String, bulk: &Bulk) {
    let cpu = |title, of: fn(&Transfers) -> &Transfer| {
        chart(title, "× floor", 2, &bulk.clients, move |all| {
            of(all).cpu_ratio
        })
    };
    section(
        page,
        &format!("A file of {} MB", bulk.megabytes),
        &format!(
            "From memory and to nowhere; client and server have a core each; medians of {} rounds, in \
             which all clients take turns. The client's processor time, in it and in the kernel; \
             ratios are to the floor of the same round.",
            bulk.rounds
        ),
        &[
            cpu("Down", |all| &all.download),
            cpu("Down over TLS", |all| &all.download_tls),
            cpu("Up", |all| &all.upload),
            cpu("Up over TLS", |all| &all.upload_tls),
        ],
    );
    system_calls(page, bulk);
}

fn system_calls(page: &mut String, bulk: &Bulk) {
    page.push_str(
        "<p>System calls that send, and that receive, for one such file.</p>\n\
         <div class=\"charts\"><div class=\"card\"><table>\n<tr><th>client</th><th>down: receive</th>\
         <th>down, TLS: receive</th><th>up: send</th><th>up, TLS: send</th></tr>\n",
    );
    let cell = |calls: Option<f64>| calls.map_or("–".to_owned(), |calls| figure(calls, 0));
    for Named { name, figures } in &bulk.clients {
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(name),
            cell(figures.download.receives),
            cell(figures.download_tls.receives),
            cell(figures.upload.sends),
            cell(figures.upload_tls.sends),
        );
    }
    page.push_str("</table></div></div>\n");
}
