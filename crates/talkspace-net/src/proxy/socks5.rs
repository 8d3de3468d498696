//! A tunnel through a SOCKS proxy, version 5 (RFC 1928, RFC 1929).

use std::net::IpAddr;

use super::error::Reason;
use super::step::Step;
use super::{Credentials, Destination};

const VERSION: u8 = 5;
const NO_AUTHENTICATION: u8 = 0;
const USER_AND_PASSWORD: u8 = 2;
const NONE_ACCEPTABLE: u8 = 0xff;
/// Of the dialogue of RFC 1929.
const SUBVERSION: u8 = 1;
const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

const NOT_SOCKS: Reason = Reason::Protocol("does not speak SOCKS5");

pub(super) struct Socks5 {
    credentials: Option<Credentials>,
    /// The request to connect, until it is sent.
    connect: Vec<u8>,
    output: Option<Vec<u8>>,
    input: Vec<u8>,
    awaits: Awaits,
}

/// What the proxy says next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    Method,
    Login,
    Reply,
    Nothing,
}

impl Socks5 {
    pub(super) fn new(
        credentials: Option<Credentials>,
        destination: &Destination,
    ) -> Result<Self, Reason> {
        let methods: &[u8] = match credentials {
            None => &[NO_AUTHENTICATION],
            Some(_) => &[NO_AUTHENTICATION, USER_AND_PASSWORD],
        };
        Ok(Self {
            credentials,
            connect: connect(destination)?,
            output: Some([&[VERSION, methods.len() as u8], methods].concat()),
            input: Vec::new(),
            awaits: Awaits::Method,
        })
    }

    pub(super) fn next(&mut self) -> Step {
        match self.output.take() {
            Some(bytes) => Step::Send(bytes),
            None if self.awaits == Awaits::Nothing => Step::Done,
            None => Step::Receive,
        }
    }

    pub(super) fn received(&mut self, bytes: &[u8]) -> Result<(), Reason> {
        self.input.extend_from_slice(bytes);
        let Some(length) = self.step()? else {
            return Ok(());
        };
        self.input.drain(..length);
        match self.input.is_empty() {
            true => Ok(()),
            // Each of its messages is the response to one of ours.
            false => Err(Reason::Protocol("sent something unasked")),
        }
    }

    /// Takes the next message, once it is whole, and says how long it is.
    fn step(&mut self) -> Result<Option<usize>, Reason> {
        let (output, awaits, length) = match (self.awaits, &*self.input) {
            (Awaits::Method, [VERSION, NO_AUTHENTICATION, ..]) => {
                (Some(std::mem::take(&mut self.connect)), Awaits::Reply, 2)
            }
            (Awaits::Method, [VERSION, USER_AND_PASSWORD, ..]) => match &self.credentials {
                Some(credentials) => (Some(login(credentials)), Awaits::Login, 2),
                None => return Err(NOT_SOCKS),
            },
            (Awaits::Method, [VERSION, NONE_ACCEPTABLE, ..]) => return Err(Reason::Credentials),
            (Awaits::Login, [_, 0, ..]) => {
                (Some(std::mem::take(&mut self.connect)), Awaits::Reply, 2)
            }
            (Awaits::Login, [_, _, ..]) => return Err(Reason::Credentials),
            (Awaits::Reply, [VERSION, 0, _, kind, rest @ ..]) => {
                let address = match (*kind, rest) {
                    (IPV4, _) => 4,
                    (IPV6, _) => 16,
                    (NAME, [length, ..]) => 1 + usize::from(*length),
                    (NAME, []) => return Ok(None),
                    _ => return Err(NOT_SOCKS),
                };
                let port = 2;
                if rest.len() < address + port {
                    return Ok(None);
                }
                (None, Awaits::Nothing, 4 + address + port)
            }
            // What follows a failure does not matter.
            (Awaits::Reply, [VERSION, failure, ..]) if *failure != 0 => {
                return Err(Reason::Reply(*failure));
            }
            (Awaits::Login, [_] | []) | (_, [VERSION] | []) => return Ok(None),
            (Awaits::Reply, [VERSION, _] | [VERSION, _, _]) => return Ok(None),
            _ => return Err(NOT_SOCKS),
        };
        self.output = output;
        self.awaits = awaits;
        Ok(Some(length))
    }
}

/// RFC 1928 §4.
fn connect(destination: &Destination) -> Result<Vec<u8>, Reason> {
    let mut request = vec![VERSION, CONNECT, 0];
    let port = match destination {
        Destination::Address(address) => {
            match address.ip() {
                IpAddr::V4(ip) => {
                    request.push(IPV4);
                    request.extend(ip.octets());
                }
                IpAddr::V6(ip) => {
                    request.push(IPV6);
                    request.extend(ip.octets());
                }
            }
            address.port()
        }
        Destination::Name(name, port) => {
            let length = u8::try_from(name.len())
                .map_err(|_| Reason::Target("cannot be told a name of more than 255 bytes"))?;
            request.extend([NAME, length]);
            request.extend(name.as_bytes());
            *port
        }
    };
    request.extend(port.to_be_bytes());
    Ok(request)
}

/// RFC 1929 §2. The lengths were checked when the proxy was made.
fn login(Credentials { user, password }: &Credentials) -> Vec<u8> {
    let mut message = vec![SUBVERSION];
    for part in [user, password] {
        message.push(part.len() as u8);
        message.extend(part);
    }
    message
}
