//! The styles of a workbook, with more of them: every style of a bad cell once with each colour, and those of the sheet of findings.

use std::collections::HashMap;

use super::xml::{Tag, attribute, tags};
use super::{opens, severity};
use crate::finding::Severity;

/// The colours behind bad cells: of errors, of warnings, of what is worth knowing.
const COLOURS: [&str; 3] = ["FFFFC7CE", "FFFFEB9C", "FFDDEBF7"];

/// The style part, being added to.
pub struct Styles {
    text: String,
    /// How many fills and fonts it had.
    fills: usize,
    fonts: usize,
    /// The formats of cells, as they were.
    formats: Vec<String>,
    more: Vec<String>,
    known: HashMap<(usize, usize), usize>,
    prefix: String,
}

/// What cells of the sheet of findings look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A heading.
    Head,
    /// A text that may take several lines.
    Text,
    /// A link.
    Link,
    /// A severity, in its colour.
    Severity(Severity),
}

impl Styles {
    /// Reads a style part.
    ///
    /// # Errors
    /// It is none.
    pub fn read(text: String) -> Result<Self, String> {
        let tags = tags(&text)?;
        let children = |parent: &str, child: &str| -> Vec<String> {
            let Some(from) = tags.iter().position(|tag| opens(tag, parent)) else { return Vec::new() };
            let mut found = Vec::new();
            let (mut depth, mut begun) = (0usize, None);
            for tag in tags[from..].iter().skip(1) {
                if tag.is_close() {
                    if depth == 0 {
                        break;
                    }
                    depth -= 1;
                    if let Some(start) = begun.take_if(|_| depth == 0) {
                        found.push(text[start..tag.range.end].to_owned());
                    }
                } else {
                    if depth == 0 && tag.local == child {
                        match tag.is_empty() {
                            true => found.push(tag.text.to_owned()),
                            false => begun = Some(tag.range.start),
                        }
                    }
                    depth += usize::from(!tag.is_empty());
                }
            }
            found
        };
        let (fills, fonts, formats) = (children("fills", "fill").len(), children("fonts", "font").len(), children("cellXfs", "xf"));
        let prefix = tags.first().map_or("", |root| root.prefix()).to_owned();
        if fills == 0 || fonts == 0 || formats.is_empty() {
            return Err("the workbook is damaged: it has no styles".to_owned());
        }
        drop(tags);
        Ok(Self { text, fills, fonts, formats, more: Vec::new(), known: HashMap::new(), prefix })
    }

    /// The style of a bad cell that had this one.
    pub fn coloured(&mut self, style: usize, how: Severity) -> usize {
        let fill = self.fills + severity(how);
        let own = self.formats.get(style).or_else(|| self.formats.first()).cloned().unwrap_or_default();
        self.format(style, severity(how), |_| {
            let Ok(parts) = tags(&own) else { return own.clone() };
            let Some(first) = parts.first() else { return own.clone() };
            let head = first.with("fillId", &fill.to_string());
            let head = tags(&head).ok().and_then(|tags| tags.first().map(|tag| tag.with("applyFill", "1"))).unwrap_or(head);
            format!("{head}{}", &own[first.range.end..])
        })
    }

    /// A style of the sheet of findings.
    pub fn of(&mut self, look: Look) -> usize {
        let (fills, fonts) = (self.fills, self.fonts);
        let (number, font, fill) = match look {
            Look::Head => (10, fonts, 0),
            Look::Text => (11, 0, 0),
            Look::Link => (12, fonts + 1, 0),
            Look::Severity(how) => (13 + severity(how), 0, fills + severity(how)),
        };
        self.format(usize::MAX, number, |prefix| {
            format!(
                "<{prefix}xf numFmtId=\"0\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"0\" xfId=\"0\" applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\"><{prefix}alignment vertical=\"top\" wrapText=\"1\"/></{prefix}xf>"
            )
        })
    }

    fn format(&mut self, style: usize, number: usize, make: impl FnOnce(&str) -> String) -> usize {
        if let Some(known) = self.known.get(&(style, number)) {
            return *known;
        }
        let made = make(&self.prefix);
        self.more.push(made);
        let new = self.formats.len() + self.more.len() - 1;
        self.known.insert((style, number), new);
        new
    }

    /// The style part with all that was added.
    pub fn finish(self) -> String {
        let Ok(tags) = tags(&self.text) else { return self.text };
        let prefix = &self.prefix;
        let fills: String = COLOURS
            .iter()
            .map(|colour| {
                format!(
                    "<{prefix}fill><{prefix}patternFill patternType=\"solid\"><{prefix}fgColor rgb=\"{colour}\"/><{prefix}bgColor indexed=\"64\"/></{prefix}patternFill></{prefix}fill>"
                )
            })
            .collect();
        let font = |inside: &str| format!("<{prefix}font>{inside}<{prefix}sz val=\"11\"/><{prefix}name val=\"Calibri\"/></{prefix}font>");
        let fonts = font(&format!("<{prefix}b/>")) + &font(&format!("<{prefix}u/>")).replace("<sz ", "<color rgb=\"FF0B57A4\"/><sz ");
        let adds = [
            ("fonts", fonts, self.fonts + 2),
            ("fills", fills, self.fills + 3),
            ("cellXfs", self.more.concat(), self.formats.len() + self.more.len()),
        ];
        let mut places: Vec<(usize, usize, String)> = Vec::new();
        for (name, new, count) in &adds {
            let open: Option<&Tag<'_>> = tags.iter().find(|tag| opens(tag, name));
            let close = tags.iter().find(|tag| tag.local == *name && tag.is_close());
            if let (Some(open), Some(close)) = (open, close) {
                if attribute(open, "count").is_some() {
                    places.push((open.range.start, open.range.end, open.with("count", &count.to_string())));
                }
                places.push((close.range.start, close.range.start, new.clone()));
            }
        }
        places.sort_by_key(|(start, ..)| *start);
        let mut whole = String::with_capacity(self.text.len() + 4096);
        let mut done = 0;
        for (start, end, new) in places {
            whole.push_str(&self.text[done..start]);
            whole.push_str(&new);
            done = end;
        }
        whole.push_str(&self.text[done..]);
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_gets_a_colour_and_keeps_the_rest() {
        let text = "<styleSheet><fonts count=\"1\"><font><sz val=\"9\"/></font></fonts><fills count=\"1\"><fill><patternFill patternType=\"none\"/></fill></fills><cellXfs count=\"2\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\"/><xf numFmtId=\"14\" fillId=\"0\"><alignment horizontal=\"left\"/></xf></cellXfs></styleSheet>";
        let mut styles = Styles::read(text.to_owned()).expect("styles");
        assert_eq!(styles.coloured(1, Severity::Error), 2);
        assert_eq!(styles.coloured(1, Severity::Error), 2);
        assert_eq!(styles.coloured(0, Severity::Info), 3);
        let made = styles.finish();
        assert!(made.contains("<xf numFmtId=\"14\" fillId=\"1\" applyFill=\"1\"><alignment horizontal=\"left\"/></xf>"), "{made}");
        assert!(made.contains("<cellXfs count=\"4\">") && made.contains("<fills count=\"4\">"), "{made}");
    }
}
