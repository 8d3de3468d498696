//! The requirements: each case with the sentence that asks for it.

use std::fmt::Write as _;

use super::super::table::{Case, Table};
use crate::html::escape;

/// Every case that a sentence of an RFC requires, group by group; then those of the contract.
pub(super) fn section(page: &mut String, table: &Table) {
    let (required, contract): (Vec<_>, Vec<_>) =
        table.cases.iter().partition(|case| case.is_required());
    let _ = writeln!(
        page,
        "<h2>The sentences</h2>\n<p>{} cases stand on a sentence of an RFC, word by word. A sentence without a key \
         word that says what a message means counts as a MUST: who reads it otherwise reads another message.</p>",
        required.len()
    );
    groups(page, &required);
    let _ = writeln!(
        page,
        "<h2>The contract</h2>\n<p>{} cases are the contract's. Where a text is near to them, it stands beside.</p>",
        contract.len()
    );
    groups(page, &contract);
}

fn groups(page: &mut String, cases: &[&Case]) {
    let mut cases = cases;
    while let [first, ..] = cases {
        let other = cases.iter().position(|case| case.group() != first.group());
        let (group, rest) = cases.split_at(other.unwrap_or(cases.len()));
        let _ = write!(
            page,
            "<details class=\"group\"><summary><b>{}</b> {}</summary>",
            escape(first.group()),
            group.len()
        );
        for case in group {
            let _ = write!(
                page,
                "<article class=\"requirement\" id=\"{0}\"><h3><code>{0}</code> <b class=\"level\">{1}</b></h3>",
                escape(&case.id),
                escape(&case.level),
            );
            sentences(page, case);
            page.push_str("</article>");
        }
        page.push_str("</details>\n");
        cases = rest;
    }
}

/// A link to a case of this page.
pub(super) fn link(case: &Case) -> String {
    format!("<a href=\"#{0}\">{0}</a>", escape(&case.id))
}

/// What is required, and by which words.
pub(super) fn sentences(page: &mut String, case: &Case) {
    let _ = write!(page, "<p>{}", escape(&case.requirement));
    for quote in &case.quotes {
        let _ = write!(
            page,
            "<p class=\"quote\">{}: <q>{}</q>",
            section_link(&quote.rfc),
            escape(&quote.text)
        );
    }
    if !case.near.is_empty() {
        let _ = write!(page, "<p class=\"quote\">See {}", section_link(&case.near));
    }
    if !case.needs.is_empty() {
        let _ = write!(
            page,
            "<p class=\"quote\">For who claims {}",
            escape(&case.needs.join(", "))
        );
    }
}

/// `RFC 9112 §6.3`, linked; any other text as it is.
fn section_link(rfc: &str) -> String {
    match url(rfc) {
        Some(url) => format!("<a href=\"{url}\">{}</a>", escape(rfc)),
        None => escape(rfc),
    }
}

/// The section at the editor of RFCs.
fn url(rfc: &str) -> Option<String> {
    let (number, section) = rfc.strip_prefix("RFC ")?.split_once(" §")?;
    let are = |text: &str, fits: fn(&char) -> bool| {
        !text.is_empty() && text.chars().all(|letter| fits(&letter))
    };
    let fits = are(number, char::is_ascii_digit)
        && are(section, |letter| letter.is_ascii_digit() || *letter == '.');
    fits.then(|| format!("https://www.rfc-editor.org/rfc/rfc{number}.html#section-{section}"))
}
