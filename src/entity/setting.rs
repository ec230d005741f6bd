//! How a page of a thing is set: its format, width, language.

/// The formats of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageFormat {
    /// Text for a terminal.
    Text,
    /// Markdown.
    Markdown,
    /// One HTML page.
    Html,
    /// JSON with the page's own structure.
    Json,
}

impl PageFormat {
    /// All, each with its name and the file endings that mean it.
    pub const ALL: [(Self, &'static str, &'static [&'static str]); 4] = [
        (Self::Text, "text", &["txt"]),
        (Self::Markdown, "markdown", &["md"]),
        (Self::Html, "html", &["html", "htm"]),
        (Self::Json, "json", &["json"]),
    ];

    /// By name or file ending.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, own, endings)| *own == name || endings.contains(&name)).map(|(format, ..)| format)
    }
}

/// How a page is set.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The format.
    pub format: PageFormat,
    /// The width of text.
    pub width: usize,
    /// Whether text may use bold.
    pub bold: bool,
    /// The language of the page.
    pub language: &'a str,
    /// Where the graph is from: the project's title.
    pub from: &'a str,
}
