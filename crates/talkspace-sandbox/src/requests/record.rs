//! A request as it is kept: what it takes to show it, and no secret.

use std::time::{Duration, Instant, SystemTime};

use http::request::Parts;
use http::{Method, Request};
use talkspace_core::observe::RequestId;
use talkspace_core::operation::{OperationInfo, ParameterInfo, ParameterKind};
use talkspace_core::server::{Parameters, ServiceError};

use super::hint::{self, Hint, template};
use super::secrets::Secrets;
use crate::faults::Met;
use crate::log::request_id;
use crate::methods;

/// The most bytes that are kept of the parameters of one request.
const MAX_BYTES: usize = 16 * 1024;
/// How many bytes are kept of a file.
const FILE_BYTES: usize = 64;
/// In how many bytes of it a secret is looked for.
const SEARCHED: usize = 1024;
/// What stands for a grant.
const HIDDEN: &str = "hidden";

/// A request of which the head has come.
#[derive(Debug)]
pub(crate) struct Asked<'r> {
    /// The method by which it is applied.
    pub(crate) method: &'r Method,
    /// The method that it came with.
    pub(super) came: &'r Method,
    pub(crate) path: &'r str,
    id: Option<RequestId>,
    since: Instant,
    /// The number of the request that it is again.
    again_of: Option<u64>,
}

impl<'r> Asked<'r> {
    /// The one with this head, which has come just now.
    pub(crate) fn now(head: &'r Parts) -> Self {
        Self {
            method: methods::applied(&head.method),
            came: &head.method,
            path: head.uri.path(),
            id: request_id(&head.headers),
            since: Instant::now(),
            again_of: None,
        }
    }

    /// The same for one that has come whole.
    pub(crate) fn whole<B>(request: &'r Request<B>) -> Self {
        Self {
            method: request.method(),
            came: request.method(),
            path: request.uri().path(),
            id: request_id(request.headers()),
            since: Instant::now(),
            again_of: None,
        }
    }

    /// It, as the request of this number that is sent again.
    pub(crate) const fn again(mut self, of: u64) -> Self {
        self.again_of = Some(of);
        self
    }

    pub(crate) fn took(&self) -> Duration {
        self.since.elapsed()
    }
}

/// What was seen of a request while it was served.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The sandbox's time.
    pub(crate) at: Option<Duration>,
    pub(crate) operation: Option<&'static OperationInfo>,
    /// The number of the application.
    pub(crate) app: Option<usize>,
    /// The number of the call that was placed.
    pub(crate) call: Option<u64>,
    /// The id that was given to what was created.
    pub(crate) made: Option<String>,
    /// The status in the envelope, where it is another than on the HTTP line.
    pub(crate) status: Option<u16>,
    pub(crate) error: Option<ServiceError>,
    /// The fault that met it.
    pub(crate) met: Option<Met>,
}

impl Seen {
    /// It gets this error before it is known what it is for.
    pub(crate) fn failed(why: ServiceError) -> Self {
        Self {
            error: Some(why),
            ..Self::default()
        }
    }
}

/// A request that came in.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(super) number: u64,
    pub(super) wall: SystemTime,
    pub(super) at: Duration,
    pub(super) took: Duration,
    /// One that everybody knows.
    pub(super) method: Option<Method>,
    pub(super) operation: Option<&'static OperationInfo>,
    /// The path as the spec has it, where no operation was found and none was wanted.
    pub(super) path: &'static str,
    pub(super) status: u16,
    pub(super) http_status: u16,
    pub(super) request_id: Option<RequestId>,
    pub(super) app: Option<usize>,
    pub(super) call: Option<u64>,
    pub(super) made: Option<String>,
    pub(super) parameters: Parameters,
    /// How long the file is that came.
    pub(super) file: Option<usize>,
    pub(super) lacks: Option<Lacks>,
    pub(super) again_of: Option<u64>,
    pub(super) failed: Option<Box<Failed>>,
    /// The number of the fault that met it.
    pub(super) fault: Option<u64>,
    /// About how many bytes it takes.
    pub(super) size: usize,
}

/// What of a request is not kept, so that it cannot be sent again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Lacks {
    /// All of it: it got its error before it was read.
    Everything,
    /// A key or a grant, which stood where it does not belong.
    Secret,
    Grant,
    File,
    /// Its parameters, which are too long.
    Parameters,
}

/// What is kept of a request that was not applied.
#[derive(Clone, Debug, Default)]
pub(super) struct Failed {
    /// Why not, if that was said.
    pub(super) message: String,
    pub(super) hint: Option<Hint>,
    /// What may be shown of the path, where no operation was found.
    pub(super) path: String,
}

impl Record {
    /// What is kept of a request that is responded to with this status.
    pub(crate) fn new(
        asked: &Asked<'_>,
        seen: Seen,
        mut parameters: Parameters,
        http_status: u16,
        secrets: &Secrets,
    ) -> Self {
        let is_read = seen.operation.is_some() || seen.error.is_none();
        let mut lacks = (!is_read).then_some(Lacks::Everything);
        let known = seen.operation.map_or(&[][..], |info| info.parameters);
        let is_grant = |info: &&ParameterInfo| info.kind == ParameterKind::Secret;
        let grant = known.iter().find(is_grant).map(|info| info.name);
        parameters.retain(|_, name, value| {
            // In its own place it is dropped.
            if name != "appkey" && secrets.mask(value) && Some(name) != grant {
                lacks.get_or_insert(Lacks::Secret);
            }
            true
        });
        let status = seen.status.unwrap_or(http_status);
        let mut record = Self {
            number: 0,
            wall: SystemTime::now(),
            at: seen.at.unwrap_or_default(),
            took: asked.took(),
            method: is_known(asked.came).then(|| asked.came.clone()),
            operation: seen.operation,
            path: "",
            status,
            http_status,
            request_id: asked.id.and_then(|id| secrets.other(id)),
            app: seen.app,
            call: seen.call,
            made: seen.made,
            parameters,
            file: None,
            lacks,
            again_of: asked.again_of,
            failed: None,
            fault: seen.met.map(|met| met.id),
            size: 0,
        };
        if status >= 400 {
            record.fail(asked, seen.error, secrets);
        } else if record.operation.is_none() {
            record.path = hint::known_path(asked.path).unwrap_or_default();
        }
        record.cut(secrets);
        record
    }

    /// The response did not come to be: this did in its place.
    pub(crate) fn lose(&mut self, http_status: u16, why: &str) {
        (self.status, self.http_status) = (http_status, http_status);
        let failed = self.failed.get_or_insert_default();
        why.clone_into(&mut failed.message);
    }

    fn fail(&mut self, asked: &Asked<'_>, error: Option<ServiceError>, secrets: &Secrets) {
        let near = hint::near(asked, self, error.as_ref());
        self.operation = self.operation.or(near.operation);
        let path = match self.operation {
            Some(_) => String::new(),
            None => template(asked.path),
        };
        let mut failed = Failed {
            message: error.map(|error| error.message).unwrap_or_default(),
            hint: near.hint,
            path,
        };
        // A word that is like one of the spec may be a key, too.
        let got = failed.hint.as_mut().and_then(|hint| hint.got.as_mut());
        let texts = [&mut failed.message, &mut failed.path];
        texts
            .into_iter()
            .chain(got)
            .for_each(|text| _ = secrets.mask(text));
        self.failed = Some(Box::new(failed));
    }

    /// Drops what must not be kept, and what is too long.
    fn cut(&mut self, secrets: &Secrets) {
        /// About what a text takes beside its bytes.
        const TEXT: usize = 40;

        let known = self.operation.map_or(&[][..], |info| info.parameters);
        let mut length = 0;
        self.parameters.retain(|location, name, value| {
            // Some operations take what is in their form in the query, too.
            let mut infos = known.iter().filter(|info| info.name == name);
            let here = infos.clone().find(|info| info.location == location);
            let Some(info) = here.or_else(|| infos.next()) else {
                return false;
            };
            match info.kind {
                ParameterKind::AppKey => return false,
                ParameterKind::Secret => {
                    HIDDEN.clone_into(value);
                    self.lacks.get_or_insert(Lacks::Grant);
                }
                _ => {}
            }
            length += name.len() + value.len() + 2 * TEXT;
            true
        });
        self.file = self.parameters.files().next().map(|(_, file)| file.len());
        if self.file.is_some() {
            self.lacks.get_or_insert(Lacks::File);
            let is_file = |info: &ParameterInfo| info.kind == ParameterKind::File;
            let keeps = |name: &str| known.iter().any(|info| is_file(info) && info.name == name);
            let has_secret = self.parameters.files().any(|(_, file)| {
                let begin = file.get(..SEARCHED).unwrap_or(file);
                secrets.are_in(begin)
            });
            let bytes = if has_secret { 0 } else { FILE_BYTES };
            self.parameters.retain_files(keeps, bytes);
            length += self.parameters.files().count() * (FILE_BYTES + 4 * TEXT);
        }
        if length > MAX_BYTES {
            self.parameters = Parameters::default();
            (self.lacks, length) = (Some(Lacks::Parameters), 0);
        }
        let failed = self.failed.as_ref().map_or(0, |failed| {
            size_of::<Failed>() + failed.message.len() + failed.path.len() + 4 * TEXT
        });
        self.size = size_of::<Self>() + length + failed + TEXT;
    }

    /// A parameter, wherever it was.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.parameters.values();
        values
            .find(|(_, known, _)| *known == name)
            .map(|(_, _, value)| value)
    }
}

/// Whether it is a method of RFC 9110 or 5789: another may be any text.
fn is_known(method: &Method) -> bool {
    let known = [
        &Method::POST,
        &Method::GET,
        &Method::DELETE,
        &Method::PUT,
        &Method::PATCH,
        &Method::HEAD,
        &Method::OPTIONS,
        &Method::TRACE,
        &Method::CONNECT,
    ];
    known.contains(&method)
}
