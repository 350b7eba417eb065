//! An example of every value: stated where the kind alone gives a poor one.

use super::{Block, DIST, Field, Kind};

impl Field {
    /// A value as one would write it.
    pub fn example_text(&self) -> String {
        // A default that is a word, such as `none`, does not show what there may be.
        let default = self.default.filter(|text| !self.kind.has_word(text));
        self.example.or(default).map_or_else(|| example(self.kind), Into::into)
    }
}

fn example(kind: Kind) -> String {
    match kind {
        Kind::Text => "some text".into(),
        Kind::Anything => "12".into(),
        Kind::Bool => "true".into(),
        Kind::Duration => "250ms".into(),
        Kind::Rate => "600/s".into(),
        Kind::Share => "99.9%".into(),
        Kind::Cost => "$0.10/h".into(),
        Kind::Money(per) => format!("$5/{per}"),
        Kind::Bytes => "2kB".into(),
        Kind::Date => "2027-06-30".into(),
        Kind::Period => "18mo".into(),
        Kind::Growth => "8%/month".into(),
        Kind::Effort => "12 person-weeks".into(),
        Kind::Factor => "5x".into(),
        Kind::Number { most } => format!("{}", 2.0_f64.min(most)),
        Kind::Count { word, least, most } => {
            let number = 10.clamp(least, most);
            if word.is_empty() { number.to_string() } else { format!("{number} {word}") }
        }
        Kind::Choice(words) => words.first().copied().unwrap_or_default().into(),
        Kind::Word(word) => word.into(),
        Kind::Reference(what) => named(what).into(),
        Kind::Block(block) => map(block),
        Kind::Map(inner) => {
            let name = if let Kind::Block(block) = inner { block.name } else { "" };
            let name = named(name);
            let own = name.rsplit('.').next().unwrap_or(name);
            format!("{{ {own}: {} }}", example(*inner))
        }
        Kind::Keyed(what, inner) => format!("{{ {}: {} }}", named(what), example(*inner)),
        Kind::List(inner) => format!("[{}]", example(*inner)),
        Kind::Steps => "[ { work: 2ms } ]".into(),
        Kind::Any(kinds) => {
            // Words say that there is none: what there may be shows more.
            let shows = |kind: &&Kind| !matches!(kind, Kind::Word(_));
            kinds.iter().find(shows).or(kinds.first()).map_or_else(String::new, |it| example(*it))
        }
    }
}

/// The keys that a map must have; one that needs none shows its first.
fn map(block: &'static Block) -> String {
    if std::ptr::eq(block, &raw const DIST) {
        return "{ p50: 1ms, p99: 8ms }".into();
    }
    let mut fields: Vec<&Field> = block.fields.iter().filter(|field| field.required).collect();
    if fields.is_empty() {
        fields.extend(block.fields.first());
    }
    let entry = |field: &&Field| format!("{}: {}", field.key, field.example_text());
    format!("{{ {} }}", fields.iter().map(entry).collect::<Vec<_>>().join(", "))
}

/// A name of each kind of thing, as `examples/` and the manual use them.
fn named(what: &str) -> &'static str {
    match what {
        "store operation" => return "orders.insert",
        "external operation" => return "send",
        "store transaction" => return "import",
        "access pattern" => return "by-customer",
        _ => {}
    }
    // Of several kinds, the first one's.
    match what.split([',', ' ']).next().unwrap_or_default() {
        "team" => "checkout",
        "service" => "order",
        "store" => "orders",
        "external" => "mailer",
        "cache" => "catalog-cache",
        "topic" => "order-created",
        "endpoint" => "order.place",
        "entity" => "orders.order",
        "traffic" => "shoppers",
        "slo" => "place-order",
        "policy" => "internal",
        "region" => "eu-west-1",
        "dataset" => "raw-orders",
        "bucket" => "lake",
        "index" => "catalog-index",
        "feature" => "spend-30d",
        "metric" => "request-seconds",
        "client" => "web-shop",
        "vendor" => "cloud",
        "decision" => "first-database",
        "scenario" => "flash-sale",
        "operation" => "insert",
        "token" => "access",
        _ => "name",
    }
}
