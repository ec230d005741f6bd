//! PDF: the SVG as one vector page, its text selectable and its fonts inside.

use krilla::geom::Size;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla_svg::{SurfaceExt, SvgSettings};

use super::png;
use crate::graph::Graph;
use crate::scene::Scene;
use crate::{DiagramError, Options};

/// The scene on a page of its own size, a pixel being 0.75 points.
pub(super) fn picture(graph: &Graph, scene: &Scene, options: &Options) -> Result<Vec<u8>, DiagramError> {
    let failed = |reason: String| DiagramError::Format { format: "pdf", reason };
    let tree = png::tree(graph, scene, options, "pdf")?;
    let size = Size::from_wh((scene.width * 0.75) as f32, (scene.height * 0.75) as f32)
        .ok_or_else(|| failed("the page has no size".to_owned()))?;
    let settings = PageSettings::from_wh(size.width(), size.height()).ok_or_else(|| failed("the page has no size".to_owned()))?;
    let mut document = krilla::Document::new();
    // No date and no random id: the same graph gives the same bytes.
    document
        .set_metadata(Metadata::new().title(scene.title.clone()).description(scene.description.clone()).language(scene.language.clone()));
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    surface.draw_svg(&tree, size, SvgSettings::default()).ok_or_else(|| failed("the picture could not be drawn".to_owned()))?;
    surface.finish();
    page.finish();
    document.finish().map_err(|e| failed(format!("{e:?}")))
}
