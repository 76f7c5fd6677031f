//! The engine alone, in this process: Gets of one thread, of ten times the keys, of one key by a thousand callers.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use cache_engine::{
    Body, Condition, Draft, Key, LocalStore, NamespaceConfig, NamespaceName, Store as _, SystemClock, Ttl,
    Value,
};
use tokio::task::JoinSet;

use super::{ROUNDS, ratio, seed};

const GETS: usize = 4_000_000;
const CALLERS: usize = 1_000;
/// Gets that a caller does before another may.
const IN_A_ROW: usize = 100;

/// Prints rates and ratios.
pub(super) async fn run() -> Result<()> {
    let (few, many) = (Filled::with(100_000).await?, Filled::with(1_000_000).await?);
    let (mut of_few, mut of_many, mut hot, mut spread) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        of_few = of_few.max(few.gets(few.keys.len()).await?);
        of_many = of_many.max(many.gets(many.keys.len()).await?);
        hot = hot.max(few.gets_of_callers(1).await?);
        spread = spread.max(few.gets_of_callers(few.keys.len()).await?);
    }
    println!("\nthe engine alone, values of 64 bytes, best of {ROUNDS}; million Gets a second");
    let plain = few.gets_of_a_hash_map();
    println!("  100,000 keys, one thread   {of_few:>6.2}  {}", ratio(of_few, 5.0, 1.0));
    println!("  the same of a HashMap      {plain:>6.2}  which has no life, no policy and no other thread");
    println!("  1,000,000 keys             {of_many:>6.2}  {}", ratio(of_many, of_few, 1.0 / 1.2));
    println!("  {CALLERS} callers, one key     {hot:>6.2}  {}", ratio(hot, spread, 1.0));
    println!("  {CALLERS} callers, all keys    {spread:>6.2}");
    Ok(())
}

struct Filled {
    store: Arc<LocalStore>,
    keys: Arc<[Key]>,
}

impl Filled {
    async fn with(count: usize) -> Result<Self> {
        let config = NamespaceConfig { capacity_bytes: 2 << 30, ..NamespaceConfig::default() };
        let store = LocalStore::new(vec![config], Arc::new(SystemClock::new()))?;
        let keys: Arc<[Key]> = seed::keys(count).into_iter().map(Key::new).collect::<Result<_, _>>()?;
        for key in &*keys {
            let draft = Draft::new(Value::new(Body::data([b'v'; 64]), "")?, Ttl::NamespaceDefault);
            store.set(&NamespaceName::default(), key.clone(), draft, Condition::Always).await?;
        }
        Ok(Self { store: Arc::new(store), keys })
    }

    async fn gets(&self, keys: usize) -> Result<f64> {
        let namespace = NamespaceName::default();
        let begun = Instant::now();
        for number in 0..GETS {
            black_box(self.store.get(&namespace, &self.keys[scattered(number) % keys]).await?);
        }
        Ok(GETS as f64 / begun.elapsed().as_secs_f64() / 1e6)
    }

    /// What the memory of this machine allows: the same keys and values in a map of the standard library, each value counted
    /// by its readers.
    fn gets_of_a_hash_map(&self) -> f64 {
        let map: HashMap<Key, Arc<[u8]>> =
            self.keys.iter().map(|key| (key.clone(), Arc::from([b'v'; 64].as_slice()))).collect();
        let begun = Instant::now();
        for number in 0..GETS {
            black_box(map.get(&self.keys[scattered(number) % self.keys.len()]).cloned());
        }
        GETS as f64 / begun.elapsed().as_secs_f64() / 1e6
    }

    /// Of a thousand callers on all cores.
    async fn gets_of_callers(&self, keys: usize) -> Result<f64> {
        let mut callers = JoinSet::new();
        let begun = Instant::now();
        for caller in 0..CALLERS {
            let (store, all) = (Arc::clone(&self.store), Arc::clone(&self.keys));
            callers.spawn(async move {
                let namespace = NamespaceName::default();
                for number in 0..GETS / CALLERS {
                    let key = &all[scattered(caller * GETS + number) % keys];
                    black_box(store.get(&namespace, key).await.is_ok());
                    if number % IN_A_ROW == 0 {
                        tokio::task::yield_now().await;
                    }
                }
            });
        }
        callers.join_all().await;
        Ok(GETS as f64 / begun.elapsed().as_secs_f64() / 1e6)
    }
}

/// An order that the processor cannot guess.
fn scattered(number: usize) -> usize {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20
}
