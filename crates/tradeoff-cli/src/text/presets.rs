//! What presets fill in, with sources, for a terminal.

use tradeoff::explain::{Preset, PresetTable};

use super::page::{Line, Page};
use super::table::Table;

/// All presets of a table, one line for each value.
pub(crate) fn table(page: &mut Page, table: &PresetTable) {
    page.line(Line::new().bold(table.name));
    page.hang(2, format!("  {}", table.doc));
    page.blank();
    let mut rows = Table::new(2, &[table.key, "key", "value", "because"]);
    for preset in &table.presets {
        if preset.facts.is_empty() {
            rows.row(vec![
                Line::new().bold(preset.name),
                Line::new(),
                Line::new(),
                Line::new().dim(preset.what),
            ]);
        }
        for (at, fact) in preset.facts.iter().enumerate() {
            let of = if fact.of.is_empty() { String::new() } else { " of a store".into() };
            rows.row(vec![
                Line::new().bold(if at == 0 { preset.name } else { "" }),
                Line::new().name(format!("{}{of}", fact.key)),
                fact.value.into(),
                Line::new().plain(fact.because).dim(format!(", {}, {}", fact.version, fact.date)),
            ]);
        }
    }
    page.table(rows);
    page.blank();
    page.hang(2, Line::new().dim("`tradeoff explain NAME` tells the sources of one of them"));
}

/// One preset, with the addresses of its sources.
pub(crate) fn preset(page: &mut Page, table: &PresetTable, preset: &Preset) {
    let name = Line::new().dim(format!("{}: ", table.key)).bold(preset.name);
    page.hang(2, name.plain(format!(": {}", preset.what)));
    if preset.facts.is_empty() {
        page.line("  nothing is filled in: state what is known");
    }
    for fact in &preset.facts {
        let line = Line::new().plain("  ").name(fact.key).plain(format!(" = {}", fact.value));
        let of = match fact.of {
            [] => String::new(),
            kinds => format!(" of a store of kind {}", kinds.join(", ")),
        };
        let why = format!("{of}: {}, {}, {}", fact.because, fact.version, fact.date);
        page.hang(4, line.plain(why));
        page.hang(4, Line::new().dim(format!("    {}", fact.url)));
    }
}
