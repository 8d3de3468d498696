//! What counts as late, and for whom.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

const MS: Duration = Duration::from_millis(1);

#[test]
fn the_worst_within_a_span_counts_and_nothing_before_it() {
    let start = Instant::now();
    let at = |ms: u32| start + MS * ms;
    let mut samples = Samples {
        worst: VecDeque::new(),
        begun: Some(start),
    };
    // Each is 20 ms when it is in time.
    for end in [20, 140, 165, 190, 225] {
        samples.end(at(end));
    }
    let now = at(225);
    assert_eq!(samples.lateness(start, now), MS * 100);
    assert_eq!(samples.lateness(at(141), now), MS * 15);
    assert_eq!(samples.lateness(at(226), now), Duration::ZERO);
}

#[test]
fn a_sample_that_does_not_end_is_late_already() {
    let start = Instant::now();
    let samples = Samples {
        worst: VecDeque::new(),
        begun: Some(start),
    };
    assert_eq!(samples.lateness(start, start + TICK), Duration::ZERO);
    assert_eq!(samples.lateness(start, start + TICK + MS), MS);
}

#[test]
fn who_works_beside_many_is_seen_to_wait_for_a_processor() {
    let Some(before) = of_threads() else {
        println!("left out: this system does not count what a thread waits");
        return;
    };
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..twice_the_processors() {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        // Twice as many work as can, so half of the time is waited.
        while of_threads().unwrap_or_default().saturating_sub(before) < MS * 50 {
            thread::yield_now();
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn who_waited_for_a_processor_and_has_ended_counts() {
    let Some(before) = of_system() else {
        println!("left out: this system does not count what all threads wait");
        return;
    };
    let starved = Starved::now();
    while of_system().unwrap_or_default().saturating_sub(before) < MS * 50 {
        thread::scope(|scope| {
            for _ in 0..twice_the_processors() {
                scope.spawn(|| {
                    let since = Instant::now();
                    while since.elapsed() < MS * 5 {
                        std::hint::spin_loop();
                    }
                });
            }
        });
    }
    assert!(starved.since() >= Some(MS * 50));
}

fn twice_the_processors() -> usize {
    2 * thread::available_parallelism().map_or(1, |count| count.get())
}

#[test]
fn suites_at_the_same_time_share_a_measurement_that_goes_on() {
    let (one, two) = (Machine::shared(), Machine::shared());
    assert!(Arc::ptr_eq(&one, &two));
    let since = Instant::now();
    let measured = || lock(&one.samples).worst.iter().any(|(at, _)| *at > since);
    while !measured() {
        thread::yield_now();
    }
}
