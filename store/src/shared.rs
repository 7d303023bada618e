//! Redis, when there is one: limits that several nodes share. Never truth: away means that each node counts for itself.

use std::time::Duration;

use brigade_domain::journal::BoxFuture;
use brigade_domain::limits::{Count, SharedLimits};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError, Script};
use sha2::{Digest, Sha256};

/// A request does not wait longer than this for a count.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long Redis has to say that it is there.
const PING: Duration = Duration::from_secs(1);

/// The generic cell rate algorithm, as in the limiter of one node: a minute's worth at once, then one each
/// 60 s / limit. For each key in turn; answers the first that is full and how many milliseconds to wait, 0 and 0 for none.
const TAKE: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for at, key in ipairs(KEYS) do
    local due = math.max(tonumber(redis.call('GET', key) or 0), now) + 60000 / tonumber(ARGV[at])
    local wait = due - now - 60000
    if wait > 0 then return {at, math.ceil(wait)} end
    redis.call('SET', key, due, 'PX', math.ceil(due - now))
end
return {0, 0}";

/// Counts in Redis. Cheap to clone; connects when first used, and again when the connection is lost.
#[derive(Clone)]
pub struct RedisLimits(ConnectionManager);

impl RedisLimits {
    /// Will use the Redis at `url`.
    pub fn new(url: &str) -> Result<Self, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PING))
            .set_response_timeout(Some(PING))
            .set_number_of_retries(1);
        ConnectionManager::new_lazy_with_config(Client::open(url)?, config).map(Self)
    }
}

impl SharedLimits for RedisLimits {
    fn take(&self, counts: Vec<Count>) -> BoxFuture<'static, Option<(&'static str, Duration)>> {
        let mut redis = self.0.clone();
        Box::pin(async move {
            let script = Script::new(TAKE);
            let mut asked = script.prepare_invoke();
            for count in &counts {
                asked.key(key(count)).arg(count.per_minute.max(1));
            }
            let answer = asked.invoke_async::<(usize, u64)>(&mut redis);
            let Ok(Ok((at, wait))) = tokio::time::timeout(PATIENCE, answer).await else {
                metrics::counter!("brigade_redis_failures_total").increment(1);
                return None;
            };
            let full = at.checked_sub(1).and_then(|at| counts.get(at))?;
            Some((full.limit, Duration::from_millis(wait)))
        })
    }

    fn reachable(&self) -> BoxFuture<'static, bool> {
        let mut redis = self.0.clone();
        Box::pin(async move {
            let ping = redis::cmd("PING");
            let answer = ping.query_async::<String>(&mut redis);
            matches!(tokio::time::timeout(PING, answer).await, Ok(Ok(_)))
        })
    }
}

/// Callers are addresses and people: Redis is not told which.
fn key(count: &Count) -> String {
    let hash: [u8; 32] = Sha256::digest(count.caller.as_bytes()).into();
    format!("brigade:limit:{}:{:032x}", count.limit, u128::from_be_bytes(std::array::from_fn(|at| hash[at])))
}
