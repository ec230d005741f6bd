//! The formats a scene or its graph is written in: one enum, every fact about a format in one table.

mod cytoscape;
mod dot;
mod gexf;
mod graphml;
mod html;
mod mermaid;
#[cfg(feature = "pdf")]
mod pdf;
#[cfg(feature = "png")]
mod png;
#[cfg(feature = "png")]
mod shading;
mod svg;
mod table;
#[cfg(feature = "xlsx")]
mod workbook;

use std::io::Write;

use super::graph::Graph;
use super::scene::Scene;
use super::style::Style;
use super::{DiagramError, Options};

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Scalable picture.
    Svg,
    /// Pixel picture.
    Png,
    /// Printable page with selectable text.
    Pdf,
    /// One page to explore, without network.
    Html,
    /// Graphviz.
    Dot,
    /// Flowchart for Markdown.
    Mermaid,
    /// Graph with typed attributes: networkx, igraph, yEd.
    Graphml,
    /// Graph with times: Gephi.
    Gexf,
    /// Cytoscape's JSON.
    Cytoscape,
    /// Spreadsheet of things and ties.
    Xlsx,
}

/// What there is to know about a format.
struct Facts {
    format: Format,
    name: &'static str,
    extension: &'static str,
    media_type: &'static str,
    is_text: bool,
    is_picture: bool,
}

const fn facts(
    format: Format,
    name: &'static str,
    extension: &'static str,
    media_type: &'static str,
    is_text: bool,
    is_picture: bool,
) -> Facts {
    Facts { format, name, extension, media_type, is_text, is_picture }
}

const TABLE: [Facts; 10] = [
    facts(Format::Svg, "svg", "svg", "image/svg+xml", true, true),
    facts(Format::Png, "png", "png", "image/png", false, true),
    facts(Format::Pdf, "pdf", "pdf", "application/pdf", false, true),
    facts(Format::Html, "html", "html", "text/html", true, true),
    facts(Format::Dot, "dot", "dot", "text/vnd.graphviz", true, false),
    facts(Format::Mermaid, "mermaid", "mmd", "text/vnd.mermaid", true, false),
    facts(Format::Graphml, "graphml", "graphml", "application/graphml+xml", true, false),
    facts(Format::Gexf, "gexf", "gexf", "application/gexf+xml", true, false),
    facts(Format::Cytoscape, "cytoscape", "cyjs", "application/vnd.cytoscape.cyjs+json", true, false),
    facts(Format::Xlsx, "xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false, false),
];

impl Format {
    /// All formats, in the order in which they are told.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.format)
    }

    fn facts(self) -> &'static Facts {
        // The table has a row for every variant; a test holds it.
        TABLE.iter().find(|row| row.format == self).unwrap_or(&TABLE[0])
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The ending of its file names, without the dot.
    pub fn extension(self) -> &'static str {
        self.facts().extension
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        self.facts().media_type
    }

    /// Whether a terminal can show it.
    pub fn is_text(self) -> bool {
        self.facts().is_text
    }

    /// Whether it shows the scene; the others hold the graph for other programs.
    pub fn is_picture(self) -> bool {
        self.facts().is_picture
    }

    /// The format of a name or a file ending.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim_start_matches('.').to_ascii_lowercase();
        TABLE.iter().find(|row| row.name == name || row.extension == name).map(|row| row.format)
    }

    /// Writes a scene and the graph it shows.
    ///
    /// # Errors
    ///
    /// [`DiagramError::Write`], for pictures [`DiagramError::TooLarge`] or [`DiagramError::Format`], for bars in a format of boxes and
    /// lines [`DiagramError::NoBars`], and [`DiagramError::NotCompiled`] where the format's feature was left out.
    pub fn write(self, graph: &Graph, style: &Style, scene: &Scene, options: &Options, out: &mut impl Write) -> Result<(), DiagramError> {
        let figures = options.layout.is_of_figures() && graph.nodes.iter().any(|node| node.measured.is_some());
        if figures && matches!(self, Self::Dot | Self::Mermaid) {
            return Err(DiagramError::NoBars { format: self.name() });
        }
        match self {
            Self::Svg => out.write_all(svg::picture(graph, scene, options).as_bytes())?,
            #[cfg(feature = "png")]
            Self::Png => out.write_all(&png::picture(scene, options)?)?,
            #[cfg(feature = "pdf")]
            Self::Pdf => out.write_all(&pdf::picture(scene, options)?)?,
            Self::Html => out.write_all(html::page(graph, style, scene, options)?.as_bytes())?,
            Self::Dot => out.write_all(dot::graph(graph, style, scene, options)?.as_bytes())?,
            Self::Mermaid => out.write_all(mermaid::graph(graph, style, options)?.as_bytes())?,
            Self::Graphml => out.write_all(graphml::graph(graph, style, scene, options)?.as_bytes())?,
            Self::Gexf => out.write_all(gexf::graph(graph, style, scene, options)?.as_bytes())?,
            #[cfg(feature = "xlsx")]
            Self::Xlsx => out.write_all(&workbook::graph(graph, style, scene, options)?)?,
            Self::Cytoscape => out.write_all(cytoscape::graph(graph, style, scene, options)?.as_bytes())?,
            #[allow(unreachable_patterns, reason = "with all features each format has its arm")]
            other => return Err(DiagramError::NotCompiled { format: other.name() }),
        }
        out.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name_and_its_ending() {
        for format in Format::all() {
            assert_eq!(Format::parse(format.name()), Some(format));
            assert_eq!(Format::parse(&format!(".{}", format.extension())), Some(format));
            assert_eq!(format.facts().format, format);
        }
        assert_eq!(Format::parse("gif"), None);
    }
}
