//! Reads `multipart/form-data` (RFC 7578, RFC 2046 §5.1) as it comes in.
//!
//! Each byte is looked at a fixed number of times, however it is cut into
//! pieces and whatever it resembles; only the content of parts is kept.

use bytes::{Buf, Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use memchr::memmem::{self, Finder};

use crate::operation::ParameterLocation;
use crate::server::error::ServiceError;
use crate::server::parameters::{FilePart, Parameters};

/// The longest boundary, in bytes (RFC 2046 §5.1.1).
const MAX_BOUNDARY: usize = 70;
/// The longest head of a part, in bytes.
const MAX_HEAD: usize = 8 * 1024;

/// The form of several parts that a request says it has, if it does.
///
/// # Errors
///
/// When it cannot be read: it has no boundary, or one that is too long.
pub(super) fn boundary(headers: &HeaderMap) -> Result<Option<String>, ServiceError> {
    let content_type = headers.get(CONTENT_TYPE).map(|it| it.to_str());
    let Some(Ok(content_type)) = content_type else {
        return Ok(None);
    };
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return Ok(None);
    }
    let boundary = parameter(parameters, "boundary").unwrap_or_default();
    match boundary.len() {
        0 => Err(ServiceError::new(
            400,
            "The form of several parts has no boundary",
        )),
        1..=MAX_BOUNDARY => Ok(Some(boundary)),
        _ => Err(ServiceError::new(
            400,
            format!("The boundary is longer than {MAX_BOUNDARY} characters"),
        )),
    }
}

/// A form of several parts, as far as it has come.
#[derive(Debug)]
pub(super) struct Parts {
    /// What ends a part, and what stands before the first.
    delimiter: Finder<'static>,
    at: At,
    /// What has come and cannot be judged before more comes.
    rest: BytesMut,
}

/// Where in a form the next byte is.
#[derive(Debug)]
enum At {
    /// Where the first boundary may be, without a line end before it.
    Start,
    /// Before the first boundary, where everything is to be ignored.
    Preamble,
    /// Right behind a boundary.
    Boundary,
    /// In the head of a part, whose first bytes hold no end of it.
    Head {
        searched: usize,
    },
    Content(FormPart),
    /// Behind the last boundary, where everything is to be ignored.
    Epilogue,
}

/// One part of a form.
#[derive(Debug)]
struct FormPart {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    content: Content,
}

/// The content of a part; not copied if it came in one piece.
#[derive(Debug, Default)]
struct Content {
    first: Bytes,
    whole: BytesMut,
}

impl Content {
    fn push(&mut self, piece: Bytes) {
        if self.first.is_empty() && self.whole.is_empty() {
            self.first = piece;
            return;
        }
        if self.whole.is_empty() {
            self.whole
                .extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.whole.extend_from_slice(&piece);
    }

    fn len(&self) -> usize {
        self.first.len().max(self.whole.len())
    }

    fn into_bytes(self) -> Bytes {
        if self.whole.is_empty() {
            return self.first;
        }
        self.whole.freeze()
    }
}

impl Parts {
    pub(super) fn new(boundary: &str) -> Self {
        let delimiter = format!("\r\n--{boundary}");
        Self {
            delimiter: Finder::new(&delimiter).into_owned(),
            at: At::Start,
            rest: BytesMut::new(),
        }
    }

    /// Reads what comes next.
    ///
    /// # Errors
    ///
    /// When that cannot be read, or is too much of something.
    pub(super) fn take(
        &mut self,
        piece: Bytes,
        parameters: &mut Parameters,
    ) -> Result<(), ServiceError> {
        let mut input = piece;
        if !self.rest.is_empty() {
            self.rest.extend_from_slice(&input);
            input = self.rest.split().freeze();
        }
        while self.step(&mut input, parameters)? {}
        self.rest.extend_from_slice(&input);
        Ok(())
    }

    /// # Errors
    ///
    /// When the last boundary has not come.
    pub(super) fn end(&self) -> Result<(), ServiceError> {
        match self.at {
            At::Epilogue => Ok(()),
            _ => Err(ServiceError::new(
                400,
                "The form ends before its last boundary",
            )),
        }
    }

    /// Goes on as far as one thing reaches. Says whether there may be another.
    fn step(
        &mut self,
        input: &mut Bytes,
        parameters: &mut Parameters,
    ) -> Result<bool, ServiceError> {
        match &mut self.at {
            At::Start => {
                let first = self.delimiter.needle().get(2..).unwrap_or_default();
                if first.starts_with(input) && input.len() < first.len() {
                    return Ok(false);
                }
                self.at = if input.starts_with(first) {
                    input.advance(first.len());
                    At::Boundary
                } else {
                    At::Preamble
                };
            }
            At::Preamble | At::Content(_) => {
                let found = self.delimiter.find(input);
                let length = self.delimiter.needle().len();
                // A boundary may have begun at the end of what there is.
                let end = found.unwrap_or_else(|| input.len().saturating_sub(length - 1));
                let content = input.split_to(end);
                if let At::Content(part) = &mut self.at {
                    part.content.push(content);
                    if part.file_name.is_none() {
                        Parameters::check_length(&part.name, part.content.len())?;
                    }
                }
                if found.is_none() {
                    return Ok(false);
                }
                input.advance(length);
                if let At::Content(part) = std::mem::replace(&mut self.at, At::Boundary) {
                    part.push_to(parameters)?;
                }
            }
            At::Boundary => match input.get(..2) {
                None => return Ok(false),
                Some(b"--") => self.at = At::Epilogue,
                Some(b"\r\n") => {
                    input.advance(2);
                    self.at = At::Head { searched: 0 };
                }
                Some(_) => return Err(malformed()),
            },
            At::Head { searched } => {
                let found = memmem::find(input.get(*searched..).unwrap_or_default(), b"\r\n\r\n");
                let length = found.map_or(input.len(), |found| *searched + found);
                if length > MAX_HEAD {
                    let why = format!("A part has a head of more than {MAX_HEAD} bytes");
                    return Err(ServiceError::new(400, why));
                }
                if found.is_none() {
                    *searched = input.len().saturating_sub(3);
                    return Ok(false);
                }
                let head = input.split_to(length);
                input.advance(4);
                let is_one = self.delimiter.find(&head).is_none();
                let part = FormPart::read(&head).filter(|_| is_one);
                self.at = At::Content(part.ok_or_else(malformed)?);
            }
            At::Epilogue => {
                input.clear();
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn malformed() -> ServiceError {
    ServiceError::new(400, "A part of the form has no head that names it")
}

impl FormPart {
    fn read(head: &[u8]) -> Option<Self> {
        let head = std::str::from_utf8(head).ok()?;
        let header = |name: &str| {
            head.split("\r\n")
                .filter_map(|line| line.split_once(':'))
                .find(|(other, _)| other.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim())
        };
        let (_, disposition) = header("content-disposition")?.split_once(';')?;
        Some(Self {
            name: parameter(disposition, "name")?,
            file_name: parameter(disposition, "filename"),
            content_type: header("content-type").map(str::to_owned),
            content: Content::default(),
        })
    }

    /// Adds the whole part to a request's parameters: a file, or a field.
    fn push_to(self, parameters: &mut Parameters) -> Result<(), ServiceError> {
        parameters.check_room()?;
        let content = self.content.into_bytes();
        match self.file_name {
            Some(file_name) => parameters.push_file(FilePart {
                name: self.name,
                file_name,
                content_type: self.content_type,
                content,
            }),
            None => {
                let value = String::from_utf8_lossy(&content);
                parameters.push(ParameterLocation::Form, self.name, value);
            }
        }
        Ok(())
    }
}

/// The value of a parameter, with its quotes taken off.
fn parameter(text: &str, name: &str) -> Option<String> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([';', ' ', '\t']);
        let (key, after) = rest.split_once('=')?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => {
                let (value, after) = after.split_at(after.find(';').unwrap_or(after.len()));
                (value.trim(), after)
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value.to_owned());
        }
        rest = after;
    }
}
