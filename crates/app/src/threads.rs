//! Work shared between threads.
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does `each` for every number below `count` on so many threads, each with a state of its own that
/// `make` makes; gives the states. The first error ends the thread that met it. A panic goes on in
/// the caller.
pub(crate) fn share<S: Send, E: Send>(
    threads: usize,
    count: usize,
    make: impl Fn() -> S + Sync,
    each: impl Fn(&mut S, usize) -> Result<(), E> + Sync,
) -> Result<Vec<S>, E> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut state = make();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return Ok(state);
            }
            each(&mut state, number)?;
        }
    };
    let threads = threads.min(count);
    if threads <= 1 {
        return Ok(vec![work()?]);
    }
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let joined = handles
            .into_iter()
            .map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.collect()
    })
}

/// Does `each` for every number below `count` on so many threads; gives the results in order.
pub(crate) fn for_each<T: Send>(
    threads: usize,
    count: usize,
    each: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let Ok(done) = share(threads, count, Vec::new, |done: &mut Vec<(usize, T)>, number| {
        done.push((number, each(number)));
        Ok::<(), Infallible>(())
    });
    let mut done: Vec<(usize, T)> = done.into_iter().flatten().collect();
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, made)| made).collect()
}
