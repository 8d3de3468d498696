//! The operations as commands.

use super::request::field_type;
use super::source::{Item, Source};
use super::text::{Comment, Literal, field_docs};
use crate::codegen::model::{
    Api, Field, FieldKind, Group, Look, Operation, Parameter, ParameterKind, Payload, Place, Wait,
};
use crate::codegen::names::Camel;

/// The commands themselves: one for each operation.
pub(crate) fn root(api: &Api) -> String {
    let docs = Comment::module().paragraph("Every operation of the spec, as a command.");
    let mut source = Source::new(docs);
    let modules: String = api
        .groups
        .iter()
        .map(|group| format!("mod {};\n", group.module))
        .collect();
    source.push(Item::new(modules));
    source.push(commands(api));
    source.push(run(api));
    source.finish()
}

/// The operations that get a command here. The commands of the others open
/// files and show how far they are, and are written by hand.
fn commands_of<'a>(
    operations: impl IntoIterator<Item = &'a Operation>,
) -> impl Iterator<Item = &'a Operation> {
    let operations = operations.into_iter();
    operations.filter(|operation| !operation.transfers_file())
}

fn commands(api: &Api) -> Item {
    let mut variants = String::new();
    let mut imports = Vec::new();
    for operation in commands_of(&api.operations) {
        let docs = Comment::item(4)
            .prose(&operation.summary)
            .prose(&operation.description);
        let name = &operation.name;
        variants.push_str(&format!("{docs}{name}(Connected<{name}Args>),\n"));
        imports.push(format!("{}::{name}Args", operation.module));
    }
    Item::new(format!(
        "\
/// The operations, save those that carry files.
#[derive(Debug, Subcommand)]
pub(crate) enum Operations {{
{variants}}}
"
    ))
    .uses(["clap::Subcommand", "crate::operation::Connected"])
    .uses(imports)
}

fn run(api: &Api) -> Item {
    let arms: String = commands_of(&api.operations)
        .map(|operation| format!("Self::{}(command) => command.run(),\n", operation.name))
        .collect();
    Item::new(format!(
        "\
impl Operations {{
    /// Sends the request and prints the response.
    pub(crate) fn run(self) -> ExitCode {{
        match self {{
{arms}        }}
    }}
}}
"
    ))
    .uses(["std::process::ExitCode"])
}

/// The arguments of a group's commands.
pub(crate) fn group(api: &Api, group: &Group) -> String {
    let mut source = Source::new(Comment::module().prose(&group.docs));
    for operation in commands_of(api.operations_of(group)) {
        source.push(arguments(operation));
        source.push(send(api, operation));
    }
    source.finish()
}

fn arguments(operation: &Operation) -> Item {
    let name = &operation.name;
    let mut fields: String = operation.own_parameters().map(argument).collect();
    if let Some(wait) = operation.wait {
        let until = match wait {
            Wait::Participant => "the person is in the TalkSpace",
            Wait::Registration => "the person is registered",
            Wait::Media => "the media has content",
        };
        fields.push_str(&format!(
            "\
    /// Polls until {until}, for 60 seconds at most, or for as many as are
    /// given: `--wait=300`.
    #[arg(long, value_name = \"SECONDS\", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = \"60\", value_parser = more_than_none)]
    wait: Option<Seconds>,
"
        ));
    }
    let surely = can_look(operation).then(|| {
        fields.push_str("    #[command(flatten)]\n    sure: SureArgs,\n");
        "crate::sure::SureArgs"
    });
    let types = operation
        .own_parameters()
        .filter_map(|parameter| match &parameter.kind {
            ParameterKind::Id(id) | ParameterKind::Choice(id, _) | ParameterKind::Joined(id, _) => {
                Some(format!("talkspace_core::{id}"))
            }
            ParameterKind::Phone => Some("talkspace_core::PhoneNumber".to_owned()),
            ParameterKind::Text
            | ParameterKind::Integer
            | ParameterKind::Flag
            | ParameterKind::File(_)
            | ParameterKind::AppKey
            | ParameterKind::Constant(_) => None,
        });
    let waits = operation
        .wait
        .map(|_| "crate::seconds::{Seconds, more_than_none}");
    let is_choice = |parameter: &Parameter| matches!(parameter.kind, ParameterKind::Choice(..));
    let parsers = operation
        .own_parameters()
        .filter(|parameter| is_choice(parameter))
        .map(|_| "clap::builder::{PossibleValuesParser, TypedValueParser}");
    let is_phone = |parameter: &Parameter| matches!(parameter.kind, ParameterKind::Phone);
    let hidden = operation
        .own_parameters()
        .filter(|parameter| is_phone(parameter))
        .map(|_| "crate::hidden::Hidden");
    Item::new(format!(
        "\
#[derive(Debug, Args)]
pub(crate) struct {name}Args {{
{fields}}}
"
    ))
    .uses(types)
    .uses(waits)
    .uses(surely)
    .uses(parsers)
    .uses(hidden)
    .uses(["clap::Args"])
}

fn argument(parameter: &Parameter) -> String {
    let docs = field_docs(&parameter.docs);
    let attribute = match &parameter.kind {
        ParameterKind::Flag => "long".to_owned(),
        ParameterKind::Id(id) => {
            // An id may look like one: `-1`.
            let value = Literal(&id.shouted()).to_string();
            format!("long, value_name = {value}, allow_negative_numbers = true")
        }
        ParameterKind::Joined(id, _) => {
            // One after the other, each named in the singular.
            let name = parameter.name.as_str();
            let name = name.strip_suffix('s').unwrap_or(name).replace('_', "-");
            let value = id.shouted();
            let (name, value) = (Literal(&name), Literal(&value));
            format!("long = {name}, value_name = {value}, required = true")
        }
        ParameterKind::Choice(name, words) => {
            let words: Vec<String> = words.iter().map(|word| Literal(word).to_string()).collect();
            let words = words.join(", ");
            let parser = format!("PossibleValuesParser::new([{words}])");
            format!("long, value_parser = {parser}.try_map(|word| word.parse::<{name}>())")
        }
        ParameterKind::Integer => {
            "long, value_name = \"NUMBER\", allow_negative_numbers = true".to_owned()
        }
        ParameterKind::Phone => {
            let parser = "Hidden(str::parse::<PhoneNumber>)";
            format!("long, value_name = \"PHONE_NUMBER\", value_parser = {parser}")
        }
        ParameterKind::Text
        | ParameterKind::File(_)
        | ParameterKind::AppKey
        | ParameterKind::Constant(_) => "long, value_name = \"TEXT\"".to_owned(),
    };
    let name = &parameter.name;
    let field_type = field_type(parameter);
    format!("{docs}    #[arg({attribute})]\n    {name}: {field_type},\n")
}

fn send(api: &Api, operation: &Operation) -> Item {
    let name = &operation.name;
    let id = Literal(&operation.id);
    let required = operation
        .own_parameters()
        .filter(|parameter| parameter.required);
    let arguments: Vec<String> = required
        .map(|parameter| format!("self.{}", parameter.name))
        .collect();
    let arguments = arguments.join(", ");
    let chosen: String = operation
        .own_parameters()
        .filter(|parameter| !parameter.required)
        .map(|parameter| format!("request.{0} = self.{0};\n", parameter.name))
        .collect();
    let mutable = if chosen.is_empty() { "" } else { "mut " };
    let (person, waiting) = match operation.wait {
        None => ("", ""),
        Some(Wait::Participant) => (
            "let person = self.network_id.clone();\n",
            "sender.wait_for_participant(&response.conference_id, &person, seconds)",
        ),
        Some(Wait::Registration) => (
            "let person = self.network_id.clone();\n",
            "sender.wait_for_registration(&person, seconds)",
        ),
        Some(Wait::Media) => ("", "sender.wait_for_media(&response.media_id, seconds)"),
    };
    let needs_key = operation
        .parameters
        .iter()
        .any(|parameter| matches!(parameter.kind, ParameterKind::AppKey));
    let mut always = String::new();
    let mut sometimes = String::new();
    if !operation.outcomes.is_empty() {
        always.push_str(".text(\"outcome\", response.outcome.as_str())");
    }
    match &operation.payload {
        Payload::Text(value) => {
            let label = Literal(value.name.as_str());
            always.push_str(&format!(".text({label}, response.{})", value.name));
        }
        // Never comes here.
        Payload::Bytes(_) => {}
        Payload::Envelope(envelope) => {
            for field in envelope.shown() {
                match recorded(api, operation, field) {
                    Recorded::Always(chain) => always.push_str(&chain),
                    Recorded::Sometimes(statement) => sometimes.push_str(&statement),
                }
            }
        }
    }
    let send = match can_look(operation) {
        true => {
            always.push_str(".verdict(self.sure.verdict())");
            "self.sure.send(sender, request)?"
        }
        false => "sender.send(request)?",
    };
    let mut wait = String::new();
    if !waiting.is_empty() {
        // The response is shown, even if polling times out or fails.
        wait = format!("let waited = self.wait.map(|Seconds(seconds)| {waiting}.map(drop));\n");
        always.push_str(".waited(waited)");
    }
    let record = format!("Record::new({id}, response.status){always}");
    let result = if sometimes.is_empty() {
        format!("Ok({record})")
    } else {
        format!("let mut record = {record};\n{sometimes}Ok(record)")
    };
    Item::new(format!(
        "\
impl Send for {name}Args {{
    const NEEDS_KEY: bool = {needs_key};

    fn send(self, sender: &Sender) -> Result<Record, Failure> {{
        {person}let {mutable}request = {name}::new({arguments});
{chosen}        let response = {send};
        {wait}{result}
    }}
}}
"
    ))
    .uses([format!("talkspace_core::{name}")])
    .uses([
        "crate::failure::Failure",
        "crate::operation::Send",
        "crate::record::Record",
        "crate::sender::Sender",
    ])
}

/// Whether its result can be looked for.
fn can_look(operation: &Operation) -> bool {
    matches!(operation.look, Some(Look::By(_)))
}

/// How a field of the response gets into the record.
enum Recorded {
    Always(String),
    /// Only where there is one.
    Sometimes(String),
}

fn recorded(api: &Api, operation: &Operation, field: &Field) -> Recorded {
    let label = Literal(field.name.as_str());
    let name = &field.name;
    let always = |verb: &str| Recorded::Always(format!(".{verb}({label}, response.{name})"));
    let sometimes = |verb: &str| {
        Recorded::Sometimes(format!(
            "if let Some(value) = response.{name} {{ record = record.{verb}({label}, value); }}\n"
        ))
    };
    let id = |name: &Camel| match opens_something(api, name) {
        true => "text",
        false => "id",
    };
    match &operation.kind_of(field) {
        FieldKind::Id(name) => always(id(name)),
        FieldKind::Message | FieldKind::Text => always("text"),
        FieldKind::Integer | FieldKind::Flag => always("with"),
        FieldKind::Collapsing(_) | FieldKind::Array { .. } => always("list"),
        FieldKind::EmptyId(name) | FieldKind::OptionalId(name) => sometimes(id(name)),
        FieldKind::OptionalText => sometimes("text"),
        FieldKind::OptionalInteger | FieldKind::OptionalFlag => sometimes("with"),
        FieldKind::Status => Recorded::Always(String::new()),
    }
}

/// Whether having the identifier is enough to do something: it is a secret, or
/// it is the whole URL of a request. Others may be told beside the record too.
fn opens_something(api: &Api, name: &Camel) -> bool {
    let is_it = |parameter: &Parameter| {
        parameter.place == Place::Url
            && matches!(&parameter.kind, ParameterKind::Id(id) if id == name)
    };
    let mut parameters = api.operations.iter().flat_map(Operation::own_parameters);
    api.ids.iter().any(|id| id.name == *name && id.secret) || parameters.any(is_it)
}
