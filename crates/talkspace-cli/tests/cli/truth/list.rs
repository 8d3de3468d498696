//! The list that is written by hand, read.

const TEXT: &str = include_str!("operations.txt");

/// What is true of an operation.
#[derive(Debug)]
pub(crate) struct Truth {
    /// Its lines.
    pub(crate) text: String,
    pub(crate) id: String,
    pub(crate) effect: String,
    method: String,
    /// With parameters in braces.
    path: String,
    place: String,
    parameters: Vec<Parameter>,
    pub(crate) success: Vec<u16>,
    /// `None` for plain text, and for a file.
    pub(crate) envelope: Option<String>,
    /// Statuses of failure that are values.
    pub(crate) outcomes: Vec<u16>,
    pub(crate) errors: Vec<u16>,
    pub(crate) already: Vec<u16>,
}

#[derive(Debug)]
struct Parameter {
    name: String,
    is_secret: bool,
    is_optional: bool,
    /// The values that it may have, if they are few.
    values: Vec<String>,
}

/// A request as it is written: its line, and its form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) is_multipart: bool,
    /// The names and values of its form.
    pub(crate) form: Vec<(String, String)>,
}

/// Which parameters a request has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum With<'n> {
    All,
    /// Those that it cannot do without.
    Needed,
    /// All but this one.
    AllBut(&'n str),
}

/// All operations.
pub(crate) fn truths() -> Vec<Truth> {
    let blocks = TEXT.split("\n\n").skip(2);
    blocks.map(|block| Truth::of(block.trim_end())).collect()
}

impl Truth {
    fn of(block: &str) -> Self {
        let lines: Vec<&str> = block.lines().map(str::trim).collect();
        let [name, request, parameters, statuses, ..] = lines[..] else {
            panic!("four lines, and that of the command: {block}")
        };
        let (id, effect) = name.split_once(' ').unwrap();
        let (method, path) = request.split_once(' ').unwrap();
        let (place, parameters) = parameters.split_once(':').unwrap();
        let of = |word: &str| {
            let mut parts = statuses.split("; ");
            let part = parts.find_map(|part| part.strip_prefix(word));
            part.map_or_else(Vec::new, numbers)
        };
        Self {
            text: block.to_owned(),
            id: id.to_owned(),
            effect: effect.split(',').next().unwrap().to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            place: place.to_owned(),
            parameters: parameters.split_whitespace().map(Parameter::of).collect(),
            success: numbers(statuses.split(';').next().unwrap()),
            envelope: statuses
                .split_once(" in ")
                .map(|(_, rest)| rest.split(';').next().unwrap().to_owned()),
            outcomes: of("outcomes "),
            errors: of("errors "),
            already: of("already "),
        }
    }

    /// Its parameters that no log shows.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let in_form = self.parameters.iter().filter(|one| one.is_secret);
        let in_path = self.path.split('{').filter_map(|part| {
            let (name, _) = part.split_once("!}")?;
            Some(name)
        });
        in_form.map(|one| one.name.as_str()).chain(in_path)
    }

    /// The parameters in its form or its query that it can do without, or cannot. What
    /// tells the operations of a path apart is none.
    pub(crate) fn names(&self, is_optional: bool) -> impl Iterator<Item = &str> {
        let names = self.parameters.iter().filter(move |one| {
            one.is_optional == is_optional && one.name != "action" && self.place != "url"
        });
        names.map(|one| one.name.as_str())
    }

    /// Its request, with the values of parameters by their names.
    pub(crate) fn request(&self, with: With<'_>, value: &dyn Fn(&str) -> String) -> Request {
        if self.place == "url" {
            let path = value(&self.parameters[0].name);
            return Request {
                line: format!("{} {path}", self.method),
                is_multipart: false,
                form: Vec::new(),
            };
        }
        let mut path = String::new();
        for (place, part) in self.path.split(['{', '}']).enumerate() {
            match part.strip_suffix('-') {
                _ if place % 2 == 0 => path += part,
                Some(name) => path += &format!("{0}-{0}", value(name)),
                None => path += &value(part.trim_end_matches('!')),
            }
        }
        let pairs = self.parameters.iter().filter(|one| match with {
            With::All => true,
            With::Needed => !one.is_optional,
            With::AllBut(name) => one.name != name,
        });
        let pairs = pairs.map(|one| (one.name.clone(), self.value(&one.name, value)));
        let pairs: Vec<_> = pairs.collect();
        let method = &self.method;
        match self.place.as_str() {
            "query" => Request {
                line: format!("{method} {}", ask(&path, &pairs)),
                is_multipart: false,
                form: Vec::new(),
            },
            place => Request {
                line: format!("{method} {path}"),
                is_multipart: place == "multipart",
                form: pairs,
            },
        }
    }

    /// The value of a parameter: the last of few, or what is given.
    pub(crate) fn value(&self, name: &str, value: &dyn Fn(&str) -> String) -> String {
        let parameter = self.parameters.iter().find(|one| one.name == name);
        let said = parameter.and_then(|one| one.values.last().cloned());
        said.unwrap_or_else(|| value(name))
    }
}

impl Parameter {
    /// Such as `phone!?`, and `muted?=true`.
    fn of(word: &str) -> Self {
        let (name, values) = word.split_once('=').unwrap_or((word, ""));
        let values = values.split('|').filter(|value| !value.is_empty());
        Self {
            name: name.trim_end_matches(['!', '?', '\'']).to_owned(),
            is_secret: name.contains('!'),
            is_optional: name.contains('?'),
            values: values.map(str::to_owned).collect(),
        }
    }
}

fn numbers(text: &str) -> Vec<u16> {
    let words = text.split_whitespace().map_while(|word| word.parse().ok());
    words.collect()
}

fn ask(path: &str, pairs: &[(String, String)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    let query: Vec<String> = pairs.collect();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", query.join("&"))
    }
}

impl Request {
    /// What was sent: a request line without its version, a content type, and a body.
    pub(crate) fn sent(line: &str, content_type: &str, body: &str) -> Self {
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=");
        let form = match boundary {
            Some(boundary) => parts(body, boundary),
            None => {
                let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
                pairs
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect()
            }
        };
        if boundary.is_none() && !form.is_empty() {
            assert_eq!(content_type, "application/x-www-form-urlencoded", "{line}");
        }
        Self {
            line: line.to_owned(),
            is_multipart: boundary.is_some(),
            form,
        }
    }
}

/// The names and contents of the parts of a form.
fn parts(body: &str, boundary: &str) -> Vec<(String, String)> {
    let between = format!("--{boundary}");
    let parts = body.split(&between).filter_map(|part| {
        let (head, content) = part.split_once("\r\n\r\n")?;
        let (_, name) = head.split_once(" name=\"")?;
        let (name, _) = name.split_once('"')?;
        Some((name.to_owned(), content.trim_end_matches("\r\n").to_owned()))
    });
    parts.collect()
}
