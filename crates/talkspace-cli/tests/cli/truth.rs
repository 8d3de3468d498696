//! What the command sends, held against the list of the operations that is written by
//! hand.

#[allow(dead_code, reason = "the tests of the service use the rest")]
mod list;

use std::net::TcpListener;
use std::thread;

use crate::command::{knock, request, respond, run, talkspace};
use crate::serving::KEY;
use list::{Request, Truth, With, truths};

/// A value for each parameter.
fn value(name: &str) -> String {
    let value = match name {
        "networkid" => "eta",
        "appkey" => KEY,
        "phone" => "14155550123",
        "greetingid" => "6e6a151be31b467f87225b18b0f36f00",
        "recordingid" => "7dd9a82f99644f36a974af070824d64a",
        "conferenceid" => "63c9b03b84e9476080f7afe9ac2aa58e",
        "toconferenceid" => "6d3406768c94856898d99fa624b1a442",
        "mediaid" => "52abea0b364642dbad4769ea10763080",
        other => panic!("{other}: say a value"),
    };
    value.to_owned()
}

/// What the command is called with, as the list has it: what may be left out is in
/// brackets, and behind `=` is the name of a parameter.
fn arguments(truth: &Truth, with: With<'_>) -> Option<Vec<String>> {
    let mut lines = truth.text.lines().map(str::trim);
    let line = lines.find_map(|line| line.strip_prefix("talkspace "))?;
    let words = line.split(' ').filter_map(|word| {
        let optional = word.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        if optional.is_some() && with == With::Needed {
            return None;
        }
        let word = optional.unwrap_or(word);
        Some(match word.split_once('=') {
            Some((option, name)) => format!("{option}={}", truth.value(name, &value)),
            None => word.to_owned(),
        })
    });
    Some(words.collect())
}

/// What the command sends, or what it says when it sends nothing.
fn sent(listener: &TcpListener, arguments: &[String]) -> Result<Request, String> {
    let url = format!("http://{}", listener.local_addr().unwrap());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut command = talkspace(&arguments);
    command.env("TALKSPACE_BASE_URL", &url);
    let running = thread::spawn(move || {
        let ran = run(&mut command);
        knock(&url, "over");
        ran
    });
    let (text, mut stream) = request(listener);
    if text.starts_with("over") {
        return Err(running.join().unwrap().stderr);
    }
    respond(&mut stream, "400 Bad Request", b"");
    let (over, _stream) = request(listener);
    assert!(over.starts_with("over"), "it is sent once: {over}");
    running.join().unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let line = head.lines().next().unwrap();
    let kind = head.lines().find_map(|line| {
        let (name, kind) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-type").then_some(kind)
    });
    let line = line.trim_end_matches(" HTTP/1.1");
    Ok(Request::sent(line, kind.unwrap_or_default(), body))
}

#[test]
fn the_command_sends_what_is_true() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (mut called, mut differences) = (0, Vec::new());
    for truth in truths() {
        for with in [With::All, With::Needed] {
            let Some(arguments) = arguments(&truth, with) else {
                continue;
            };
            called += 1;
            let sent = sent(&listener, &arguments);
            let expected = truth.request(with, &value);
            if sent.as_ref() != Ok(&expected) {
                differences.push(format!(
                    "{arguments:?}:\n  {sent:?}, and not\n  {expected:?}"
                ));
            }
        }
    }
    // Files go up and come down by commands that are no operation's alone.
    assert_eq!(called, 2 * 22);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
