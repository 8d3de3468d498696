//! `responses.txt`, read.

/// One odd response.
pub(crate) struct Row {
    pub(crate) line: usize,
    pub(crate) title: String,
    pub(crate) method: String,
    /// The peer ends the connection when it has written.
    pub(crate) closes: bool,
    pub(crate) bytes: Vec<u8>,
    pub(crate) hyper: String,
    pub(crate) blocking: String,
}

pub(crate) fn rows() -> Vec<Row> {
    include_str!("responses.txt")
        .lines()
        .zip(1..)
        .filter(|(text, _)| !text.is_empty() && !text.starts_with('#'))
        .map(|(text, line)| Row::parse(text, line))
        .collect()
}

impl Row {
    fn parse(text: &str, line: usize) -> Self {
        let columns: Vec<&str> = text.split('|').map(str::trim).collect();
        let (title, end, bytes, verdicts) = match columns[..] {
            [title, end, bytes, verdict] => (title, end, bytes, [verdict, verdict]),
            [title, end, bytes, hyper, blocking, reason] => {
                assert!(!reason.is_empty(), "line {line}: why do they differ?");
                let hyper = hyper.strip_prefix("hyper: ").expect("hyper's verdict");
                let blocking = blocking.strip_prefix("blocking: ").expect("blocking's");
                (title, end, bytes, [hyper, blocking])
            }
            _ => panic!("line {line}: {} columns", columns.len()),
        };
        let (method, end) = end.split_once(' ').unwrap_or(("GET", end));
        let closes = match end {
            "closes" => true,
            "stays" => false,
            _ => panic!("line {line}: {end:?} is neither closes nor stays"),
        };
        let [hyper, blocking] = verdicts.map(str::to_owned);
        Self {
            line,
            title: title.to_owned(),
            method: method.to_owned(),
            closes,
            bytes: unescape(bytes),
            hyper,
            blocking,
        }
    }

    /// Whether the verdict is that a limit ended the wait. Only then is the
    /// limit short.
    pub(crate) fn waits(verdict: &str) -> bool {
        verdict.starts_with("Timeout")
    }
}

/// `\r`, `\n`, `\t`, `\\`, `\xHH`, and `{N*TEXT}` for a text that comes N times.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '\\' => {
                let escape = rest.chars().next().expect("an escape");
                rest = &rest[1..];
                bytes.push(match escape {
                    'r' => b'\r',
                    'n' => b'\n',
                    't' => b'\t',
                    '\\' => b'\\',
                    'x' => {
                        let byte = u8::from_str_radix(&rest[..2], 16).expect("two hex digits");
                        rest = &rest[2..];
                        byte
                    }
                    other => panic!("an unknown escape: {other}"),
                });
            }
            '{' => {
                let (repeated, after) = rest.split_at(closing(rest));
                let (count, what) = repeated.split_once('*').expect("a count");
                let count = count.parse().expect("a count");
                bytes.extend(unescape(what).repeat(count));
                rest = &after[1..];
            }
            _ => bytes.extend_from_slice(first.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// Where the brace is that closes the one before `text`.
fn closing(text: &str) -> usize {
    let mut open = 1;
    let depth = text.bytes().map(|byte| match byte {
        b'{' => 1,
        b'}' => -1,
        _ => 0,
    });
    let closed = depth.into_iter().position(|step| {
        open += step;
        open == 0
    });
    closed.expect("a closing brace")
}
