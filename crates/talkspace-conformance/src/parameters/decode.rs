//! What arrived, in the eyes of decoders that are not ours.
//!
//! The client encodes with `percent-encoding`. Here `url` judges what a path
//! is, `form_urlencoded` and `urlencoding` what a value is; they share no code
//! for that, and they must agree.

use talkspace_core::operation::ParameterLocation;
use url::Url;

use super::Values;
use http1_conformance::wire::show_up_to;

/// A request as its peer saw it.
pub(crate) struct Arrived<'a> {
    pub(crate) method: &'a str,
    /// Path and query, encoded as they came.
    pub(crate) target: &'a str,
    pub(crate) content_type: Option<&'a [u8]>,
    pub(crate) body: &'a [u8],
}

type Pairs = Vec<(String, String)>;

/// A decoder of percent-encoded pairs, by its name.
type Decoder = (&'static str, fn(&[u8]) -> Result<Pairs, String>);

const DECODERS: [Decoder; 2] = [
    ("form_urlencoded", |text| {
        Ok(form_urlencoded::parse(text).into_owned().collect())
    }),
    ("urlencoding", by_urlencoding),
];

impl Values {
    /// What is wrong with a request that should carry these values and nothing
    /// else: each name once, in the documented order, in its place.
    pub(crate) fn compare(&self, arrived: &Arrived<'_>) -> Vec<String> {
        let mut problems = Vec::new();
        if arrived.method != self.info.method.as_str() {
            problems.push(format!(
                "the method is {}, not {}",
                arrived.method, self.info.method
            ));
        }
        let (path, query) = arrived
            .target
            .split_once('?')
            .unwrap_or((arrived.target, ""));
        problems.extend(self.compare_path(path));
        problems.extend(self.compare_pairs(ParameterLocation::Query, query.as_bytes()));
        problems.extend(self.compare_pairs(ParameterLocation::Form, arrived.body));
        let form = "application/x-www-form-urlencoded";
        if !arrived.body.is_empty() && arrived.content_type != Some(form.as_bytes()) {
            problems.push(format!("a form without the content type {form}"));
        }
        problems
    }

    fn compare_path(&self, path: &str) -> Vec<String> {
        let Ok(url) = Url::parse("http://host").and_then(|base| base.join(path)) else {
            return vec![format!("{path:?} is no path")];
        };
        // A URL parser folds dot segments and takes backslashes for slashes.
        if url.path() != path {
            return vec![format!(
                "the path {path:?} means {:?} to a URL parser",
                url.path()
            )];
        }
        let template: Vec<_> = self.info.path.split('/').collect();
        let segments: Vec<_> = path.split('/').collect();
        if template.len() != segments.len() {
            let (got, wanted) = (segments.len() - 1, template.len() - 1);
            return vec![format!(
                "the path {path:?} has {got} segments, not {wanted}"
            )];
        }
        let values = self.pairs_in(ParameterLocation::Path);
        let mut problems = Vec::new();
        for (name, segment) in template.into_iter().zip(segments) {
            // What is no parameter stands for itself.
            let parameter = name
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'));
            let mut values = values.iter();
            let wanted = parameter
                .and_then(|parameter| values.find(|(other, _)| other == parameter))
                .map_or(name, |(_, value)| value.as_str());
            for (decoder, decode) in DECODERS {
                // In a path a plus means itself.
                let pair = format!("segment={}", segment.replace('+', "%2B"));
                let got = decode(pair.as_bytes()).unwrap_or_default();
                let [(_, got)] = got.as_slice() else {
                    problems.push(format!("{decoder} cannot read the segment {segment:?}"));
                    continue;
                };
                if got != wanted {
                    problems.push(format!(
                        "{decoder} finds {} in the place of {name}, not {}",
                        show(got),
                        show(wanted)
                    ));
                }
            }
        }
        problems
    }

    fn compare_pairs(&self, place: ParameterLocation, text: &[u8]) -> Vec<String> {
        let wanted = self.pairs_in(place);
        let mut problems = Vec::new();
        for (decoder, decode) in DECODERS {
            let mut got = match decode(text) {
                Ok(got) => got,
                Err(problem) => {
                    problems.push(format!("{decoder} cannot read the {place:?}: {problem}"));
                    continue;
                }
            };
            if let (ParameterLocation::Form, Some(action)) = (place, self.info.action) {
                let found = got
                    .iter()
                    .position(|(name, value)| name == "action" && value == action);
                match found {
                    Some(at) => drop(got.remove(at)),
                    None => problems.push(format!("{decoder} finds no action={action}")),
                }
            }
            if got != wanted {
                problems.push(format!(
                    "{decoder} finds {} in the {place:?}, not {}",
                    show_pairs(&got),
                    show_pairs(&wanted)
                ));
            }
        }
        problems
    }
}

fn by_urlencoding(text: &[u8]) -> Result<Pairs, String> {
    let text = std::str::from_utf8(text).map_err(|problem| problem.to_string())?;
    let decode = |part: &str| {
        urlencoding::decode(&part.replace('+', " "))
            .map(|text| text.into_owned())
            .map_err(|problem| problem.to_string())
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

fn show(text: &str) -> String {
    show_up_to(60, text.as_bytes())
}

fn show_pairs(pairs: &Pairs) -> String {
    if pairs.is_empty() {
        return "nothing".to_owned();
    }
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", show(value)))
        .collect();
    pairs.join(" ")
}
