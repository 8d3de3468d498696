//! How the waits between attempts are spread.

use std::time::{Duration, Instant};

use talkspace_core::unversioned::Step;
use talkspace_core::{GetVersion, RequestOptions, RetryBudget};

use crate::common::{not_connected, request};

const SEEDS: u64 = 1000;
/// The ceilings of the default policy, in milliseconds.
const CEILINGS: [u64; 7] = [200, 400, 800, 1600, 3200, 5000, 5000];

/// The waits of a request that never succeeds, each as a share of its ceiling.
fn shares(seed: u64) -> Vec<f64> {
    let policy = RequestOptions::default().max_retries(CEILINGS.len() as u32);
    let mut now = Instant::now();
    let mut request = request(GetVersion::new(), &policy, &RetryBudget::new(), now, seed);
    let mut waits = Vec::new();
    loop {
        match request.next(now) {
            Step::Exchange(_) => request.received(now, not_connected()),
            Step::Wait(wait) => {
                now += wait;
                let ceiling = Duration::from_millis(CEILINGS[waits.len()]);
                assert!(wait <= ceiling, "seed {seed}: {wait:?} of {ceiling:?}");
                waits.push(wait.div_duration_f64(ceiling));
            }
            Step::Done(_) => return waits,
        }
    }
}

/// Pearson's statistic of counts that should all be the same.
fn chi_squared(counts: &[u32]) -> f64 {
    let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
    let distances = counts.iter().map(|n| (f64::from(*n) - expected).powi(2));
    distances.sum::<f64>() / expected
}

/// Which of `count` equal parts a share lies in.
fn part(share: f64, count: usize) -> usize {
    ((share * count as f64) as usize).min(count - 1)
}

#[test]
fn every_wait_is_spread_evenly_and_apart_from_the_one_before() {
    // The seeds of a client's requests are this far apart.
    let seeds = (0..SEEDS).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let all: Vec<_> = seeds.map(shares).collect();
    println!("wait  ceiling     mean  chi squared (9)  with the one before (24)");
    for (n, ceiling) in CEILINGS.iter().enumerate() {
        let (mut tenths, mut pairs) = ([0; 10], [0; 25]);
        for waits in &all {
            tenths[part(waits[n], 10)] += 1;
            let before = waits[n.saturating_sub(1)];
            pairs[part(before, 5) * 5 + part(waits[n], 5)] += 1;
        }
        let mean = all.iter().map(|waits| waits[n]).sum::<f64>() / SEEDS as f64;
        let (alone, paired) = (chi_squared(&tenths), chi_squared(&pairs));
        println!(
            "{n:>4}  {ceiling:>4} ms  {:>4.0} ms  {alone:>15.1}  {}",
            mean * *ceiling as f64,
            if n == 0 {
                String::new()
            } else {
                format!("{paired:>24.1}")
            },
        );
        // One in a thousand is above, with 9 and with 24 degrees of freedom.
        assert!(alone < 27.88, "wait {n}: {tenths:?}");
        assert!(n == 0 || paired < 51.18, "wait {n}: {pairs:?}");
    }
}
