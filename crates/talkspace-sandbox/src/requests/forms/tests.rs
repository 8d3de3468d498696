//! What each form looks like, and what has none.

use http::{Method, Request};
use serde_json::{Value, json};
use talkspace_core::Effect;
use talkspace_core::operation::{OperationInfo, ParameterInfo, ParameterKind, ParameterLocation};

use super::shell::Word;
use super::{Form, Given, Said, rust, talkspace};
use crate::{Sandbox, SandboxBuilder};

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;
const BASE: &str = "http://127.0.0.1:8080";

/// The forms of a request that no client need have sent.
fn forms_at(base: &str, method: &str, target: &str, form: &str) -> Value {
    let sandbox = Sandbox::builder().examples().seed(7).build().unwrap();
    let request = Request::builder().method(method).uri(target);
    let request = request.body(form.replace("KEY", KEY).into()).unwrap();
    sandbox.transport().respond_blocking(request);
    let forms = sandbox.request_log(0).entries[0].forms(base);
    let text = format!("{forms:?}");
    assert!(!text.contains(KEY) && !text.contains("4155550"), "{text}");
    forms.into()
}

fn forms(method: &str, target: &str, form: &str) -> Value {
    forms_at(BASE, method, target, form)
}

/// What may be there several times, of which the spec has none yet.
#[test]
fn several_values_are_a_list() {
    const fn info(name: &'static str, required: bool) -> ParameterInfo {
        let place = ParameterLocation::Form;
        match required {
            true => ParameterInfo::required(name, place, ParameterKind::Text).repeated(),
            false => ParameterInfo::optional(name, place, ParameterKind::Text).repeated(),
        }
    }
    static INFOS: [ParameterInfo; 2] = [info("a", true), info("b", false)];
    static PING: OperationInfo =
        OperationInfo::new("ping", Method::POST, "/api/rest/ping", Effect::Reads);
    let given = [(0, "x"), (0, "y"), (1, "z")].map(|(index, text)| Given {
        info: &INFOS[index],
        said: Said::Text(text.into()),
    });
    let form = Form {
        info: &PING,
        base: BASE,
        given: given.into(),
    };
    assert_eq!(
        rust::form(&form).unwrap(),
        "client.send(Ping::new([\"x\", \"y\"]).b([\"z\"])).await?"
    );
    assert_eq!(
        talkspace::form(&form).unwrap(),
        "talkspace ping --base-url=http://127.0.0.1:8080 --a=x --a=y --b=z"
    );
}

#[test]
fn a_request_is_the_same_in_each_form() {
    let add = "appkey=KEY&action=add&networkid=@theta&muted=true";
    assert_eq!(
        forms("POST", "/api/rest/conference/it's", add),
        json!({
            "curl": "curl 'http://127.0.0.1:8080/api/rest/conference/it%27s' \
                     --data-urlencode action=add --data-urlencode 'networkid=@theta' \
                     --data-urlencode \"appkey=$TALKSPACE_APP_KEY\" --data-urlencode muted=true",
            "rust": "client.send(AddToTalkspace::new(\"it's\", \"@theta\").muted(true)).await?",
            "command": "talkspace add-to-talkspace --base-url=http://127.0.0.1:8080 \
                        '--conference-id=it'\\''s' '--network-id=@theta' --muted",
        })
    );
    let removed = format!("/api/rest/registrant/-1?appkey={KEY}");
    assert_eq!(
        forms("DELETE", &removed, ""),
        json!({
            "curl": "curl --get --request DELETE http://127.0.0.1:8080/api/rest/registrant/-1 \
                     --data-urlencode \"appkey=$TALKSPACE_APP_KEY\"",
            "rust": "client.send(DeleteRegistrant::new(\"-1\")).await?",
            "command": "talkspace delete-registrant --base-url=http://127.0.0.1:8080 \
                        --network-id=-1",
        })
    );
    let phone = forms(
        "POST",
        "/api/rest/registrant/14155550123/14155550199",
        "appkey=KEY",
    );
    assert_eq!(
        phone,
        json!({
            "curl": "curl \"http://127.0.0.1:8080/api/rest/registrant/$NETWORK_ID/$PHONE\" \
                     --data-urlencode \"appkey=$TALKSPACE_APP_KEY\"",
            "rust": "client.send(ChangePhone::new(std::env::var(\"NETWORK_ID\")?, \
                     std::env::var(\"PHONE\")?.parse()?)).await?",
            "command": "talkspace change-phone --base-url=http://127.0.0.1:8080 \
                        \"--network-id=$NETWORK_ID\" \"--phone=$PHONE\"",
        })
    );
}

#[test]
fn what_a_form_cannot_be_is_left_out() {
    // No client sends these, and a terminal would take some for keys.
    let keys = forms(
        "POST",
        "/api/rest/conference",
        "appkey=KEY&networkid=a%03b%0A%1B",
    );
    let curl = "curl http://127.0.0.1:8080/api/rest/conference --data networkid=a%03b%0A%1B \
                --data-urlencode \"appkey=$TALKSPACE_APP_KEY\"";
    assert_eq!(
        keys,
        json!({"curl": curl.replace("networkid=a%03b%0A%1B", "'networkid=a%03b%0A%1B'")})
    );
    for (method, path, form) in [
        ("POST", "/api/rest/conference", "appkey=KEY"),
        ("POST", "/api/rest/conference", "appkey=KEY&networkid="),
        (
            "POST",
            "/api/rest/conference",
            "appkey=KEY&networkid=a&networkid=b",
        ),
    ] {
        let forms = forms(method, path, form);
        assert_eq!(forms.as_object().unwrap().len(), 1, "{forms}");
        assert_eq!(
            forms["curl"]
                .as_str()
                .unwrap()
                .matches("networkid=")
                .count(),
            form.matches("networkid=").count()
        );
    }
    for (method, path, form) in [
        ("POST", "/api/rest/nothing", "appkey=KEY"),
        ("POST", "/api/rest/conference/1", "appkey=KEY&action=ad"),
        ("POST", "/api/rest/conference", "appkey=KEY&networkid=KEY"),
    ] {
        assert_eq!(forms(method, path, form), json!({}), "{path} {form}");
    }
    let dots = forms("GET", &format!("/api/rest/conference/..?appkey={KEY}"), "");
    let dots = dots["curl"].as_str().unwrap();
    assert!(dots.starts_with("curl --path-as-is --get "), "{dots}");
    assert!(dots.contains("/conference/.. "), "{dots}");
}

#[test]
fn a_host_that_is_not_this_machine_is_allowed_to_the_command() {
    for (base, option) in [
        ("http://localhost:8080", None),
        ("http://[::1]:8080", None),
        (
            "http://sandbox:8080",
            Some("--plain-http-host=sandbox:8080"),
        ),
    ] {
        let forms = forms_at(base, "GET", "/api/rest/version", "");
        let command = forms["command"].as_str().unwrap();
        let base = super::quote(&format!("--base-url={base}"));
        let option = option
            .map(|option| format!(" {option}"))
            .unwrap_or_default();
        assert_eq!(command, format!("talkspace get-version {base}{option}"));
    }
}

#[test]
fn a_word_has_a_variable_in_double_quotes_and_nothing_else_that_means_something_there() {
    let word = |before: &str, after: &str| Word::of(before).variable("X").text(after).quoted();
    assert_eq!(word("a=", "/b"), "\"a=$X/b\"");
    assert_eq!(word("", ""), "\"$X\"");
    assert_eq!(word("a$b!`c`", ""), "'a$b!`c`'\"$X\"");
    assert_eq!(word("", "it's"), "\"$X\"'it'\\''s'");
    assert_eq!(word("", "_y"), "\"${X}_y\"");
}
