//! From the API to the text of files. Nothing is read or written here.
//!
//! Every construct has a template of its own: a function whose text reads like
//! the code that it gives. Text from the spec enters through [`text`] alone, and
//! names through [`names`](super::names).

// A wildcard would swallow a kind of field or of parameter, and what is special
// about it.
#![deny(clippy::wildcard_enum_match_arm)]

mod choices;
mod cli;
mod docs;
mod envelopes;
mod ids;
mod imports;
mod markdown;
mod modules;
mod objects;
mod operation;
mod operations;
mod serde;
mod server;
pub(super) mod source;
pub(super) mod text;
mod transport;

use choices::Choices;
use envelopes::Envelopes;
use ids::Ids;
use objects::Objects;
use operations::Operations;
use server::Server;
use transport::Transports;

use super::model::Api;

/// A file to write: its path below the workspace, and its text.
pub type File = (String, String);

/// Where the files of the core go, each into the room of those who read it.
const CORE: &str = "crates/talkspace-core/src";

/// Where the files of the command line go.
const CLI: &str = "crates/talkspace-cli/src/generated";

/// The folders in which generated files are.
pub(crate) const FOLDERS: [&str; 2] = [CORE, CLI];

/// All files, Rust not formatted yet.
pub(crate) fn emit(api: &Api) -> Vec<File> {
    let mut files = vec![
        core("request/mod.rs", modules::root(api)),
        core("request/response.rs", modules::responses(api)),
        core("request/choices.rs", source::text(Choices { api })),
        core(
            "request/envelopes/mod.rs",
            source::text(Envelopes::All { api }),
        ),
        core("request/operations.rs", source::text(Operations { api })),
        core("request/operations.md", docs::table(api)),
        core(
            "server/operations/mod.rs",
            source::text(Server::Operations { api }),
        ),
        core("server/routes/mod.rs", source::text(Server::Routes { api })),
        core(
            "server/service/mod.rs",
            source::text(Server::Service { api }),
        ),
        core("transport/traits.rs", source::text(Transports { api })),
        core("value/ids.rs", source::text(Ids { api })),
    ];
    if !api.objects.is_empty() {
        files.push(core(
            "request/objects.rs",
            source::text(Objects::Types { api }),
        ));
        files.push((
            format!("{CLI}/objects.rs"),
            source::text(Objects::Json { api }),
        ));
    }
    for (group, envelopes) in envelopes::groups(api) {
        let path = format!("request/envelopes/{}.rs", group.module.as_str());
        files.push(core(
            &path,
            source::text(Envelopes::Of { group, envelopes }),
        ));
    }
    for group in &api.groups {
        let module = group.module.as_str();
        files.push(core(
            &format!("request/{module}/mod.rs"),
            modules::group(api, group),
        ));
        for operation in api.operations_of(group) {
            let name = modules::module(group, operation);
            let path = format!("request/{module}/{}.rs", name.as_str());
            files.push(core(&path, operation::file(api, operation)));
        }
        for (folder, file) in [
            ("operations", Server::OperationsOf { api, group }),
            ("routes", Server::RoutesOf { api, group }),
            ("service", Server::ServiceOf { api, group }),
        ] {
            let path = format!("server/{folder}/{module}.rs");
            files.push(core(&path, source::text(file)));
        }
        files.push((format!("{CLI}/{module}.rs"), cli::group(api, group)));
        if cli::has_commands(api, group) {
            let commands = cli::commands_of_group(api, group);
            files.push((format!("{CLI}/commands/{module}.rs"), commands));
        }
    }
    files.push((format!("{CLI}/commands/mod.rs"), cli::commands(api)));
    files.push((format!("{CLI}/mod.rs"), cli::root(api)));
    imports::add(api, &mut files);
    files
}

fn core(name: &str, text: String) -> File {
    (format!("{CORE}/{name}"), text)
}
