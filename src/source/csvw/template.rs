//! Addresses made of a row: URI templates (RFC 6570, one variable or several in braces) and names with prefixes.

/// What addresses begin with.
pub(super) struct Names<'a> {
    /// What stands before the address of a table.
    pub(super) base: String,
    /// Prefixes and what they stand for.
    pub(super) prefixes: &'a [(String, String)],
}

impl Names<'_> {
    /// An address in full, as seen from a table's file.
    pub(super) fn address(&self, table: &str, written: &str) -> String {
        if let Some((prefix, local)) = written.split_once(':').filter(|(_, local)| !local.starts_with("//")) {
            if let Some((_, namespace)) = self.prefixes.iter().find(|(known, _)| known == prefix) {
                return format!("{namespace}{local}");
            }
            return written.to_owned();
        }
        if written.contains("://") {
            return written.to_owned();
        }
        match written.strip_prefix('#') {
            Some(_) => format!("{}{}{written}", self.base, encoded(table, true)),
            None if written.is_empty() => format!("{}{}", self.base, encoded(table, true)),
            None => format!("{}{}", self.base, written.trim_start_matches('/')),
        }
    }
}

/// A text with what may not stand in an address written with percent signs; `reserved` signs (`/`, `?`, `#`) may stay.
pub(super) fn encoded(text: &str, reserved: bool) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if plain || (reserved && b":/?#[]@!$&'()*+,;=%".contains(&byte)) {
            written.push(byte as char);
        } else {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    written
}

/// A template filled: `{name}`, `{+name}` as it is, `{#name}`, several with commas. What a variable does not have is left out.
pub(super) fn fill(template: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut written = String::new();
    let mut rest = template;
    while let Some((before, inside)) = rest.split_once('{') {
        written.push_str(before);
        let Some((inside, after)) = inside.split_once('}') else {
            written.push_str(&rest[before.len()..]);
            return written;
        };
        let (operator, names) = match inside.chars().next() {
            Some(sign @ ('+' | '#' | '/' | '.' | ';' | '?' | '&')) => (Some(sign), &inside[1..]),
            _ => (None, inside),
        };
        let reserved = matches!(operator, Some('+' | '#'));
        let named = matches!(operator, Some(';' | '?' | '&'));
        let filled: Vec<String> = names
            .split(',')
            .filter_map(|name| {
                let name = name.trim_end_matches('*').split(':').next().unwrap_or(name);
                let value = encoded(&value(name)?, reserved);
                Some(if named { format!("{name}={value}") } else { value })
            })
            .collect();
        if !filled.is_empty() {
            let between = match operator {
                Some('/') => "/",
                Some('.') => ".",
                Some(';') => ";",
                Some('?' | '&') => "&",
                _ => ",",
            };
            written.extend(operator.filter(|sign| *sign != '+'));
            written.push_str(&filled.join(between));
        }
        rest = after;
    }
    written.push_str(rest);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_and_prefixes_make_addresses() {
        let value = |name: &str| match name {
            "id" => Some("a b/c".to_owned()),
            "n" => Some("7".to_owned()),
            _ => None,
        };
        for (template, filled) in [
            ("x/{id}", "x/a%20b%2Fc"),
            ("{+id}", "a%20b/c"),
            ("{#id}", "#a%20b/c"),
            ("{n}-{gone}.{n}", "7-.7"),
            ("q{?n,id}", "q?n=7&id=a%20b%2Fc"),
            ("open{id", "open{id"),
        ] {
            assert_eq!(fill(template, &value), filled, "{template}");
        }
        let prefixes = [("ex".to_owned(), "https://example.org/".to_owned())];
        let names = Names { base: "urn:x:".to_owned(), prefixes: &prefixes };
        for (written, address) in [
            ("ex:name", "https://example.org/name"),
            ("https://a.example/b", "https://a.example/b"),
            ("#row=1", "urn:x:t.csv#row=1"),
            ("thing/1", "urn:x:thing/1"),
        ] {
            assert_eq!(names.address("t.csv", written), address);
        }
    }
}
