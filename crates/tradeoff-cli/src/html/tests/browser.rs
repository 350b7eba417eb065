//! The page in a real browser: it asks for nothing, says nothing on the console, and fits a phone.
//!
//! Needs Chromium, found by `CHROMIUM` or on the path; without it these tests say that they were
//! skipped.

#![expect(clippy::disallowed_methods, reason = "this test writes a page and starts a browser")]

use std::{
    env, fs,
    path::PathBuf,
    process::{Command, Output},
};

use serde_json::Value;

use super::{HOSTILE, architecture, hostile_architecture};
use crate::html::{palette::PALETTE, review};
use crate::text::sample;

/// Looks at the page in a frame of a given width, and writes down what it sees.
const PROBE: &str = r"
const frame = document.querySelector('iframe');
const seen = { violations: [], width: frame.width };
frame.addEventListener('load', () => {
  const page = frame.contentDocument;
  const root = page.documentElement;
  page.querySelectorAll('details').forEach(it => { it.open = true; });
  seen.scrolls = root.scrollWidth;
  seen.requests = frame.contentWindow.performance.getEntriesByType('resource').map(it => it.name);
  seen.scripts = page.scripts.length;
  seen.background = frame.contentWindow.getComputedStyle(root).backgroundColor;
  seen.charts = page.querySelectorAll('svg.chart').length;
  seen.wide = [...page.querySelectorAll('body *')].filter(it => {
    const box = it.getBoundingClientRect();
    return box.right > root.clientWidth + 1 && !it.closest('.scroll, .skip');
  }).map(it => it.outerHTML.slice(0, 120));
  const style = it => frame.contentWindow.getComputedStyle(it);
  const moving = 'local, local, scroll, scroll';
  seen.silent = [...page.querySelectorAll('body *')].filter(it => {
    const scrolls = /auto|scroll/.test(style(it).overflowX) && it.scrollWidth > it.clientWidth;
    const told = it.tabIndex === 0 && it.getAttribute('aria-label') && it.role === 'region';
    return scrolls && !(told && style(it).backgroundAttachment === moving);
  }).map(it => it.outerHTML.slice(0, 120));
  seen.scrolling = [...page.querySelectorAll('.scroll')]
    .filter(it => it.scrollWidth > it.clientWidth).length;
  const rows = node => {
    const range = page.createRange();
    range.selectNodeContents(node);
    return new Set([...range.getClientRects()].map(it => it.top)).size;
  };
  seen.torn = [...page.querySelectorAll('td .name, th .name, .whole')].flatMap(name => {
    const parts = [...name.childNodes].filter(it => it.nodeType === 3 && /^[\w.\/>]+$/.test(it.data));
    return parts.concat(name.className === 'whole' ? [name] : []);
  }).filter(it => rows(it) > 1).map(it => it.textContent);
  const drawing = page.querySelector('figure svg');
  const edge = drawing.getBoundingClientRect();
  seen.cut = [...drawing.querySelectorAll('.node, .rate, .edge')].filter(it => {
    const box = it.getBoundingClientRect();
    return box.left < edge.left || box.top < edge.top || box.right > edge.right
      || box.bottom > edge.bottom;
  }).map(it => it.textContent);
  seen.reached = drawing.parentElement.scrollWidth >= Math.floor(edge.width);
  page.querySelector('summary').focus();
  seen.focus = page.activeElement.tagName;
  seen.outline = frame.contentWindow.getComputedStyle(page.querySelector('.skip')).position;
  document.title = 'seen';
  document.querySelector('pre').textContent = JSON.stringify(seen);
});
addEventListener('error', it => seen.violations.push(String(it.message)));
frame.srcdoc = document.querySelector('textarea').value;
";

fn chromium() -> Option<PathBuf> {
    let stated = env::var_os("CHROMIUM").map(PathBuf::from);
    let named = || {
        let folders = env::var_os("PATH")?;
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let all = env::split_paths(&folders).flat_map(|it| names.map(|name| it.join(name)));
        all.into_iter().find(|it| it.is_file())
    };
    let found = stated.or_else(named);
    if found.is_none() {
        eprintln!("skipped: there is no Chromium on the path, and none in CHROMIUM");
    }
    found
}

/// What the browser says of a page that is so wide, in light or dark.
fn seen(page: &str, width: u32, dark: bool) -> Option<Value> {
    let browser = chromium()?;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let harness = folder.path().join("probe.html");
    // As text, so that the frame parses it as it would a file.
    let text = page.replace('&', "&amp;").replace('<', "&lt;");
    let html = format!(
        "<!DOCTYPE html><meta charset=utf-8><pre></pre><textarea hidden>{text}</textarea>\
         <iframe width={width} height=800></iframe><script>{PROBE}</script>"
    );
    fs::write(&harness, html).expect("a new file");
    let mut command = Command::new(browser);
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--enable-logging=stderr",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--virtual-time-budget=10000",
        "--hide-scrollbars",
        "--window-size=1300,1000",
        "--dump-dom",
    ]);
    if dark {
        command.arg("--blink-settings=preferredColorScheme=0");
    }
    let mut profile = std::ffi::OsString::from("--user-data-dir=");
    profile.push(folder.path().join("profile"));
    let Output { stdout, stderr, .. } =
        command.arg(profile).arg(&harness).output().expect("Chromium starts");
    let complaints = String::from_utf8_lossy(&stderr);
    let console: Vec<&str> = complaints.lines().filter(|it| it.contains("CONSOLE")).collect();
    assert!(console.is_empty(), "the console says {console:?}");
    let dom = String::from_utf8_lossy(&stdout);
    let result = dom.split("<pre>").nth(1).and_then(|it| it.split("</pre>").next());
    let result = result.unwrap_or_else(|| panic!("no answer: {complaints}\n{dom}"));
    let result = result.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    Some(
        serde_json::from_str(&result).unwrap_or_else(|why| panic!("{why}: {result}\n{complaints}")),
    )
}

/// `#rrggbb` as a browser says it.
fn rgb(hex: &str) -> String {
    let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("a color");
    format!("rgb({}, {}, {})", part(1), part(3), part(5))
}

fn fits(page: &str, width: u32, dark: bool) {
    let Some(seen) = seen(page, width, dark) else { return };
    assert_eq!(seen["scrolls"], width, "it scrolls sideways: {seen:#}");
    assert_eq!(seen["wide"], Value::Array(vec![]), "wider than its frame");
    assert_eq!(seen["silent"], Value::Array(vec![]), "it scrolls, and nothing says so");
    assert!(width > 1_000 || seen["scrolling"].as_u64() > Some(0), "a phone is narrow: {seen:#}");
    assert_eq!(seen["torn"], Value::Array(vec![]), "broken within a name of a name");
    assert_eq!(seen["cut"], Value::Array(vec![]), "beyond the drawing");
    assert_eq!(seen["reached"], true, "the drawing can be scrolled to its end");
    assert_eq!(seen["requests"], Value::Array(vec![]), "it asks for something");
    assert_eq!(seen["violations"], Value::Array(vec![]));
    assert_eq!(seen["scripts"], 0);
    assert_eq!(seen["focus"], "SUMMARY");
    assert_eq!(seen["outline"], "absolute", "the style sheet is in force");
    let paper = PALETTE.iter().find(|it| it.name == "paper").expect("a paper");
    assert_eq!(seen["background"], rgb(if dark { paper.dark } else { paper.light }));
    assert!(seen["charts"].as_u64() > Some(0), "there are charts");
}

#[test]
fn a_page_fits_a_phone_and_asks_for_nothing() {
    let page = review(&sample::review(), &architecture());
    fits(&page, 375, false);
    fits(&page, 1_200, true);
}

#[test]
fn hostile_names_fit_a_phone_too() {
    let mut it = sample::hostile();
    it.today.name = format!("{}{HOSTILE}", "x".repeat(300));
    fits(&review(&it, &hostile_architecture()), 375, false);
}
