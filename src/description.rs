//! The graph that describes the build itself: what the data set is (VoID), its prefixes, and the questions it answers.
//!
//! Nothing in it depends on when or where it was built.

use std::collections::{BTreeMap, HashSet};

use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term};

use crate::dataset::{DEFAULT_GRAPH, Id, Terms};
use crate::ontology::Ontology;
use crate::project::Project;
use crate::query::Question;
use crate::source::Source;
use crate::vocab::{dcterms, rdf, rdfs, sh, void, xsd};

/// Adds the description to the quads.
pub fn add(
    project: &Project,
    ontology: &Ontology,
    questions: &[Question],
    sources: &[Source],
    terms: &mut Terms,
    quads: &mut Vec<[Id; 4]>,
) {
    let graph = terms.id(project.base.graph("dataset"));
    let type_ = terms.id(rdf::TYPE.into_owned());
    let mut triples: HashSet<[Id; 3]> = HashSet::new();
    let mut subjects: HashSet<Id> = HashSet::new();
    let mut classes: BTreeMap<String, HashSet<Id>> = BTreeMap::new();
    for quad in quads.iter().filter(|quad| quad[3] == DEFAULT_GRAPH) {
        if triples.insert([quad[0], quad[1], quad[2]]) {
            subjects.insert(quad[0]);
            if quad[1] == type_
                && let Term::NamedNode(class) = terms.term(quad[2])
            {
                classes.entry(class.as_str().to_owned()).or_default().insert(quad[0]);
            }
        }
    }
    let dataset = project.base.graph("dataset");
    let mut rows: Vec<(NamedNode, NamedNode, Term)> = Vec::new();
    let mut say =
        |subject: &NamedNode, property: NamedNodeRef<'_>, object: Term| rows.push((subject.clone(), property.into_owned(), object));
    let count = |number: usize| -> Term { Literal::new_typed_literal(number.to_string(), xsd::INTEGER).into() };
    say(&dataset, rdf::TYPE, void::DATASET.into_owned().into());
    say(
        &dataset,
        dcterms::TITLE,
        Literal::new_language_tagged_literal(&project.title, &project.language)
            .unwrap_or_else(|_| Literal::from(project.title.as_str()))
            .into(),
    );
    say(&dataset, void::URI_SPACE, Literal::from(project.base.as_str()).into());
    say(&dataset, void::TRIPLES, count(triples.len()));
    say(&dataset, void::ENTITIES, count(subjects.len()));
    for source in sources.iter().filter(|source| !source.registry) {
        say(&dataset, dcterms::SOURCE, project.base.source(&source.id).into());
    }
    for (class, members) in &classes {
        let name: String = class.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let partition = project.base.graph(&format!("dataset#class-{name}"));
        say(&dataset, void::CLASS_PARTITION, partition.clone().into());
        say(&partition, void::CLASS, NamedNode::new_unchecked(class.clone()).into());
        say(&partition, void::ENTITIES, count(members.len()));
    }
    for (prefix, namespace) in ontology.prefixes.iter() {
        let declaration = project.base.graph(&format!("dataset#prefix-{}", prefix.replace('/', "-")));
        say(&dataset, sh::DECLARE, declaration.clone().into());
        say(&declaration, sh::PREFIX, Literal::from(prefix).into());
        say(&declaration, sh::NAMESPACE_IRI, Literal::new_typed_literal(namespace, xsd::ANY_URI).into());
    }
    for question in questions {
        let node = project.base.graph(&format!("dataset#query-{}", question.name.replace('/', "-")));
        say(&node, rdf::TYPE, sh::SPARQL_EXECUTABLE.into_owned().into());
        say(&node, rdf::TYPE, sh::SPARQL_SELECT_EXECUTABLE.into_owned().into());
        say(&node, rdfs::LABEL, Literal::new_language_tagged_literal_unchecked(&question.title, "en").into());
        if !question.notes.is_empty() {
            say(&node, rdfs::COMMENT, Literal::new_language_tagged_literal_unchecked(&question.notes, "en").into());
        }
        say(&node, sh::SELECT, Literal::from(question.asset.text.as_str()).into());
        say(&dataset, rdfs::SEE_ALSO, node.clone().into());
    }
    for (subject, property, object) in rows {
        let row = [terms.id(subject), terms.id(property), terms.id(object)];
        quads.push([row[0], row[1], row[2], graph]);
        quads.push([row[0], row[1], row[2], DEFAULT_GRAPH]);
    }
}
