//! Requests as any program makes them, on a connection each.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;
use talkspace_sandbox::Server;

#[derive(Clone, Copy)]
pub(crate) struct Http {
    address: SocketAddr,
}

#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    head: String,
    pub(crate) bytes: Vec<u8>,
    /// Null if it is no JSON.
    pub(crate) body: Value,
}

impl Http {
    pub(crate) fn of(server: &Server) -> Self {
        let mut address = server.local_addr();
        address.set_ip([127, 0, 0, 1].into());
        Self { address }
    }

    pub(crate) fn get(self, path: &str) -> Said {
        self.send("GET", path, &[], b"")
    }

    pub(crate) fn json(self, method: &str, path: &str, body: Value) -> Said {
        let body = body.to_string();
        self.send(
            method,
            path,
            &[("content-type", "application/json")],
            body.as_bytes(),
        )
    }

    /// Sends a request to a path below `/_sandbox/`, or to one that begins with a slash.
    pub(crate) fn send(
        self,
        method: &str,
        path: &str,
        fields: &[(&str, &str)],
        body: &[u8],
    ) -> Said {
        let mut socket = self.open(method, path, fields, body);
        let mut response = Vec::new();
        socket.read_to_end(&mut response).unwrap();
        let mut places = response.windows(4);
        let end = places.position(|four| four == b"\r\n\r\n").unwrap();
        let bytes = response.split_off(end + 4);
        let head = String::from_utf8(response).unwrap();
        Said {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            bytes,
        }
    }

    /// The same, with the response still to be read.
    pub(crate) fn open(
        self,
        method: &str,
        path: &str,
        fields: &[(&str, &str)],
        body: &[u8],
    ) -> TcpStream {
        let mut socket = TcpStream::connect(self.address).unwrap();
        let path = match path.strip_prefix('/') {
            Some(_) => path.to_owned(),
            None => format!("/_sandbox/{path}"),
        };
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        let is_about_host = fields.iter().any(|(name, _)| *name == "host");
        if !is_about_host {
            head += &format!("host: {}\r\n", self.address);
        }
        for (name, value) in fields {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!(
            "content-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        socket.write_all(head.as_bytes()).unwrap();
        // The response may be there before all of this is read.
        let _ = socket.write_all(body);
        socket
    }
}

impl Said {
    /// The word for programs.
    pub(crate) fn code(&self) -> String {
        self.body["error"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = fields.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    /// The body, as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }
}
