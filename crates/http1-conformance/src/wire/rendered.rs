//! A peer's events as lines of text.

use super::log::{Transcript, What};
use super::show::show_up_to;

/// One event, ready to print.
pub(crate) struct EventLine {
    pub(crate) connection: usize,
    pub(crate) seconds: f64,
    pub(crate) text: String,
}

/// The most lines that a report shows of one peer.
const MOST: usize = 40;

/// The most bytes of one line: a usual head fits.
const MOST_BYTES: usize = 240;

/// The events of a peer. Neighbouring writes or reads of one connection are
/// one line; the middle of a very long record is left out.
pub(crate) fn lines(transcript: &Transcript) -> Vec<EventLine> {
    let mut lines: Vec<EventLine> = Vec::new();
    let mut runs = Runs::default();
    for event in transcript.events() {
        let text = match &event.what {
            What::Received(bytes) => {
                runs.add(
                    event.connection,
                    '<',
                    bytes,
                    &mut lines,
                    event.at.as_secs_f64(),
                );
                continue;
            }
            What::Sent(bytes) => {
                runs.add(
                    event.connection,
                    '>',
                    bytes,
                    &mut lines,
                    event.at.as_secs_f64(),
                );
                continue;
            }
            What::Accepted => "accepted".to_owned(),
            What::Unplanned => "accepted, although no more connections were expected".to_owned(),
            What::ClientClosed => "client closed".to_owned(),
            What::ClientReset => "client reset".to_owned(),
            What::HalfClosed => "peer closed its direction".to_owned(),
            What::Closed => "peer closed".to_owned(),
            What::Reset => "peer reset".to_owned(),
            What::Alerted(code) => format!("peer sent the fatal alert {code} of TLS"),
            What::StoppedReading => "peer stopped reading".to_owned(),
            What::AtGate(name) => format!("peer waits at the gate {name:?}"),
            What::PassedGate(name) => format!("the gate {name:?} was opened"),
            What::Unmet(expectation) => format!("expected: {expectation}"),
        };
        runs.current = None;
        lines.push(EventLine {
            connection: event.connection,
            seconds: event.at.as_secs_f64(),
            text,
        });
    }
    if lines.len() > MOST {
        let left_out = lines.len() - MOST;
        let tail = lines.split_off(lines.len() - MOST / 2);
        lines.truncate(MOST / 2);
        if let Some(last) = lines.last_mut() {
            last.text
                .push_str(&format!("  (then {left_out} events not shown)"));
        }
        lines.extend(tail);
    }
    lines
}

/// Joins bytes of one direction and counts their offsets.
#[derive(Default)]
struct Runs {
    current: Option<(usize, char, Vec<u8>, usize)>,
    offsets: Vec<((usize, char), usize)>,
}

impl Runs {
    fn add(
        &mut self,
        connection: usize,
        direction: char,
        bytes: &[u8],
        lines: &mut Vec<EventLine>,
        seconds: f64,
    ) {
        let key = (connection, direction);
        if !self.offsets.iter().any(|(other, _)| *other == key) {
            self.offsets.push((key, 0));
        }
        let Some((_, offset)) = self.offsets.iter_mut().find(|(other, _)| *other == key) else {
            return;
        };
        let joined = match &mut self.current {
            Some((c, d, all, _)) if (*c, *d) == key => {
                all.extend_from_slice(bytes);
                true
            }
            current => {
                *current = Some((connection, direction, bytes.to_vec(), *offset));
                false
            }
        };
        *offset += bytes.len();
        let Some((_, _, all, start)) = &self.current else {
            return;
        };
        let text = format!(
            "{direction} [{start}..{offset}] {}",
            show_up_to(MOST_BYTES, all)
        );
        match lines.last_mut().filter(|_| joined) {
            Some(line) => line.text = text,
            None => lines.push(EventLine {
                connection,
                seconds,
                text,
            }),
        }
    }
}

/// The last thing that happened at a peer.
pub(crate) fn last_event(transcript: &Transcript) -> Option<String> {
    let last = lines(transcript).pop()?;
    Some(format!("{} {}", letter(last.connection), last.text))
}

/// The letter of a connection in reports.
pub(crate) fn letter(connection: usize) -> String {
    u8::try_from(connection)
        .ok()
        .filter(|number| *number < 26)
        .map_or_else(
            || format!("#{connection}"),
            |number| char::from(b'A' + number).to_string(),
        )
}
