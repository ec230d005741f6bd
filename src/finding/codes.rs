//! The codes of the findings that the reading itself makes, as a registry: what each means, why it is there, and an example that
//! gives exactly it. Shapes and checks bring their own codes with them.

use super::Severity;

/// A sort of finding.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// Its name, as it stands in brackets behind the severity.
    pub name: &'static str,
    /// How grave it is by itself; `[severity]` in civigraph.toml may say another.
    pub severity: Severity,
    /// What it means and why, for people.
    pub why: &'static str,
    /// Files of a project, by path, that give this finding; the first is the one to look at. The tests build them.
    pub example: &'static [(&'static str, &'static str)],
}

/// The code of a name.
pub fn code(name: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.name == name)
}

/// All codes.
pub const CODES: &[Code] = &[
    Code {
        name: "unreadable-file",
        severity: Severity::Error,
        why: "The file could not be read as what its name says: broken YAML, CSV, TSV or JSON, bytes that are not UTF-8, a NUL byte. Nothing of it was taken.",
        example: &[("data/s/1.yaml", "section: \"1\"\nNetwork:\n  - { id: river-network, name: \"River Network }\n")],
    },
    Code {
        name: "unknown-kind",
        severity: Severity::Error,
        why: "A record's kind must be one of those that `civigraph schema` lists; otherwise nobody knows what its keys mean. A file under ontology/shapes/ adds one.",
        example: &[("data/s/1.yaml", "section: \"1\"\nNetwrok:\n  - { id: river-network, name: River Network }\n")],
    },
    Code {
        name: "unknown-key",
        severity: Severity::Error,
        why: "A key must be one that `civigraph schema KIND` lists. What is not known is never silently dropped. A file under ontology/shapes/ adds one.",
        example: &[("data/s/1.yaml", "section: \"1\"\nNetwork:\n  - { id: river-network, name: River Network, nmae: River }\n")],
    },
    Code {
        name: "csvw-value",
        severity: Severity::Error,
        why: "A cell of a table that a description on the Web goes with is a value of its column's datatype, in its format and within its bounds; what is required is there, and the addresses that are made of a row are addresses.",
        example: &[
            ("data/s/clubs.csv", "id,name,founded\nclub-one,Club One,31.02.2010\n"),
            (
                "data/s/clubs-metadata.json",
                "{\"@context\": \"http://www.w3.org/ns/csvw\", \"url\": \"clubs.csv\", \"tableSchema\": {\"columns\": [\n  {\"name\": \"id\", \"suppressOutput\": true},\n  {\"name\": \"name\", \"propertyUrl\": \"skos:prefLabel\"},\n  {\"name\": \"founded\", \"propertyUrl\": \"schema:foundingDate\", \"datatype\": {\"base\": \"date\", \"format\": \"dd.MM.yyyy\"}}\n], \"aboutUrl\": \"https://clubs.example/{id}\"}}\n",
            ),
            (
                "data/s/source.toml",
                "title = \"S\"\nas_of = 2025-12-31\n[tables.\"clubs-metadata.json\"]\nformat = \"csvw\"\nsection = \"1\"\n",
            ),
        ],
    },
    Code {
        name: "left-out",
        severity: Severity::Warning,
        why: "What is wrong in a source under quarantine is left out of the graph: the value, or the record that cannot stand without it. What speaks of a record that is left out would lead nowhere.",
        example: &[
            (
                "data/s/1.yaml",
                "section: \"1\"\nPerson:\n  - { id: a, name: A }\nOrganization:\n  - { id: b }\nMembership:\n  - { member: a, organization: b, role: member }\n",
            ),
            ("data/s/source.toml", "title = \"S\"\nas_of = 2025-12-31\nquarantine = true\n"),
        ],
    },
    Code {
        name: "unreadable-record",
        severity: Severity::Error,
        why: "A record is a mapping of keys to values; a list of records stands under its kind.",
        example: &[("data/s/1.yaml", "section: \"1\"\nNetwork: River Network\n")],
    },
    Code {
        name: "missing-id",
        severity: Severity::Error,
        why: "A thing needs an `id`; only ties and statements, such as memberships, are named from their values.",
        example: &[("data/s/1.yaml", "section: \"1\"\nNetwork:\n  - { name: River Network }\n")],
    },
    Code {
        name: "invalid-id",
        severity: Severity::Error,
        why: "An id is a slug: a-z, 0-9 and single hyphens, at most 80 characters. It becomes part of a web address that others will cite, so it stays plain.",
        example: &[("data/s/1.yaml", "section: \"1\"\nNetwork:\n  - { id: River Network, name: River Network }\n")],
    },
    Code {
        name: "duplicate-id",
        severity: Severity::Error,
        why: "The same id twice under the same citation is one thing described twice by mistake, or two things with one name. Under different citations it is one thing that two places speak about.",
        example: &[(
            "data/s/1.yaml",
            "section: \"1\"\nEvent:\n  - { id: launch, name: Launch, type: conference }\n  - { id: launch, name: Launch, type: conference }\n",
        )],
    },
    Code {
        name: "conflicting-kind",
        severity: Severity::Error,
        why: "One id has two kinds, neither of which is a subclass of the other: a person cannot be an event.",
        example: &[(
            "data/s/1.yaml",
            "section: \"1\"\nPerson:\n  - { id: ford, name: Ford }\nOrganization:\n  - { id: ford, name: Ford }\n",
        )],
    },
    Code {
        name: "missing-section",
        severity: Severity::Error,
        why: "Every record is cited to a section of its source: the file says `section:`, or the record does.",
        example: &[("data/s/1.yaml", "Network:\n  - { id: river-network, name: River Network }\n")],
    },
    Code {
        name: "unknown-section",
        severity: Severity::Error,
        why: "The section must be listed in the source's sections.csv, so that a citation leads somewhere.",
        example: &[("data/s/1.yaml", "section: \"3.11\"\nNetwork:\n  - { id: river-network, name: River Network }\n")],
    },
    Code {
        name: "hidden-sheet",
        severity: Severity::Info,
        why: "A sheet that is hidden in its workbook is not read unless source.toml says what it is: what nobody sees, nobody checks.",
        example: &[(
            "data/s/members.xlsx",
            "A sheet `Old list` that is hidden. In source.toml:\n[tables.\"members.xlsx/Old list\"]\nskip = true\n",
        )],
    },
    Code {
        name: "unreadable-match",
        severity: Severity::Error,
        why: "matches.csv says of pairs of things whether they are one: a decision (same, different, unsure), the ids of the two, who decided it, when and why. Lines must not contradict each other.",
        example: &[
            ("matches.csv", "decision,one,other,who,when,why\nperhaps,river-network,lake-network,T. Khan,2026-01-15,same address\n"),
            (
                "data/s/1.yaml",
                "section: \"1\"\nNetwork:\n  - { id: river-network, name: River Network }\n  - { id: lake-network, name: Lake Network }\n",
            ),
        ],
    },
    Code {
        name: "unknown-match",
        severity: Severity::Warning,
        why: "A line of matches.csv decides of a thing that no record defines: its id was changed, or its record is gone.",
        example: &[
            ("matches.csv", "decision,one,other,who,when,why\ndifferent,river-network,river-netwrok,T. Khan,2026-01-15,\n"),
            ("data/s/1.yaml", "section: \"1\"\nNetwork:\n  - { id: river-network, name: River Network }\n"),
        ],
    },
    Code {
        name: "unlikely-cell",
        severity: Severity::Warning,
        why: "A cell of a workbook holds a date, or true or false, under a key that takes neither. Spreadsheets make dates of much that is typed: an identifier 1-2, a name SEPT1. What was typed is lost; only who typed it knows.",
        example: &[("data/s/identifiers.xlsx", "A cell that holds the date 2025-01-02, because 1-2 was typed.\n")],
    },
    Code {
        name: "macro-workbook",
        severity: Severity::Info,
        why: "A workbook with programs in it (.xlsm) is read like any other: what its cells held when it was saved. Nothing in it is run.",
        example: &[("data/s/members.xlsm", "A workbook that was saved with programs in it.\n")],
    },
    Code {
        name: "example-row",
        severity: Severity::Info,
        why: "What `civigraph template` writes has an example in grey. A row of a table whose first cell begins with `Example:` is such an example, and nobody's record.",
        example: &[("data/s/organizations.csv", "id,name,section\nExample: water-watch,Water Watch,1\nlake-forum,Lake Forum,1\n")],
    },
    Code {
        name: "known-name",
        severity: Severity::Info,
        why: "A row without an id is about the thing of its kind that has its name already; only where nothing has it, it is a new one. If several things have the name, the row has to say which it is about.",
        example: &[
            ("data/s/organizations.csv", "name,homepage,section\nWater Watch,https://example.org,1.1\n"),
            ("data/s/1.yaml", "section: \"1\"\nOrganization:\n  - { id: ww, name: Water Watch }\n"),
        ],
    },
    Code {
        name: "unused-setting",
        severity: Severity::Warning,
        why: "What source.toml says of a table must be about a file of the source's folder, and about columns that its header has.",
        example: &[
            ("data/s/source.toml", "title = \"S\"\nas_of = 2025-12-31\n[tables.\"fundres.csv\"]\nskip = true\n"),
            ("data/s/1.yaml", "section: \"1\"\nNetwork:\n  - { id: river-network, name: River Network }\n"),
        ],
    },
    Code {
        name: "expected-count",
        severity: Severity::Warning,
        why: "The source's source.toml says how many records of a kind are plausible. Fewer may mean a truncated table, more a table read twice.",
        example: &[
            ("data/s/source.toml", "title = \"S\"\nas_of = 2025-12-31\n[expect]\nEvent = { min = 20 }\n"),
            ("data/s/1.yaml", "section: \"1\"\nEvent:\n  - { id: launch, name: Launch, type: conference }\n"),
        ],
    },
    Code {
        name: "conflicting-claims",
        severity: Severity::Warning,
        why: "Two citations give different values to a key that should have one, or two records that differ in a figure alone may be of one claim. All are kept, each with its citation, and counted once; an id for each makes them two, one id for both makes them one; an editor may add a Discrepancy with a note.",
        example: &[
            ("data/s/1.yaml", "section: \"1\"\nPerson:\n  - { id: a, name: A, gender: female }\n"),
            ("data/s/2.yaml", "section: \"1.1\"\nPerson:\n  - { id: a, gender: male }\n"),
        ],
    },
    Code {
        name: "conflicting-dates",
        severity: Severity::Warning,
        why: "Citations give bounds to the same date that cannot both be true, or date one thing so that it would be two that cannot stand beside each other. All are kept. If they are two, each gets an id; if they are one, both get the same.",
        example: &[
            ("data/s/1.yaml", "section: \"1\"\nEvent:\n  - { id: launch, name: Launch, type: conference, when: 2010-01-05 }\n"),
            ("data/s/2.yaml", "section: \"1.1\"\nEvent:\n  - { id: launch, when: 2011-01-05 }\n"),
        ],
    },
    Code {
        name: "two-dates",
        severity: Severity::Error,
        why: "One place gives two dates to one thing, so that its bounds cannot both be. A range is written start/end; what happened twice is two records, each with an id of its own.",
        example: &[(
            "data/s/1.yaml",
            "section: \"1\"\nPerson:\n  - { id: a, name: A }\nOrganization:\n  - { id: b, name: B }\nMembership:\n  - { id: one, member: a, organization: b, role: member, when: 2010/2011 }\n  - { id: one, member: a, organization: b, role: member, when: 2015/2016 }\n",
        )],
    },
    Code {
        name: "told-apart",
        severity: Severity::Info,
        why: "Two sources date what may be one claim so that it is two, or a record says too little to know of which of several claims it is. Worth a look; an id settles it.",
        example: &[
            ("data/t/1.yaml", "Membership:\n  - { member: a, organization: b, role: member, when: 2015/2018 }\n"),
            (
                "data/s/1.yaml",
                "section: \"1\"\nPerson:\n  - { id: a, name: A }\nOrganization:\n  - { id: b, name: B }\nMembership:\n  - { member: a, organization: b, role: member, when: 2010/2012 }\n",
            ),
            ("data/t/source.toml", "title = \"T\"\nas_of = 2025-12-31\n"),
        ],
    },
    Code {
        name: "single-day",
        severity: Severity::Warning,
        why: "A membership, a post, a status that stands goes on for a time. A single day as its time says that it was over within that day; most often the day is its beginning.",
        example: &[(
            "data/s/1.yaml",
            "section: \"1\"\nPerson:\n  - { id: a, name: A }\nOrganization:\n  - { id: b, name: B }\nMembership:\n  - { member: a, organization: b, role: member, when: 2021-03-05 }\n",
        )],
    },
    Code {
        name: "control-character",
        severity: Severity::Warning,
        why: "A text holds a control character (U+0000 to U+001F and the like), which nobody sees and not every format can hold. It is left out.",
        example: &[("data/s/1.yaml", "section: \"1\"\nNetwork:\n  - { id: river-network, name: \"River\\u0007 Network\" }\n")],
    },
    Code {
        name: "language-tag",
        severity: Severity::Warning,
        why: "A language is told by its tag (BCP 47): en, ur, pt-BR. A tag that names no language is found by nobody who asks for one.",
        example: &[("data/s/1.yaml", "section: \"1\"\nNetwork:\n  - { id: river-network, name: { english: River Network } }\n")],
    },
    Code {
        name: "title-rows",
        severity: Severity::Info,
        why: "A table often begins with a title and notes. The header is looked for below them; what stands above it is not read, and `header = 3` in source.toml says which row it is.",
        example: &[("data/s/organizations.csv", "Members of the alliance,,\n,,\nid,name,section\nlake-forum,Lake Forum,1\n")],
    },
    Code {
        name: "two-become-one",
        severity: Severity::Warning,
        why: "Two rows make one id from different words, or say different things under one id, so that two things may become one. A column more in the template of `id` tells them apart.",
        example: &[
            ("data/s/list.csv", "Name,Seat\nLake Forum,1\nlake forum!,1\n"),
            (
                "data/s/source.toml",
                "title = \"S\"\nas_of = 2025-12-31\n[tables.\"list.csv\"]\nsection = \"1\"\n[[tables.\"list.csv\".records]]\nkind = \"Organization\"\nid = \"{Name}\"\nname = \"{Name}\"\n",
            ),
        ],
    },
    Code {
        name: "yaml-tag",
        severity: Severity::Error,
        why: "In YAML a word behind `!` is a tag, which says of what type a value is, and no part of it. What was written would be lost; in quotes it is a text.",
        example: &[("data/s/1.yaml", "section: \"1\"\nNetwork:\n  - { id: river-network, name: !River Network }\n")],
    },
    Code {
        name: "unknown-setting",
        severity: Severity::Warning,
        why: "What civigraph.toml says of a question, and what the header of a question says, must be about a question, a parameter or a setting that there is. Otherwise it would have no effect, silently.",
        example: &[
            ("civigraph.toml", "title = \"T\"\nbase = \"https://example.org/\"\n\n[questions.\"people/psots\"]\nperson = \"a\"\n"),
            ("data/s/1.yaml", "section: \"1\"\nNetwork:\n  - { id: river-network, name: River Network }\n"),
        ],
    },
    Code {
        name: "stray-quote",
        severity: Severity::Error,
        why: "In a CSV cell that is in quotes a quote is written twice; a single one ends the cell, and what follows would be taken for something else.",
        example: &[("data/s/organizations.csv", "id,name,section\nlake,\"The \"Green\" Alliance\",1\n")],
    },
    Code {
        name: "unreadable-setting",
        severity: Severity::Error,
        why: "What source.toml says of a table could not be understood: there is no such setting, or its value is none that it takes. Nothing is guessed.",
        example: &[
            (
                "data/s/source.toml",
                "title = \"S\"\nas_of = 2025-12-31\n[tables.\"list.csv\"]\nkind = \"Organization\"\nseperator = \";\"\n",
            ),
            ("data/s/list.csv", "id,name,section\nlake,Lake,1\n"),
        ],
    },
    Code {
        name: "unread-columns",
        severity: Severity::Warning,
        why: "Columns whose headings are no keys are not read, and are named so that nothing is lost unseen. source.toml says what they mean, that they may be left out (`ignore`), or that they are to be kept as they are.",
        example: &[("data/s/organizations.csv", "id,name,section,Shoe size\nlake-forum,Lake Forum,1,42\n")],
    },
];
