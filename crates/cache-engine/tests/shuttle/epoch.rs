//! Epochs: writers and invalidations at once.

use shuttle::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    thread,
};

use crate::{
    Entry, Tags, Version,
    epochs::{Epochs, Scope},
};

/// A namespace with one key, which is written by one thread.
struct Namespace {
    epochs: Epochs,
    versions: AtomicU64,
    /// The write of [`Namespace::write`] has returned.
    is_written: AtomicBool,
    /// The invalidation has returned.
    is_over: AtomicBool,
}

impl Namespace {
    fn next(&self) -> Version {
        Version::new(self.versions.fetch_add(1, SeqCst)).unwrap()
    }

    fn write(&self) -> Entry {
        let version = self.next();
        Entry { version, marks: self.epochs.marks(&tags()) }
    }
}

fn tags() -> Tags {
    Tags::new(&["a", "b"]).unwrap()
}

fn check(scope: &Scope) {
    let namespace = Arc::new(Namespace {
        epochs: Epochs::new(),
        versions: AtomicU64::new(1),
        is_written: AtomicBool::new(false),
        is_over: AtomicBool::new(false),
    });
    let writing = {
        let namespace = Arc::clone(&namespace);
        thread::spawn(move || {
            let first = namespace.write();
            namespace.is_written.store(true, SeqCst);
            let was_over = namespace.is_over.load(SeqCst);
            (first, namespace.write(), was_over)
        })
    };
    let was_written = namespace.is_written.load(SeqCst);
    namespace.epochs.invalidate(scope, namespace.next());
    namespace.is_over.store(true, SeqCst);
    let (first, second, was_over) = writing.join().unwrap();
    if was_written {
        assert!(namespace.epochs.is_void(&first), "it was there before");
    }
    if was_over {
        assert!(!namespace.epochs.is_void(&second), "it came after");
    }
    namespace.epochs.invalidate(scope, namespace.next());
    assert!(namespace.epochs.is_void(&first) && namespace.epochs.is_void(&second));
}

#[test]
fn what_was_written_before_is_void_and_what_comes_after_is_not_in_any_order_of_threads() {
    shuttle::check_random(|| check(&Scope::All), 2_000);
    shuttle::check_random(|| check(&Scope::Tags(Tags::new(&["b"]).unwrap())), 2_000);
}
