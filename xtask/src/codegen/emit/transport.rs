//! The two transport traits: one template, two flavours.

use super::source;
use super::text::{Comment, Span, series};
use crate::codegen::model::{Api, Method, Payload, Place};

/// One of the traits, with `[async]` or `[blocking]` before the lines that only one has.
const TEMPLATE: &str = include_str!("templates/transport.rs.in");

/// The words of the template, in both flavours.
const WORDS: [(&str, [&str; 2]); 9] = [
    ("{AN}", ["An async", "A blocking"]),
    ("{NAME}", ["Transport", "BlockingTransport"]),
    ("{TWIN}", ["BlockingTransport", "Transport"]),
    ("{BODY}", ["ResponseBody", "BlockingResponseBody"]),
    ("{ASYNC}", ["async ", ""]),
    ("{AWAIT}", [".await", ""]),
    ("{CANCEL}", ["", ", cancel"]),
    ("{CANCEL_TOKEN}", ["", ", cancel: &CancelToken"]),
    (
        "{ENDS}",
        [
            "Dropping the future ends",
            "Cancelling the [`CancelToken`] ends",
        ],
    ),
];

pub(crate) fn file(api: &Api) -> String {
    let docs =
        Comment::module().paragraph("The two transport traits, one template in two flavours.");
    let needs = needs(api);
    let flavours = ["async", "blocking"];
    source::file(docs, flavours.map(|flavour| item(flavour, &needs)))
}

fn item(flavour: &str, needs: &str) -> String {
    let column = usize::from(flavour == "blocking");
    let lines = TEMPLATE
        .lines()
        .filter_map(|line| match line.strip_prefix('[') {
            None => Some(line),
            Some(marked) => marked.strip_prefix(flavour)?.strip_prefix("] "),
        });
    let mut text = lines
        .collect::<Vec<_>>()
        .join("\n")
        .replace("{NEEDS}", needs);
    for (word, flavours) in WORDS {
        text = text.replace(word, flavours.get(column).copied().unwrap_or_default());
    }
    let lines = text.lines().map_while(|line| line.strip_prefix("///"));
    let docs: Vec<&str> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let code: Vec<&str> = text.lines().skip(docs.len()).collect();
    let (prose, example) = docs.split_at(docs.iter().position(|line| *line == "```").unwrap_or(0));
    let paragraphs = prose.split(|line| line.is_empty());
    let comment = paragraphs.filter(|lines| !lines.is_empty());
    let comment = comment.fold(Comment::item(0), |comment, lines| {
        comment.paragraph(&lines.join("\n"))
    });
    let comment = comment.block(example.iter().map(|line| (*line).to_owned()));
    format!("{comment}{}\n", code.join("\n"))
}

/// What of HTTP the operations use.
fn needs(api: &Api) -> String {
    let mut methods: Vec<Method> = api
        .operations
        .iter()
        .map(|operation| operation.method)
        .collect();
    methods.sort_unstable();
    methods.dedup();
    let methods: Vec<String> = methods
        .iter()
        .map(|method| Span(method.as_str()).to_string())
        .collect();
    let has = |place: Place| {
        let mut operations = api.operations.iter();
        operations.any(|operation| {
            let mut carries = operation.carries.iter();
            carries.any(|carried| carried.place() == place)
        })
    };
    let bodies = match (has(Place::Form), has(Place::Part)) {
        (false, false) => "Requests have no body.",
        (true, false) => "Requests have a body of `application/x-www-form-urlencoded`, or none.",
        (false, true) => "Requests have a body of `multipart/form-data`, or none.",
        (true, true) => {
            "Requests have a body of `application/x-www-form-urlencoded` or \
             `multipart/form-data`, or none."
        }
    };
    let mut types: Vec<String> = api
        .operations
        .iter()
        .filter_map(|operation| match operation.payload {
            Payload::Envelope(_) | Payload::Nothing(Some(_)) => Some("`application/json`"),
            Payload::Text(_) => Some("`text/plain`"),
            Payload::Bytes(_) => Some("`audio/mpeg`"),
            Payload::Nothing(None) => None,
        })
        .map(str::to_owned)
        .collect();
    types.sort_unstable();
    types.dedup();
    format!(
        "The methods are {}. {bodies} Responses are {}; a transport does not read them.",
        series(&methods, "and"),
        series(&types, "or")
    )
}
