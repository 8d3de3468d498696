//! The file of an operation, and its way to the wire and back.

use super::source::{Item, Source};
use super::text::{Comment, Literal, Span};
use super::{look, outcome, request, response};
use crate::codegen::model::{
    Default, Operation, Parameter, ParameterKind, Payload, Place, Segment,
};

pub(crate) fn file(operation: &Operation) -> String {
    let id = Span(&operation.id);
    let docs = Comment::module().paragraph(&format!(
        "{id}: its request, its response, and both on the wire."
    ));
    let mut source = Source::new(docs);
    source.push(request::declaration(operation));
    source.push(request::implementation(operation));
    source.push(implementation(operation));
    if let Some(item) = look::implementation(operation) {
        source.push(item);
    }
    for item in outcome::items(operation) {
        source.push(item);
    }
    source.push(response::declaration(operation));
    for item in response::implementations(operation) {
        source.push(item);
    }
    source.finish()
}

fn implementation(operation: &Operation) -> Item {
    let name = &operation.name;
    let response = operation.response();
    let info = info(operation);
    let encode = encode(operation);
    let decode = response::decode(operation);
    let secrets = secrets(operation);
    let mut item = Item::new(format!(
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
{}    }}
{secrets}}}
",
        decode.code
    ))
    .uses([
        "http::{Method, Request}",
        "crate::codec::{Operation, RawResponse, RequestWriter, ResponseError, Target}",
        "crate::operation::{Effect, OperationInfo}",
        "crate::transport::Body",
        "crate::value::InvalidRequest",
    ]);
    item.imports.merge(decode.imports);
    if operation.own_parameters().count() > 0 || operation.app_key().is_some() {
        item = item.uses(["crate::operation::{ParameterInfo, ParameterKind, ParameterLocation}"]);
    }
    item
}

/// The fields of the operation's description.
fn info(operation: &Operation) -> String {
    let id = Literal(&operation.id);
    let summary = Literal(operation.summary.as_str());
    let method = operation.method.as_str();
    let path = Literal(&operation.path.template);
    let action = match &operation.action {
        Some((_, value)) => format!("Some({})", Literal(value)),
        None => "None".to_owned(),
    };
    let effect = operation.effect.as_str();
    let parameters: String = operation
        .parameters
        .iter()
        .filter_map(parameter_info)
        .collect();
    let envelope = match &operation.payload {
        Payload::Text(_) | Payload::Bytes(_) => "None".to_owned(),
        Payload::Envelope(envelope) => format!("Some({})", Literal(&envelope.key)),
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

fn parameter_info(parameter: &Parameter) -> Option<String> {
    let kind = match &parameter.kind {
        _ if parameter.place == Place::Url => "Url".to_owned(),
        ParameterKind::Text | ParameterKind::Id(_) if parameter.secret => "Secret".to_owned(),
        ParameterKind::Text | ParameterKind::Id(_) => "Text".to_owned(),
        ParameterKind::Integer => "Integer".to_owned(),
        ParameterKind::Flag => "Flag".to_owned(),
        ParameterKind::Phone => "Phone".to_owned(),
        ParameterKind::Choice(_, words) => {
            let words: Vec<String> = words.iter().map(|word| Literal(word).to_string()).collect();
            format!("Choice(&[{}])", words.join(", "))
        }
        ParameterKind::Joined(_, separator) => format!("Joined({separator:?})"),
        ParameterKind::File(_) => "File".to_owned(),
        ParameterKind::AppKey => "AppKey".to_owned(),
        ParameterKind::Constant(_) => return None,
    };
    let constructor = if parameter.required {
        "required"
    } else {
        "optional"
    };
    let key = Literal(&parameter.key);
    let place = parameter.place.as_str();
    let or_empty = if parameter.empty { ".or_empty()" } else { "" };
    // The key is no field.
    let is_other = parameter.name.as_str() != parameter.key && kind != "AppKey";
    let field = Literal(parameter.name.as_str());
    let field = is_other.then(|| format!(".in_field({field})"));
    let field = field.unwrap_or_default();
    Some(format!(
        "ParameterInfo::{constructor}({key}, ParameterLocation::{place}, \
         ParameterKind::{kind}){field}{or_empty},\n"
    ))
}

fn codes(codes: &[u16]) -> String {
    let codes: Vec<String> = codes.iter().map(u16::to_string).collect();
    format!("&[{}]", codes.join(", "))
}

/// The method that names what of the request is secret, if anything is.
fn secrets(operation: &Operation) -> String {
    let secrets: Vec<String> = operation
        .own_parameters()
        .filter(|parameter| parameter.secret)
        .filter_map(|parameter| {
            let name = &parameter.name;
            let kind = match &parameter.kind {
                ParameterKind::Phone => "PhoneNumber",
                ParameterKind::Id(id) => id.as_str(),
                ParameterKind::Text => "String",
                // None of these is a secret: that is seen to before.
                ParameterKind::Integer
                | ParameterKind::Flag
                | ParameterKind::Choice(..)
                | ParameterKind::Joined(..)
                | ParameterKind::File(_)
                | ParameterKind::AppKey
                | ParameterKind::Constant(_) => return None,
            };
            Some(match parameter.required {
                true => format!("Some(self.{name}.as_str())"),
                false => format!("self.{name}.as_ref().map({kind}::as_str)"),
            })
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
        return write(url);
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
                let mut all = operation.parameters.iter();
                let found = all.find(|found| found.place == Place::Path && found.key == *key);
                code.extend(found.map(write));
            }
        }
    }
    if operation.path.template.ends_with('/') {
        literal.push('/');
    }
    if !literal.is_empty() {
        code.push_str(&format!("request.literal({});\n", Literal(&literal)));
    }
    let others = operation.parameters.iter();
    code.extend(
        others
            .filter(|parameter| parameter.place != Place::Path)
            .map(write),
    );
    code
}

/// The statement that writes a parameter.
fn write(parameter: &Parameter) -> String {
    let verb = match parameter.place {
        Place::Path => "segment",
        Place::Query => "query",
        Place::Form => "form",
        Place::Part => "part",
        Place::Url => "url",
    };
    let key = Literal(&parameter.key);
    let name = &parameter.name;
    match &parameter.kind {
        ParameterKind::AppKey => return format!("request.{verb}_app_key({key})?;\n"),
        ParameterKind::Constant(value) => {
            return format!("request.{verb}({key}, {})?;\n", Literal(value));
        }
        ParameterKind::Flag => {
            return format!("if self.{name} {{ request.{verb}({key}, \"true\")?; }}\n");
        }
        ParameterKind::Joined(id, separator) => {
            return format!(
                "request.joined_{verb}({key}, self.{name}.iter().map({id}::as_str), \
                 {separator:?})?;\n"
            );
        }
        ParameterKind::File(content_type) => {
            let content_type = Literal(content_type);
            return format!("request.file_{verb}({key}, {content_type}, &self.{name});\n");
        }
        ParameterKind::Text
        | ParameterKind::Id(_)
        | ParameterKind::Phone
        | ParameterKind::Choice(..)
        | ParameterKind::Integer => {}
    }
    if parameter.required {
        let value = spelt(parameter, &format!("self.{name}"));
        return format!("request.{verb}({key}, {value})?;\n");
    }
    let chosen = match parameter.default {
        Some(Default::Greeting) => format!("self.{name}.as_ref().or(target.greeting_id())"),
        None => format!("&self.{name}"),
    };
    let value = spelt(parameter, &name.to_string());
    format!("if let Some({name}) = {chosen} {{ request.{verb}({key}, {value})?; }}\n")
}

/// The value as it is on the wire.
fn spelt(parameter: &Parameter, place: &str) -> String {
    match parameter.kind {
        ParameterKind::Integer => format!("&{place}.to_string()"),
        ParameterKind::Text
        | ParameterKind::Id(_)
        | ParameterKind::Flag
        | ParameterKind::Phone
        | ParameterKind::Choice(..)
        | ParameterKind::Joined(..)
        | ParameterKind::File(_)
        | ParameterKind::AppKey
        | ParameterKind::Constant(_) => format!("{place}.as_str()"),
    }
}
