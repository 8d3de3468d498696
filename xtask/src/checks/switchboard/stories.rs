//! What a person does with the page, and what has to come of it.

use super::stage::Stage;

mod access;
mod calls;
mod hostile;
pub(super) mod picture;
mod server;
mod sound;

/// What a story has shown, or why it is not so.
pub(super) type Told = Result<String, String>;

pub(super) struct Story {
    pub(super) name: &'static str,
    pub(super) play: fn(&Stage) -> Told,
}

/// Those that take long come first.
pub(super) const STORIES: &[Story] = &[
    story("seen, 1280, light", |stage| {
        access::seen(stage, 1280, "light")
    }),
    story("seen, 1280, dark", |stage| {
        access::seen(stage, 1280, "dark")
    }),
    story("seen, 400, light", |stage| {
        access::seen(stage, 400, "light")
    }),
    story("seen, 400, dark", |stage| access::seen(stage, 400, "dark")),
    story("answered", calls::answered),
    story("unanswered", calls::unanswered),
    story("hung up", calls::hung_up),
    story("moved", calls::moved),
    story("two windows", calls::two_windows),
    story("one browser", calls::one_browser),
    story("token", calls::token),
    story("picture", picture::taken),
    story("keyboard", calls::keyboard),
    story("restarted", server::restarted),
    story("stalled", server::stalled),
    story("crowded", server::crowded),
    story("markup", hostile::markup),
    story("other origins", hostile::other_origins),
    story("recorded", sound::recorded),
];

const fn story(name: &'static str, play: fn(&Stage) -> Told) -> Story {
    Story { name, play }
}

/// Fails unless it is so.
fn expect(what: &str, is_so: bool) -> Result<(), String> {
    if is_so {
        return Ok(());
    }
    Err(format!("it is not so that {what}"))
}
