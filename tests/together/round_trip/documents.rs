//! Documents of an operation's envelope, in all the shapes that a client must
//! take.

use std::fs;

use http::StatusCode;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};
use talkspace_core::codec::RawResponse;
use talkspace_core::operation::OperationInfo;
use talkspace_core::server::{ServerOperation, ServiceError};
use talkspace_tests::{Message, examples_of, parameters_of};

use super::texts::{any_text, success};

/// A response in an envelope.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// The status of the HTTP line.
    pub(super) line: u16,
    /// What came: the envelope's status may be missing or unfit.
    pub(super) body: String,
    /// The same with the status that then counts.
    pub(super) whole: String,
    /// The fields that say something, as the service would have written them.
    pub(super) written: Vec<String>,
}

/// What a field takes.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Text,
    Number,
    List,
}

/// What a document says in a field.
#[derive(Clone, Debug)]
struct Field {
    json: Option<String>,
    written: Option<String>,
}

/// A value in a document, and the text that it stands for.
#[derive(Clone, Debug)]
struct Spelt {
    json: String,
    text: String,
}

pub(super) fn documents<O: ServerOperation>(envelope: &'static str) -> BoxedStrategy<Document> {
    let fields = fields_of::<O>(envelope);
    assert!(
        fields.iter().any(|(name, _)| name == "message"),
        "{fields:?}"
    );
    let fields: Vec<_> = fields
        .into_iter()
        .map(|(name, kind)| field(name, kind))
        .collect();
    let noise = option::weighted(0.2, select(NOISE));
    let beside = option::weighted(0.2, select(BESIDE));
    let separator = select(&[",", ", ", " ,\r\n\t"][..]);
    let layout = (any::<Index>(), noise, beside.clone(), beside, separator);
    (statuses(O::INFO), fields.prop_shuffle(), layout)
        .prop_map(move |((line, unfit, status), fields, layout)| {
            let (at, noise, before, after, separator) = layout;
            let mut members: Vec<_> = fields.iter().filter_map(|it| it.json.clone()).collect();
            members.extend(noise.map(str::to_owned));
            let at = at.index(members.len() + 1);
            let document = |status: Option<&str>| {
                let mut members = members.clone();
                if let Some(status) = status {
                    members.insert(at, format!("\"status\":{status}"));
                }
                let members = members.join(separator);
                let inside = format!("\"{envelope}\":{{{members}}}");
                let beside = [before, Some(&*inside), after].into_iter().flatten();
                format!("{{{}}}", beside.collect::<Vec<_>>().join(separator))
            };
            let whole = document(Some(&status));
            Document {
                line,
                body: match unfit {
                    None => whole.clone(),
                    Some(unfit) => document(unfit),
                },
                whole,
                written: fields.into_iter().filter_map(|it| it.written).collect(),
            }
        })
        .boxed()
}

/// What a client has to pass over inside an envelope.
const NOISE: &[&str] = &[
    r#""unknown":null"#,
    r#""nested":{"message":"no","status":[500,{"uri":[]}]}"#,
    r#""price":-1.5e300"#,
    r#""":[[],{}]"#,
    r#""Status":500"#,
];

/// What a client has to pass over next to an envelope.
const BESIDE: &[&str] = &[
    r#""ErrorResponse":{"message":"no","status":500}"#,
    r#""UnknownResponse":{"status":"no"}"#,
    r#""status":500"#,
];

/// Statuses inside an envelope that are none.
const UNFIT: &[Option<&str>] = &[
    None,
    Some("null"),
    Some("true"),
    Some("0"),
    Some("99"),
    Some("65736"),
    Some("-200"),
    Some(r#""""#),
    Some(r#""OK""#),
];

/// The status of the line, an unfit one inside if that is what comes, and the
/// one inside that counts.
fn statuses(
    info: &'static OperationInfo,
) -> impl Strategy<Value = (u16, Option<Option<&'static str>>, String)> {
    let documented = [info.outcomes, info.already].concat();
    let code = prop_oneof![
        4 => success(info.success),
        1 => if documented.is_empty() {
            Just(200).boxed()
        } else {
            select(documented).boxed()
        },
    ];
    let line = prop_oneof![Just(None), Just(Some(200)), (200..=599_u16).prop_map(Some)];
    let unfit = option::weighted(0.1, select(UNFIT));
    (code, line, unfit, any::<bool>()).prop_map(|(code, line, unfit, quoted)| {
        // With an unfit status inside, that of the line has to say yes.
        let line = line.filter(|_| unfit.is_none()).unwrap_or(code);
        let line = if has_body(line) { line } else { 200 };
        let code = if unfit.is_some() { line } else { code };
        let spelt = if quoted {
            format!("\"{code}\"")
        } else {
            code.to_string()
        };
        (line, unfit, spelt)
    })
}

/// Whether HTTP lets a response with this status have a body.
pub(super) const fn has_body(status: u16) -> bool {
    !matches!(status, 204 | 205 | 304)
}

/// The fields of an operation's envelope beside the status, as its errors and
/// its examples show them: an empty list is left out of an error, and so is a text that is optional.
fn fields_of<O: ServerOperation>(envelope: &str) -> Vec<(String, Kind)> {
    let start = format!("{{\"{envelope}\":{{");
    let error = O::encode_error(&ServiceError::new(500, ""));
    let error = std::str::from_utf8(error.body()).unwrap();
    let members = error.strip_prefix(&start).unwrap();
    let members = members.strip_suffix("}}").unwrap().split(',');
    let mut fields: Vec<_> = members
        .map(|member| {
            let (name, value) = member.split_once(':').unwrap();
            let kind = match value {
                "\"\"" => Kind::Text,
                "0" | "500" => Kind::Number,
                _ => panic!("{member} is new: say what its values are"),
            };
            (name.trim_matches('"').to_owned(), kind)
        })
        .collect();
    for entry in fs::read_dir(examples_of(O::INFO)).unwrap() {
        let example = fs::read_to_string(entry.unwrap().path()).unwrap();
        let response = Message::parse(&example).and_then(|message| message.response());
        let body = response.map(|response| String::from_utf8_lossy(response.body()).into_owned());
        let body = body.unwrap_or_default();
        let Some(members) = body.strip_prefix(&start) else {
            continue;
        };
        let mut pieces: Vec<_> = members.split("\":").collect();
        pieces.pop();
        for piece in pieces {
            let (_, name) = piece.rsplit_once('"').unwrap();
            if fields.iter().all(|(known, _)| known != name) {
                let kind = match reads_list::<O>(&start, name) {
                    true => Kind::List,
                    false => Kind::Text,
                };
                fields.push((name.to_owned(), kind));
            }
        }
    }
    fields.retain(|(name, _)| name != "status");
    fields
}

/// Whether a client takes a list for this field.
fn reads_list<O: ServerOperation>(start: &str, name: &str) -> bool {
    let example = fs::read_to_string(examples_of(O::INFO).join("request.http")).unwrap();
    let request = Message::parse(&example).and_then(|message| message.request());
    let parameters = parameters_of(O::INFO, &request.unwrap()).unwrap();
    let request = O::from_parameters(&parameters).unwrap();
    let reads = |member: &str| {
        let body = format!("{start}{member}}}}}");
        let response = RawResponse::new(StatusCode::OK, body.as_bytes());
        request.decode(&response).is_ok()
    };
    assert!(reads(""), "{}: without its fields", O::INFO.id);
    reads(&format!("\"{name}\":[]"))
}

fn field(name: String, kind: Kind) -> BoxedStrategy<Field> {
    match kind {
        Kind::Text => {
            let lower_case = prop_oneof![19 => Just(false), 1 => Just(true)];
            (option::weighted(0.8, spelt()), lower_case)
                .prop_map(move |(value, lower_case)| {
                    let Some(Spelt { json, text }) = value else {
                        return Field::absent();
                    };
                    // Some fields have a second name, others have not.
                    if lower_case && name.chars().any(char::is_uppercase) {
                        let name = name.to_lowercase();
                        return Field {
                            json: Some(format!("\"{name}\":{json}")),
                            written: None,
                        };
                    }
                    // An empty id may be filled in.
                    let written = Some(&text).filter(|text| !text.is_empty());
                    Field {
                        json: Some(format!("\"{name}\":{json}")),
                        written: written.map(|text| format!("\"{name}\":{}", canonical(text))),
                    }
                })
                .boxed()
        }
        Kind::Number => {
            let numbers = prop_oneof![
                4 => any::<i64>().prop_map(|number| (number.to_string(), number)),
                2 => any::<i64>().prop_map(|number| (format!("\"{number}\""), number)),
                1 => select(&["null", "\"\"", "\"1.5\"", "\"many\"", "false"][..])
                    .prop_map(|unfit| (unfit.to_owned(), 0)),
                // What is too large is not nothing.
                1 => select(&["9223372036854775808", "\"99999999999999999999\""][..])
                    .prop_map(|large| (large.to_owned(), i64::MAX)),
            ];
            option::weighted(0.8, numbers)
                .prop_map(move |value| {
                    let (json, number) = value.unzip();
                    Field {
                        json: json.map(|json| format!("\"{name}\":{json}")),
                        written: Some(format!("\"{name}\":{}", number.unwrap_or(0))),
                    }
                })
                .boxed()
        }
        Kind::List => list(name),
    }
}

fn list(name: String) -> BoxedStrategy<Field> {
    let many = vec(spelt(), 0..5).prop_map(|items| {
        let json: Vec<_> = items.iter().map(|item| &*item.json).collect();
        let json = format!("[{}]", json.join(","));
        (json, items.into_iter().map(|item| item.text).collect())
    });
    let bare = prop_oneof![string(), digits()].prop_map(|item| (item.json, vec![item.text]));
    let lists = prop_oneof![
        4 => many.prop_map(Some),
        2 => bare.prop_map(Some),
        1 => Just(Some(("null".to_owned(), Vec::new()))),
        1 => Just(None),
    ];
    lists
        .prop_map(move |list| {
            let Some((json, texts)) = list else {
                return Field::absent();
            };
            let texts: Vec<_> = texts.iter().map(|text: &String| canonical(text)).collect();
            let written = match &*texts {
                [] => None,
                [one] => Some(format!("\"{name}\":{one}")),
                many => Some(format!("\"{name}\":[{}]", many.join(","))),
            };
            Field {
                json: Some(format!("\"{name}\":{json}")),
                written,
            }
        })
        .boxed()
}

impl Field {
    const fn absent() -> Self {
        Self {
            json: None,
            written: None,
        }
    }
}

/// A text, in all spellings.
fn spelt() -> impl Strategy<Value = Spelt> + Clone {
    let words = [("null", ""), ("true", "true"), ("false", "false")];
    let words = select(words.to_vec()).prop_map(|(json, text)| Spelt {
        json: json.to_owned(),
        text: text.to_owned(),
    });
    prop_oneof![8 => string(), 2 => digits(), 1 => words]
}

fn digits() -> impl Strategy<Value = Spelt> + Clone {
    let numbers = prop_oneof![
        any::<u64>().prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        Just(u64::MAX.to_string()),
    ];
    numbers.prop_map(|json| Spelt {
        text: json.clone(),
        json,
    })
}

fn string() -> impl Strategy<Value = Spelt> + Clone {
    let ways = select(&[canonical, plain, escaped][..]);
    (any_text(), ways).prop_map(|(text, way)| Spelt {
        json: way(&text),
        text,
    })
}

/// A text as the service wrote it: with every slash escaped.
fn canonical(text: &str) -> String {
    plain(text).replace('/', "\\/")
}

/// A text with what must be escaped, escaped.
fn plain(text: &str) -> String {
    let mut json = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\0'..='\u{1f}' => json.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => json.push(character),
        }
    }
    json + "\""
}

/// A text with everything escaped.
fn escaped(text: &str) -> String {
    let units = text.encode_utf16().map(|unit| format!("\\u{unit:04X}"));
    format!("\"{}\"", units.collect::<String>())
}
