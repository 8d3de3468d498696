//! The file of an operation, and its way to the wire and back.

use super::source;
use super::text::{Comment, Literal, Span, plain};
use super::{look, outcome, request, response};
use crate::codegen::model::{Api, Carried, Operation, Place, Segment};

pub(crate) fn file(api: &Api, operation: &Operation) -> String {
    let id = Span(&operation.id);
    let docs = Comment::module().paragraph(&format!(
        "{id}: its request, its response, and both on the wire."
    ));
    let mut items = vec![
        request::declaration(operation),
        request::implementation(operation),
        implementation(api, operation),
    ];
    items.extend(look::implementation(operation));
    items.extend(outcome::items(operation));
    items.push(response::declaration(operation));
    items.extend(response::implementations(operation));
    source::file(docs, items)
}

fn implementation(api: &Api, operation: &Operation) -> String {
    let name = &operation.name;
    let response = operation.response();
    let info = info(operation);
    let encode = encode(operation);
    let decode = response::decode(api, operation);
    let secrets = secrets(operation);
    format!(
        "\
impl Operation for {name} {{
    const INFO: &'static OperationInfo = &OperationInfo {{
{info}    }};

    type Response = {response};

    fn encode(&self, target: &Target) -> Result<Request<Body>, InvalidRequest> {{
        let mut request = RequestWriter::new(target, Self::INFO);
{encode}        request.finish()
    }}

    fn decode(&self, raw: &RawResponse<'_>) -> Result<{response}, ResponseError> {{
{decode}    }}
{secrets}}}
"
    )
}

/// The fields of the operation's description.
fn info(operation: &Operation) -> String {
    let id = Literal(&operation.id);
    let summary = plain(&operation.summary);
    let summary = Literal(&summary);
    let method = operation.method.as_str();
    let path = Literal(&operation.path.template);
    let action = match &operation.action {
        Some((_, value)) => format!("Some({})", Literal(value)),
        None => "None".to_owned(),
    };
    let effect = operation.effect.as_str();
    let parameters: String = operation
        .carries
        .iter()
        .filter_map(parameter_info)
        .collect();
    let envelope = match operation.envelope() {
        None => "None".to_owned(),
        Some(envelope) => format!("Some({})", Literal(&envelope.key)),
    };
    let success = codes(&operation.success());
    let outcomes = codes(&operation.failing_outcomes());
    let errors = codes(&operation.errors());
    let already = codes(&operation.already);
    let secret_response = operation.secret_response;
    let transfers_file = operation.transfers_file();
    format!(
        "\
        id: {id},
        summary: {summary},
        method: Method::{method},
        path: {path},
        action: {action},
        effect: Effect::{effect},
        parameters: &[{parameters}],
        envelope: {envelope},
        success: {success},
        outcomes: {outcomes},
        errors: {errors},
        already: {already},
        secret_response: {secret_response},
        transfers_file: {transfers_file},
"
    )
}

fn parameter_info(carried: &Carried) -> Option<String> {
    let place = carried.place().as_str();
    let (need, key, kind, rest) = match carried {
        Carried::Constant(..) => return None,
        Carried::AppKey(_, key) => ("required", key, "AppKey", String::new()),
        Carried::Parameter(own) => {
            let slot = &own.slot;
            let kind = match slot.place {
                Place::Url => "Url",
                Place::Path | Place::Query | Place::Form | Place::Part => &own.kind.info,
            };
            let need = if slot.required {
                "required"
            } else {
                "optional"
            };
            let field = Literal(slot.name.as_str());
            let mut rest = match slot.name.as_str() == slot.key {
                true => String::new(),
                false => format!(".in_field({field})"),
            };
            if slot.empty {
                rest.push_str(".or_empty()");
            }
            if slot.repeated {
                rest.push_str(".repeated()");
            }
            let (least, most) = slot.range;
            let bounds = [("at_least", least), ("at_most", most)];
            for (bound, number) in bounds {
                rest.extend(number.map(|number| format!(".{bound}({number})")));
            }
            (need, &slot.key, kind, rest)
        }
    };
    let key = Literal(key);
    Some(format!(
        "ParameterInfo::{need}({key}, ParameterLocation::{place}, ParameterKind::{kind}){rest},\n"
    ))
}

fn codes(codes: &[u16]) -> String {
    let codes: Vec<String> = codes.iter().map(u16::to_string).collect();
    format!("&[{}]", codes.join(", "))
}

/// The method that names what of the request is secret, if anything is.
fn secrets(operation: &Operation) -> String {
    let secrets = operation.parameters().filter(|own| own.secret);
    let secrets: Vec<String> = secrets
        .map(|own| {
            let (name, kind) = (&own.slot.name, &own.kind.rust.name);
            match own.slot.required {
                true => format!("Some(self.{name}.as_str())"),
                false => format!("self.{name}.as_ref().map({kind}::as_str)"),
            }
        })
        .collect();
    if secrets.is_empty() {
        return String::new();
    }
    format!(
        "
    fn secrets(&self) -> Vec<&str> {{
        [{}].into_iter().flatten().collect()
    }}
",
        secrets.join(", ")
    )
}

/// The statements that write the request, in the order of the wire.
fn encode(operation: &Operation) -> String {
    if let Some(url) = operation.url() {
        return url.kind.write.clone();
    }
    let mut code = String::new();
    let mut literal = String::new();
    for segment in &operation.path.segments {
        literal.push('/');
        match segment {
            Segment::Literal(text) => literal.push_str(text),
            Segment::Parameter(key) => {
                let text = std::mem::take(&mut literal);
                code.push_str(&format!("request.literal({});\n", Literal(&text)));
                let mut all = operation.parameters().map(|own| (&own.slot, &own.kind));
                let found = all.find(|(slot, _)| slot.place == Place::Path && slot.key == *key);
                code.extend(found.map(|(_, kind)| kind.write.as_str()));
            }
        }
    }
    if operation.path.template.ends_with('/') {
        literal.push('/');
    }
    if !literal.is_empty() {
        code.push_str(&format!("request.literal({});\n", Literal(&literal)));
    }
    let others = operation.carries.iter();
    code.extend(others.filter(|it| it.place() != Place::Path).map(write));
    code
}

/// The statement that writes it.
fn write(carried: &Carried) -> String {
    let verb = carried.place().verb();
    match carried {
        Carried::Parameter(own) => own.kind.write.clone(),
        Carried::AppKey(_, key) => format!("request.{verb}_app_key({})?;\n", Literal(key)),
        Carried::Constant(_, key, value) => {
            format!("request.{verb}({}, {})?;\n", Literal(key), Literal(value))
        }
    }
}
