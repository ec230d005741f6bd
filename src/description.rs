//! The graph that describes the build itself: what the data set is (VoID), its prefixes, and the questions it answers.
//!
//! Nothing in it depends on when or where it was built.

use std::collections::BTreeMap;

use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term, TermRef};
use spargebra::Query;

use crate::dataset::{Additions, DEFAULT_GRAPH, Dataset, Id};
use crate::finding::LeftOut;
use crate::iri::{Base, Prefixes};
use crate::ontology::Ontology;
use crate::project::Project;
use crate::query::parameter::{Default, Takes};
use crate::query::{self, Question};
use crate::schema::Schema;
use crate::sealed::Damaged;
use crate::source::Source;
use crate::store::{In, Store, StoreError};
use crate::vocab::{cg, dcterms, rdf, rdfs, sh, void, xsd};

/// The prefixes that the description declares, as they were when the graph was built; none if it has no description.
///
/// # Errors
/// The storage reported a fault.
pub fn prefixes(store: &Store, base: &Base) -> Result<Prefixes, StoreError> {
    let mut prefixes = Prefixes::default();
    let text = |node: &NamedNode, property| -> Result<Option<String>, StoreError> {
        Ok(store.objects(node.as_ref(), property)?.into_iter().find_map(|object| match object {
            Term::Literal(literal) => Some(literal.destruct().0),
            Term::NamedNode(_) | Term::BlankNode(_) => None,
        }))
    };
    for declaration in store.objects(base.graph("dataset").as_ref(), sh::DECLARE)? {
        let Term::NamedNode(declaration) = declaration else { continue };
        if let (Some(prefix), Some(namespace)) = (text(&declaration, sh::PREFIX)?, text(&declaration, sh::NAMESPACE_IRI)?) {
            prefixes.insert(prefix, namespace);
        }
    }
    Ok(prefixes)
}

/// What a graph was made of.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// The project.
    pub project: &'a Project,
    /// Its ontology.
    pub ontology: &'a Ontology,
    /// Its schema.
    pub schema: &'a Schema,
    /// The questions it answers.
    pub questions: &'a [Question],
    /// The sources it rests on.
    pub sources: &'a [Source],
}

/// How much was left out of a graph, as it says itself: of all its sources.
///
/// # Errors
/// The storage reported a fault.
pub fn left_out(store: &Store) -> Result<LeftOut, StoreError> {
    let mut all = LeftOut::default();
    for (property, of) in
        [(cg::RECORDS_LEFT_OUT, &mut all.records), (cg::VALUES_LEFT_OUT, &mut all.values), (cg::FILES_LEFT_OUT, &mut all.files)]
    {
        for quad in store.quads(None, Some(property), None, Some(In::Default)) {
            if let Term::Literal(number) = quad?.object {
                *of += number.value().parse::<usize>().unwrap_or(0);
            }
        }
    }
    Ok(all)
}

/// Adds the description of a graph with its additions to these. Costs one pass over the default graph.
///
/// # Errors
/// The graph is damaged.
pub fn add(data: &Dataset, additions: &mut Additions, of: Of<'_>, left_out: &BTreeMap<String, LeftOut>) -> Result<(), Damaged> {
    let Of { project, ontology, schema, questions, sources } = of;
    let graph = additions.id(data, &project.base.graph("dataset"))?;
    // The triples come sorted by subject, those of a type by type and then by subject.
    let mut subjects = 0;
    let mut last = None;
    for triple in data.default_matches(None, None, None) {
        let [subject, ..] = triple?;
        subjects += usize::from(last.replace(subject) != Some(subject));
    }
    // What was added was not there before, each triple once.
    let more: Vec<[Id; 4]> = additions.quads.iter().filter(|quad| quad[3] == DEFAULT_GRAPH).copied().collect();
    let mut new: Vec<Id> = more.iter().map(|quad| quad[0]).collect();
    new.sort_unstable();
    new.dedup();
    for subject in new {
        let known = subject < additions.own && data.default_matches(Some(subject), None, None).next().transpose()?.is_some();
        subjects += usize::from(!known);
    }
    let mut classes: BTreeMap<String, usize> = BTreeMap::new();
    let mut members = 0;
    let type_ = data.find(rdf::TYPE.into())?;
    let mut typed = type_.into_iter().flat_map(|type_| data.default_matches(None, Some(type_), None)).peekable();
    while let Some(triple) = typed.next() {
        let [_, _, class] = triple?;
        members += 1;
        if typed.peek().is_none_or(|next| next.as_ref().map_or(true, |next| next[2] != class)) {
            if let TermRef::NamedNode(class) = data.term_ref(class)? {
                classes.insert(class.as_str().to_owned(), members);
            }
            members = 0;
        }
    }
    let type_ = additions.id(data, rdf::TYPE)?;
    for [_, _, class, _] in more.iter().filter(|quad| quad[1] == type_) {
        let class = if *class < additions.own { data.term_ref(*class)? } else { additions.terms.term(*class - additions.own) };
        if let TermRef::NamedNode(class) = class {
            *classes.entry(class.as_str().to_owned()).or_default() += 1;
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
    say(&dataset, void::TRIPLES, count(data.triples() + more.len()));
    say(&dataset, void::ENTITIES, count(subjects));
    for source in sources.iter().filter(|source| !source.registry) {
        say(&dataset, dcterms::SOURCE, project.base.source(&source.id).into());
    }
    for source in sources {
        let Some(of) = left_out.get(&source.id) else { continue };
        for (property, number) in [(cg::RECORDS_LEFT_OUT, of.records), (cg::VALUES_LEFT_OUT, of.values), (cg::FILES_LEFT_OUT, of.files)] {
            if number > 0 {
                say(&project.base.source(&source.id), property, count(number));
            }
        }
    }
    for (class, members) in &classes {
        let name: String = class.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let partition = project.base.graph(&format!("dataset#class-{name}"));
        say(&dataset, void::CLASS_PARTITION, partition.clone().into());
        say(&partition, void::CLASS, NamedNode::new_unchecked(class.clone()).into());
        say(&partition, void::ENTITIES, count(*members));
    }
    for (prefix, namespace) in ontology.prefixes.iter() {
        let declaration = project.base.graph(&format!("dataset#prefix-{}", prefix.replace('/', "-")));
        say(&dataset, sh::DECLARE, declaration.clone().into());
        say(&declaration, sh::PREFIX, Literal::from(prefix).into());
        say(&declaration, sh::NAMESPACE_IRI, Literal::new_typed_literal(namespace, xsd::ANY_URI).into());
    }
    for question in questions {
        let node = project.base.graph(&format!("dataset#query-{}", question.name.replace('/', "-")));
        // SHACL has no word for DESCRIBE, and what does not parse is a finding of its own.
        if !matches!(
            query::parse(&question.asset.text, &ontology.prefixes),
            Ok(Query::Select { .. } | Query::Ask { .. } | Query::Construct { .. })
        ) {
            continue;
        }
        let english = |text: &str| -> Term { Literal::new_language_tagged_literal_unchecked(text, "en").into() };
        say(&node, rdf::TYPE, sh::SPARQL_EXECUTABLE.into_owned().into());
        say(&node, rdfs::LABEL, english(&question.title));
        say(&node, dcterms::IDENTIFIER, Literal::from(question.name.as_str()).into());
        // Not the text: whoever looks for words in the graph looks for what sources say, and not for questions about it.
        say(&node, rdfs::IS_DEFINED_BY, Literal::from(&*question.asset.within).into());
        say(&node, sh::PREFIXES, dataset.clone().into());
        say(&dataset, rdfs::SEE_ALSO, node.clone().into());
        for (order, parameter) in question.parameters.iter().enumerate() {
            // A parameter is called by the local name of its path (SHACL Advanced Features, section 5.1).
            let own = project.base.graph(&format!("dataset/query/{}/{}", question.name, parameter.name));
            let place = NamedNode::new_unchecked(format!("{}-parameter-{}", node.as_str(), parameter.name));
            say(&node, sh::PARAMETER, place.clone().into());
            say(&place, rdf::TYPE, sh::PARAMETER_CLASS.into_owned().into());
            say(&place, sh::PATH, own.into());
            say(&place, sh::NAME, english(&parameter.name));
            say(&place, sh::DESCRIPTION, english(&parameter.description));
            say(&place, sh::ORDER, count(order));
            let takes = parameter.takes(schema).ok();
            match &takes {
                Some(Takes::Thing(classes)) => {
                    say(&place, sh::NODE_KIND, sh::IRI.into_owned().into());
                    // Several sh:class mean all of them: one of several is not said here, but in the description.
                    if let [class] = &classes[..] {
                        say(&place, sh::CLASS, class.clone().into());
                    }
                }
                Some(Takes::Code(scheme)) => say(&place, cg::CODE_LIST, scheme.clone().into()),
                Some(Takes::Date) => say(&place, sh::DATATYPE, xsd::DATE.into_owned().into()),
                Some(Takes::Number) => say(&place, sh::DATATYPE, xsd::DECIMAL.into_owned().into()),
                Some(Takes::Kind) => say(&place, sh::NODE_KIND, sh::IRI.into_owned().into()),
                Some(Takes::Text | Takes::Language) => say(&place, sh::DATATYPE, xsd::STRING.into_owned().into()),
                Some(Takes::Literal(datatype)) => say(&place, sh::DATATYPE, datatype.clone().into()),
                None => {}
            }
            let default: Option<Term> = match (&parameter.default, &takes) {
                (Default::Value(value), Some(Takes::Thing(_))) => {
                    let thing = ontology.prefixes.expand(value).unwrap_or_else(|| project.base.thing(value));
                    // A default names a thing of the project that the question was written for.
                    (data.find(thing.as_ref().into())?.is_some() || additions.terms.find(&thing).is_some()).then(|| thing.into())
                }
                (Default::Value(value), Some(Takes::Text)) => Some(Literal::from(value.as_str()).into()),
                _ => None,
            };
            let optional = default.is_some() || parameter.default == Default::Any;
            say(&place, sh::OPTIONAL, Literal::from(optional).into());
            if let Some(default) = default {
                say(&place, sh::DEFAULT_VALUE, default);
            }
        }
    }
    for (subject, property, object) in rows {
        let [s, p, o] = [additions.id(data, &subject)?, additions.id(data, &property)?, additions.id(data, &object)?];
        additions.quads.push([s, p, o, graph]);
        additions.quads.push([s, p, o, DEFAULT_GRAPH]);
    }
    Ok(())
}
