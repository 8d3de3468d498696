//! A request that was kept, to be sent again.

use bytes::Bytes;
use http::Request;
use talkspace_core::codec::Target;
use talkspace_core::operation::{ParameterKind, ParameterLocation};
use talkspace_core::server::{
    OperationVisitor, Parameters, ServerOperation, segment, visit_operations,
};
use talkspace_core::{AppKey, Effect};

use super::Received;
use super::received::shown;
use super::record::Lacks;
use crate::Sandbox;

impl Received {
    /// It as a client sends it for the application of this key, or why what is kept of
    /// it is not enough for that.
    pub(crate) fn again(&self, key: Option<AppKey>) -> Result<Request<Bytes>, &'static str> {
        let nothing = "It is of no operation, so it is not kept.";
        let info = self.operation().ok_or(nothing)?;
        match self.0.lacks {
            None => {}
            Some(Lacks::Everything) => {
                return Err("It got its error before it was read, so it is not kept.");
            }
            Some(Lacks::Secret) => return Err("A key or a grant that was in it is not kept."),
            Some(Lacks::Grant) => return Err("Its grant is not kept."),
            Some(Lacks::File) => return Err("Its file is not kept."),
            Some(Lacks::Parameters) => return Err("Its parameters were too long to be kept."),
        }
        let is_key = |kind| kind == ParameterKind::AppKey;
        if key.is_none() && info.parameters.iter().any(|it| is_key(it.kind)) {
            return Err("It is not known for which application it was.");
        }
        let key = key.unwrap_or_else(|| AppKey::new(""));
        self.encoded(Sandbox::IN_MEMORY_URL, key)
            .ok_or("No client can send what it was.")
    }

    /// It as a client sends it to this base URL, if one can.
    pub(super) fn encoded(&self, base: &str, key: AppKey) -> Option<Request<Bytes>> {
        let mut encoding = Encoding {
            id: self.operation()?.id,
            parameters: self.parameters_at(base),
            target: Target::new(base.parse().ok()?, key),
            request: None,
        };
        visit_operations(&mut encoding);
        encoding.request
    }

    /// Its parameters, with the whole URL where a request is made to that: a server
    /// knows the path alone.
    fn parameters_at(&self, base: &str) -> Parameters {
        let mut parameters = self.0.parameters.clone();
        parameters.retain(|location, _, value| {
            if location == ParameterLocation::Url {
                *value = format!("{base}{}", self.escaped(value));
            }
            true
        });
        parameters
    }

    /// The path that a request was made to, where the whole of it is a parameter.
    pub(super) fn escaped(&self, path: &str) -> String {
        let template = self.operation().map_or("", |info| info.path);
        let (before, _) = template.split_once('{').unwrap_or_default();
        let last = path.strip_prefix(before).unwrap_or(path);
        format!("{before}{}", segment(last))
    }

    /// What sending it again would do, and in which word, if that is more than what it
    /// has done.
    pub(crate) fn would(&self) -> Option<(Effect, String)> {
        let info = self.operation()?;
        let text = |id: Option<&str>| shown(ParameterKind::Text, id.unwrap_or_default());
        let (person, media) = (text(self.person()), text(self.media()));
        let would = match (info.effect, info.id) {
            (Effect::Reads | Effect::Converges, _) => return None,
            // It was not done, so that nothing is done another time.
            (Effect::Rings, _) if self.status() >= 400 => format!("This may call {person}."),
            _ if self.status() >= 400 => format!("This may be done now: {}", info.summary),
            (_, "createTalkspace") => {
                format!("This creates another TalkSpace and calls {person} again.")
            }
            (Effect::Rings, _) => format!("This calls {person} again."),
            (_, "createMedia") => "This creates another media id.".to_owned(),
            (_, "requestUploadGrant") => format!("This makes another grant for media {media}."),
            (_, "moveParticipant") => {
                let to = text(self.0.get("toconferenceid"));
                format!("This moves {person} to TalkSpace {to} again.")
            }
            _ => format!("This is done once more: {}", info.summary),
        };
        Some((info.effect, would))
    }
}

/// The request that parameters are, on its way to the wire.
struct Encoding {
    id: &'static str,
    parameters: Parameters,
    target: Target,
    request: Option<Request<Bytes>>,
}

impl OperationVisitor for Encoding {
    fn visit<O: ServerOperation>(&mut self) {
        if O::INFO.id != self.id {
            return;
        }
        let request = O::from_parameters(&self.parameters).ok();
        let encoded = request.and_then(|request| request.encode(&self.target).ok());
        self.request = encoded.and_then(|request| {
            let (head, body) = request.into_parts();
            let body = body.read_to_bytes().ok()?;
            Some(Request::from_parts(head, body))
        });
    }
}
