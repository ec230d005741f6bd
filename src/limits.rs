//! How much of what comes from outside is taken: one place for every bound on files, with the name of the setting that
//! raises it, which every refusal says.
//!
//! A project sets them under `[limits]` in `civigraph.toml`. That is no way for a stranger's project to take a machine:
//! what the person who runs the program allows, by `--memory` and `--timeout`, holds above all of them.

use std::collections::BTreeMap;

use crate::nearest::nearest;

/// Something that is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of a file that is read whole: YAML, JSON, RDF, older workbooks, what is decoded; and of any workbook, packed.
    File,
    /// Bytes of a workbook's parts when unpacked.
    Unpacked,
    /// Parts of a workbook.
    Parts,
    /// Bytes of a file of the ontology, the queries or the mappings.
    Text,
    /// Bytes of a cell of a table, and of a line of newline-delimited JSON.
    Cell,
    /// Cells of a row.
    Cells,
    /// Values of a YAML file, the copies that aliases make counted.
    Values,
}

/// Whether a limit counts bytes or things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Bytes,
    Things,
}

impl Limit {
    /// All, each with its setting's name, what holds where nothing is set, and what it counts.
    const TABLE: [(Self, &'static str, u64, Unit); 7] = [
        (Self::File, "file", 256 << 20, Unit::Bytes),
        (Self::Unpacked, "unpacked", 1 << 30, Unit::Bytes),
        (Self::Parts, "parts", 10_000, Unit::Things),
        (Self::Text, "text", 64 << 20, Unit::Bytes),
        (Self::Cell, "cell", 8 << 20, Unit::Bytes),
        (Self::Cells, "cells", 16_384, Unit::Things),
        (Self::Values, "values", 1_000_000, Unit::Things),
    ];

    fn row(self) -> (&'static str, Unit) {
        let row = Self::TABLE.iter().find(|row| row.0 == self).unwrap_or(&Self::TABLE[0]);
        (row.1, row.3)
    }

    /// The name of the setting.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// What raises it, in words.
    pub fn raised_by(self) -> String {
        format!("`{}` under [limits] in civigraph.toml raises this", self.name())
    }
}

/// What holds in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits([u64; Limit::TABLE.len()]);

impl Default for Limits {
    fn default() -> Self {
        Self(Limit::TABLE.map(|row| row.2))
    }
}

impl Limits {
    /// What a project sets, by the names of the settings.
    ///
    /// # Errors
    /// A name that is no setting, or an amount that is none.
    pub fn set(given: &BTreeMap<String, toml::Value>) -> Result<Self, String> {
        let mut limits = Self::default();
        for (name, value) in given {
            let Some(at) = Limit::TABLE.iter().position(|row| row.1 == name) else {
                let names = Limit::TABLE.map(|row| row.1);
                let near = nearest(name, names.iter().map(|name| (*name).to_owned()));
                let or = near.map_or_else(|| format!("there are {}", names.join(", ")), |near| format!("did you mean `{near}`?"));
                return Err(format!("[limits]: there is no limit `{name}`; {or}"));
            };
            let amount = match (value, Limit::TABLE[at].3) {
                (toml::Value::Integer(number), _) => u64::try_from(*number).ok(),
                (toml::Value::String(text), Unit::Bytes) => bytes(text),
                (toml::Value::String(text), Unit::Things) => text.replace(['_', ','], "").parse().ok(),
                _ => None,
            };
            let Some(amount) = amount.filter(|amount| *amount > 0) else {
                let example = if Limit::TABLE[at].3 == Unit::Bytes { "an amount such as \"512M\" or \"2G\"" } else { "a number above 0" };
                return Err(format!("[limits]: `{name}`: expected {example}, found {value}"));
            };
            limits.0[at] = amount;
        }
        Ok(limits)
    }

    /// How much is taken at most.
    pub fn of(&self, limit: Limit) -> u64 {
        let at = Limit::TABLE.iter().position(|row| row.0 == limit).unwrap_or(0);
        self.0[at]
    }

    /// The same as a number of things in memory.
    pub fn count(&self, limit: Limit) -> usize {
        usize::try_from(self.of(limit)).unwrap_or(usize::MAX)
    }

    /// How much is taken at most, in words: `256 MiB`, `16,384`.
    pub fn words(&self, limit: Limit) -> String {
        match limit.row().1 {
            Unit::Bytes => words(self.of(limit)),
            Unit::Things => grouped(self.of(limit)),
        }
    }
}

/// Reads a number of bytes as people write it: `800M`, `2G`, `1.5 GiB`, `4096`.
pub fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let power = match unit.trim().to_ascii_lowercase().trim_end_matches('b').trim_end_matches('i') {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => return None,
    };
    let bytes = number * f64::from(1u32 << (power % 30)) * if power >= 30 { f64::from(1u32 << 30) } else { 1.0 };
    (bytes.is_finite() && (0.0..=1e15).contains(&bytes)).then_some(bytes as u64)
}

/// Bytes in words.
pub fn words(bytes: u64) -> String {
    let number = |unit: u64, name: &str| {
        let tenths = (bytes as f64 / unit as f64 * 10.0).round() / 10.0;
        if tenths.fract() == 0.0 { format!("{tenths:.0} {name}") } else { format!("{tenths:.1} {name}") }
    };
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => number(1 << 10, "KiB"),
        0x10_0000..0x4000_0000 => number(1 << 20, "MiB"),
        _ => number(1 << 30, "GiB"),
    }
}

/// A number with a comma before every three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_said_as_people_write_them() {
        assert_eq!(bytes("800M"), Some(800 << 20));
        assert_eq!(bytes("1.5 GiB"), Some(3 << 29));
        assert_eq!(bytes("64 mb"), Some(64 << 20));
        assert_eq!(bytes("4096"), Some(4096));
        for wrong in ["", "G", "-1G", "2X", "1e9G", "２G"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
        assert_eq!([words(12), words(2048), words(800 << 20), words(3 << 29)], ["12 bytes", "2 KiB", "800 MiB", "1.5 GiB"]);
        assert_eq!([grouped(7), grouped(999), grouped(16_384), grouped(1_000_000)], ["7", "999", "16,384", "1,000,000"]);
    }

    #[test]
    fn settings_are_those_of_the_table_and_no_others() {
        let set = |text: &str| Limits::set(&toml::from_str(text).expect("TOML"));
        let limits = set("file = \"1M\"\ncells = 20_000\n").expect("settings");
        assert_eq!((limits.of(Limit::File), limits.of(Limit::Cells), limits.of(Limit::Cell)), (1 << 20, 20_000, 8 << 20));
        assert_eq!(set("flie = 1"), Err("[limits]: there is no limit `flie`; did you mean `file`?".to_owned()));
        for wrong in ["file = 0", "file = -5", "file = true", "file = \"much\"", "cells = \"2G\""] {
            assert!(set(wrong).is_err(), "{wrong}");
        }
    }
}
