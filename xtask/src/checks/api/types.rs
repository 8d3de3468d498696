//! Types, generics and bounds of rustdoc's JSON, as Rust writes them.

use serde_json::Value;

use super::items::Api;

/// Names that several modules of the standard library have.
const AMBIGUOUS: &[&str] = &["Error", "Result", "Ordering", "Write", "Context"];

impl Api {
    pub(super) fn ty(&self, ty: &Value) -> String {
        let Some((kind, of)) = only(ty) else {
            return "_".to_owned();
        };
        match kind {
            "resolved_path" => self.path(of),
            "generic" | "primitive" => text(of).to_owned(),
            "tuple" => match self.types(of).as_slice() {
                [one] => format!("({one},)"),
                all => format!("({})", all.join(", ")),
            },
            "slice" => format!("[{}]", self.ty(of)),
            "array" => format!("[{}; {}]", self.ty(of.at("type")), text(of.at("len"))),
            "borrowed_ref" => format!("&{}{}{}", lifetime(of), mutable(of), self.ty(of.at("type"))),
            "raw_pointer" => match of.at("is_mutable") == true {
                true => format!("*mut {}", self.ty(of.at("type"))),
                false => format!("*const {}", self.ty(of.at("type"))),
            },
            "impl_trait" => format!("impl {}", self.bounds(of)),
            "dyn_trait" => self.dynamic(of),
            "qualified_path" => self.qualified(of),
            "function_pointer" => {
                format!("fn{}", self.signature(of.at("sig"), &|_, ty| ty.to_owned()))
            }
            _ => "_".to_owned(),
        }
    }

    fn types(&self, types: &Value) -> Vec<String> {
        list(types).iter().map(|ty| self.ty(ty)).collect()
    }

    fn dynamic(&self, of: &Value) -> String {
        let traits = list(of.at("traits")).iter();
        let traits = traits.map(|of| {
            format!(
                "{}{}",
                binder(of.at("generic_params")),
                self.path(of.at("trait"))
            )
        });
        let mut all: Vec<String> = traits.collect();
        all.extend(of.at("lifetime").as_str().map(str::to_owned));
        format!("dyn {}", all.join(" + "))
    }

    fn qualified(&self, of: &Value) -> String {
        let (this, name) = (self.ty(of.at("self_type")), text(of.at("name")));
        match of.at("trait").is_object()
            && !text(of.at("trait").at("path")).is_empty()
            && this != "Self"
        {
            true => format!("<{this} as {}>::{name}", self.path(of.at("trait"))),
            false => format!("{this}::{name}"),
        }
    }

    /// A path with its arguments. One of another crate begins with its name.
    pub(super) fn path(&self, of: &Value) -> String {
        format!("{}{}", self.name(of), self.arguments(of.at("args")))
    }

    fn name(&self, of: &Value) -> String {
        let written = text(of.at("path"));
        let last = written.rsplit("::").next().unwrap_or(written);
        let paths = self.document.at("paths").at(&id(of.at("id"))).at("path");
        let path: Vec<&str> = list(paths).iter().map(text).collect();
        match path.as_slice() {
            ["std" | "core" | "alloc", module, .., name]
                if AMBIGUOUS.contains(name) && *module != "result" =>
            {
                format!("{module}::{name}")
            }
            ["std" | "core" | "alloc", .., name] => (*name).to_owned(),
            [of, .., name] if *of != self.library => format!("{of}::{name}"),
            [.., name] => (*name).to_owned(),
            [] => last.to_owned(),
        }
    }

    pub(super) fn arguments(&self, args: &Value) -> String {
        let Some((kind, of)) = only(args) else {
            return String::new();
        };
        if kind == "parenthesized" {
            let output = self.output(of.at("output"));
            return format!("({}){output}", self.types(of.at("inputs")).join(", "));
        }
        let mut all: Vec<String> = list(of.at("args"))
            .iter()
            .map(|of| self.argument(of))
            .collect();
        for constraint in list(of.at("constraints")) {
            let name = text(constraint.at("name"));
            all.push(match only(constraint.at("binding")) {
                Some(("equality", term)) => format!("{name} = {}", self.term(term)),
                Some((_, bounds)) => format!("{name}: {}", self.bounds(bounds)),
                None => name.to_owned(),
            });
        }
        match all.is_empty() {
            true => String::new(),
            false => format!("<{}>", all.join(", ")),
        }
    }

    fn argument(&self, of: &Value) -> String {
        match only(of) {
            Some(("lifetime", name)) => text(name).to_owned(),
            Some(("type", ty)) => self.ty(ty),
            Some(("const", of)) => text(of.at("expr")).to_owned(),
            _ => "_".to_owned(),
        }
    }

    fn term(&self, term: &Value) -> String {
        match only(term) {
            Some(("type", ty)) => self.ty(ty),
            Some((_, of)) => text(of.at("expr")).to_owned(),
            None => "_".to_owned(),
        }
    }

    pub(super) fn bounds(&self, bounds: &Value) -> String {
        let bounds = list(bounds).iter().map(|bound| match only(bound) {
            Some(("trait_bound", of)) => {
                let maybe = if of.at("modifier") == "maybe" {
                    "?"
                } else {
                    ""
                };
                format!(
                    "{maybe}{}{}",
                    binder(of.at("generic_params")),
                    self.path(of.at("trait"))
                )
            }
            Some(("outlives", name)) => text(name).to_owned(),
            Some((_, names)) => format!(
                "use<{}>",
                list(names)
                    .iter()
                    .map(captured)
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            None => "_".to_owned(),
        });
        bounds.collect::<Vec<_>>().join(" + ")
    }

    /// `<T: Bound>`, without those that the compiler has made of `impl Trait`.
    pub(super) fn parameters(&self, generics: &Value) -> String {
        let all = list(generics.at("params")).iter().filter_map(|parameter| {
            let name = text(parameter.at("name"));
            match only(parameter.at("kind"))? {
                ("type", of) if of.at("is_synthetic") == true => None,
                ("type", of) => {
                    let bounds = self.bounds(of.at("bounds"));
                    let bounds = if bounds.is_empty() {
                        bounds
                    } else {
                        format!(": {bounds}")
                    };
                    let default = match of.at("default").is_null() {
                        true => String::new(),
                        false => format!(" = {}", self.ty(of.at("default"))),
                    };
                    Some(format!("{name}{bounds}{default}"))
                }
                ("const", of) => Some(format!("const {name}: {}", self.ty(of.at("type")))),
                _ => Some(name.to_owned()),
            }
        });
        let all: Vec<String> = all.collect();
        match all.is_empty() {
            true => String::new(),
            false => format!("<{}>", all.join(", ")),
        }
    }

    pub(super) fn wheres(&self, generics: &Value) -> String {
        let all = list(generics.at("where_predicates")).iter();
        let all = all.filter_map(|predicate| match only(predicate)? {
            ("bound_predicate", of) => {
                let ty = self.ty(of.at("type"));
                Some(format!(
                    "{}{ty}: {}",
                    binder(of.at("generic_params")),
                    self.bounds(of.at("bounds"))
                ))
            }
            ("lifetime_predicate", of) => {
                let longer: Vec<&str> = list(of.at("outlives")).iter().map(text).collect();
                Some(format!(
                    "{}: {}",
                    text(of.at("lifetime")),
                    longer.join(" + ")
                ))
            }
            (_, of) => Some(format!(
                "{} = {}",
                self.ty(of.at("lhs")),
                self.term(of.at("rhs"))
            )),
        });
        let all: Vec<String> = all.collect();
        match all.is_empty() {
            true => String::new(),
            false => format!(" where {}", all.join(", ")),
        }
    }

    /// Parameters as `input` writes each, by its name and type, and what is returned.
    pub(super) fn signature(&self, of: &Value, input: &dyn Fn(&str, &str) -> String) -> String {
        let inputs = list(of.at("inputs")).iter();
        let inputs = inputs.map(|pair| match list(pair) {
            [name, ty] => input(text(name), &self.ty(ty)),
            _ => "_".to_owned(),
        });
        let inputs: Vec<String> = inputs.collect();
        format!("({}){}", inputs.join(", "), self.output(of.at("output")))
    }

    fn output(&self, ty: &Value) -> String {
        match ty.is_null() {
            true => String::new(),
            false => format!(" -> {}", self.ty(ty)),
        }
    }
}

fn binder(parameters: &Value) -> String {
    let names: Vec<&str> = list(parameters)
        .iter()
        .map(|of| text(of.at("name")))
        .collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("for<{}> ", names.join(", ")),
    }
}

fn captured(of: &Value) -> String {
    only(of).map_or_else(|| text(of).to_owned(), |(_, name)| text(name).to_owned())
}

fn lifetime(of: &Value) -> String {
    of.at("lifetime")
        .as_str()
        .map_or_else(String::new, |name| format!("{name} "))
}

fn mutable(of: &Value) -> &'static str {
    if of.at("is_mutable") == true {
        "mut "
    } else {
        ""
    }
}

/// The one member of an object: what it is, and of what.
pub(super) fn only(value: &Value) -> Option<(&str, &Value)> {
    let (name, of) = value.as_object()?.iter().next()?;
    Some((name, of))
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn id(value: &Value) -> String {
    value.to_string()
}

/// A member of an object, or of a list by its number; null where there is none.
pub(super) trait At {
    fn at(&self, name: &str) -> &Value;
}

impl At for Value {
    fn at(&self, name: &str) -> &Value {
        const NONE: &Value = &Value::Null;
        self.get(name).unwrap_or(NONE)
    }
}
