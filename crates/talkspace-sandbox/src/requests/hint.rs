//! What was near, when a request was not what any operation is.

use std::fmt;

use http::Method;
use talkspace_core::operation::{OperationInfo, ParameterInfo, ParameterKind, ParameterLocation};
use talkspace_core::server::{
    OperationVisitor, Parameters, ServerOperation, ServiceError, segments, visit_operations,
};
use talkspace_core::{Effect, OPERATIONS};

use super::near::{distance, is_near, nearest};
use super::received::shown;
use super::record::{Asked, Record};

/// What of a request was not as it should be, and what was perhaps meant. Its
/// `Display` is one line: `action: expected add or close, got ad; did you mean action=add?`
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Hint {
    /// What it is about: the name of a parameter, `path` or `method`.
    pub parameter: &'static str,
    /// What would be right: one of these.
    pub expected: Vec<String>,
    /// What came, as it may be shown. `None` if nothing did.
    pub got: Option<String>,
    /// What would be right and is most like it, such as `action=add`.
    pub did_you_mean: Option<String>,
    /// The operation that was perhaps meant.
    pub nearest: Option<&'static OperationInfo>,
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = self.expected.join(" or ");
        write!(f, "{}: expected {expected}, got ", self.parameter)?;
        f.write_str(self.got.as_deref().unwrap_or("nothing"))?;
        match &self.did_you_mean {
            Some(meant) => write!(f, "; did you mean {meant}?"),
            None => Ok(()),
        }
    }
}

/// What a failed request was for, as far as can be said.
#[derive(Debug, Default)]
pub(super) struct Near {
    pub(super) operation: Option<&'static OperationInfo>,
    pub(super) hint: Option<Hint>,
}

/// What was near to a failed request.
pub(super) fn near(asked: &Asked<'_>, record: &Record, error: Option<&ServiceError>) -> Near {
    let parameters = &record.parameters;
    if let Some(info) = record.operation {
        return Near {
            operation: None,
            hint: error.and_then(|error| of_state(info, parameters, error)),
        };
    }
    let path = segments(asked.path);
    let here: Vec<_> = all().filter(|info| fits(info.path, &path)).collect();
    let with_method = here.iter().copied();
    let meant: Vec<_> = with_method
        .filter(|info| info.method == asked.method)
        .collect();
    if error.is_some() {
        // It was not read, and its error says why.
        return Near {
            operation: meant.first().copied().filter(|_| meant.len() == 1),
            hint: None,
        };
    }
    match (meant.as_slice(), here.as_slice()) {
        ([info], _) => of_parameters(info, parameters),
        ([_, _, ..], _) => {
            let said = parameters.get(ParameterLocation::Form, "action");
            let of_said = meant.iter().find(|info| info.action == said);
            of_said.map_or_else(
                || of_action(&meant, parameters),
                |info| of_parameters(info, parameters),
            )
        }
        ([], []) => of_path(asked, &path),
        ([], _) if record.http_status == 405 => of_method(asked.came, &here),
        // Some operations have a second method.
        ([], _) => {
            let reads = asked.method == Method::GET;
            let mut others = here
                .iter()
                .filter(|info| (info.effect == Effect::Reads) == reads);
            let other = others.next();
            other.map_or_else(Near::default, |info| of_parameters(info, parameters))
        }
    }
}

/// A parameter that can be read, and is not right as things are.
fn of_state(info: &OperationInfo, sent: &Parameters, error: &ServiceError) -> Option<Hint> {
    let named = error.message.strip_prefix("Missing or invalid ");
    let named = named.and_then(|rest| rest.strip_suffix(" parameter"));
    let mut parameters = info.parameters.iter();
    let parameter = match named {
        Some(name) => parameters.find(|known| known.name == name),
        // The service says nothing where what the path names is not there.
        None if error.message.is_empty() && matches!(error.status, 401 | 404) => {
            parameters.find(|known| known.location == ParameterLocation::Path)
        }
        None => None,
    }?;
    Some(Hint {
        parameter: parameter.name,
        expected: vec![in_state(parameter)],
        got: got(parameter, sent),
        did_you_mean: None,
        nearest: None,
    })
}

/// What a parameter must be, beside what can be read.
fn in_state(parameter: &ParameterInfo) -> String {
    let state = match parameter.name {
        "appkey" => "the key of an application that this sandbox has",
        "networkid" => "somebody who is registered with this application",
        "greetingid" => "media of this application with content",
        "recordingid" | "mediaid" => "media of this application",
        "conferenceid" => "a TalkSpace of this application that is not closed",
        "toconferenceid" => "another TalkSpace of this application that is not closed",
        _ => return what(parameter),
    };
    state.to_owned()
}

/// What a parameter can be read from.
fn what(parameter: &ParameterInfo) -> String {
    let what = match parameter.kind {
        ParameterKind::Integer => "a whole number",
        ParameterKind::Flag => "true, or to be left out",
        ParameterKind::Phone => "a phone number of 11 digits that begins with 1",
        ParameterKind::Url => "a URL",
        ParameterKind::File => "a file",
        ParameterKind::Secret => "an upload grant",
        ParameterKind::AppKey => "the key of an application",
        _ if parameter.repeated => "texts that are not empty",
        _ => "one text that is not empty",
    };
    let unit = match parameter.kind {
        ParameterKind::Integer => "",
        _ => " characters",
    };
    let bounds = [(" at least", parameter.least), (" at most", parameter.most)];
    let bounds = bounds.map(|(bound, number)| Some(format!("{bound} {}{unit}", number?)));
    let bounds: Vec<String> = bounds.into_iter().flatten().collect();
    format!("{what}{}", bounds.join(" and"))
}

/// A parameter of an operation that cannot be read.
fn of_parameters(info: &'static OperationInfo, sent: &Parameters) -> Near {
    let hint = unreadable(info, sent).map(|parameter| Hint {
        parameter: parameter.name,
        expected: match parameter.kind {
            ParameterKind::Choice(words) => words.iter().map(|&word| word.to_owned()).collect(),
            _ => vec![what(parameter)],
        },
        got: got(parameter, sent),
        did_you_mean: None,
        nearest: Some(info),
    });
    let hint = hint.map(|mut hint| {
        // Its value may be a secret that has the wrong name.
        let known = |name: &str| info.parameters.iter().any(|known| known.name == name);
        let names = sent
            .values()
            .map(|(_, name, _)| name)
            .filter(|name| !known(name));
        if hint.got.is_none() && nearest(hint.parameter, names).is_some() {
            hint.got = Some("another name".to_owned());
            hint.did_you_mean = Some(hint.parameter.to_owned());
        }
        hint
    });
    Near {
        operation: Some(info),
        hint,
    }
}

/// Which parameter it is that cannot be read.
fn unreadable(info: &'static OperationInfo, sent: &Parameters) -> Option<&'static ParameterInfo> {
    struct Reads<'s> {
        id: &'static str,
        sent: &'s Parameters,
        bad: Option<&'static str>,
    }

    impl OperationVisitor for Reads<'_> {
        fn visit<O: ServerOperation>(&mut self) {
            if O::INFO.id == self.id {
                self.bad = O::from_parameters(self.sent).err().map(|bad| bad.name());
            }
        }
    }

    let key = info
        .parameters
        .iter()
        .find(|it| it.kind == ParameterKind::AppKey);
    // The key is read first.
    let key = key.filter(|key| sent.required(key.location, key.name).is_err());
    key.or_else(|| {
        let mut reads = Reads {
            id: info.id,
            sent,
            bad: None,
        };
        visit_operations(&mut reads);
        let bad = reads.bad?;
        info.parameters.iter().find(|known| known.name == bad)
    })
}

/// The value of a parameter as it may be shown.
fn got(parameter: &ParameterInfo, sent: &Parameters) -> Option<String> {
    let mut values = sent.values().filter(|(_, name, _)| *name == parameter.name);
    let first = values.next().map(|(_, _, value)| value)?;
    Some(match values.count() {
        0 if first.is_empty() => "an empty one".to_owned(),
        0 if matches!(
            parameter.kind,
            ParameterKind::AppKey | ParameterKind::Secret
        ) =>
        {
            "another one".to_owned()
        }
        0 => shown(parameter.kind, first),
        more => format!("{} values", more + 1),
    })
}

/// None of the operations that differ by their action.
fn of_action(choices: &[&'static OperationInfo], sent: &Parameters) -> Near {
    let said = sent.get(ParameterLocation::Form, "action");
    let words = || choices.iter().filter_map(|info| info.action);
    let meant = said.and_then(|said| nearest(said, words()));
    let elsewhere = sent.get(ParameterLocation::Query, "action");
    let got = match (said, elsewhere) {
        (None, Some(_)) => Some("one in the query, not in the form".to_owned()),
        (None, None) => None,
        // A word that is like none of them may be anything.
        (Some(said), _) => Some(match meant {
            Some(_) => shown(ParameterKind::Text, said),
            None => "another word".to_owned(),
        }),
    };
    Near {
        operation: None,
        hint: Some(Hint {
            parameter: "action",
            expected: words().map(str::to_owned).collect(),
            got,
            did_you_mean: meant.map(|word| format!("action={word}")),
            nearest: choices
                .iter()
                .copied()
                .find(|info| meant.is_some() && info.action == meant),
        }),
    }
}

fn of_method(method: &Method, here: &[&'static OperationInfo]) -> Near {
    let mut expected: Vec<String> = here.iter().map(|info| info.method.to_string()).collect();
    expected.sort();
    expected.dedup();
    let only = (expected.len() == 1)
        .then(|| here.first().copied())
        .flatten();
    let got = nearest(
        method.as_str(),
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    );
    Near {
        operation: None,
        hint: Some(Hint {
            parameter: "method",
            expected,
            got: Some(got.unwrap_or("another one").to_owned()),
            did_you_mean: None,
            nearest: only,
        }),
    }
}

/// The operation whose path is most like this one.
fn of_path(asked: &Asked<'_>, path: &[String]) -> Near {
    let cost = |info: &OperationInfo| {
        let words: Vec<_> = words(info.path).collect();
        let pairs = words.iter().zip(path);
        let slips: Option<usize> = pairs.map(|(word, said)| slips(word, said)).sum();
        let missing = words.len().abs_diff(path.len());
        let method = usize::from(info.method != asked.method);
        Some(slips? * 2 + missing * 4 + method)
    };
    let near = all().filter_map(|info| Some((cost(info)?, info)));
    let meant = near
        .min_by_key(|(cost, _)| *cost)
        .filter(|(cost, _)| *cost <= 9);
    let meant = meant.map(|(_, info)| info);
    let like = |info: &OperationInfo| format!("{} {}", info.method, info.path);
    Near {
        operation: None,
        hint: Some(Hint {
            parameter: "path",
            expected: vec!["one that the spec has".to_owned()],
            got: Some(template(asked.path)),
            did_you_mean: meant.map(like),
            nearest: meant,
        }),
    }
}

/// How far a segment is from this one of the spec, if it can be meant.
fn slips(word: &str, said: &str) -> Option<usize> {
    if word.starts_with('{') {
        return Some(0);
    }
    distance(word, said).filter(|distance| is_near(*distance, word))
}

/// What may be shown of a path that no operation has: words that are like one of
/// the spec. Anything else may be a secret.
pub(super) fn template(path: &str) -> String {
    let path = segments(path);
    let known = |said: &str| {
        let mut known = all().flat_map(|info| words(info.path));
        known.any(|word| !word.starts_with('{') && slips(word, said).is_some())
    };
    let mut shown = String::new();
    for said in path.iter().take(8) {
        shown.push('/');
        shown.push_str(if known(said) { said } else { "…" });
    }
    if shown.is_empty() {
        shown.push('/');
    }
    shown
}

/// The path of the spec that this one is, whatever the method, or `*`.
pub(crate) fn known_path(path: &str) -> Option<&'static str> {
    if path == "*" {
        return Some("*");
    }
    let path = segments(path);
    let info = all().find(|info| fits(info.path, &path))?;
    Some(info.path)
}

/// The person whom a request is about, as far as it can be read.
pub(crate) fn person(path: &str, sent: &Parameters) -> Option<String> {
    const NAME: &str = "networkid";
    let said = [ParameterLocation::Form, ParameterLocation::Query];
    if let Some(id) = said.into_iter().find_map(|place| sent.get(place, NAME)) {
        return Some(id.to_owned());
    }
    let path = segments(path);
    let info = all().find(|info| fits(info.path, &path) && info.path.contains(NAME))?;
    let place = words(info.path).position(|word| word.trim_matches(['{', '}']) == NAME)?;
    path.into_iter().nth(place)
}

fn all() -> impl Iterator<Item = &'static OperationInfo> {
    OPERATIONS.iter().copied()
}

fn words(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/').filter(|word| !word.is_empty())
}

/// Whether a path is one of these.
pub(crate) fn fits(template: &str, path: &[String]) -> bool {
    let template = template.split('/').filter(|segment| !segment.is_empty());
    let is_parameter = |segment: &str| segment.starts_with('{');
    template.clone().count() == path.len()
        && template
            .zip(path)
            .all(|(known, segment)| is_parameter(known) || known == segment)
}
