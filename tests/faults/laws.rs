//! What holds for every request, whatever went wrong: the error tells the truth,
//! and nothing rings twice.

use talkspace_core::server::ServerOperation;
use talkspace_core::{Delivery, DownloadMedia, Effect, Operation};

use crate::client::Told;

/// Which laws a request broke, if any.
pub(crate) fn breaches<O: ServerOperation>(told: &Told<O::Response>) -> Vec<String> {
    let mut breaches = Vec::new();
    let mut law = |holds: bool, what: &str| {
        if !holds {
            breaches.push(what.to_owned());
        }
    };
    let (effect, applied) = (O::INFO.effect, told.applied);
    let repeatable = matches!(effect, Effect::Reads | Effect::Converges);

    law(repeatable || applied <= 1, "it was applied twice");
    let rings = u64::from(effect == Effect::Rings);
    law(told.rings <= rings, "more telephones rang than it calls");
    for exchange in &told.exchanges {
        let not_sent = exchange.claimed == Some(Delivery::NotSent);
        law(
            !not_sent || exchange.arrived == 0,
            "the transport says that nothing was sent, and something arrived",
        );
        law(
            exchange.forwarded.len() <= 1,
            "an exchange sent two requests",
        );
        law(!exchange.beyond, "a request is longer than it says");
    }
    match &told.outcome {
        // A retry may find that there is nothing left to do.
        Ok(reply) if effect == Effect::Converges => law(
            applied >= 1 || (reply.attempts > 1 && !O::INFO.already.is_empty()),
            "it succeeded and was not applied",
        ),
        // Any bytes could be the sound that was asked for.
        Ok(_) if O::INFO.id == DownloadMedia::INFO.id => {}
        Ok(_) if effect == Effect::Reads => law(applied >= 1, "the sandbox did not see it"),
        Ok(_) => law(applied == 1, "it succeeded and was not applied once"),
        Err(error) => {
            law(
                error.delivery() != Delivery::NotSent || told.arrived() == 0,
                "the error says that nothing was sent, and something arrived",
            );
            law(
                effect == Effect::Reads || error.delivery() == Delivery::MaybeSent || applied == 0,
                "the error says that it was not applied, and it was",
            );
            law(
                repeatable || !error.is_retryable() || applied == 0,
                "the error invites to send again what was applied",
            );
            law(
                error.attempts() as usize == told.exchanges.len(),
                "the error has not counted the exchanges",
            );
        }
    }
    breaches
}
