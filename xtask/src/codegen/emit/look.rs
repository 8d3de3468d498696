//! How the result of a request is looked for.

use crate::codegen::model::{Look, Operation, Sight, Spot};

/// The implementation of `SureRequest`, if the request must not be sent twice.
pub(crate) fn implementation(operation: &Operation) -> Option<String> {
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
                Spot::Here(_) => format!("[`{request}`]"),
                Spot::New { request: list, .. } => format!("[`{list}`] and [`{request}`]"),
            };
            format!("In doubt, {SURE} looks with {looks} whether it was applied.")
        }
    }
}

fn nowhere(operation: &Operation) -> String {
    let (name, response) = (&operation.name, operation.response());
    format!(
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
    )
}

fn by(operation: &Operation, sight: &Sight) -> String {
    let (name, own_response) = (&operation.name, operation.response());
    let Sight {
        request,
        response,
        shows,
        known,
        ..
    } = sight;
    let (list, place, listed) = match &sight.spot {
        Spot::Here(look) => ("NoLook".to_owned(), format!("Here({look})"), String::new()),
        Spot::New {
            request: list,
            response: listed,
            open,
            closed,
        } => {
            let closed = match closed.split_first() {
                None => "[]".to_owned(),
                Some((first, rest)) => {
                    let rest = rest
                        .iter()
                        .map(|name| format!(".chain(list.{name}.iter())"));
                    let rest: String = rest.collect();
                    format!("list.{first}.iter(){rest}.map({request}::new)")
                }
            };
            let function = format!(
                "
    fn listed(list: &{listed}) -> Listed<{request}> {{
        Listed::new(list.{open}.iter().map({request}::new), {closed})
    }}
"
            );
            let place = format!("New({list}::new())");
            (list.to_string(), place, function)
        }
    };
    let uses_look = known.iter().any(|known| known.starts_with("&look."));
    let look = if uses_look { "look" } else { "_look" };
    let known = known.join(", ");
    format!(
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
    )
}
