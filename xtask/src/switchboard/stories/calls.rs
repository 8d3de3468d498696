//! Telephones: answered, declined, hung up, muted and moved, in one window and in two.

use serde_json::json;

use super::{Told, expect};
use crate::switchboard::driver::{ENTER, TAB};
use crate::switchboard::stage::Stage;

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

/// From a page that was just opened to a call that is over, without a pointer.
pub(super) fn keyboard(stage: &Stage) -> Told {
    let sandbox = stage.sandbox(&[])?;
    let page = stage.window(&sandbox)?;
    let eta = page.phone("eta");
    let talkspace = sandbox.create("eta")?;
    eta.is("ringing")?;
    page.keys("A".chars())?;
    eta.is("answered")?;
    page.keys("1".chars())?;
    eta.is("in_call")?;
    let inside = sandbox.inside(&talkspace)?.to_string();
    expect(&format!("eta is in {inside}"), inside.contains("\"eta\""))?;
    page.keys("h".chars())?;
    eta.is("ended")?;
    let _ = (ENTER, TAB);
    stage.clean(&page, &[])?;
    Ok("the keyboard alone is enough".to_owned())
}
