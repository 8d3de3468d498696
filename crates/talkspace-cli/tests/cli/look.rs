//! What `talkspace sandbox` says at the first look, to people and to programs.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command};

use serde_json::Value;
use talkspace_sandbox::Sandbox;

use crate::command::{Ran, begin, run, talkspace};
use crate::serving::{Folder, KEY, Serving};

const PHONE: &str = "14151239876";

/// A sandbox, the first line of its output, and what it says to a person.
struct Said {
    child: Child,
    first: String,
    told: Vec<String>,
}

impl Said {
    fn by(command: &mut Command) -> Self {
        let mut child = begin(command);
        let mut first = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut first).unwrap();
        let mut said = Self {
            child,
            first,
            told: Vec::new(),
        };
        let mut lines = BufReader::new(said.child.stderr.take().unwrap()).lines();
        // The command is the line after this.
        while said
            .told
            .iter()
            .rev()
            .nth(1)
            .is_none_or(|line| !line.contains("another terminal"))
        {
            said.told.push(lines.next().unwrap().unwrap());
        }
        said
    }

    /// What comes of the command when it is pasted into a shell that knows nothing.
    fn paste(&self) -> Ran {
        let line = self.told.last().unwrap();
        let shell = Command::new("sh")
            .args(["-c", line])
            .env_clear()
            .current_dir("/")
            .output();
        Ran::of(shell.unwrap())
    }

    fn text(&self) -> String {
        self.told.join("\n")
    }
}

impl Drop for Said {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_command_that_it_says_works_where_it_is_pasted() {
    let folder = Folder::new("it's a look");
    let file = folder.0.join("a key");
    fs::write(&file, "hidden-key-5f3a\n").unwrap();
    let file = file.to_str().unwrap();
    let (register, state) = (format!("@anna=b={PHONE}"), folder.file());
    for (options, people, does) in [
        (&[][..], "eta, @theta", "createTalkspace"),
        (
            &["--register", &register],
            "eta, @theta, @anna=b",
            "createTalkspace",
        ),
        (
            &["--app-key-file", file, "--register", &register],
            "@anna=b",
            "createTalkspace",
        ),
        (
            &["--app-key-file", file, "--register=no-answer-1=14151239876"],
            "no-answer-1",
            "listNetworkIds",
        ),
        (
            &["--app-key-file", file, "--register=a=14151230408"],
            "a",
            "listNetworkIds",
        ),
        (
            &["--app-key", "hidden-key-5f3a", "--register", &register],
            "@anna=b",
            "getVersion",
        ),
        (&["--outage"], "eta, @theta", "listNetworkIds"),
        (&["--state", &state], "eta, @theta", "listNetworkIds"),
        (
            &["--listen", "0.0.0.0:0", "--host", "sandbox"],
            "eta, @theta",
            "createTalkspace",
        ),
        (&["--no-page"], "eta, @theta", "createTalkspace"),
    ] {
        let said = Said::by(talkspace(&["sandbox"]).args(options));
        assert!(
            said.first.starts_with("listening on http://127.0.0.1:"),
            "{}",
            said.first
        );
        let text = said.text();
        assert!(text.contains(&format!("  people  {people}\n")), "{text}");
        assert!(
            !text.contains("hidden-key") && !text.contains("41512"),
            "{text}"
        );
        let url = said.first.trim().trim_start_matches("listening on ");
        let is_open = options.contains(&"0.0.0.0:0");
        let token = text
            .lines()
            .find_map(|line| line.strip_prefix("  token   "));
        assert_eq!(token.is_some(), is_open, "{text}");
        let looked = match (options.contains(&"--no-page"), token) {
            (true, _) => format!("  steered {url}/_sandbox/\n"),
            (false, None) => format!("  look at {url}/_sandbox/\n"),
            (false, Some(token)) => format!("  look at {url}/_sandbox/#token={token}\n"),
        };
        assert!(text.contains(&looked), "{text}");
        let example = !options.iter().any(|option| option.starts_with("--app-key"));
        assert_eq!(text.contains(KEY), example, "{text}");
        let ran = said.paste();
        assert_eq!(ran.status, Some(0), "{options:?}: {ran:?}\n{text}");
        assert!(ran.text().contains(does), "{options:?}: {ran:?}");
    }
}

#[test]
fn a_program_reads_one_line() {
    let mut quiet = Serving::telling(&["--quiet"]);
    let response = quiet.send(b"GET /api/rest/version HTTP/1.0\r\n\r\n");
    assert!(response.contains("200"), "{response}");
    let mut told = String::new();
    let mut stderr = quiet.child.stderr.take().unwrap();
    quiet.signal("-TERM");
    quiet.child.wait().unwrap();
    std::io::Read::read_to_string(&mut stderr, &mut told).unwrap();
    assert_eq!(told, "");

    // A token that was made up is told nowhere else.
    let mut open = Serving::telling(&["--quiet", "--listen", "0.0.0.0:0"]);
    let mut told = String::new();
    let mut stderr = open.child.stderr.take().unwrap();
    open.signal("-TERM");
    open.child.wait().unwrap();
    std::io::Read::read_to_string(&mut stderr, &mut told).unwrap();
    assert!(told.contains("  token   "), "{told}");

    let mut command = talkspace(&["sandbox", "--json", "--public-url", "http://a:1"]);
    let mut child = begin(&mut command);
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let _ = child.kill();
    let said = child.wait_with_output().unwrap();
    assert!(said.stderr.is_empty(), "{said:?}");
    let said: Value = serde_json::from_str(&line).unwrap();
    assert!(
        said["url"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:"),
        "{said}"
    );
    assert_eq!(said["public_url"], "http://a:1");
    assert_eq!(said["page"], said["steered_at"]);
    assert_eq!(said["app_key"], KEY);
    assert_eq!(said["people"], serde_json::json!(["eta", "@theta"]));

    // And what is wrong is JSON too.
    let taken = Serving::start(&[]);
    let ran = run(&mut talkspace(&[
        "sandbox",
        "--json",
        "--listen",
        taken.authority(),
    ]));
    let text = ran.json()["error"]["text"].to_string();
    assert!(text.contains("another program listens there"), "{ran:?}");
    assert_eq!(ran.status, Some(2));
}

#[test]
fn every_option_may_come_from_the_environment() {
    let help = run(&mut talkspace(&["sandbox", "--help"]));
    let mut options = 0;
    for line in help.text().lines().map(str::trim) {
        let option = line
            .strip_prefix("--")
            .or_else(|| line.strip_prefix("-h, --"));
        let Some(option) = option.and_then(|option| option.split_whitespace().next()) else {
            continue;
        };
        if option != "help" {
            let name = option.to_uppercase().replace('-', "_");
            let named = format!("[env: TALKSPACE_SANDBOX_{name}]");
            assert!(help.text().contains(&named), "{named} is missing");
            options += 1;
        }
    }
    assert!(options > 15, "{options}");

    // As a compose file has them: in blocks, with blanks, and empty ones.
    let mut command = talkspace(&["sandbox"]);
    command
        .env(
            "TALKSPACE_SANDBOX_REGISTER",
            format!("anna={PHONE}\n\nbob=415-123-9877\n"),
        )
        .env("TALKSPACE_SANDBOX_APP_KEY", "hidden-key-5f3a")
        .env("TALKSPACE_SANDBOX_TOKEN", "hidden-token-77")
        .env("TALKSPACE_SANDBOX_HOST", "")
        .env("TALKSPACE_SANDBOX_STATE", "")
        .env("TALKSPACE_SANDBOX_OUTAGE", "no")
        .env("TALKSPACE_SANDBOX_RING", "0.1");
    let said = Said::by(&mut command);
    assert!(
        said.text().contains("  people  anna, bob\n"),
        "{}",
        said.text()
    );
    assert!(!said.text().contains("hidden-token"), "{}", said.text());
    drop(said);
    for (name, value) in [("OUTAGE", "perhaps"), ("RING", "soon"), ("HOST", "*")] {
        let name = format!("TALKSPACE_SANDBOX_{name}");
        let ran = run(talkspace(&["sandbox"]).env(&name, value));
        assert_eq!(ran.status, Some(2), "{name}: {ran:?}");
    }
}

#[test]
fn a_request_is_a_line_in_colour_for_people_who_want_that() {
    for (environment, is_coloured) in [
        (&[][..], false),
        (&[("CLICOLOR_FORCE", "1")], true),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
    ] {
        let mut command = Command::new("sh");
        command
            .args(["-c", "exec \"$0\" sandbox --log --listen 0 2>&1"])
            .arg(crate::program())
            .envs(environment.iter().copied());
        let mut child = begin(&mut command);
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap);
        let url = lines.find_map(|line| Some(line.strip_prefix("listening on ")?.to_owned()));
        let mut command = talkspace(&["get-talkspace", "--conference-id", "SENTINEL"]);
        let ran = run(command.args(["--base-url", &url.unwrap()]));
        assert_eq!(ran.status, Some(1), "{ran:?}");
        let line = lines
            .find(|line| line.contains("/api/rest/conference"))
            .unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(line.contains('\u{1b}'), is_coloured, "{line:?}");
        let begin = "GET /api/rest/conference/{conferenceid}";
        assert!(
            line.starts_with(begin) && line.contains(" 404 "),
            "{line:?}"
        );
        assert!(!line.contains("SENTINEL"), "{line}");
    }
}

#[test]
fn it_starts_from_a_file_and_says_what_is_wrong_with_one() {
    let folder = Folder::new("seeds");
    let file = folder.0.join("seeds.json");
    let start = || {
        let mut command = talkspace(&["sandbox", "--listen", "0"]);
        command.env("TALKSPACE_SANDBOX_SEED_FILE", &file);
        command
    };
    let seeds = format!(r#"{{"people": {{"anna": "{PHONE}"}}, "media": {{"hello": null}}}}"#);
    fs::write(&file, seeds).unwrap();
    let said = Said::by(&mut start());
    let text = said.text();
    assert!(
        text.contains("  people  anna\n") && text.contains("hello"),
        "{text}"
    );
    let made = said.paste();
    assert_eq!(made.status, Some(0), "{made:?}");
    drop(said);

    // What the command would do is known from what is there, whoever said so.
    let people = format!(r#""people": {{"anna": "{PHONE}"}}"#);
    let saved = Sandbox::builder().examples().outage(true).build().unwrap();
    let in_outage = saved.save();
    let slow = format!(r#"{{{people}, "ring": 60}}"#);
    let down = format!(r#"{{{people}, "outage": true}}"#);
    for (text, environment, does) in [
        (slow.as_str(), None, "listNetworkIds"),
        (&slow, Some(("RING", "0.1")), "createTalkspace"),
        (&down, None, "listNetworkIds"),
        (&down, Some(("OUTAGE", "no")), "createTalkspace"),
        (in_outage.as_json(), None, "listNetworkIds"),
        (
            in_outage.as_json(),
            Some(("OUTAGE", "no")),
            "createTalkspace",
        ),
    ] {
        fs::write(&file, text).unwrap();
        let environment =
            environment.map(|(name, value)| (format!("TALKSPACE_SANDBOX_{name}"), value));
        let ran = Said::by(start().envs(environment)).paste();
        assert_eq!(ran.status, Some(0), "{text}: {ran:?}");
        assert!(ran.text().contains(does), "{text}: {ran:?}");
    }
    let up = format!(r#"{{{people}, "ring": 0.2, "outage": false}}"#);
    for option in ["--ring=60", "--outage"] {
        fs::write(&file, &up).unwrap();
        let ran = Said::by(start().arg(option)).paste();
        assert!(ran.text().contains("listNetworkIds"), "{option}: {ran:?}");
    }

    let saved = Sandbox::builder().examples().build().unwrap().save();
    fs::write(&file, saved.as_json()).unwrap();
    let said = Said::by(&mut start());
    assert!(
        said.text().contains("  people  @theta, eta\n"),
        "{}",
        said.text()
    );
    drop(said);

    let other = Sandbox::builder().app_key("other").build().unwrap().save();
    for (text, why) in [
        (
            "{\"app_keys\": [",
            "EOF while parsing a list at line 1 column 14",
        ),
        (
            "{\"people\": {\"anna\": \"0\"}}",
            "the phone of anna is not a phone number",
        ),
        (other.as_json(), "other application keys"),
    ] {
        fs::write(&file, text).unwrap();
        let ran = run(&mut start());
        assert_eq!(ran.status, Some(2), "{ran:?}");
        let told = format!("{ran:?}");
        assert!(
            told.contains("seeds.json: ") && told.contains(why),
            "{told}"
        );
    }
}
