//! What an architecture has today of what there is to choose.

use tradeoff_decide::{Is, Standing, Today, catalogue, topic};

use crate::with;

const SHOP: &str = "
tradeoff: 1
name: shop
rollout: { strategy: rolling }
services:
  order:
    replicas: 4
    cores: 2
    balance: two-choices
    rollout: { strategy: canary }
    endpoints:
      list:
        returns: list
        audience: public
        protocol: grpc
        pagination: cursor
        rate_limit: { rate: 10/s, algorithm: fixed-window }
        steps: [ { query: orders.read }, { call: mail.send, policy: { timeout: 2s, retry: 3, breaker: {} } } ]
  mail: { endpoints: { send: {} } }
stores:
  orders:
    kind: aurora-postgres
    owner: order
    replicas: 2
    cores: 8
    connections: 100
    pool: { per_replica: 10 }
    shards: { count: 4, key: [customer_id] }
    operations: { read: { time: 2ms } }
caches:
  catalog: { kind: valkey, pattern: read-through, of: orders, ttl: 60s, invalidation: [cdc] }
topics:
  placed: { kind: stream, delivery: at-least-once, compatibility: full }
sagas:
  place: { style: orchestration, steps: [ { call: mail.send } ] }
buckets:
  lake: { class: glacier-ir }
search:
  index: { engine: opensearch, mode: hybrid }
data:
  orchestrator: dagster
  pipelines:
    clean: { style: batch, engine: dbt, runs_in: warehouse }
  datasets:
    raw: { bucket: lake, format: avro }
  captures:
    changes: { store: orders, method: outbox }
  models:
    churn: { serving: online }
security:
  clients:
    web: { kind: web, flow: authorization-code, pkce: true, holds: session-cookie }
  authorization: { model: rebac }
  service_identity: { method: mesh }
topology: { style: active-passive, replication: sync }
migrations:
  legacy: { pattern: expand-contract }
traffic:
  shoppers: { rate: 20/s, mix: { order.list: 100% } }
slos:
  list: { endpoint: order.list, availability: 99.9% }
";

/// What stands in an architecture at the part of a name.
fn standing(text: &str, id: &str, name: &str) -> Option<Standing> {
    let topic = topic(id).expect("a topic");
    with(text, |seen| {
        let subject = (topic.subjects)(seen).into_iter().find(|it| it.name == name);
        topic.standing(seen, &subject.unwrap_or_else(|| panic!("{id} does not arise at {name}")))
    })
}

#[test]
fn what_a_file_says_is_one_of_the_options_or_none() {
    let mut told = Vec::new();
    with(SHOP, |seen| {
        for topic in catalogue() {
            for subject in (topic.subjects)(seen).iter().take(1) {
                let Some(it) = topic.standing(seen, subject) else { continue };
                let is = match it.is {
                    Is::One(option) => option,
                    Is::NoneOf => "none of the options",
                    Is::Untold => "untold",
                };
                told.push(format!("{} of {}: {} is {is}", topic.id, subject.name, it.words));
            }
        }
    });
    assert_eq!(
        told,
        [
            "monolith-or-services of shop: 2 processes is services",
            "protocol of order.list: grpc is grpc",
            "call-or-event of order.list->mail.send: a call is call",
            "queue-or-stream of placed: stream is stream",
            "saga-style of place: orchestration is orchestration",
            "primary-database of orders: aurora-postgres is sharded-postgres",
            "postgres-or-dynamodb of orders: aurora-postgres is sharded-postgres",
            "postgres-or-cassandra of orders: aurora-postgres is sharded-postgres",
            "cache-pattern of catalog: read-through is read-through",
            "cache-invalidation of catalog: cdc is change-events",
            "redis-or-memcached of catalog: valkey is redis",
            "processing-style of clean: batch is batch",
            "etl-or-elt of clean: warehouse is elt",
            "transformation-tool of clean: dbt is sql-dbt",
            "file-format of raw: avro is avro",
            "storage-tier of lake: glacier-ir is glacier-instant",
            "search-engine of index: opensearch is elasticsearch",
            "search-method of index: hybrid is hybrid",
            "pagination of order.list: cursor is cursor",
            "rate-limiting of order.list: fixed-window is none of the options",
            "oauth-flow of web: authorization-code is authorization-code-pkce",
            "token-kind of web: session-cookie is session",
            "authorization-model of shop: rebac is rebac",
            "service-authentication of shop: mesh is mtls",
            "scale-up-or-out of order: 4 machines of 2 cores is untold",
            "database-scaling of orders: 2 copies of 8 cores is leave-it",
            "connection-pool-sizing of orders: pools of 10, 100 connections accepted is keep-the-pools",
            "load-balancing of order: two-choices is two-choices",
            "resilience-set of order.list->orders.read: no timeout, no retry, no breaker, no bulkhead is none of the options",
            "slo-target of list: 99.9% is three-nines",
            "region-topology of shop: active-passive is active-passive-sync",
            "migration-strategy of legacy: expand-contract is parallel-change",
            "deployment-strategy of mail: rolling is rolling",
            "schema-compatibility of placed: full is full",
            "change-capture of orders: outbox is outbox",
            "delivery-guarantee of placed: at-least-once is untold",
            "orchestrator of shop: dagster is dagster",
            "inference-mode of churn: online is online",
        ]
    );
}

#[test]
fn what_ties_a_user_goes_before_the_rule() {
    let tied = SHOP.replace("balance: two-choices", "sticky: cookie");
    let it = standing(&tied, "load-balancing", "order").expect("it is said");
    assert_eq!((it.is, it.path.as_deref()), (Is::One("sticky"), Some("services.order.sticky")));
    let random = SHOP.replace("balance: two-choices", "balance: random");
    assert_eq!(standing(&random, "load-balancing", "order").map(|it| it.is), Some(Is::NoneOf));
}

#[test]
fn a_guarded_call_is_a_set_of_its_parts() {
    let of = |policy: &str| {
        let text = SHOP.replace("policy: { timeout: 2s, retry: 3, breaker: {} }", policy);
        standing(&text, "resilience-set", "order.list->mail.send").map(|it| (it.words, it.is))
    };
    let told = |words: &str, is| Some((words.to_owned(), is));
    let all = of("policy: { timeout: 2s, retry: 3, breaker: {}, bulkhead: { concurrent: 8 } }");
    let words = "timeout 2s, 3 attempts, breaker, bulkhead of 8";
    assert_eq!(all, told(words, Is::One("timeout-retry-breaker-bulkhead")));
    let bare = of("policy: { timeout: 2s, retry: none }");
    assert_eq!(bare, told("timeout 2s, no retry, no breaker, no bulkhead", Is::NoneOf));
    // Of an optional step the caller makes do without the answer, which is a fallback.
    let call = "{ call: mail.send, policy: { timeout: 2s, retry: 3, breaker: {} } }";
    let text = SHOP.replace(call, &format!("{{ optional: [ {call} ] }}"));
    let it = standing(&text, "resilience-set", "order.list->mail.send").expect("it is said");
    let words = "timeout 2s, 3 attempts, breaker, no bulkhead, goes on without it";
    assert_eq!((it.words.as_str(), it.is), (words, Is::One("timeout-retry-breaker-fallback")));
}

/// A word of the format is translated into an option that there is.
#[test]
fn words_mean_options() {
    for topic in catalogue() {
        let Today::Word(_, means) = topic.today else { continue };
        for (word, option) in means {
            assert!(topic.option(option).is_some(), "{}: {word} means {option}", topic.id);
        }
    }
}
