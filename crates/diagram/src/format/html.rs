//! HTML: one file that holds the picture, a table of the same data, and a few kilobytes of plain script. Nothing is loaded.
//!
//! A content security policy names the one script and the one style sheet by their hashes and forbids all else, so that even a label
//! that slipped through the escaping could do nothing. Without script the page is the picture and its table; the script takes
//! tooltips from the table and adds pan, zoom, search, focus and filters.

use std::fmt::Write as _;

use civigraph_values::spoken;
use sha2::{Digest, Sha256};

use super::dot::is_link;
use super::svg;
use crate::graph::{Citation, Fact, Graph, TimeSpan};
use crate::plan::{Plan, line_label, line_reading};
use crate::scene::Scene;
use crate::style::{Colour, Style, Theme};
use crate::text::{escape, one_line};
use crate::{DiagramError, Options};

const SCRIPT: &str = include_str!("page.js");
const SHEET: &str = include_str!("page.css");

/// The page.
pub(super) fn page(graph: &Graph, style: &Style, scene: &Scene, options: &Options) -> Result<String, DiagramError> {
    let plan = Plan::new(graph, style, options)?;
    let sheet = sheet(options.theme);
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(&sheet)
    );
    let title = if scene.title.is_empty() { "Diagram" } else { &scene.title };
    let base = scene.language.split('-').next().unwrap_or_default();
    let direction = if matches!(base, "ar" | "fa" | "he" | "ps" | "sd" | "ug" | "ur" | "yi") { "rtl" } else { "ltr" };
    let mut html = String::new();
    let _ = write!(
        html,
        "<!doctype html>\n<html lang=\"{}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>{sheet}</style>\n</head>\n<body>\n",
        escape(&scene.language),
        escape(title)
    );
    html.push_str("<nav aria-label=\"Picture\"><input id=\"find\" type=\"search\" placeholder=\"Search (/)\" aria-label=\"Search\"><button id=\"in\" type=\"button\" aria-label=\"Zoom in\">+</button><button id=\"out\" type=\"button\" aria-label=\"Zoom out\">−</button><button id=\"whole\" type=\"button\">Whole picture</button><a href=\"#table\">Table</a><span id=\"said\" role=\"status\"></span><small>Drag to move, scroll or pinch to zoom, click a thing to see its ties, the legend to hide and show</small></nav>\n<figure dir=\"ltr\">\n");
    html.push_str(&svg::picture(graph, scene, options));
    html.push_str(
        "</figure>\n<div id=\"tip\" role=\"tooltip\" hidden></div>\n<details id=\"table\" open><summary>The same as a table</summary>\n",
    );
    things(&mut html, &plan);
    ties(&mut html, &plan);
    let _ = write!(html, "</details>\n<script>{SCRIPT}</script>\n</body>\n</html>\n");
    Ok(html)
}

/// The style sheet in a theme's colours.
fn sheet(theme: Theme) -> String {
    let link = Colour(0x00, 0x72, 0xb2).readable_on(theme.ground(), 4.5);
    let scheme = if theme == Theme::Dark { "dark" } else { "light" };
    // LINK before INK, which it ends in.
    [
        ("LINK", link.to_string()),
        ("SCHEME", scheme.to_owned()),
        ("GROUND", theme.ground().to_string()),
        ("INK", theme.ink().to_string()),
        ("FAINT", theme.faint().to_string()),
        ("BAND", theme.ground().mix(theme.ink(), 0.035).to_string()),
        ("RULE", theme.rule().to_string()),
    ]
    .into_iter()
    .fold(SHEET.to_owned(), |sheet, (name, value)| sheet.replace(name, &value))
}

fn things(html: &mut String, plan: &Plan) {
    let grouped = plan.nodes.iter().any(|spot| plan.graph.nodes[spot.index].group.is_some());
    let head = if grouped { "<th scope=\"col\">Group</th>" } else { "" };
    let _ = write!(
        html,
        "<table><caption>Things</caption><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Kind</th>{head}<th scope=\"col\">Facts and citations</th></tr></thead>\n<tbody>\n"
    );
    for spot in &plan.nodes {
        let node = &plan.graph.nodes[spot.index];
        let name = escape(&line_label(plan.graph, spot.index));
        let name = if is_link(&node.iri) { format!("<a href=\"{}\" rel=\"noreferrer\">{name}</a>", escape(&node.iri)) } else { name };
        let group = node.group.as_ref().map(|g| escape(&one_line(&g.label))).unwrap_or_default();
        let group = if grouped { format!("<td dir=\"auto\">{group}</td>") } else { String::new() };
        let _ = write!(
            html,
            "<tr data-id=\"{}\"{}><th scope=\"row\" dir=\"auto\">{name}</th><td dir=\"auto\">{}</td>{group}<td class=\"more\" dir=\"auto\">",
            escape(&node.id),
            also(&node.facts),
            escape(&one_line(&node.class_label))
        );
        // The kind has a column of its own.
        let told: Vec<Fact> = node.facts.iter().filter(|fact| fact.value != node.class_label).cloned().collect();
        facts(html, &told, node.bounds.as_ref());
        citations(html, &node.citations);
        html.push_str("</td></tr>\n");
    }
    html.push_str("</tbody></table>\n");
}

/// The other names of a thing, for the search.
fn also(facts: &[Fact]) -> String {
    let names: Vec<String> = facts.iter().filter(|fact| fact.label == "also called").map(|fact| one_line(&fact.value)).collect();
    if names.is_empty() { String::new() } else { format!(" data-also=\"{}\"", escape(&names.join("; "))) }
}

fn ties(html: &mut String, plan: &Plan) {
    if plan.strands.is_empty() {
        return;
    }
    html.push_str("<table><caption>Ties</caption><thead><tr><th scope=\"col\">From</th><th scope=\"col\">How</th><th scope=\"col\">To</th><th scope=\"col\">More and citations</th></tr></thead>\n<tbody>\n");
    for strand in &plan.strands {
        // The strand's own ends, which the picture carries, may be the other way round than the tie's.
        let id = |v: usize| escape(&plan.graph.nodes[plan.nodes[v].index].id);
        for &t in &strand.ties {
            let tie = &plan.graph.ties[t];
            let name = |v: usize| escape(&line_label(plan.graph, v));
            let _ = write!(
                html,
                "<tr data-from=\"{}\" data-to=\"{}\" data-relation=\"{}\"><td dir=\"auto\">{}</td><td dir=\"auto\">{}</td><td dir=\"auto\">{}</td><td class=\"more\" dir=\"auto\">",
                id(strand.from),
                id(strand.to),
                escape(&tie.relation.replace(' ', "%20")),
                name(tie.from),
                escape(&line_reading(tie)),
                name(tie.to)
            );
            let mut list: Vec<Fact> = Vec::new();
            if let Some(note) = &tie.note {
                list.push(Fact { label: "note".to_owned(), value: note.clone(), ..Fact::default() });
            }
            if let Some(value) = crate::money::amount(tie) {
                list.push(Fact { label: "amount".to_owned(), value: value.replacen("amount not", "not", 1), ..Fact::default() });
            }
            if !tie.disputed.is_empty() {
                list.push(Fact {
                    label: "citations disagree".to_owned(),
                    value: format!("‡ {}", tie.disputed.join(", ")),
                    ..Fact::default()
                });
            }
            facts(html, &list, tie.bounds.as_ref());
            citations(html, &tie.citations);
            if !tie.also.is_empty() {
                html.push_str("<p>named without these in</p>");
                citations(html, &tie.also);
            }
            html.push_str("</td></tr>\n");
        }
    }
    html.push_str("</tbody></table>\n");
}

fn facts(html: &mut String, facts: &[Fact], when: Option<&TimeSpan>) {
    let when = when.map(|w| spoken::words(&one_line(&w.label))).filter(|w| !w.is_empty());
    if facts.is_empty() && when.is_none() {
        return;
    }
    html.push_str("<dl>");
    if let Some(when) = when {
        let _ = write!(html, "<dt>when</dt><dd>{}</dd>", escape(&when));
    }
    for fact in facts {
        let _ = write!(
            html,
            "<dt dir=\"auto\">{}</dt><dd dir=\"auto\">{}</dd>",
            escape(&one_line(&fact.label)),
            escape(&one_line(&fact.told()))
        );
    }
    html.push_str("</dl>");
}

fn citations(html: &mut String, list: &[Citation]) {
    if list.is_empty() {
        return;
    }
    html.push_str("<ul>");
    for citation in list {
        let label = one_line(if citation.label.is_empty() { &citation.iri } else { &citation.label });
        if is_link(&citation.iri) {
            let _ = write!(html, "<li dir=\"auto\"><a href=\"{}\" rel=\"noreferrer\">{}</a></li>", escape(&citation.iri), escape(&label));
        } else {
            let _ = write!(html, "<li dir=\"auto\">{}</li>", escape(&label));
        }
    }
    html.push_str("</ul>");
}

/// The base64 of a text's SHA-256, as content security policies name it.
fn hash(text: &str) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest = Sha256::digest(text.as_bytes());
    let mut written = String::new();
    for bytes in digest.chunks(3) {
        let word = bytes.iter().enumerate().fold(0u32, |word, (k, &b)| word | u32::from(b) << (16 - 8 * k));
        for k in 0..4 {
            written.push(if k <= bytes.len() { SIGNS[(word >> (18 - 6 * k) & 63) as usize] as char } else { '=' });
        }
    }
    written
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hash_of_a_text_is_the_one_browsers_compute() {
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert_eq!(super::hash("alert(1)"), "bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=");
    }
}
