//! A request's parameters, read while its body comes in.

use bytes::Bytes;
use http::header::HeaderMap;
use http::{Request, Uri};

use crate::operation::ParameterLocation;
use crate::server::error::ServiceError;
use crate::server::multipart::{self, Parts};
use crate::server::parameters::Parameters;
use crate::server::parameters::segments;

/// The longest parameter as it is written: each byte may be escaped, and there is
/// a name.
const MAX_PAIR: usize = 4 * Parameters::MAX_LEN;

/// Reads a request, piece by piece.
///
/// Its work is bounded whatever comes: each byte is looked at a fixed number of
/// times, and of a form without files no more is kept than
/// [`MAX`](Parameters::MAX) parameters of [`MAX_LEN`](Parameters::MAX_LEN) bytes.
/// Files are kept whole. The server bounds how much it reads from the network, and
/// can check the [parameters so far](Self::so_far) before more comes.
///
/// ```
/// use http::HeaderMap;
/// use talkspace_core::operation::ParameterLocation;
/// use talkspace_core::server::Reading;
///
/// let uri = "/api/rest/media".parse().unwrap();
/// let mut reading = Reading::begin(&uri, &HeaderMap::new())?;
/// reading.take("appkey=k&act".into())?;
/// assert_eq!(reading.so_far().get(ParameterLocation::Form, "appkey"), Some("k"));
/// reading.take("ion=x".into())?;
/// assert_eq!(reading.end()?.get(ParameterLocation::Form, "action"), Some("x"));
/// # Ok::<(), talkspace_core::server::ServiceError>(())
/// ```
#[derive(Debug)]
pub struct Reading {
    parameters: Parameters,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Pairs(Pairs),
    Parts(Box<Parts>),
}

impl Reading {
    /// Begins with the head of a request.
    ///
    /// # Errors
    ///
    /// A [`ServiceError`] with 400: there is too much of something, or the form is
    /// one of several parts without a boundary.
    pub fn begin(uri: &Uri, headers: &HeaderMap) -> Result<Self, ServiceError> {
        let mut parameters = Parameters::default();
        for segment in uri.path().split('/') {
            // What is short as it is written is no longer when it is decoded.
            if segment.len() > Parameters::MAX_LEN {
                let length = segments(segment).iter().map(String::len).sum();
                Parameters::check_length("in the path", length)?;
            }
        }
        let mut query = Pairs::new(ParameterLocation::Query);
        let text = uri.query().unwrap_or_default();
        query.take(text.as_bytes(), &mut parameters)?;
        query.end(&mut parameters)?;
        let form = match multipart::boundary(headers)? {
            Some(boundary) => Form::Parts(Box::new(Parts::new(&boundary))),
            None => Form::Pairs(Pairs::new(ParameterLocation::Form)),
        };
        Ok(Self { parameters, form })
    }

    /// Reads what comes next of the body.
    ///
    /// # Errors
    ///
    /// A [`ServiceError`] with 400: there is too much of something, or the form is
    /// malformed. What comes after that need not be read.
    pub fn take(&mut self, piece: Bytes) -> Result<(), ServiceError> {
        match &mut self.form {
            Form::Pairs(pairs) => pairs.take(&piece, &mut self.parameters),
            Form::Parts(parts) => parts.take(piece, &mut self.parameters),
        }
    }

    /// The parameters that have come whole.
    #[must_use]
    pub const fn so_far(&self) -> &Parameters {
        &self.parameters
    }

    /// Whether the body is a form of several parts.
    #[must_use]
    pub const fn has_parts(&self) -> bool {
        matches!(self.form, Form::Parts(_))
    }

    /// All parameters, when nothing more comes.
    ///
    /// # Errors
    ///
    /// A [`ServiceError`] with 400, as [`take`](Self::take), or since the form has
    /// not come whole.
    pub fn end(mut self) -> Result<Parameters, ServiceError> {
        match self.form {
            Form::Pairs(mut pairs) => pairs.end(&mut self.parameters)?,
            Form::Parts(parts) => parts.end()?,
        }
        Ok(self.parameters)
    }
}

impl Parameters {
    /// The query and the form of a request; its path is matched by
    /// [`dispatch`](crate::server::dispatch).
    ///
    /// # Errors
    ///
    /// As [`Reading`].
    pub fn of(request: &Request<Bytes>) -> Result<Self, ServiceError> {
        let mut reading = Reading::begin(request.uri(), request.headers())?;
        reading.take(request.body().clone())?;
        reading.end()
    }
}

/// Names and values, `application/x-www-form-urlencoded`.
#[derive(Debug)]
struct Pairs {
    place: ParameterLocation,
    /// The beginning of a pair whose end has not come.
    pair: Vec<u8>,
}

impl Pairs {
    const fn new(place: ParameterLocation) -> Self {
        Self {
            place,
            pair: Vec::new(),
        }
    }

    fn take(&mut self, piece: &[u8], parameters: &mut Parameters) -> Result<(), ServiceError> {
        for (number, part) in piece.split(|byte| *byte == b'&').enumerate() {
            if number > 0 {
                self.end(parameters)?;
            }
            // Before it is kept.
            if self.pair.len() + part.len() > MAX_PAIR {
                let begun = if self.pair.is_empty() {
                    part
                } else {
                    &self.pair
                };
                let name = begun.split(|byte| *byte == b'=').next();
                let name = name.and_then(|name| std::str::from_utf8(name).ok());
                Parameters::check_length(name.unwrap_or_default(), MAX_PAIR)?;
            }
            self.pair.extend_from_slice(part);
        }
        Ok(())
    }

    fn end(&mut self, parameters: &mut Parameters) -> Result<(), ServiceError> {
        // Nothing stands between two `&`: most bytes of a body may be those.
        if self.pair.is_empty() {
            return Ok(());
        }
        for (name, value) in form_urlencoded::parse(&self.pair) {
            Parameters::check_length(&name, value.len())?;
            parameters.check_room()?;
            parameters.push(self.place, name, value);
        }
        self.pair.clear();
        Ok(())
    }
}
