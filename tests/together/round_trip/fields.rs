//! Values for the fields of a document, and how a server writes what they say.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::sample::select;

use super::documents::{Spelt, canonical, digits, spelt, string};
use super::shapes::{Item, Kind, Presence, Shape, Shapes, Single};

/// What a document says in a field.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// Its member of the object; none where it is left out.
    pub(super) json: Option<String>,
    /// The members that a server writes, each in one of these ways.
    pub(super) written: Vec<Vec<String>>,
}

/// A value, and what is written of it if that says something.
type Said = (String, Vec<Vec<String>>);

pub(super) fn field(name: &str, shape: &Shape) -> BoxedStrategy<Field> {
    let values = match &shape.kind {
        Kind::Text => return text(name.to_owned()),
        kind => said(name, kind, shape.presence),
    };
    let absent = match (&shape.kind, shape.presence) {
        (Kind::Number, Presence::Required) => vec![vec![format!("\"{name}\":0")]],
        (Kind::Flag, Presence::Required) => vec![vec![format!("\"{name}\":false")]],
        // It may have ids in it that must be there.
        (Kind::Object(_), Presence::Required) => return values.prop_map(present(name)).boxed(),
        _ => Vec::new(),
    };
    let absent = Field {
        json: None,
        written: absent,
    };
    prop_oneof![
        4 => values.prop_map(present(name)),
        1 => Just(absent),
    ]
    .boxed()
}

fn present(name: &str) -> impl Fn(Said) -> Field + use<> {
    let name = name.to_owned();
    move |(json, written)| Field {
        json: Some(format!("\"{name}\":{json}")),
        written,
    }
}

/// Values that are there.
fn said(name: &str, kind: &Kind, presence: Presence) -> BoxedStrategy<Said> {
    match kind {
        // Never empty: it may be an id that must be there.
        Kind::Text => {
            let name = name.to_owned();
            let texts = spelt().prop_filter("an id", |spelt| !spelt.text.is_empty());
            let said = move |spelt: Spelt| (spelt.json.clone(), written(&name, &spelt));
            texts.prop_map(said).boxed()
        }
        Kind::Null => Just(("null".to_owned(), Vec::new())).boxed(),
        Kind::Number => written_as(name, presence, "0", numbers()),
        Kind::Flag => written_as(name, presence, "false", flags()),
        Kind::List(item, single) => match &**item {
            Item::Text => texts(name.to_owned(), *single),
            Item::Unknown => Just(("[]".to_owned(), Vec::new())).boxed(),
            Item::Object(shapes) => vec(object(shapes), 0..4)
                .prop_map(|items| {
                    let (items, written): (Vec<_>, Vec<_>) = items.into_iter().unzip();
                    (format!("[{}]", items.join(",")), written.concat())
                })
                .boxed(),
        },
        Kind::Object(shapes) => object(shapes).boxed(),
    }
}

/// An object with a value for each of its fields, the texts always among them.
fn object(shapes: &Shapes) -> impl Strategy<Value = Said> + use<> {
    let fields = shapes.iter().map(|(name, shape)| match &shape.kind {
        Kind::Text => {
            let texts = said(name, &shape.kind, shape.presence);
            texts.prop_map(present(name)).boxed()
        }
        _ => field(name, shape),
    });
    let fields: Vec<_> = fields.collect();
    fields.prop_shuffle().prop_map(|fields| {
        let json: Vec<_> = fields.iter().filter_map(|it| it.json.clone()).collect();
        let written = fields.into_iter().flat_map(|it| it.written);
        (format!("{{{}}}", json.join(",")), written.collect())
    })
}

/// What is written of a text. An empty id may be filled in.
fn written(name: &str, Spelt { text, .. }: &Spelt) -> Vec<Vec<String>> {
    match text.as_str() {
        "" => Vec::new(),
        text => vec![vec![format!("\"{name}\":{}", canonical(text))]],
    }
}

fn text(name: String) -> BoxedStrategy<Field> {
    let lower_case = prop_oneof![19 => Just(false), 1 => Just(true)];
    (option::weighted(0.8, spelt()), lower_case)
        .prop_map(move |(value, lower_case)| {
            let Some(spelt) = value else {
                return Field {
                    json: None,
                    written: Vec::new(),
                };
            };
            // Some fields have a second name, others have not.
            let is_other = lower_case && name.chars().any(char::is_uppercase);
            let (name, written) = match is_other {
                true => (name.to_lowercase(), Vec::new()),
                false => (name.clone(), written(&name, &spelt)),
            };
            Field {
                json: Some(format!("\"{name}\":{}", spelt.json)),
                written,
            }
        })
        .boxed()
}

/// Values, each with what is written of it. What is unfit says nothing, which a field
/// that must be there has a word for.
fn written_as(
    name: &str,
    presence: Presence,
    nothing: &'static str,
    values: impl Strategy<Value = (String, Option<String>)> + 'static,
) -> BoxedStrategy<Said> {
    let name = name.to_owned();
    values
        .prop_map(move |(json, value)| {
            let nothing = (presence == Presence::Required).then(|| nothing.to_owned());
            let value = value.or(nothing).into_iter();
            let written = value.map(|value| vec![format!("\"{name}\":{value}")]);
            (json, written.collect())
        })
        .boxed()
}

fn numbers() -> impl Strategy<Value = (String, Option<String>)> {
    prop_oneof![
        4 => any::<i64>().prop_map(|number| (number.to_string(), Some(number))),
        2 => any::<i64>().prop_map(|number| (format!("\"{number}\""), Some(number))),
        1 => select(&["null", "\"\"", "\"1.5\"", "\"many\"", "false"][..])
            .prop_map(|unfit| (unfit.to_owned(), None)),
        // What is too large is not nothing.
        1 => select(&["9223372036854775808", "\"99999999999999999999\""][..])
            .prop_map(|large| (large.to_owned(), Some(i64::MAX))),
    ]
    .prop_map(|(json, number)| (json, number.map(|number| number.to_string())))
}

fn flags() -> impl Strategy<Value = (String, Option<String>)> {
    prop_oneof![
        4 => any::<bool>().prop_map(|flag| (flag.to_string(), Some(flag.to_string()))),
        2 => any::<bool>().prop_map(|flag| (format!("\"{flag}\""), Some(flag.to_string()))),
        1 => select(&["null", "\"\"", "\"yes\"", "1"][..])
            .prop_map(|unfit| (unfit.to_owned(), None)),
    ]
}

fn texts(name: String, single: Single) -> BoxedStrategy<Said> {
    let many = vec(spelt(), 0..5).prop_map(|items| {
        let json: Vec<_> = items.iter().map(|item| &*item.json).collect();
        let json = format!("[{}]", json.join(","));
        (json, items.into_iter().map(|item| item.text).collect())
    });
    let bare = prop_oneof![string(), digits()].prop_map(|item| (item.json, vec![item.text]));
    let lists = prop_oneof![
        4 => many,
        2 => bare,
        1 => Just(("null".to_owned(), Vec::new())),
    ];
    lists
        .prop_map(move |(json, texts)| {
            let texts: Vec<_> = texts.iter().map(|text: &String| canonical(text)).collect();
            let array = format!("\"{name}\":[{}]", texts.join(","));
            let written = match (&*texts, single) {
                ([], _) => return (json, Vec::new()),
                ([one], Single::Bare) => vec![format!("\"{name}\":{one}")],
                ([one], Single::Either) => vec![format!("\"{name}\":{one}"), array],
                (_, _) => vec![array],
            };
            (json, vec![written])
        })
        .boxed()
}
