//! How things and ties look: the styles of an ontology, by the class or relation they are for.

use oxigraph::model::{NamedNode, NamedNodeRef, NamedOrBlankNodeRef, TermRef, TripleRef};

use crate::diagram::{Colour, Figure, Line, NodeStyle, Style, TieStyle};
use crate::ontology::Ontology;
use crate::schema::Schema;
use crate::vocab::{cg, rdf};

/// The style of a class or code, or of its nearest superclass that has one, with the first class or code that it is for: what looks
/// alike is one line of the legend.
pub(super) fn styled(ontology: &Ontology, schema: &Schema, class: &NamedNode) -> Option<(NamedNode, NamedNode)> {
    let mut line = vec![class.clone()];
    let mut above = schema.superclasses.get(class).cloned().unwrap_or_default();
    above.sort_by_key(|class| std::cmp::Reverse(schema.superclasses.get(class).map_or(0, Vec::len)));
    line.extend(above);
    line.into_iter().find_map(|class| {
        let style = ontology
            .subjects(cg::STYLES, &class)
            .into_iter()
            .find(|style| ontology.graph.contains(TripleRef::new(style.as_ref(), rdf::TYPE, cg::NODE_STYLE)))?;
        let first = ontology.objects(&style, cg::STYLES).into_iter().next()?;
        Some((style, first))
    })
}

/// All styles of an ontology, by the class or relation they are for.
pub fn style(ontology: &Ontology, language: &str) -> Style {
    let mut style = Style::default();
    let text = |node: &NamedNode, property: NamedNodeRef<'_>| ontology.text(node.as_ref(), property, language);
    for node in ontology.subjects(rdf::TYPE, cg::NODE_STYLE) {
        for class in ontology.objects(&node, cg::STYLES) {
            let look = NodeStyle {
                fill: text(&node, cg::FILL).and_then(|text| Colour::parse(&text)),
                ink: text(&node, cg::INK).and_then(|text| Colour::parse(&text)),
                stroke: text(&node, cg::STROKE).and_then(|text| Colour::parse(&text)),
                figure: text(&node, cg::FIGURE).and_then(|text| Figure::parse(&text)),
                caption: text(&node, cg::CAPTION),
            };
            style.nodes.insert(class.as_str().to_owned(), look);
        }
    }
    // Of two styles for one relation the one with a caption says more, and wins.
    let mut ties = ontology.subjects(rdf::TYPE, cg::TIE_STYLE);
    ties.sort_by_cached_key(|node| text(node, cg::CAPTION).is_some());
    for node in ties {
        for relation in ontology.objects(&node, cg::STYLES) {
            let look = TieStyle {
                ink: text(&node, cg::INK).and_then(|text| Colour::parse(&text)),
                line: text(&node, cg::LINE).and_then(|text| line(&text)),
                caption: text(&node, cg::CAPTION),
            };
            style.ties.insert(relation.as_str().to_owned(), look);
        }
    }
    // What has no colour gets one by its place among all relations of the project, so that it is the same in every picture.
    let mut relations: Vec<NamedNode> = ontology
        .graph
        .iter()
        .filter(|triple| [cg::READS, cg::FOLD_TO, cg::FOLDS_PROPERTY].contains(&triple.predicate))
        .filter_map(|triple| match (triple.predicate == cg::READS, triple.subject, triple.object) {
            (true, NamedOrBlankNodeRef::NamedNode(code), _) => Some(code.into_owned()),
            (false, _, TermRef::NamedNode(property)) => Some(property.into_owned()),
            _ => None,
        })
        .collect();
    relations.sort();
    relations.dedup();
    for (place, relation) in relations.into_iter().enumerate() {
        let look = style.ties.entry(relation.as_str().to_owned()).or_default();
        look.ink = look.ink.or(Some(crate::diagram::style::hue(place)));
    }
    style
}

pub(super) fn line(name: &str) -> Option<Line> {
    match name {
        "solid" => Some(Line::Solid),
        "dashed" => Some(Line::Dashed),
        "dotted" => Some(Line::Dotted),
        _ => None,
    }
}
