//! The public items of a library, as text: a line for each, its members indented below it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::types::{At, id, list, only, text};

/// What rustdoc says about a library.
pub(super) struct Api {
    pub(super) document: Value,
    pub(super) library: String,
}

/// What has been gone through.
#[derive(Default)]
struct Shown {
    /// For each module, its items by name and first line.
    modules: BTreeMap<String, BTreeMap<(String, String), Vec<String>>>,
    /// Where an item is shown, which may be exported at several places.
    items: BTreeMap<String, String>,
}

impl Api {
    pub(super) fn new(document: Value) -> Self {
        let root = id(document.at("root"));
        let library = text(document.at("index").at(&root).at("name")).to_owned();
        Self { document, library }
    }

    /// Modules in order of their paths, and in each its items by name.
    pub(super) fn text(&self) -> String {
        let mut shown = Shown::default();
        self.module(&self.library, self.document.at("root"), &mut shown);
        let modules = shown.modules.into_iter().map(|(path, items)| {
            let lines = items.into_values().flatten();
            let lines: String = lines.map(|line| format!("  {line}\n")).collect();
            format!("mod {path}\n{lines}")
        });
        modules.collect::<Vec<_>>().join("\n")
    }

    fn item(&self, id_of: &Value) -> &Value {
        self.document.at("index").at(&id(id_of))
    }

    /// A module's items, and after them the modules in it: an item is shown where its path is shortest.
    fn module(&self, path: &str, id_of: &Value, shown: &mut Shown) {
        shown.modules.entry(path.to_owned()).or_default();
        let ids = list(self.item(id_of).at("inner").at("module").at("items")).iter();
        let is_module = |id_of: &&Value| self.item(id_of).at("inner").at("module").is_object();
        let (modules, items): (Vec<_>, Vec<_>) = ids.partition(is_module);
        for id_of in items.into_iter().chain(modules) {
            let item = self.item(id_of);
            let name = text(item.at("name"));
            match only(item.at("inner")) {
                Some(("module", _)) => self.module(&format!("{path}::{name}"), id_of, shown),
                Some(("use", of)) => self.again(path, of, shown),
                Some(_) => self.put(path, name, id_of, shown),
                // What is hidden is not there.
                None => {}
            }
        }
    }

    /// What is exported from elsewhere.
    fn again(&self, path: &str, of: &Value, shown: &mut Shown) {
        let (name, source) = (text(of.at("name")), text(of.at("source")));
        let is_glob = of.at("is_glob") == true;
        match only(self.item(of.at("id")).at("inner")) {
            Some(("module", _)) if is_glob => self.module(path, of.at("id"), shown),
            Some(("module", _)) => self.module(&format!("{path}::{name}"), of.at("id"), shown),
            Some(("use", of)) => self.again(path, of, shown),
            Some(_) => self.put(path, name, of.at("id"), shown),
            None if is_glob => shown.put(path, name, vec![format!("use {source}::*")]),
            None => shown.put(path, name, vec![used(source, name)]),
        }
    }

    fn put(&self, path: &str, name: &str, id_of: &Value, shown: &mut Shown) {
        let lines = match shown.items.get(&id(id_of)) {
            Some(first) => vec![used(first, name)],
            None => self.lines(name, self.item(id_of)),
        };
        let first = shown.items.entry(id(id_of));
        first.or_insert_with(|| format!("{path}::{name}"));
        shown.put(path, name, lines);
    }

    /// An item, and what is below it.
    fn lines(&self, name: &str, item: &Value) -> Vec<String> {
        let Some((kind, of)) = only(item.at("inner")) else {
            return Vec::new();
        };
        let (parameters, wheres) = (
            self.parameters(of.at("generics")),
            self.wheres(of.at("generics")),
        );
        let grows = if list(item.at("attrs"))
            .iter()
            .any(|of| of == "non_exhaustive")
        {
            ", .."
        } else {
            ""
        };
        let mut below = Vec::new();
        let line = match kind {
            "struct" => {
                let fields = self.fields(of.at("kind"), grows);
                format!("struct {name}{parameters}{fields}{wheres}")
            }
            "enum" => {
                below.extend(
                    list(of.at("variants"))
                        .iter()
                        .filter_map(|of| self.variant(of)),
                );
                if !grows.is_empty() {
                    below.push("..".to_owned());
                }
                format!("enum {name}{parameters}{wheres}")
            }
            "trait" => {
                let bounds = self.bounds(of.at("bounds"));
                let bounds = if bounds.is_empty() {
                    bounds
                } else {
                    format!(": {bounds}")
                };
                below.extend(self.associated(of.at("items")));
                below.extend(self.implementations(of.at("implementations")));
                format!("trait {name}{parameters}{bounds}{wheres}")
            }
            "function" => self.function(name, of),
            "type_alias" => format!("type {name}{parameters} = {}", self.ty(of.at("type"))),
            "constant" => format!("const {name}: {}", self.ty(of.at("type"))),
            "static" => format!("static {name}: {}", self.ty(of.at("type"))),
            "assoc_const" => format!(
                "const {name}: {}{}",
                self.ty(of.at("type")),
                optional(of.at("value"))
            ),
            "assoc_type" => {
                let bounds = self.bounds(of.at("bounds"));
                let bounds = if bounds.is_empty() {
                    bounds
                } else {
                    format!(": {bounds}")
                };
                format!("type {name}{parameters}{bounds}{wheres}")
            }
            "macro" => format!("macro {name}"),
            other => format!("{other} {name}"),
        };
        below.extend(self.impls(of.at("impls")));
        let below = below.into_iter().map(|line| format!("  {line}"));
        std::iter::once(line).chain(below).collect()
    }

    fn function(&self, name: &str, of: &Value) -> String {
        let header = of.at("header");
        let words = ["const", "async", "unsafe"].into_iter();
        let words: String = words
            .filter(|word| header.at(&format!("is_{word}")) == true)
            .map(|word| format!("{word} "))
            .collect();
        let (parameters, wheres) = (
            self.parameters(of.at("generics")),
            self.wheres(of.at("generics")),
        );
        let signature = self.signature(of.at("sig"), &|name, ty| match (name, ty) {
            ("self", "Self") => "self".to_owned(),
            ("self", "&Self") => "&self".to_owned(),
            ("self", "&mut Self") => "&mut self".to_owned(),
            _ => format!("{name}: {ty}"),
        });
        format!("{words}fn {name}{parameters}{signature}{wheres}")
    }

    /// Public fields; `..` if there may be others.
    fn fields(&self, kind: &Value, grows: &str) -> String {
        match only(kind) {
            Some(("plain", of)) => {
                let ids = list(of.at("fields")).iter();
                let mut fields: Vec<String> = ids.filter_map(|id_of| self.field(id_of)).collect();
                if of.at("has_stripped_fields") == true || !grows.is_empty() {
                    fields.push("..".to_owned());
                }
                format!(" {{ {} }}", fields.join(", "))
            }
            Some((_, of)) => format!("({}{grows})", self.tuple(of)),
            None if grows.is_empty() => String::new(),
            None => " { .. }".to_owned(),
        }
    }

    fn field(&self, id_of: &Value) -> Option<String> {
        let item = self.item(id_of);
        let (_, ty) = only(item.at("inner"))?;
        Some(format!("{}: {}", text(item.at("name")), self.ty(ty)))
    }

    fn tuple(&self, ids: &Value) -> String {
        let fields = list(ids)
            .iter()
            .map(|id_of| match only(self.item(id_of).at("inner")) {
                Some((_, ty)) => self.ty(ty),
                None => "_".to_owned(),
            });
        fields.collect::<Vec<_>>().join(", ")
    }

    fn variant(&self, id_of: &Value) -> Option<String> {
        let item = self.item(id_of);
        let (_, of) = only(item.at("inner"))?;
        let name = text(item.at("name"));
        let fields = match only(of.at("kind")) {
            Some(("struct", fields)) => {
                let plain = serde_json::json!({ "plain": fields });
                self.fields(&plain, "")
            }
            Some((_, fields)) => format!("({})", self.tuple(fields)),
            None => String::new(),
        };
        Some(format!("{name}{fields}"))
    }

    /// What a trait has; `{ .. }` is behind what need not be written.
    fn associated(&self, ids: &Value) -> Vec<String> {
        let lines = list(ids).iter().flat_map(|id_of| {
            let item = self.item(id_of);
            let mut lines = self.lines(text(item.at("name")), item);
            if item.at("inner").at("function").at("has_body") == true {
                lines.iter_mut().for_each(|line| line.push_str(" { .. }"));
            }
            lines
        });
        lines.collect()
    }

    /// Members of a type by name, before them the traits that it has, but for those that come by
    /// themselves.
    fn impls(&self, ids: &Value) -> Vec<String> {
        let (mut traits, mut members) = (Vec::new(), Vec::new());
        for id_of in list(ids) {
            let of = self.item(id_of).at("inner").at("impl");
            if of.at("is_synthetic") == true || !of.at("blanket_impl").is_null() {
                continue;
            }
            // Without meaning of its own; derived with `PartialEq`.
            if of.at("trait").at("path") == "StructuralPartialEq" {
                continue;
            }
            if !of.at("trait").is_null() {
                traits.push(self.implemented(of));
                continue;
            }
            let wheres = self.wheres(of.at("generics"));
            let bounds = self.parameters(of.at("generics"));
            let bounds = if bounds.contains(':') {
                format!("{bounds} ")
            } else {
                String::new()
            };
            for id_of in list(of.at("items")) {
                let item = self.item(id_of);
                let name = text(item.at("name"));
                let lines = self.lines(name, item).into_iter();
                members
                    .extend(lines.map(|line| (name.to_owned(), format!("{bounds}{line}{wheres}"))));
            }
        }
        traits.sort();
        members.sort();
        let traits = match traits.is_empty() {
            true => None,
            false => Some(format!("impl {}", traits.join(", "))),
        };
        traits
            .into_iter()
            .chain(members.into_iter().map(|(_, line)| line))
            .collect()
    }

    /// A trait that a type has, with its associated types and what it takes.
    fn implemented(&self, of: &Value) -> String {
        let types = list(of.at("items")).iter().filter_map(|id_of| {
            let item = self.item(id_of);
            let ty = item.at("inner").at("assoc_type").at("type").as_object()?;
            Some(format!(
                "{} = {}",
                text(item.at("name")),
                self.ty(&ty.clone().into())
            ))
        });
        let types: Vec<String> = types.collect();
        let types = if types.is_empty() {
            String::new()
        } else {
            format!(" ({})", types.join(", "))
        };
        let generics = of.at("generics");
        let (parameters, wheres) = (self.parameters(generics), self.wheres(generics));
        let parameters = match parameters.contains(':') || !wheres.is_empty() {
            true => format!("{parameters} "),
            false => String::new(),
        };
        let this = match only(of.at("for")) {
            Some(("resolved_path", _)) => String::new(),
            _ => format!(" for {}", self.ty(of.at("for"))),
        };
        let not = if of.at("is_negative") == true {
            "!"
        } else {
            ""
        };
        let path = self.path(of.at("trait"));
        format!("{parameters}{not}{path}{types}{this}{wheres}")
    }

    /// The types of other libraries that have a trait of this one.
    fn implementations(&self, ids: &Value) -> Vec<String> {
        let lines = list(ids).iter().filter_map(|id_of| {
            let of = self.item(id_of).at("inner").at("impl");
            let ours = !self
                .item(of.at("for").at("resolved_path").at("id"))
                .is_null();
            if ours || of.at("for").is_null() {
                return None;
            }
            let generics = of.at("generics");
            let parameters = self.parameters(generics);
            Some(format!(
                "impl{parameters} for {}{}",
                self.ty(of.at("for")),
                self.wheres(generics)
            ))
        });
        let mut lines: Vec<String> = lines.collect();
        lines.sort();
        lines
    }
}

impl Shown {
    fn put(&mut self, path: &str, name: &str, lines: Vec<String>) {
        let items = self.modules.entry(path.to_owned()).or_default();
        let first = lines.first().cloned().unwrap_or_default();
        items.insert((name.to_owned(), first), lines);
    }
}

/// An export of what is elsewhere.
fn used(source: &str, name: &str) -> String {
    match source.rsplit("::").next() == Some(name) {
        true => format!("use {source}"),
        false => format!("use {source} as {name}"),
    }
}

fn optional(default: &Value) -> &'static str {
    if default.is_null() { "" } else { " = .." }
}
