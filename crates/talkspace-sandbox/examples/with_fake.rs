//! A program whose tests decide each response, with a fake. It is for a response that the sandbox
//! would not give; `with_sandbox` is nearer to the service.
//!
//! ```sh
//! cargo test -p talkspace-sandbox --example with_fake
//! ```

#![allow(clippy::print_stdout, reason = "a program for people")]

use talkspace_core::response::{CloseTalkspaceResponse, ListTalkspacesResponse};
use talkspace_core::server::ServiceError;
use talkspace_core::{BlockingClient, CloseTalkspace, Error, ListTalkspaces};
use talkspace_sandbox::Fake;

/// The program under test: ends all TalkSpaces, and says how many it could not end.
fn close_all(client: &BlockingClient) -> Result<usize, Error> {
    let list = client.send(ListTalkspaces::new().active(true))?;
    let close = |id| client.send(CloseTalkspace::new(id));
    Ok(list.active.iter().filter(|id| close(*id).is_err()).count())
}

/// A service with three TalkSpaces, of which one cannot be ended.
fn fake() -> Fake {
    Fake::new()
        .on(|_: ListTalkspaces| {
            let mut list = ListTalkspacesResponse::new();
            list.active = ["63c9", "71aa", "8d04"].map(Into::into).into();
            Ok(list)
        })
        .on(|close: CloseTalkspace| match close.conference_id.as_str() {
            "71aa" => Err(ServiceError::new(502, "no lines left")),
            _ => Ok(CloseTalkspaceResponse::new(close.conference_id)),
        })
}

fn client(fake: Fake) -> Result<BlockingClient, Box<dyn std::error::Error>> {
    let builder = BlockingClient::builder("https://talkspace.example", "key");
    Ok(builder.build_blocking(fake.blocking_transport())?)
}

/// A program of yours has a transport here that reaches the service.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let open = close_all(&client(fake())?)?;
    println!("{open} TalkSpace could not be ended");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs() {
        main().unwrap();
    }

    #[test]
    fn one_that_cannot_be_ended_keeps_no_other_from_it() {
        assert_eq!(close_all(&client(fake()).unwrap()).unwrap(), 1);
    }

    #[test]
    fn without_a_list_nothing_is_ended() {
        let fake = Fake::new()
            .on(|_: ListTalkspaces| Err(ServiceError::new(400, "this is no application")));
        let error = close_all(&client(fake).unwrap()).unwrap_err();
        assert_eq!(error.message(), Some("this is no application"));
    }
}
