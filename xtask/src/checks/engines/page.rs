//! The results as a page that needs nothing else: a table of engines and groups of cases for what
//! RFCs require, another for what the contract adds, and the requirements.

use std::fmt::Write as _;

use super::table::{Case, Engine, Table, Verdict};
use crate::html::escape;

mod cell;
mod requirements;

const STYLE: &str = include_str!("page/style.css");

/// One of the two tables.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Rfc,
    Contract,
}

impl Part {
    /// The begin of the names of its places in the page.
    const fn word(self) -> &'static str {
        match self {
            Self::Rfc => "rfc",
            Self::Contract => "contract",
        }
    }

    /// Whether a case of an engine has its place here. How an error is called is the contract's
    /// matter, in every case.
    fn has(self, case: &Case, verdict: Verdict) -> bool {
        match self {
            Self::Rfc => case.is_required(),
            Self::Contract => !case.is_required() || verdict == Verdict::Misclassified,
        }
    }

    /// What the verdict is here.
    fn sees(self, verdict: Verdict) -> Verdict {
        match (self, verdict) {
            (Self::Rfc, Verdict::Misclassified) => Verdict::Passed,
            _ => verdict,
        }
    }
}

/// The cases of a group, each with its verdict for an engine.
struct Cell<'t> {
    part: Part,
    group: &'t str,
    engine: &'t Engine,
    cases: Vec<(&'t Case, Verdict)>,
}

pub(super) fn page(table: &Table) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>HTTP/1.1 clients, case by case</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>HTTP/1.1 clients, case by case</h1>\n\
         <p>{} engines in {} languages meet the same {} peers: servers that respond well, oddly, too late, \
         or not at all. <code>cargo xtask engines</code> plays them, with version {} of the suite. A cell unfolds \
         to its cases: the sentence that asks for something, what the engine did, and what we think of that. \
         <a href=\"engines.json\">engines.json</a> has the same for programs.</p>\n",
        table.engines.len(),
        languages(table),
        table.cases.len(),
        escape(&table.suite),
    );
    page.push_str(
        "<ul class=\"legend\">\n\
         <li><b class=\"passed\">✓ 9</b> all cases passed\n\
         <li><b class=\"failed\">✕ 2</b> a MUST of an RFC is not kept\n\
         <li><b class=\"warned\">! 1</b> a SHOULD of an RFC is not kept\n\
         <li><b class=\"differs\">≠ 3</b> otherwise than the contract; no RFC asks for it\n\
         <li><b class=\"quiet\">–</b> not applicable: the engine does not claim it\n</ul>\n",
    );
    matrix(
        &mut page,
        table,
        Part::Rfc,
        "What RFCs require",
        "Each case here stands on a sentence of an RFC that binds a client, at the level of that sentence. How an \
         engine calls an error does not matter.",
    );
    matrix(
        &mut page,
        table,
        Part::Contract,
        "What the contract of a transport adds",
        "What RFCs leave to a client, and this project's own transports promise: one attempt for each exchange, \
         limits, cancellation, errors that tell their kind and whether the request may have been sent. An engine is \
         judged by what it claims of this, and a difference is no fault.",
    );
    engines(&mut page, table);
    requirements::section(&mut page, table);
    page + "</body>\n</html>\n"
}

fn languages(table: &Table) -> usize {
    let mut languages: Vec<_> = table
        .engines
        .iter()
        .map(|engine| &engine.language)
        .collect();
    languages.sort();
    languages.dedup();
    languages.len()
}

/// The groups that have a case in a part, in the order of the suite.
fn groups(table: &Table, part: Part) -> Vec<&str> {
    let mut groups: Vec<&str> = Vec::new();
    for case in &table.cases {
        let mut engines = table.engines.iter();
        let here = part.has(case, Verdict::Passed)
            || engines.any(|engine| part.has(case, engine.verdict(&case.id)));
        if here && !groups.contains(&case.group()) {
            groups.push(case.group());
        }
    }
    groups
}

fn matrix(page: &mut String, table: &Table, part: Part, title: &str, words: &str) {
    let groups = groups(table, part);
    let heads: String = groups
        .iter()
        .map(|group| format!("<th scope=\"col\" role=\"columnheader\">{}", escape(group)))
        .collect();
    let _ = writeln!(
        page,
        "<h2 id=\"{0}\">{title}</h2>\n<p>{words}</p>\n<div class=\"card\"><table class=\"matrix\" role=\"table\" \
         aria-labelledby=\"{0}\">\n<thead role=\"rowgroup\"><tr role=\"row\"><th scope=\"col\" role=\"columnheader\">\
         engine{heads}</tr></thead>\n<tbody role=\"rowgroup\">",
        part.word(),
    );
    let mut others = Vec::new();
    for engine in &table.engines {
        let cells: Vec<_> = groups
            .iter()
            .map(|group| Cell::of(table, part, group, engine))
            .collect();
        if !cells.iter().any(Cell::tells) {
            others.push(escape(&engine.name));
            continue;
        }
        let _ = write!(
            page,
            "<tr class=\"engine\" role=\"row\"><th scope=\"row\" role=\"rowheader\">{} <small>{}, {}</small>",
            escape(&engine.name),
            escape(&engine.language),
            escape(&engine.version),
        );
        for cell in &cells {
            cell.count(page);
        }
        let _ = write!(
            page,
            "</tr>\n<tr class=\"unfolds\" role=\"row\"><td role=\"cell\" colspan=\"{}\">",
            groups.len() + 1
        );
        for cell in &cells {
            cell.unfolding(page);
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n");
    if !others.is_empty() {
        let _ = writeln!(
            page,
            "<p class=\"rest\">Nothing of it applies to {}.</p>",
            others.join(", ")
        );
    }
}

/// Names and versions, what each claims, and how many of its failures we think what of.
fn engines(page: &mut String, table: &Table) {
    page.push_str(
        "<h2>The engines</h2>\n<div class=\"card\"><table class=\"engines\"><thead><tr><th scope=\"col\">engine\
         <th scope=\"col\">what it calls itself<th scope=\"col\">runtime<th scope=\"col\">claims\
         <th scope=\"col\">failures</tr></thead>\n<tbody>\n",
    );
    for engine in &table.engines {
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\">{}<td>{} {}<td>{}<td>{}<td>{}</tr>",
            escape(&engine.name),
            escape(&engine.engine),
            escape(&engine.version),
            escape(&engine.runtime),
            escape(&engine.claims.join(", ")),
            escape(&judged(engine)),
        );
    }
    page.push_str("</tbody></table></div>\n");
}

fn judged(engine: &Engine) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for failure in engine.failures.values() {
        let word = cell::judged(failure);
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let counts: Vec<_> = counts
        .iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    match counts.is_empty() {
        true => "none".to_owned(),
        false => counts.join(", "),
    }
}

/// Each cell of both tables unfolds, in its own row, to what it counts; and each link leads somewhere.
pub(super) const LOOK: &str = r##"
  measure("folded");
  read();
  let cells = 0, cases = 0, sentences = 0;
  for (const details of document.querySelectorAll("details")) {
    if (details.open) complain(details, "it is unfolded already");
  }
  for (const row of document.querySelectorAll("tr.engine")) {
    const heads = row.closest("table").querySelectorAll("thead th").length;
    if (row.cells.length !== heads) complain(row, `${row.cells.length} cells under ${heads} heads`);
    for (const link of row.querySelectorAll("a")) {
      const inner = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!inner) { complain(link, "it leads nowhere"); continue; }
      const details = inner.closest("details");
      if (details.closest("tr") !== row.nextElementSibling) complain(link, "it unfolds elsewhere");
      location.hash = link.hash;
      if (!details.open) complain(link, "its details do not open by the link");
      if (!inner.checkVisibility() || inner.offsetHeight === 0) complain(link, "it does not unfold");
      cells += 1;
      cases += inner.querySelectorAll(".case").length;
    }
    measure(`with ${row.textContent.slice(0, 20)} unfolded`);
  }
  document.querySelectorAll("details").forEach((details) => details.removeAttribute("name"));
  document.querySelectorAll("details").forEach((details) => (details.open = true));
  for (const link of document.querySelectorAll("a[href^='#']")) {
    if (!document.getElementById(decodeURIComponent(link.hash.slice(1)))) complain(link, "it leads nowhere");
  }
  for (const shown of document.querySelectorAll("pre")) {
    if (shown.scrollWidth > shown.clientWidth) complain(shown, "the transcript scrolls sideways");
  }
  for (const quote of document.querySelectorAll(".requirement q")) {
    const link = quote.parentElement.querySelector("a");
    if (!/^https:\/\/www\.rfc-editor\.org\/rfc\/rfc\d+\.html#section-[\d.]+$/.test(link?.href)) {
      complain(quote, "its section is not linked");
    }
    sentences += 1;
  }
  measure("unfolded");
  read();
  if (cells === 0 || sentences === 0) console.error("nothing unfolds");
  return `${cells} cells unfold to ${cases} failures, ${sentences} sentences are quoted`;
"##;
