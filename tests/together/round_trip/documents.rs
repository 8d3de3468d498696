//! Documents of an operation's envelope, in all the shapes that a client must
//! take.

use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};
use talkspace_core::operation::OperationInfo;
use talkspace_core::server::ServerOperation;

use super::texts::{any_text, success};
use super::{fields, shapes};

/// A response in an envelope.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// The status of the HTTP line.
    pub(super) line: u16,
    /// What came: the envelope's status may be missing or unfit.
    pub(super) body: String,
    /// The same with the status that then counts.
    pub(super) whole: String,
    /// The fields that say something, as the service would have written them: each in
    /// one of these ways.
    pub(super) written: Vec<Vec<String>>,
}

/// A value in a document, and the text that it stands for.
#[derive(Clone, Debug)]
pub(super) struct Spelt {
    pub(super) json: String,
    pub(super) text: String,
}

pub(super) fn documents<O: ServerOperation>(envelope: &'static str) -> BoxedStrategy<Document> {
    let mut shapes = shapes::of::<O>(envelope);
    assert!(shapes.contains_key("message"), "{shapes:?}");
    shapes.remove("status");
    let fields: Vec<_> = shapes
        .iter()
        .map(|(name, shape)| fields::field(name, shape))
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
                written: fields.into_iter().flat_map(|it| it.written).collect(),
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

/// A text, in all spellings.
pub(super) fn spelt() -> impl Strategy<Value = Spelt> + Clone {
    let words = [("null", ""), ("true", "true"), ("false", "false")];
    let words = select(words.to_vec()).prop_map(|(json, text)| Spelt {
        json: json.to_owned(),
        text: text.to_owned(),
    });
    prop_oneof![8 => string(), 2 => digits(), 1 => words]
}

pub(super) fn digits() -> impl Strategy<Value = Spelt> + Clone {
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

pub(super) fn string() -> impl Strategy<Value = Spelt> + Clone {
    let ways = select(&[canonical, plain, escaped][..]);
    (any_text(), ways).prop_map(|(text, way)| Spelt {
        json: way(&text),
        text,
    })
}

/// A text as the service wrote it: with every slash escaped.
pub(super) fn canonical(text: &str) -> String {
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
