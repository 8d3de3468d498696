//! What a generated file imports: the names in its code whose home is elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use super::{CLI, CORE, File};
use crate::codegen::kinds::wire_object;
use crate::codegen::model::Api;

#[cfg(test)]
mod tests;

/// The imports that need no spec: what is written by hand, or in other crates.
const CORE_BY_HAND: &str = include_str!("imports/core.rs.in");
const CLI_BY_HAND: &str = include_str!("imports/cli.rs.in");

/// Traits that come with a name, whose methods are used.
const TRAITS: [(&str, &str); 3] = [
    ("BadParameter", "ServerOperation"),
    ("OperationInfo", "Operation"),
    ("PossibleValuesParser", "TypedValueParser"),
];

/// Names, each with the path of its module.
type Homes = BTreeMap<String, String>;

/// Adds its imports to each file of Rust.
pub(super) fn add(api: &Api, files: &mut [File]) {
    let crates = [(CORE, core(api)), (CLI, cli(api))];
    let rust = |path: &str| path.ends_with(".rs");
    let all = files.iter().filter(|(path, _)| rust(path));
    // What cannot be read, `rustfmt` will say.
    let mut all: BTreeMap<String, Names> = all
        .map(|(path, text)| (path.clone(), Names::of(text.parse().unwrap_or_default())))
        .collect();
    // The names in a macro are looked up where it is used: in the module above.
    let inside: Vec<(String, BTreeSet<String>)> = all
        .iter_mut()
        .map(|(path, names)| (path.clone(), std::mem::take(&mut names.in_macros)))
        .collect();
    for (path, inside) in inside {
        let above = Path::new(&path).with_file_name("mod.rs");
        if let Some(above) = above.to_str().and_then(|above| all.get_mut(above)) {
            above.used.extend(inside);
        }
    }
    for (path, text) in files {
        let (Some(names), Some((_, homes))) = (
            all.get(path),
            crates.iter().find(|(folder, _)| path.starts_with(folder)),
        ) else {
            continue;
        };
        let docs = text.split_inclusive('\n');
        let docs = docs.take_while(|line| line.starts_with("//!"));
        let end = docs.map(str::len).sum();
        text.insert_str(end, &names.imports(homes));
    }
}

/// The types that code names, but for those of the prelude.
pub(super) fn types(code: &str) -> Vec<String> {
    let names = Names::of(code.parse().unwrap_or_default()).used.into_iter();
    let types = names.filter(|name| name.starts_with(char::is_uppercase));
    types
        .filter(|name| !["None", "Ok", "Some"].contains(&name.as_str()))
        .collect()
}

/// Where the core has its names.
fn core(api: &Api) -> Homes {
    let operations = &api.operations;
    let outcomes = operations.iter().filter(|it| !it.outcomes.is_empty());
    let responses = operations.iter().map(|it| it.response());
    let envelopes = api.envelopes.iter().map(|it| it.name.clone());
    let wire_objects = api.objects.iter().map(|it| wire_object(&it.name));
    let spec = [
        names("crate::value", api.ids.iter().map(|it| it.name.clone())),
        names(
            "crate::request",
            api.choices.iter().map(|it| it.name.clone()),
        ),
        names(
            "crate::request::response",
            api.objects.iter().map(|it| it.name.clone()),
        ),
        names("crate::request::envelopes", envelopes.chain(wire_objects)),
        names(
            "crate::request",
            operations.iter().map(|it| it.name.clone()),
        ),
        names(
            "crate::request::response",
            responses.chain(outcomes.map(|it| it.outcome())),
        ),
    ];
    spec.into_iter()
        .flatten()
        .chain(by_hand(CORE_BY_HAND))
        .collect()
}

/// Where the command has its names.
fn cli(api: &Api) -> Homes {
    let arguments = api.operations.iter().map(|operation| {
        let home = format!("crate::generated::{}", operation.module);
        (operation.name.with("Args").to_string(), home)
    });
    let spec = [
        names("talkspace_core", api.ids.iter().map(|it| it.name.clone())),
        names(
            "talkspace_core",
            api.choices.iter().map(|it| it.name.clone()),
        ),
        names(
            "talkspace_core",
            api.operations.iter().map(|it| it.name.clone()),
        ),
        names(
            "talkspace_core::response",
            api.objects.iter().map(|it| it.name.clone()),
        ),
    ];
    spec.into_iter()
        .flatten()
        .chain(arguments)
        .chain(by_hand(CLI_BY_HAND))
        .collect()
}

fn names(home: &str, names: impl Iterator<Item = impl ToString>) -> Vec<(String, String)> {
    names
        .map(|name| (name.to_string(), home.to_owned()))
        .collect()
}

/// Lines such as `use std::time::{Duration, Instant};`.
fn by_hand(imports: &str) -> impl Iterator<Item = (String, String)> {
    let imports = imports
        .lines()
        .filter_map(|line| line.strip_prefix("use ")?.strip_suffix(';'));
    let imports = imports.filter_map(|import| import.rsplit_once("::"));
    imports.flat_map(|(home, names)| {
        let names = names.trim_matches(['{', '}']).split(", ");
        names.map(|name| (name.to_owned(), home.to_owned()))
    })
}

/// The names in a file.
#[derive(Debug, Default)]
struct Names {
    used: BTreeSet<String>,
    declared: BTreeSet<String>,
    in_macros: BTreeSet<String>,
}

impl Names {
    fn of(code: TokenStream) -> Self {
        let mut names = Self::default();
        names.read(code.into_iter().collect());
        names
    }

    fn read(&mut self, tokens: Vec<TokenTree>) {
        let mut is_use = false;
        for (index, token) in tokens.iter().enumerate() {
            let (before, rest) = tokens.split_at(index);
            is_use = is(token, "use") || (is_use && !is(token, ";"));
            match token {
                // It says itself where its names are.
                _ if is_use => {}
                TokenTree::Ident(name) => self.name(&name.to_string(), before, rest.get(1)),
                // `#[serde(deserialize_with = "lenient")]`
                TokenTree::Literal(text) => {
                    if let [.., TokenTree::Ident(key), _] = before
                        && key.to_string().ends_with("_with")
                    {
                        self.used
                            .insert(text.to_string().trim_matches('"').to_owned());
                    }
                }
                TokenTree::Group(group) => {
                    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                    match (before, inside.as_slice()) {
                        ([.., word, TokenTree::Ident(_)], _) if is(word, "enum") => {
                            inside
                                .split(|it| is(it, ","))
                                .for_each(|it| self.variant(it));
                        }
                        ([.., word, _, TokenTree::Ident(_)], _) if is(word, "macro_rules") => {
                            self.in_macros.extend(Self::of(group.stream()).used);
                        }
                        // A macro that is used with braces declares what is in them.
                        ([.., sign], _)
                            if is(sign, "!") && group.delimiter() == Delimiter::Brace => {}
                        // `#[async_trait]`
                        ([.., sign], [TokenTree::Ident(name)]) if is(sign, "#") => {
                            self.used.insert(name.to_string());
                        }
                        _ => self.read(inside),
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    fn name(&mut self, name: &str, before: &[TokenTree], after: Option<&TokenTree>) {
        let is_inside = match before {
            [.., one, other] if is(one, ":") => is(other, ":"),
            [.., one] => {
                is(one, ".") || ["const", "fn", "mod", "type"].iter().any(|it| is(one, it))
            }
            [] => false,
        };
        let is_declared =
            |word: &TokenTree| ["struct", "enum", "trait"].iter().any(|it| is(word, it));
        // A field or a local may be called like a function or a module.
        let is_meant = name.starts_with(char::is_uppercase)
            || after.is_some_and(|after| match after {
                TokenTree::Group(group) => group.delimiter() == Delimiter::Parenthesis,
                TokenTree::Punct(sign) => sign.as_char() == '!' || sign.spacing() == Spacing::Joint,
                TokenTree::Ident(_) | TokenTree::Literal(_) => false,
            });
        if before.last().is_some_and(is_declared) {
            self.declared.insert(name.to_owned());
        } else if is_meant && !is_inside {
            self.used.insert(name.to_owned());
        }
    }

    /// What is in a variant; its own name is none.
    fn variant(&mut self, tokens: &[TokenTree]) {
        let name = tokens
            .iter()
            .position(|token| matches!(token, TokenTree::Ident(_)));
        let rest = name
            .and_then(|name| tokens.get(name + 1..))
            .unwrap_or_default();
        self.read(rest.to_vec());
    }

    /// The imports in groups: the standard library, other crates, this crate.
    fn imports(&self, homes: &Homes) -> String {
        let mut modules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let traits = TRAITS.iter().filter(|(name, _)| self.used.contains(*name));
        let traits: BTreeSet<String> = traits.map(|(_, needed)| (*needed).to_owned()).collect();
        let used = self.used.union(&traits);
        for name in used.filter(|name| !self.declared.contains(*name)) {
            if let Some(home) = homes.get(name) {
                modules.entry(home).or_default().push(name);
            }
        }
        let mut groups: [String; 3] = Default::default();
        let [std, others, own] = &mut groups;
        for (home, names) in modules {
            let group = match home {
                _ if home.starts_with("std") => &mut *std,
                _ if home.starts_with("crate") => &mut *own,
                _ => &mut *others,
            };
            group.push_str(&format!("use {home}::{{{}}};\n", names.join(", ")));
        }
        let groups = groups.iter().filter(|group| !group.is_empty());
        groups.map(|group| format!("\n{group}")).collect()
    }
}

fn is(token: &TokenTree, text: &str) -> bool {
    token.to_string() == text
}
