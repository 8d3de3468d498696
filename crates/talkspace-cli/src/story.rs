//! What the demo tells, while it goes on or at its end.

use std::path::Path;

use serde_json::{Value, json};
use talkspace_core::Status;

use crate::failure::Failure;
use crate::print;
use crate::report::{cannot_write, out};

/// The steps of a demo, for a person or for a program.
#[derive(Debug)]
pub(crate) struct Story {
    transport: &'static str,
    json: bool,
    steps: Vec<Value>,
}

impl Story {
    pub(crate) fn begin(transport: &'static str, json: bool, url: &str) -> Result<Self, Failure> {
        if !json {
            out(&format!(
                "A TalkSpace against a sandbox at {url}, over {transport}\n\n"
            ))?;
        }
        Ok(Self {
            transport,
            json,
            steps: Vec::new(),
        })
    }

    pub(crate) fn step(
        &mut self,
        name: &str,
        what: &str,
        status: Status,
        message: &str,
    ) -> Result<(), Failure> {
        if self.json {
            self.steps.push(json!({
                "step": name,
                "what": what,
                "status": status.code(),
                "message": message,
            }));
            return Ok(());
        }
        let status = print::good(status.code());
        let remark = match message {
            "" => String::new(),
            message => print::faint(format!("  \"{}\"", print::printable(message))),
        };
        out(&format!("  {status}  {name:<8} {what}{remark}\n"))
    }

    pub(crate) fn end(self, conference: &str, saved: &Path) -> Result<(), Failure> {
        let saved = saved.display().to_string();
        if self.json {
            let document = json!({
                "transport": self.transport,
                "conference_id": conference,
                "recording": saved,
                "steps": self.steps,
            });
            print::document(&document).map_err(cannot_write)
        } else {
            out(&format!(
                "\nThe recording is in {saved}.\n\
                 `talkspace sandbox` keeps a sandbox running; `talkspace --help` lists the rest.\n"
            ))
        }
    }
}
