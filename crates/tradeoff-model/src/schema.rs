//! The JSON Schema of the format, made from the same table that checks files.

use serde_json::{Map, Value as Json, json};

use crate::table::{Block, Field, Kind, ROOT, STEPS, blocks};

const NUMBER: &str = r"[0-9]+(\.[0-9]+)?";

/// The JSON Schema (draft 2020-12) of the format.
pub fn schema() -> Json {
    let mut definitions = Map::new();
    for block in blocks() {
        definitions.insert(id(block), object(block));
    }
    let steps: Vec<Json> = STEPS.iter().map(reference).collect();
    definitions.insert("steps".into(), json!({ "type": "array", "items": { "anyOf": steps } }));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tradeoff architecture",
        "$ref": format!("#/$defs/{}", id(&ROOT)),
        "$defs": definitions,
    })
}

fn id(block: &Block) -> String {
    block.name.replace(' ', "-")
}

fn reference(block: &Block) -> Json {
    json!({ "$ref": format!("#/$defs/{}", id(block)) })
}

fn object(block: &Block) -> Json {
    let properties: Map<String, Json> =
        block.fields.iter().map(|field| (field.key.into(), property(field))).collect();
    let required: Vec<&str> =
        block.fields.iter().filter(|field| field.required).map(|field| field.key).collect();
    json!({
        "type": "object",
        "description": block.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn property(field: &Field) -> Json {
    let mut schema = value(field.kind);
    let mut description = field.doc.to_owned();
    if let Some(unit) = field.unit() {
        description.push_str(" Unit: ");
        description.push_str(unit);
        description.push('.');
    }
    schema["description"] = description.into();
    let scalar = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Json::from(text));
    let example = field.example_text();
    if !example.starts_with(['{', '[']) {
        schema["examples"] = json!([scalar(&example)]);
    }
    if let Some(default) = field.default {
        schema["default"] = scalar(default);
    }
    schema
}

fn pattern(pattern: &str) -> Json {
    json!({ "type": "string", "pattern": format!("^{pattern}$") })
}

/// One quantity, or a range of two: `8ms..40ms`.
fn quantity(one: &str) -> Json {
    pattern(&format!("{one}( ?\\.\\. ?{one})?"))
}

fn value(kind: Kind) -> Json {
    match kind {
        Kind::Text => json!({ "type": ["string", "number"] }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Duration => quantity(&format!("{NUMBER} ?(ns|us|µs|ms|s|m|min|h|d)")),
        Kind::Rate => quantity(&format!("{NUMBER} ?/(s|m|min|h)")),
        Kind::Share => quantity(&format!("{NUMBER} ?%")),
        Kind::Cost => quantity(&format!(r"\${NUMBER} ?/h")),
        Kind::Money(per) => quantity(&format!(r"\${NUMBER} ?/ ?{per}")),
        Kind::Bytes => quantity(&format!("{NUMBER} ?(B|kB|MB|GB|TB|PB|KiB|MiB|GiB|TiB|PiB)")),
        Kind::Date => pattern("[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        Kind::Period => quantity(&format!("{NUMBER} ?(ns|us|µs|ms|s|m|min|h|d|w|mo|y)")),
        Kind::Growth => quantity(&format!("-?{NUMBER} ?% ?/(month|year)")),
        Kind::Effort => quantity(&format!("{NUMBER} ?person-(day|week|month)s?")),
        Kind::Factor => json!({ "anyOf": [
            { "type": "number", "exclusiveMinimum": 0 }, quantity(&format!("{NUMBER}( ?x)?")),
        ] }),
        Kind::Number { most } => json!({ "anyOf": [
            { "type": "number", "minimum": 0, "maximum": most }, quantity(NUMBER),
        ] }),
        Kind::Count { word, least, most } => {
            let word = if word.is_empty() { String::new() } else { format!("( ?{word}?)?") };
            json!({ "anyOf": [
                { "type": "integer", "minimum": least, "maximum": most },
                quantity(&format!("{NUMBER} ?[kMG]?{word}")),
            ] })
        }
        Kind::Choice(words) => {
            let words: Vec<Json> = words
                .iter()
                .flat_map(|word| {
                    let number = serde_json::from_str::<u64>(word).ok().map(Json::from);
                    std::iter::once(Json::from(*word)).chain(number)
                })
                .collect();
            json!({ "enum": words })
        }
        Kind::Word(word) => json!({ "const": word }),
        Kind::Reference(_) => json!({ "type": "string" }),
        Kind::Block(block) => reference(block),
        Kind::Map(inner) | Kind::Keyed(_, inner) => {
            json!({ "type": "object", "additionalProperties": value(*inner) })
        }
        Kind::List(inner) => json!({ "type": "array", "items": value(*inner) }),
        Kind::Steps => json!({ "$ref": "#/$defs/steps" }),
        Kind::Any(kinds) => {
            let kinds: Vec<Json> = kinds.iter().map(|kind| value(*kind)).collect();
            json!({ "anyOf": kinds })
        }
        Kind::Anything => json!({}),
    }
}
