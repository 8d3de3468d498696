//! How the result of a request is looked for.

use super::source::Item;
use crate::codegen::model::{Given, Known, Look, Operation, Shows, Sight, Spot};

/// The implementation of `SureRequest`, if the request must not be sent twice.
pub(crate) fn implementation(operation: &Operation) -> Option<Item> {
    Some(match operation.look.as_ref()? {
        Look::None(_) => nowhere(operation),
        Look::By(sight) => by(operation, sight),
    })
}

/// What the documentation says about it.
pub(crate) fn docs(look: &Look) -> String {
    const SURE: &str = "[`send_surely`](crate::Client::send_surely)";
    match look {
        Look::None(_) => format!("In doubt, {SURE} has no way to look whether it was applied."),
        Look::By(sight) => {
            let request = &sight.request;
            let looks = match &sight.spot {
                Spot::Here(..) => format!("[`{request}`]"),
                Spot::New { request: list, .. } => format!("[`{list}`] and [`{request}`]"),
            };
            format!("In doubt, {SURE} looks with {looks} whether it was applied.")
        }
    }
}

fn nowhere(operation: &Operation) -> Item {
    let (name, response) = (&operation.name, operation.response());
    Item::new(format!(
        "\
impl SureRequest for {name} {{
    type Look = NoLook;
    type List = NoLook;

    fn place(&self) -> Place<NoLook, NoLook> {{
        Place::Nowhere
    }}

    fn response(&self, _look: &NoLook, seen: &NoLook) -> {response} {{
        match *seen {{}}
    }}
}}
"
    ))
    .uses(["crate::codec::{NoLook, Place, SureRequest}"])
}

fn by(operation: &Operation, sight: &Sight) -> Item {
    let (name, own_response) = (&operation.name, operation.response());
    let Sight {
        module,
        request,
        response,
        spot,
        shows,
        known,
    } = sight;
    let mut imports = vec![
        "crate::codec::{Place, SureRequest}".to_owned(),
        format!("crate::request::{module}::{request}"),
        format!("crate::request::{module}::{response}"),
    ];
    let (list, place, listed) = match spot {
        Spot::Here(arguments, setters) => {
            imports.push("crate::codec::NoLook".to_owned());
            let arguments: Vec<String> = arguments.iter().map(given).collect();
            let setters: String = setters
                .iter()
                .map(|(name, value)| format!(".{name}({})", given(value)))
                .collect();
            let look = format!("{request}::new({}){setters}", arguments.join(", "));
            ("NoLook".to_owned(), format!("Here({look})"), String::new())
        }
        Spot::New {
            module,
            request: list,
            response: listed,
            open,
            closed,
        } => {
            imports.push(format!("crate::request::{module}::{list}"));
            imports.push(format!("crate::request::{module}::{listed}"));
            imports.push("crate::codec::Listed".to_owned());
            let closed: Vec<String> = closed
                .iter()
                .map(|name| format!("list.{name}.iter()"))
                .collect();
            let closed = match closed.split_first() {
                None => "[]".to_owned(),
                Some((first, rest)) => {
                    let rest: String = rest.iter().map(|it| format!(".chain({it})")).collect();
                    format!("{first}{rest}.map({request}::new)")
                }
            };
            let function = format!(
                "
    fn listed(list: &{listed}) -> Listed<{request}> {{
        Listed::new(list.{open}.iter().map({request}::new), {closed})
    }}
"
            );
            (list.to_string(), format!("New({list}::new())"), function)
        }
    };
    let shows = match shows {
        Shows::In(list, field) => format!("seen.{list}.contains(&self.{field})"),
        Shows::Outcome(outcome, variant) => {
            imports.push(format!("crate::request::{module}::{outcome}"));
            format!("seen.outcome == {outcome}::{variant}")
        }
    };
    for value in given_words(spot) {
        imports.push(format!("crate::request::choices::{value}"));
    }
    let uses_look = known.iter().any(|known| matches!(known, Known::Look(_)));
    let look = if uses_look { "look" } else { "_look" };
    let known: Vec<String> = known
        .iter()
        .map(|known| match known {
            Known::Request(name) => format!("&self.{name}"),
            Known::Look(name) => format!("&look.{name}"),
        })
        .collect();
    let known = known.join(", ");
    Item::new(format!(
        "\
impl SureRequest for {name} {{
    type Look = {request};
    type List = {list};

    fn place(&self) -> Place<{request}, {list}> {{
        Place::{place}
    }}
{listed}
    fn shows(&self, seen: &{response}) -> bool {{
        {shows}
    }}

    fn response(&self, {look}: &{request}, _seen: &{response}) -> {own_response} {{
        {own_response}::new({known})
    }}
}}
"
    ))
    .uses(imports)
}

fn given(given: &Given) -> String {
    match given {
        Given::Field(name) => format!("&self.{name}"),
        Given::Word(name, variant) => format!("{name}::{variant}"),
    }
}

/// The types of the words among the arguments.
fn given_words(spot: &Spot) -> Vec<String> {
    let Spot::Here(arguments, setters) = spot else {
        return Vec::new();
    };
    let all = arguments
        .iter()
        .chain(setters.iter().map(|(_, given)| given));
    all.filter_map(|given| match given {
        Given::Word(name, _) => Some(name.to_string()),
        Given::Field(_) => None,
    })
    .collect()
}
