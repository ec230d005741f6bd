//! What a schema tells those who read tables: the keys of each kind, and what sort of value each takes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::fold::fold;
use crate::source::{Sort, TableKey, TableKind};
use crate::vocab::{skos, xsd};

use super::{Form, Kind, Schema};

impl Schema {
    /// The kinds as tables know them.
    pub fn table_kinds(&self) -> Vec<TableKind> {
        let codes: HashMap<&str, Arc<HashMap<String, String>>> = self
            .lists
            .values()
            .map(|list| {
                let mut words = HashMap::new();
                for (name, code) in &list.codes {
                    words.entry(fold(&code.label)).or_insert_with(|| name.clone());
                }
                // A code's own name goes before another's label.
                words.extend(list.codes.keys().map(|name| (fold(name), name.clone())));
                (list.scheme.as_str(), Arc::new(words))
            })
            .collect();
        let sort = |form: &Form| match form {
            Form::Reference(_) | Form::Nested(_) => Sort::Thing,
            Form::Code(scheme) => codes.get(scheme.as_str()).map_or(Sort::Other, |words| Sort::Code(Arc::clone(words))),
            Form::Date => Sort::Date,
            Form::Number => Sort::Amount,
            Form::Text => Sort::Text,
            Form::Iri => Sort::Address,
            Form::Literal(datatype) => match datatype.as_ref() {
                xsd::BOOLEAN => Sort::Truth,
                xsd::DATE => Sort::Day,
                xsd::G_YEAR => Sort::Year,
                xsd::DECIMAL | xsd::DOUBLE | xsd::INTEGER => Sort::Number,
                _ => Sort::Other,
            },
        };
        let keys = |kind: &Kind| {
            let keys = kind.keys.iter().map(|key| TableKey {
                name: key.name.clone(),
                label: key.words(),
                code: key.code().to_owned(),
                sort: sort(&key.form),
                names: key.form == Form::Text && !key.free,
            });
            // The two ends of a time may stand apart.
            let ends = kind.names().filter(|name| kind.key(name).is_none()).filter_map(|name| {
                let (key, _) = kind.end(name)?;
                Some(TableKey {
                    name: name.to_owned(),
                    label: name.to_owned(),
                    code: key.code().to_owned(),
                    sort: Sort::Date,
                    names: false,
                })
            });
            Arc::new(keys.chain(ends).collect())
        };
        self.kinds
            .values()
            .map(|kind| TableKind {
                name: kind.name.clone(),
                plural: kind.plural.clone(),
                label: kind.label.clone(),
                naming: kind.keys.iter().find(|key| key.property.as_ref() == skos::PREF_LABEL).map(|key| key.name.clone()),
                keys: keys(kind),
                minted: !kind.identified_by.is_empty(),
            })
            .collect()
    }
}
