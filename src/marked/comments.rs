//! The comments of bad cells: notes as every spreadsheet program shows them, beside those that were there.

use std::fmt::Write as _;
use std::io::{Read, Seek};

use super::xml::{attribute, before_end, escaped, insert, tags};
use super::{Book, Marks, RELATIONS, opens, rels, targets};
use crate::source::sheet::letters;

/// What in a sheet stands behind the place of its drawing of comments.
const BEHIND: [&str; 8] = ["legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"];
/// The prefixes of a drawing: each shape declares them itself, because a drawing that was there may have others.
const PREFIXES: &str = "xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" xmlns:x=\"urn:schemas-microsoft-com:office:excel\"";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// Adds the comments of a sheet; gives the sheet, which leads to their drawing.
///
/// # Errors
/// A part is damaged.
pub fn add<R: Read + Seek>(
    book: &mut Book<R>,
    part: &str,
    text: String,
    marks: &Marks,
    number: usize,
    types: &mut String,
) -> Result<String, String> {
    let folder = part.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let beside = rels(part);
    let empty = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"></Relationships>";
    let mut relations = if book.has(&beside) { book.text(&beside)? } else { empty.to_owned() };
    let known = targets(&relations, &folder)?;
    let old_comments = known.of_type("/comments").filter(|part| book.has(part));
    let comments_part = old_comments.clone().unwrap_or_else(|| format!("xl/civigraph-comments{number}.xml"));
    let old = match &old_comments {
        Some(part) => Some(book.text(part)?),
        None => {
            let add = format!(
                "<Override PartName=\"/{comments_part}\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml\"/>"
            );
            *types = before_end(types, &add)?;
            relations = before_end(
                &relations,
                &format!("<Relationship Id=\"rIdCivigraphComments\" Type=\"{RELATIONS}/comments\" Target=\"/{comments_part}\"/>"),
            )?;
            None
        }
    };
    let (comments, new) = comments(old, marks)?;
    book.changed.insert(comments_part, comments);
    let sheet_tags = tags(&text)?;
    let drawing = sheet_tags.iter().find(|tag| opens(tag, "legacyDrawing"));
    let id = drawing.and_then(|tag| tag.attributes().into_iter().find(|(name, _)| name.ends_with(":id")).map(|(_, id)| id));
    let old_drawing = id.and_then(|id| known.of_id(&id)).filter(|part| book.has(part));
    let drawing_part = old_drawing.clone().unwrap_or_else(|| format!("xl/drawings/civigraph-comments{number}.vml"));
    let shapes: String = new.iter().enumerate().map(|(at, (row, column))| shape(number * 100_000 + at, *row, *column)).collect();
    let drawn = match &old_drawing {
        Some(part) => {
            let text = book.text(part)?;
            let end = text.rfind("</xml>").ok_or("the workbook is damaged: a drawing has no end")?;
            insert(&text, &[(end, format!("{}{shapes}", kind_of_shape()))])
        }
        None => format!("<xml {PREFIXES}>{}{shapes}</xml>", kind_of_shape()),
    };
    book.changed.insert(drawing_part.clone(), drawn);
    let mut text = text.clone();
    if old_drawing.is_none() {
        if !types.to_lowercase().contains("extension=\"vml\"") {
            let add = "<Default Extension=\"vml\" ContentType=\"application/vnd.openxmlformats-officedocument.vmlDrawing\"/>";
            let first = tags(types)?.into_iter().nth(1).map(|tag| tag.range.start).ok_or("the workbook is damaged: it has no types")?;
            *types = insert(types, &[(first, add.to_owned())]);
        }
        relations = before_end(
            &relations,
            &format!("<Relationship Id=\"rIdCivigraphDrawing\" Type=\"{RELATIONS}/vmlDrawing\" Target=\"/{drawing_part}\"/>"),
        )?;
        let end = sheet_tags.iter().rposition(super::Tag::is_close).ok_or("the workbook is damaged: a sheet has no end")?;
        let mut depth = 0usize;
        let mut place = sheet_tags[end].range.start;
        for tag in &sheet_tags {
            if tag.is_close() {
                depth = depth.saturating_sub(1);
                continue;
            }
            if depth == 1 && BEHIND.contains(&tag.local) {
                place = tag.range.start;
                break;
            }
            depth += usize::from(!tag.is_empty());
        }
        let prefix = sheet_tags[end].prefix();
        text = insert(&text, &[(place, format!("<{prefix}legacyDrawing xmlns:cgr=\"{RELATIONS}\" cgr:id=\"rIdCivigraphDrawing\"/>"))]);
    }
    book.changed.insert(beside, relations);
    Ok(text)
}

/// The part of comments, and the cells that have a new one.
fn comments(old: Option<String>, marks: &Marks) -> Result<(String, Vec<(u32, u32)>), String> {
    let whole = old.unwrap_or_else(|| {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<comments xmlns=\"{MAIN}\"><authors></authors><commentList></commentList></comments>")
    });
    let parts = tags(&whole)?;
    let prefix = parts.first().map_or("", |root| root.prefix()).to_owned();
    let authors = parts.iter().filter(|tag| opens(tag, "author")).count();
    let mut places: Vec<(usize, String)> = Vec::new();
    let authors_end =
        parts.iter().find(|tag| tag.local == "authors" && tag.is_close()).ok_or("the workbook is damaged: comments have no authors")?;
    places.push((authors_end.range.start, format!("<{prefix}author>civigraph</{prefix}author>")));
    let run = |text: &str| format!("<{prefix}r><{prefix}t xml:space=\"preserve\">{}</{prefix}t></{prefix}r>", escaped(text));
    // A cell that has a comment keeps it, and gets ours below.
    let mut commented = std::collections::HashSet::new();
    let mut current = None;
    for tag in &parts {
        if opens(tag, "comment") {
            current = attribute(tag, "ref");
        } else if tag.local == "text"
            && tag.is_close()
            && let Some(cell) = current.take()
            && let Some((place, mark)) = marks.iter().find(|((row, column), _)| name(*row, *column) == cell)
        {
            places.push((tag.range.start, run(&format!("\n\n{}", mark.text))));
            commented.insert(*place);
        }
    }
    let end =
        parts.iter().find(|tag| tag.local == "commentList" && tag.is_close()).ok_or("the workbook is damaged: comments have no list")?;
    let mut all = String::new();
    let mut new = Vec::new();
    for ((row, column), mark) in marks.iter().filter(|(place, _)| !commented.contains(*place)) {
        _ = write!(
            all,
            "<{prefix}comment ref=\"{}\" authorId=\"{authors}\"><{prefix}text>{}</{prefix}text></{prefix}comment>",
            name(*row, *column),
            run(&mark.text)
        );
        new.push((*row, *column));
    }
    places.push((end.range.start, all));
    places.sort_by_key(|(place, _)| *place);
    Ok((insert(&whole, &places), new))
}

fn name(row: u32, column: u32) -> String {
    format!("{}{}", letters(column as usize), row + 1)
}

fn kind_of_shape() -> String {
    format!(
        "<v:shapetype {PREFIXES} id=\"_x0000_t202cg\" coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>"
    )
}

/// The box of a comment, beside its cell.
fn shape(number: usize, row: u32, column: u32) -> String {
    format!(
        "<v:shape {PREFIXES} id=\"_x0000_s{number}\" type=\"#_x0000_t202cg\" style=\"position:absolute;margin-left:80pt;margin-top:5pt;width:240pt;height:96pt;z-index:1;visibility:hidden\" fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/><v:shadow on=\"t\" color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/><v:textbox style=\"mso-direction-alt:auto\"><div style=\"text-align:left\"></div></v:textbox><x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{}, 15, {}, 2, {}, 15, {}, 4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>",
        column + 1,
        row.saturating_sub(1),
        column + 5,
        row + 6,
    )
}
