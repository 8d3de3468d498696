//! Three threads at once, in every order in which they can take their locks.

use std::sync::Arc;
// Not loom's own: a counter that it does not watch adds no orders.
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use loom::thread;

use crate::CancelToken;
use crate::send::RetryBudget;

/// Runs the model in every order, and says how many there are.
fn in_every_order(what: &str, model: impl Fn() + Send + Sync + 'static) {
    let orders = Arc::new(AtomicU32::new(0));
    let counted = orders.clone();
    loom::model(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        model();
    });
    println!("{what}: {} orders", orders.load(Ordering::SeqCst));
}

type Work<T> = Box<dyn FnOnce() -> T + Send>;

/// Runs the three at once.
fn together<T: 'static>([one, two, here]: [Work<T>; 3]) -> [T; 3] {
    let (one, two) = (thread::spawn(one), thread::spawn(two));
    let here = here();
    [one.join().unwrap(), two.join().unwrap(), here]
}

/// The retries that a budget grants one after the other.
fn retries(budget: &RetryBudget, now: Instant) -> u32 {
    (0..100).take_while(|_| budget.withdraw(now)).count() as u32
}

#[test]
fn no_retry_is_granted_twice_and_none_is_lost() {
    let start = Instant::now();
    in_every_order("three callers of a budget", move || {
        let budget = RetryBudget::new();
        assert_eq!(retries(&budget, start), 10);
        // Nine tenths: one more request earns a retry.
        for _ in 0..9 {
            budget.deposit();
        }
        let caller = |late| -> Work<u32> {
            let budget = budget.clone();
            Box::new(move || {
                budget.deposit();
                budget.withdraw(start + Duration::from_secs(late)).into()
            })
        };
        // A second later one is regained, whichever thread comes first.
        let granted: u32 = together([caller(0), caller(0), caller(1)]).iter().sum();
        assert_eq!(
            granted + retries(&budget, start + Duration::from_secs(1)),
            2
        );
    });
}

/// What runs `counter` up when the token is cancelled.
fn counting(counter: &Arc<AtomicU32>) -> impl FnOnce() + Send + 'static {
    let counter = counter.clone();
    move || {
        counter.fetch_add(1, Ordering::SeqCst);
    }
}

fn canceller(cancel: &CancelToken) -> Work<()> {
    let cancel = cancel.clone();
    Box::new(move || cancel.cancel())
}

#[test]
fn a_cancel_wakes_who_waits_and_runs_every_action_once() {
    in_every_order("two who cancel and one who waits", || {
        let (cancel, ran) = (CancelToken::new(), Arc::default());
        let worker: Work<()> = {
            let (cancel, action) = (cancel.clone(), counting(&ran));
            Box::new(move || {
                let _guard = cancel.on_cancel(action);
                // Without end: an order in which it is not woken is a deadlock.
                cancel.wait(Duration::MAX);
                assert!(cancel.is_cancelled());
            })
        };
        together([canceller(&cancel), canceller(&cancel), worker]);
        // The thread that cancelled has returned, so what was registered has run.
        assert_eq!(ran.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_cancellation_wakes_all_waits() {
    in_every_order("one who cancels and two who wait", || {
        let cancel = CancelToken::new();
        let waiter = || -> Work<()> {
            let cancel = cancel.clone();
            Box::new(move || cancel.wait(Duration::MAX))
        };
        together([waiter(), waiter(), canceller(&cancel)]);
    });
}

#[test]
fn an_action_that_was_taken_back_does_not_run() {
    in_every_order("two who register and one who cancels", || {
        let cancel = CancelToken::new();
        let [one, two]: [Arc<AtomicU32>; 2] = Default::default();
        let [one_back, two_back]: [Arc<AtomicBool>; 2] = Default::default();
        let worker = |ran: &Arc<AtomicU32>, back: &Arc<AtomicBool>| -> Work<()> {
            let (cancel, action, back) = (cancel.clone(), counting(ran), back.clone());
            Box::new(move || {
                drop(cancel.on_cancel(action));
                back.store(true, Ordering::SeqCst);
            })
        };
        let [first, second] = [worker(&one, &one_back), worker(&two, &two_back)];
        let canceller: Work<()> = Box::new(move || {
            let back = [&one_back, &two_back].map(|back| back.load(Ordering::SeqCst));
            cancel.cancel();
            for (ran, back) in [&one, &two].into_iter().zip(back) {
                let most = u32::from(!back);
                assert!(ran.load(Ordering::SeqCst) <= most);
            }
        });
        // A thread of its own can begin when both have taken theirs back.
        together([canceller, first, second]);
    });
}

#[test]
fn a_child_ends_once_whoever_cancels_it() {
    in_every_order("a parent and a child cancelled", || {
        let (parent, ran) = (CancelToken::new(), Arc::default());
        let child = parent.child();
        let _guard = child.on_cancel(counting(&ran));
        // A third thread would be too many orders: a cancellation takes two locks.
        together([canceller(&parent), Box::new(|| {}), canceller(&child)]);
        assert_eq!(ran.load(Ordering::SeqCst), 1);
        assert!(parent.is_cancelled() && child.is_cancelled());
    });
}

#[test]
fn a_parent_wakes_who_waits_for_a_child() {
    in_every_order(
        "a parent cancelled, and a child that is made and waits",
        || {
            let parent = CancelToken::new();
            let worker: Work<()> = {
                let parent = parent.clone();
                Box::new(move || {
                    let child = parent.child();
                    child.wait(Duration::MAX);
                    assert!(child.is_cancelled());
                })
            };
            together([worker, Box::new(|| {}), canceller(&parent)]);
        },
    );
}

#[test]
fn children_come_and_go_while_a_parent_is_cancelled() {
    in_every_order("a parent cancelled, and two children dropped", || {
        let parent = CancelToken::new();
        let (one, two) = (parent.child(), parent.child());
        let leaving = |child: CancelToken| -> Work<()> { Box::new(move || drop(child)) };
        // What is left of them would be a leak, which loom tells.
        together([leaving(one), leaving(two), canceller(&parent)]);
        assert!(parent.is_cancelled());
    });
}
