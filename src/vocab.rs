//! The few IRIs that Rust must name: standard terms, and the `cg:` terms that steer the program.
//!
//! A domain class or property ("alliance", "membership") has no place here: those are files under
//! `ontology/`. A test reads the sources and holds this file to be the only one that spells an IRI.

/// Namespace of civigraph's own terms.
pub const CG: &str = "https://w3id.org/civigraph/ns#";
/// Where the code lists live: scheme `{CODE}{list}`, concept `{CODE}{list}/{name}`.
pub const CODE: &str = "https://w3id.org/civigraph/code/";
/// Namespace of the shapes.
pub const SHAPE: &str = "https://w3id.org/civigraph/shape/";

macro_rules! terms {
    ($($(#[$doc:meta])* $module:ident = $namespace:literal { $($name:ident = $local:literal),* $(,)? })*) => {
        $(
            $(#[$doc])*
            pub mod $module {
                use oxigraph::model::NamedNodeRef;
                /// The namespace.
                pub const NAMESPACE: &str = $namespace;
                $(
                    #[doc = concat!("`", stringify!($module), ":", $local, "`")]
                    pub const $name: NamedNodeRef<'static> = NamedNodeRef::new_unchecked(concat!($namespace, $local));
                )*
            }
        )*
    };
}

terms! {
    /// RDF 1.1.
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#" {
        TYPE = "type", FIRST = "first", REST = "rest", NIL = "nil", LANG_STRING = "langString", PROPERTY = "Property",
    }
    /// RDF Schema.
    rdfs = "http://www.w3.org/2000/01/rdf-schema#" {
        CLASS = "Class", LABEL = "label", COMMENT = "comment", SUB_CLASS_OF = "subClassOf", SUB_PROPERTY_OF = "subPropertyOf",
        SEE_ALSO = "seeAlso", IS_DEFINED_BY = "isDefinedBy",
    }
    /// XML Schema datatypes.
    xsd = "http://www.w3.org/2001/XMLSchema#" {
        STRING = "string", BOOLEAN = "boolean", INTEGER = "integer", DECIMAL = "decimal", DOUBLE = "double",
        DATE = "date", DURATION = "duration", G_MONTH_DAY = "gMonthDay", DAY_TIME_DURATION = "dayTimeDuration",
        YEAR_MONTH_DURATION = "yearMonthDuration", G_YEAR = "gYear", G_YEAR_MONTH = "gYearMonth", ANY_URI = "anyURI",
    }
    /// SKOS: labels and code lists.
    skos = "http://www.w3.org/2004/02/skos/core#" {
        PREF_LABEL = "prefLabel", ALT_LABEL = "altLabel", HIDDEN_LABEL = "hiddenLabel",
        CONCEPT_SCHEME = "ConceptScheme", IN_SCHEME = "inScheme", NOTATION = "notation", EXAMPLE = "example",
    }
    /// OWL.
    owl = "http://www.w3.org/2002/07/owl#" {
        SAME_AS = "sameAs",
    }
    /// SHACL.
    sh = "http://www.w3.org/ns/shacl#" {
        NODE_SHAPE = "NodeShape", PROPERTY = "property", TARGET_CLASS = "targetClass", PATH = "path",
        INVERSE_PATH = "inversePath", NAME = "name", ORDER = "order", GROUP = "group", DESCRIPTION = "description",
        MESSAGE = "message", CLASS = "class", DATATYPE = "datatype", NODE_KIND = "nodeKind", IRI = "IRI", NODE = "node",
        MIN_COUNT = "minCount", MAX_COUNT = "maxCount", MAX_COUNT_COMPONENT = "MaxCountConstraintComponent",
        UNIQUE_LANG = "uniqueLang",
        MIN_COUNT_COMPONENT = "MinCountConstraintComponent", NODE_COMPONENT = "NodeConstraintComponent",
        DECLARE = "declare", PREFIX = "prefix", NAMESPACE_IRI = "namespace",
        SPARQL_EXECUTABLE = "SPARQLExecutable", OR = "or", PREFIXES = "prefixes",
        PARAMETER_CLASS = "Parameter", PARAMETER = "parameter", OPTIONAL = "optional", DEFAULT_VALUE = "defaultValue",
    }
    /// Dublin Core terms.
    dcterms = "http://purl.org/dc/terms/" {
        TITLE = "title", IS_PART_OF = "isPartOf", PUBLISHER = "publisher", LICENSE = "license", LANGUAGE = "language",
        ISSUED = "issued", IDENTIFIER = "identifier", DESCRIPTION = "description", SOURCE = "source",
    }
    /// The Bibliographic Ontology: where in a source.
    bibo = "http://purl.org/ontology/bibo/" {
        LOCATOR = "locator", PAGE_START = "pageStart", SHORT_TITLE = "shortTitle",
    }
    /// FOAF.
    foaf = "http://xmlns.com/foaf/0.1/" {
        PAGE = "page",
    }
    /// schema.org, in the `http://` form that is written.
    schema = "http://schema.org/" {
        START_DATE = "startDate", END_DATE = "endDate",
    }
    /// VoID: how a data set describes itself.
    void = "http://rdfs.org/ns/void#" {
        DATASET = "Dataset", TRIPLES = "triples", ENTITIES = "entities",
        URI_SPACE = "uriSpace", CLASS_PARTITION = "classPartition", CLASS = "class",
    }
    /// Extended Date/Time Format.
    edtf = "http://id.loc.gov/datatypes/edtf/" {
        EDTF = "EDTF",
    }
    /// civigraph's own terms that steer the program.
    cg = "https://w3id.org/civigraph/ns#" {
        KIND = "kind", PLURAL = "plural", IDENTIFIED_BY = "identifiedBy", TOLD_APART_BY = "toldApartBy",
        CONTRADICTS_BY = "contradictsBy", COUNTED_AS = "countedAs", LASTS = "lasts", FROM_KEY = "fromKey", TO_KEY = "toKey",
        INSTEAD_OF = "insteadOf", HELD_ON = "heldOn",
        CODE_LIST = "codeList", NOTATION_OF = "notationOf", QUALIFIED_NUMBER = "qualifiedNumber",
        EDTF = "edtf", EARLIEST_START = "earliestStart", LATEST_START = "latestStart", EARLIEST_END = "earliestEnd",
        LATEST_END = "latestEnd", MODALITY = "modality", DATE_QUALIFIER = "dateQualifier",
        VALUE = "value", QUALIFIER = "qualifier", MINIMUM = "minimum", MAXIMUM = "maximum",
        LATEST_END_IS_AS_OF = "latestEndIsAsOf", LATEST_START_IS_AS_OF = "latestStartIsAsOf",
        EARLIEST_END_IS_AS_OF = "earliestEndIsAsOf",
        RECORDS_LEFT_OUT = "recordsLeftOut", VALUES_LEFT_OUT = "valuesLeftOut", FILES_LEFT_OUT = "filesLeftOut",
        CITATION = "Citation", SOURCE = "Source", AS_OF = "asOf", AS_OF_NOTE = "asOfNote", DIGEST = "sha256",
        READS = "reads", READS_BACK = "readsBack", READS_OVER = "readsOver", READS_BACK_OVER = "readsBackOver",
        READS_AHEAD = "readsAhead", READS_BACK_AHEAD = "readsBackAhead",
        READS_IN_DOUBT = "readsInDoubt", READS_BACK_IN_DOUBT = "readsBackInDoubt", IN_DOUBT = "inDoubt", STAGE = "stage",
        FOLD = "Fold", FOLDS_CLASS = "foldsClass", FOLDS_PROPERTY = "foldsProperty", FOLD_SUBJECT = "foldSubject", FOLD_FROM = "foldFrom",
        FOLD_TO = "foldTo", FOLD_LABEL = "foldLabel", FOLD_TEXT = "foldText", FOLD_TEXT_BACK = "foldTextBack",
        FOLD_TEXT_OVER = "foldTextOver", FOLD_TEXT_BACK_OVER = "foldTextBackOver", FOLD_TEXT_AHEAD = "foldTextAhead", FOLD_TEXT_IN_DOUBT = "foldTextInDoubt", FOLD_TEXT_BACK_IN_DOUBT = "foldTextBackInDoubt", FOLD_TIME = "foldTime", GOES_ON = "goesOn",
        FOLD_TEXT_BACK_AHEAD = "foldTextBackAhead", FOLD_MANY = "foldMany",
        NODE_STYLE = "NodeStyle", TIE_STYLE = "TieStyle", STYLES = "styles", FILL = "fill", INK = "ink", STROKE = "stroke",
        FIGURE = "figure", CAPTION = "caption", LINE = "line", CONNECTS = "connects",
    }
}
