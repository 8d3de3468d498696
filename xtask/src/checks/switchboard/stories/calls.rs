//! Telephones: answered, declined, hung up, muted and moved, in one window and in two.

use serde_json::json;

use super::{Told, expect};
use crate::checks::switchboard::driver::Browser;
use crate::checks::switchboard::stage::{LIVE, Stage};
use crate::checks::switchboard::window::{ENTER, TAB};

/// A call of a client is answered on the page, and the client sees who is there.
pub(super) fn answered(stage: &Stage) -> Told {
    let sandbox = stage.sandbox(&[])?;
    let page = stage.window(&sandbox)?;
    let eta = page.phone("eta");
    let talkspace = sandbox.create("eta")?;
    eta.is("ringing")?;
    expect(
        "nobody has joined yet",
        sandbox.inside(&talkspace)? == json!([]),
    )?;
    eta.click("answer")?;
    eta.is("answered")?;
    expect(
        "answering is not joining",
        sandbox.inside(&talkspace)? == json!([]),
    )?;
    eta.click("key-5")?;
    eta.click("key-1")?;
    eta.is("in_call")?;
    let inside = sandbox.inside(&talkspace)?.to_string();
    expect(&format!("eta is in {inside}"), inside.contains("\"eta\""))?;
    stage.clean(&page, &[])?;
    Ok("the client sees who answered and pressed 1".to_owned())
}

/// To decline and to let it ring are not the same.
pub(super) fn unanswered(stage: &Stage) -> Told {
    let sandbox = stage.sandbox(&[])?;
    let page = stage.window(&sandbox)?;
    sandbox.create("eta")?;
    sandbox.create("@theta")?;
    let (eta, theta) = (page.phone("eta"), page.phone("@theta"));
    eta.is("ringing")?;
    eta.click("decline")?;
    eta.is("ended")?;
    let declined = eta.text()?;
    theta.is("ringing")?;
    sandbox.pass(30)?;
    theta.is("ended")?;
    let silent = theta.text()?;
    // Nothing goes away under the pointer, or with the focus.
    page.click("h1")?;
    page.get("window.pass5s()")?;
    eta.is_idle()?;
    theta.is_idle()?;
    expect(
        &format!("one was declined, the other was not answered: {declined:?}, {silent:?}"),
        declined.to_lowercase().contains("declined") && !silent.to_lowercase().contains("declined"),
    )?;
    stage.clean(&page, &[])?;
    Ok("declined and not answered are told apart".to_owned())
}

/// Either side hangs up.
pub(super) fn hung_up(stage: &Stage) -> Told {
    let sandbox = stage.sandbox(&[])?;
    let page = stage.window(&sandbox)?;
    let eta = page.phone("eta");
    let mut ends = Vec::new();
    for by_phone in [true, false] {
        let talkspace = sandbox.create("eta")?;
        eta.is("ringing")?;
        eta.click("answer")?;
        eta.click("key-1")?;
        eta.is("in_call")?;
        if by_phone {
            eta.click("hang-up")?;
        } else {
            let who = ["--conference-id", &talkspace, "--network-id", "eta"];
            sandbox.client(&[&["hang-up"], &who[..]].concat())?;
        }
        eta.is("ended")?;
        ends.push(eta.text()?);
        expect("nobody is in it", sandbox.inside(&talkspace)? == json!([]))?;
    }
    stage.clean(&page, &[])?;
    Ok("hung up by the phone, and by the application".to_owned())
}

/// What a client does to somebody in a TalkSpace is seen.
pub(super) fn moved(stage: &Stage) -> Told {
    let sandbox = stage.sandbox(&[])?;
    let page = stage.window(&sandbox)?;
    let (eta, theta) = (page.phone("eta"), page.phone("@theta"));
    let (one, other) = (sandbox.create("eta")?, sandbox.create("@theta")?);
    for phone in [&eta, &theta] {
        phone.is("ringing")?;
        phone.click("answer")?;
        phone.click("key-1")?;
        phone.is("in_call")?;
    }
    let client = |verb: &str, talkspace: &str, more: &[&str]| {
        let who = [verb, "--conference-id", talkspace, "--network-id", "eta"];
        sandbox.client(&[&who[..], more].concat())
    };
    client("mute-participant", &one, &[])?;
    eta.is("in_call][data-muted=true")?;
    client("unmute-participant", &one, &[])?;
    eta.is("in_call][data-muted=false")?;
    client("move-participant", &one, &["--to-conference-id", &other])?;
    eta.says(&other[..8])?;
    sandbox.client(&["close-talkspace", "--conference-id", &other])?;
    eta.is("ended")?;
    theta.is("ended")?;
    stage.clean(&page, &[])?;
    Ok("muting, moving and closing are seen".to_owned())
}

/// Two windows answer one telephone: one does, and the other is told why not.
pub(super) fn two_windows(stage: &Stage) -> Told {
    let sandbox = stage.sandbox(&[])?;
    let (one, other) = (stage.window(&sandbox)?, stage.window(&sandbox)?);
    sandbox.create("eta")?;
    one.phone("eta").is("ringing")?;
    other.phone("eta").is("ringing")?;
    // What the other one does comes after what the first does.
    other.get("window.hold()")?;
    other.phone("eta").click("answer")?;
    one.phone("eta").click("answer")?;
    one.phone("eta").is("answered")?;
    other.phone("eta").is("answered")?;
    other.get("window.release()")?;
    other.until_there("[data-testid=phone] [data-testid=failed]")?;
    one.phone("eta").click("key-1")?;
    other.phone("eta").is("in_call")?;
    stage.clean(&one, &[])?;
    stage.clean(&other, &["409"])?;
    Ok("one window wins, and the other is told".to_owned())
}

/// Windows of one browser share a stream: what one is told the other is told too, also when
/// the one that reads it is closed.
pub(super) fn one_browser(stage: &Stage) -> Told {
    let sandbox = stage.sandbox(&[])?;
    let page = stage.window(&sandbox)?;
    let first = page.window()?;
    page.open_beside(&sandbox.page())?;
    page.until(LIVE)?;
    let second = page.window()?;
    sandbox.create("eta")?;
    for window in [&first, &second] {
        page.go_to(window)?;
        page.phone("eta").is("ringing")?;
    }
    page.go_to(&first)?;
    page.close()?;
    page.go_to(&second)?;
    page.phone("eta").click("answer")?;
    page.phone("eta").is("answered")?;
    sandbox.create("@theta")?;
    page.phone("@theta").is("ringing")?;
    stage.clean(&page, &[])?;
    Ok("two windows of a browser see the same, and one goes on alone".to_owned())
}

/// From a page that was just opened to calls that are over, without a pointer: by the keys
/// that the page has, and by those that every page has.
pub(super) fn keyboard(stage: &Stage) -> Told {
    let sandbox = stage.sandbox(&[])?;
    let page = stage.window(&sandbox)?;
    let eta = page.phone("eta");
    let talkspace = sandbox.create("eta")?;
    eta.is("ringing")?;
    page.keys("A".chars())?;
    eta.is("answered")?;
    page.until("document.activeElement?.closest('[data-testid=phone]') !== null")?;
    page.keys("1".chars())?;
    eta.is("in_call")?;
    let inside = sandbox.inside(&talkspace)?.to_string();
    expect(&format!("eta is in {inside}"), inside.contains("\"eta\""))?;
    page.keys("h".chars())?;
    eta.is("ended")?;

    let theta = page.phone("@theta");
    sandbox.create("@theta")?;
    theta.is("ringing")?;
    page.open(&sandbox.page())?;
    page.until(LIVE)?;
    theta.is("ringing")?;
    let tabs = tab_to(&page, "Decline @theta's call")?;
    page.keys([ENTER])?;
    theta.is("ended")?;
    theta.says("declined")?;
    stage.clean(&page, &[])?;
    Ok(format!(
        "the keyboard alone is enough; {tabs} tabs from the top to a button"
    ))
}

/// Presses Tab until the focus is on what has this name, and says how often.
fn tab_to(page: &Browser, name: &str) -> Result<usize, String> {
    for tabs in 1..100 {
        page.keys([TAB])?;
        let focused = page.get("document.activeElement?.ariaLabel")?;
        if focused == json!(name) {
            return Ok(tabs);
        }
    }
    Err(format!("100 tabs do not lead to {name}"))
}

/// A sandbox that wants a token: the page takes it from its address, and hides it there.
pub(super) fn token(stage: &Stage) -> Told {
    let sandbox = stage.sandbox_at("127.0.0.1:0", &["--token=made-up-token", "--ring=0"])?;
    let page = stage.driver.browser(&[])?;
    page.open(&sandbox.page())?;
    page.until("document.querySelector('[role=alert]').innerText.includes('token')")?;
    // Another address of the same page is not loaded anew.
    page.open("about:blank")?;
    page.open(&format!("{}#token=made-up-token", sandbox.page()))?;
    page.until(LIVE)?;
    let address = page.get("location.href")?;
    expect(
        &format!("{address} has no token"),
        address == json!(sandbox.page()),
    )?;
    sandbox.create("eta")?;
    page.phone("eta").is("in_call")?;
    stage.clean(&page, &["401"])?;
    Ok("the page works with a token, and says so without".to_owned())
}
