//! PNG: the SVG, drawn in pixels by resvg with the bundled font and no other, so that it looks the same on every machine.

use std::sync::Arc;

use resvg::{tiny_skia, usvg};

use super::svg;
use crate::graph::Graph;
use crate::scene::Scene;
use crate::{DiagramError, Options};

/// The most dots a side may have: beyond, memory goes by the gigabyte.
const MOST_DOTS: f64 = 16_000.0;

/// The scene in pixels.
pub(super) fn picture(graph: &Graph, scene: &Scene, options: &Options) -> Result<Vec<u8>, DiagramError> {
    let scale = if options.dpi.is_finite() { (options.dpi / 96.0).clamp(0.1, 20.0) } else { 1.0 };
    let (width, height) = ((scene.width * scale).ceil(), (scene.height * scale).ceil());
    if width > MOST_DOTS || height > MOST_DOTS {
        return Err(DiagramError::TooLarge { width, height, limit: MOST_DOTS });
    }
    let tree = tree(graph, scene, options, "png")?;
    let failed = |reason: &str| DiagramError::Format { format: "png", reason: reason.to_owned() };
    let mut dots = tiny_skia::Pixmap::new(width as u32, height as u32).ok_or_else(|| failed("no room for the dots"))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale as f32, scale as f32), &mut dots.as_mut());
    dots.encode_png().map_err(|e| failed(&e.to_string()))
}

/// The scene as resvg sees it, with the bundled font and those given.
pub(super) fn tree(graph: &Graph, scene: &Scene, options: &Options, format: &'static str) -> Result<usvg::Tree, DiagramError> {
    let mut fonts = usvg::fontdb::Database::new();
    for data in [dejavu::sans::regular(), dejavu::sans::bold()] {
        fonts.load_font_source(usvg::fontdb::Source::Binary(Arc::new(data)));
    }
    for data in &options.fonts {
        fonts.load_font_data(data.clone());
    }
    // A family that is not found would drop its text in silence.
    fonts.set_sans_serif_family("DejaVu Sans");
    fonts.set_serif_family("DejaVu Sans");
    fonts.set_monospace_family("DejaVu Sans");
    let settings = usvg::Options { font_family: "DejaVu Sans".to_owned(), fontdb: Arc::new(fonts), ..usvg::Options::default() };
    usvg::Tree::from_str(&svg::picture(graph, scene, options), &settings)
        .map_err(|e| DiagramError::Format { format, reason: e.to_string() })
}
