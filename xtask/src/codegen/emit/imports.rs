//! What a generated file imports: the names in its code whose home is elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use super::{CORE, File, PREAMBLE};
use crate::codegen::kinds::wire_object;
use crate::codegen::model::Api;
use crate::codegen::names::Camel;

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

/// The module of what is in envelopes.
const ENVELOPES: &str = "crate::request::envelopes";

/// Names, each with the path of its module.
type Homes = BTreeMap<String, String>;

/// Adds to each file of Rust what it is generated from, and its imports.
pub(super) fn add(api: &Api, files: &mut [File]) {
    // The modules of operations do not go through the one that they all are in.
    let values = [
        "crate::value",
        "crate::request::choices",
        "crate::request::objects",
    ];
    let families = homes(api, CORE_BY_HAND, values, None);
    let values = ["crate::value", "crate::request", "crate::request::response"];
    let core = homes(
        api,
        CORE_BY_HAND,
        values,
        Some(["crate::request", "crate::request::response"]),
    );
    let values = [
        "talkspace_core",
        "talkspace_core",
        "talkspace_core::response",
    ];
    let command = homes(
        api,
        CLI_BY_HAND,
        values,
        Some(["talkspace_core", "talkspace_core::response"]),
    );
    let homes = |path: &str| match path.strip_prefix(CORE) {
        Some(path) if path.starts_with("/request") && path.matches('/').count() > 2 => &families,
        Some(_) => &core,
        None => &command,
    };
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
        let Some(names) = all.get(path) else {
            continue;
        };
        let docs = text.split_inclusive('\n');
        let docs = docs.take_while(|line| line.starts_with("//!"));
        let end = docs.map(str::len).sum();
        text.insert_str(
            end,
            &format!("//!\n//! {PREAMBLE}\n{}\n", names.imports(homes(path))),
        );
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

/// Where names are: those by hand, values, choices and objects, and the request and the
/// response of an operation, which are in its module otherwise.
fn homes(api: &Api, hand: &str, values: [&str; 3], operation: Option<[&str; 2]>) -> Homes {
    let operations = api.operations.iter().flat_map(|it| {
        let module = format!("crate::request::{}", it.module);
        let [request, response] = operation.unwrap_or([&module, &module]).map(str::to_owned);
        [
            (it.name.clone(), request),
            (it.response(), response.clone()),
            (it.outcome(), response),
            (
                it.name.with("Args"),
                format!("crate::generated::{}", it.module),
            ),
        ]
    });
    let [values, choices, objects] = values;
    let at = |home: &str, name: &Camel| (name.clone(), home.to_owned());
    let values = api.ids.iter().map(|it| at(values, &it.name));
    let choices = api.choices.iter().map(|it| at(choices, &it.name));
    let envelopes = api.envelopes.iter().map(|it| at(ENVELOPES, &it.name));
    let objects = api.objects.iter().flat_map(|it| {
        let wire = wire_object(&it.name);
        [at(objects, &it.name), at(ENVELOPES, &wire)]
    });
    let all = operations.chain(values).chain(choices).chain(envelopes);
    let all = all.chain(objects);
    all.map(|(name, home)| (name.to_string(), home))
        .chain(by_hand(hand))
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
