//! The operations as commands.

use super::modules;
use super::source;
use super::text::{Comment, Literal, plain};
use crate::codegen::model::{Api, Field, Group, Look, Operation, Parameter, Payload, Prose, Wait};
use crate::codegen::names::Camel;

pub(crate) fn root(api: &Api) -> String {
    let docs = Comment::module().paragraph("Every operation of the spec, as a command.");
    let mut modules = modules::families(api) + "mod commands;\n";
    if !api.objects.is_empty() {
        modules.push_str("mod objects;\n");
    }
    let export = "pub(crate) use commands::Operations;\n".to_owned();
    source::file(docs, [modules, export])
}

/// `commands/mod.rs`.
pub(crate) fn commands(api: &Api) -> String {
    let docs = Comment::module().paragraph("The commands, one for each operation.");
    let (mut modules, mut variants, mut arms) = (String::new(), String::new(), String::new());
    for Group { module, .. } in api.groups.iter().filter(|group| has_commands(api, group)) {
        modules.push_str(&format!("mod {module};\n"));
        // `Self` is no name.
        let name = Camel::of_words(module.as_str());
        let name = name.map_or_else(|| "Self_".to_owned(), |name| name.to_string());
        variants.push_str(&format!(
            "#[command(flatten)]\n{name}(Box<{module}::Commands>),\n"
        ));
        arms.push_str(&format!("Self::{name}(command) => command.run(),\n"));
    }
    let what = "The operations, save those that carry files.";
    let operations = choice("Operations", what, &variants, &arms);
    source::file(docs, [modules, operations])
}

/// Whether any operation of the group is a command that is generated.
pub(crate) fn has_commands(api: &Api, group: &Group) -> bool {
    commands_of(api.operations_of(group)).next().is_some()
}

/// The commands of a group.
pub(crate) fn commands_of_group(api: &Api, group: &Group) -> String {
    let (mut variants, mut arms) = (String::new(), String::new());
    for operation in commands_of(api.operations_of(group)) {
        let docs = help(
            ["command", "about", "long_about"],
            &[&operation.summary, &operation.description],
        );
        let name = &operation.name;
        variants.push_str(&format!("{docs}{name}(Connected<{name}Args>),\n"));
        arms.push_str(&format!("Self::{name}(command) => command.run(),\n"));
    }
    let commands = choice("Commands", "Those of the group.", &variants, &arms);
    source::file(Comment::module().prose(&group.docs), [commands])
}

/// A choice of commands, and how the one is run that is chosen.
fn choice(name: &str, docs: &str, variants: &str, arms: &str) -> String {
    format!(
        "\
/// {docs}
#[derive(Debug, Subcommand)]
pub(crate) enum {name} {{
{variants}}}

impl {name} {{
    /// Sends the request and prints the response.
    pub(crate) fn run(self) -> ExitCode {{
        match self {{
{arms}        }}
    }}
}}
"
    )
}

/// The operations that get a command here. The commands of the others open
/// files and show how far they are, and are written by hand.
fn commands_of<'a>(
    operations: impl IntoIterator<Item = &'a Operation>,
) -> impl Iterator<Item = &'a Operation> {
    let operations = operations.into_iter();
    operations.filter(|operation| !operation.transfers_file())
}

/// The arguments of a group's commands.
pub(crate) fn group(api: &Api, group: &Group) -> String {
    let commands = commands_of(api.operations_of(group));
    source::file(
        Comment::module().prose(&group.docs),
        commands.flat_map(|operation| [arguments(operation), send(api, operation)]),
    )
}

fn arguments(operation: &Operation) -> String {
    let name = &operation.name;
    let mut fields: String = operation.parameters().map(argument).collect();
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
    #[arg(default_missing_value = \"60\", value_parser = crate::seconds::more_than_none)]
    wait: Option<Seconds>,
"
        ));
    }
    if can_look(operation) {
        fields.push_str("    #[command(flatten)]\n    sure: SureArgs,\n");
    }
    format!(
        "\
#[derive(Debug, Args)]
pub(crate) struct {name}Args {{
{fields}}}
"
    )
}

fn argument(parameter: &Parameter) -> String {
    let docs = help(["arg", "help", "long_help"], &[&parameter.docs]);
    let (attribute, name) = (&parameter.kind.option, &parameter.slot.name);
    let field_type = parameter.field_type();
    format!("{docs}    #[arg({attribute})]\n    {name}: {field_type},\n")
}

/// What clap says of a command or an argument. Of a doc comment it makes paragraphs, and knows
/// no marks: where that is not all, the text is handed to it as it shall be.
fn help([attribute, short, long]: [&str; 3], prose: &[&Prose]) -> String {
    let plain: Vec<String> = prose.iter().map(|it| plain(it)).collect();
    let plain = plain.join("\n\n");
    let docs = Comment::item(4).prose(&Prose::new(&plain)).to_string();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let read: Vec<String> = docs
        .replace("    ///", "")
        .split("\n\n")
        .map(words)
        .collect();
    if read.join("\n\n") == plain {
        return docs;
    }
    let first = plain.split("\n\n").next().unwrap_or_default();
    let all = match first == plain {
        true => String::new(),
        false => format!(", {long} = {}", Literal(&plain)),
    };
    // As it leaves it out where it reads a comment.
    let first = Literal(first.strip_suffix('.').unwrap_or(first));
    format!("#[{attribute}({short} = {first}{all})]\n")
}

fn send(api: &Api, operation: &Operation) -> String {
    let name = &operation.name;
    let id = Literal(&operation.id);
    let required = operation.required();
    let arguments: Vec<String> = required
        .map(|own| format!("self.{}", own.slot.name))
        .collect();
    let arguments = arguments.join(", ");
    let chosen: String = operation
        .optional()
        .map(|own| format!("request.{0} = self.{0};\n", own.slot.name))
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
    let needs_key = operation.app_key().is_some();
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
        // A file never comes here.
        Payload::Bytes(_) | Payload::Nothing(_) => {}
        Payload::Envelope(envelope) => {
            for field in envelope.shown() {
                let (label, name) = (Literal(field.name.as_str()), &field.name);
                let verb = verb(api, field);
                let kind = &field.kind;
                let shown = kind.shown.as_deref().unwrap_or("{VALUE}");
                if kind.is_option {
                    let value = shown.replace("{VALUE}", "value");
                    sometimes.push_str(&format!(
                        "if let Some(value) = response.{name} {{ record = record.{verb}({label}, \
                         {value}); }}\n"
                    ));
                } else {
                    let value = shown.replace("{VALUE}", &format!("response.{name}"));
                    always.push_str(&format!(".{verb}({label}, {value})"));
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
        wait = format!("let waited = self.wait.map(|wait| wait.poll(|seconds| {waiting}));\n");
        always.push_str(".waited(waited)");
    }
    let record = format!("Record::new({id}, response.status){always}");
    let result = if sometimes.is_empty() {
        format!("Ok({record})")
    } else {
        format!("let mut record = {record};\n{sometimes}Ok(record)")
    };
    format!(
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
    )
}

/// Whether its result can be looked for.
fn can_look(operation: &Operation) -> bool {
    matches!(operation.look, Some(Look::By(_)))
}

/// The method of the record that takes the field. Having the identifier may be enough to
/// do something: it is a secret, or the whole URL of a request. Others may be told beside
/// the record too.
fn verb(api: &Api, field: &Field) -> &'static str {
    let is_url = || field.kind.id.as_ref().is_some_and(|id| api.is_url(id));
    match field.kind.record {
        "id" if field.secret || is_url() => "text",
        verb => verb,
    }
}
