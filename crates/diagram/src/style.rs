//! How things look: colours, figures and lines by class and by relation, and what a theme makes of them.
//!
//! What has no style of its own gets one from the palette, in the order of the keys on the page: never the same colour and figure
//! twice before all are used. Text keeps a contrast of at least 4.5:1 to its ground, whatever a style asks for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::graph::Line;

/// Styles by the keys that nodes and ties carry.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Style {
    /// By class.
    pub nodes: BTreeMap<String, NodeStyle>,
    /// By relation.
    pub ties: BTreeMap<String, TieStyle>,
}

/// How the things of a class look; what is missing comes from the palette.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NodeStyle {
    /// The ground.
    pub fill: Option<Colour>,
    /// The text.
    pub ink: Option<Colour>,
    /// The outline.
    pub stroke: Option<Colour>,
    /// The outline's figure.
    pub figure: Option<Figure>,
    /// What the legend calls it.
    pub caption: Option<String>,
}

/// How the ties of a relation look; what is missing comes from the palette.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TieStyle {
    /// The line and its label.
    pub ink: Option<Colour>,
    /// The line where the tie itself does not ask for a broken one.
    pub line: Option<Line>,
    /// What the legend calls it.
    pub caption: Option<String>,
}

/// A colour without transparency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// The colour that `#0072B2` or `#07b` writes.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#')?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let value = u32::from_str_radix(digits, 16).ok()?;
        match digits.len() {
            6 => Some(Self((value >> 16) as u8, (value >> 8) as u8, value as u8)),
            3 => Some(Self((value >> 8 & 15) as u8 * 17, (value >> 4 & 15) as u8 * 17, (value & 15) as u8 * 17)),
            _ => None,
        }
    }

    /// This colour with a part of another stirred in, from 0 (none of it) to 1 (only it).
    pub fn mix(self, other: Self, part: f64) -> Self {
        let stir = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
        Self(stir(self.0, other.0), stir(self.1, other.1), stir(self.2, other.2))
    }

    /// The contrast to another colour, 1 to 21, after WCAG 2.2.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// This colour, moved towards black or white until it can be read on a ground.
    pub fn readable_on(self, ground: Self, contrast: f64) -> Self {
        let goal = if WHITE.contrast(ground) > BLACK.contrast(ground) { WHITE } else { BLACK };
        (0..=20).map(|step| self.mix(goal, f64::from(step) / 20.0)).find(|colour| colour.contrast(ground) >= contrast).unwrap_or(goal)
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

const BLACK: Colour = Colour(0, 0, 0);
const WHITE: Colour = Colour(255, 255, 255);

/// The outline of a thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names are the figures")]
pub enum Figure {
    Box,
    #[default]
    Rounded,
    Ellipse,
    Hexagon,
    Octagon,
    Diamond,
    Cylinder,
    Note,
    Parallelogram,
    House,
    Tag,
    Circle,
}

impl Figure {
    /// Every figure with its name in styles and its nearest kin in Graphviz and Mermaid (opening and closing brackets).
    pub const TABLE: [(Self, &'static str, &'static str, (&'static str, &'static str)); 12] = [
        (Self::Box, "box", "box", ("[", "]")),
        (Self::Rounded, "rounded", "box", ("(", ")")),
        (Self::Ellipse, "ellipse", "ellipse", ("([", "])")),
        (Self::Hexagon, "hexagon", "hexagon", ("{{", "}}")),
        (Self::Octagon, "octagon", "octagon", ("{{", "}}")),
        (Self::Diamond, "diamond", "diamond", ("{", "}")),
        (Self::Cylinder, "cylinder", "cylinder", ("[(", ")]")),
        (Self::Note, "note", "note", ("[[", "]]")),
        (Self::Parallelogram, "parallelogram", "parallelogram", ("[/", "/]")),
        (Self::House, "house", "house", ("[/", "\\]")),
        (Self::Tag, "tag", "cds", (">", "]")),
        (Self::Circle, "circle", "circle", ("((", "))")),
    ];

    /// The figure of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }
}

/// On what ground the picture stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Tinted figures on white.
    #[default]
    Light,
    /// Deep figures on near black.
    Dark,
    /// White figures with dark outlines: little ink, and nothing lost in grey.
    Print,
}

impl Theme {
    /// The theme of a name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            "print" => Some(Self::Print),
            _ => None,
        }
    }

    /// The colour of the page.
    pub fn ground(self) -> Colour {
        if self == Self::Dark { Colour(0x14, 0x18, 0x1f) } else { WHITE }
    }

    /// The colour of text on the page.
    pub fn ink(self) -> Colour {
        if self == Self::Dark { Colour(0xec, 0xee, 0xf2) } else { Colour(0x1c, 0x22, 0x2b) }
    }

    /// The colour of small print and scales; still 4.5:1 on the ground.
    pub fn faint(self) -> Colour {
        if self == Self::Dark { Colour(0xa3, 0xab, 0xb8) } else { Colour(0x55, 0x5e, 0x6b) }
    }

    /// The colour of rules and lane edges, which carry no text.
    pub fn rule(self) -> Colour {
        self.ground().mix(self.ink(), 0.16)
    }
}

/// A node's look with every question answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeLook {
    /// The ground.
    pub fill: Colour,
    /// The text.
    pub ink: Colour,
    /// The outline.
    pub stroke: Colour,
    /// The figure.
    pub figure: Figure,
}

/// A tie's look with every question answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TieLook {
    /// The line.
    pub ink: Colour,
    /// The label: the same hue, readable on the ground.
    pub text: Colour,
    /// Solid or broken.
    pub line: Line,
}

/// Okabe and Ito's colours that can be told apart with any eyes, darkened enough for lines.
const HUES: [Colour; 8] = [
    Colour(0x00, 0x72, 0xb2),
    Colour(0xd5, 0x5e, 0x00),
    Colour(0x00, 0x8a, 0x67),
    Colour(0xb6, 0x5f, 0x93),
    Colour(0xa8, 0x74, 0x00),
    Colour(0x2c, 0x93, 0xc9),
    Colour(0x5c, 0x66, 0x70),
    Colour(0x8a, 0x7c, 0x1a),
];

/// The order in which relations take the hues: neighbours in it differ most.
const TIE_HUES: [usize; 7] = [0, 1, 2, 3, 4, 5, 7];
/// The colour of relations beyond the hues.
const GREY: Colour = Colour(0x6a, 0x72, 0x7d);

const FIGURES: [Figure; 8] =
    [Figure::Rounded, Figure::Hexagon, Figure::Ellipse, Figure::Box, Figure::Octagon, Figure::Tag, Figure::Note, Figure::House];

/// The hue of the n-th key without a style.
pub fn hue(n: usize) -> Colour {
    HUES[n % HUES.len()]
}

impl Style {
    /// The look of a class; `n` is its place among the classes on the page that have no style.
    pub(crate) fn node(&self, class: &str, n: usize, theme: Theme) -> NodeLook {
        let style = self.nodes.get(class);
        let asked = style.and_then(|s| s.fill);
        let hue = hue(n);
        let figure = style.and_then(|s| s.figure).unwrap_or(FIGURES[(n + n / HUES.len()) % FIGURES.len()]);
        // A deep fill asked for is kept in light pictures; elsewhere its hue is what counts.
        let stroke = style.and_then(|s| s.stroke).or_else(|| asked.filter(|c| c.contrast(WHITE) > 2.0));
        let (fill, stroke) = match theme {
            Theme::Light => {
                let fill = asked.unwrap_or(WHITE.mix(hue, 0.16));
                (fill, stroke.filter(|c| *c != fill).unwrap_or(if asked.is_some() { fill.mix(BLACK, 0.38) } else { hue }))
            }
            Theme::Dark => {
                let base = stroke.or(asked).unwrap_or(hue);
                (theme.ground().mix(base, 0.34), base.readable_on(theme.ground(), 4.0))
            }
            Theme::Print => {
                let base = stroke.or(asked).unwrap_or(hue);
                (WHITE, base.readable_on(WHITE, 4.5))
            }
        };
        let ink = style.and_then(|s| s.ink).filter(|_| theme == Theme::Light).unwrap_or(theme.ink());
        NodeLook { fill, ink: ink.readable_on(fill, 4.5), stroke, figure }
    }

    /// The look of a relation; `n` is its place among the relations on the page that have no style.
    pub(crate) fn tie(&self, relation: &str, n: usize, theme: Theme) -> TieLook {
        let style = self.ties.get(relation);
        let own = if n < TIE_HUES.len() { HUES[TIE_HUES[n]] } else { GREY };
        let ink = style.and_then(|s| s.ink).unwrap_or(own).readable_on(theme.ground(), 3.0);
        TieLook { ink, text: ink.readable_on(theme.ground(), 4.8), line: style.and_then(|s| s.line).unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_can_be_read_whatever_a_style_asks_for() {
        for fill in ["#000000", "#ffffff", "#808080", "#ffff00", "#d55e00", "#0072b2"] {
            let asked = NodeStyle { fill: Colour::parse(fill), ink: Colour::parse(fill), ..NodeStyle::default() };
            let style = Style { nodes: BTreeMap::from([("c".to_owned(), asked)]), ..Style::default() };
            for theme in [Theme::Light, Theme::Dark, Theme::Print] {
                let look = style.node("c", 0, theme);
                assert!(look.ink.contrast(look.fill) >= 4.5, "{fill} {theme:?} {look:?}");
                let tie = style.tie("t", 1, theme);
                assert!(tie.text.contrast(theme.ground()) >= 4.5);
                assert!(theme.faint().contrast(theme.ground()) >= 4.5);
            }
        }
    }

    #[test]
    fn a_colour_is_hex_digits_or_nothing() {
        assert_eq!(Colour::parse("#07b"), Some(Colour(0, 0x77, 0xbb)));
        assert_eq!(Colour::parse("#0072B2").map(|c| c.to_string()).as_deref(), Some("#0072b2"));
        for hostile in ["red", "#12345", "#+12345", "\"><script>", "#ééé"] {
            assert_eq!(Colour::parse(hostile), None, "{hostile}");
        }
    }
}
