//! Figures drawn with letters, for a terminal of any width: bars, and lines over time, on the scales that pictures have.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::diagram::{Day, Extent, Graph, Line, Measured, Node, Qualifier};
use crate::query::answer::table::{plain, wrap};
use crate::values::spoken;
use crate::values::text::one_line;
use crate::view::chart::Chart;

/// How much of the width names and numbers may have.
const NAMES: usize = 30;
const NUMBERS: usize = 24;
/// The height of a panel of lines.
const TALL: usize = 16;
/// What tells lines apart.
const SIGNS: [char; 10] = ['●', '■', '▲', '◆', '▼', '○', '□', '△', '◇', '▽'];

/// Draws figures; one panel a measure and unit, in their order.
pub fn draw(graph: &Graph, chart: Chart, width: u16, out: &mut dyn Write) -> io::Result<()> {
    let width = usize::from(width).max(40);
    let mut panels: Vec<((String, String), Vec<&Node>)> = Vec::new();
    for node in &graph.nodes {
        let Some(figure) = &node.measured else { continue };
        let key = (figure.measure.key.clone(), figure.unit.clone());
        match panels.iter_mut().find(|(known, _)| *known == key) {
            Some((_, own)) => own.push(node),
            None => panels.push((key, vec![node])),
        }
    }
    for (n, ((_, unit), own)) in panels.iter().enumerate() {
        if n > 0 {
            writeln!(out)?;
        }
        let label = own.first().and_then(|node| node.measured.as_ref()).map(|figure| figure.measure.label.clone()).unwrap_or_default();
        writeln!(out, "{}", plain(&if unit.is_empty() { label } else { format!("{label} ({unit})") }))?;
        match chart {
            Chart::Bar => bars(own, width, out)?,
            Chart::Line => lines(own, width, out)?,
        }
    }
    let used = |wanted: &[Qualifier]| {
        graph.nodes.iter().filter_map(|node| node.measured.as_ref()).any(|f| f.value.is_some() && wanted.contains(&f.qualifier))
    };
    let between = graph.nodes.iter().filter_map(|node| node.measured.as_ref()).any(|f| f.low.is_some() && f.high.is_some());
    let bars = chart == Chart::Bar;
    let keys = [
        (used(&[Qualifier::AtLeast, Qualifier::MoreThan]), if bars { "→ at least, more than" } else { "↑ at least, more than" }),
        (used(&[Qualifier::AtMost, Qualifier::LessThan]), if bars { "▒▒ at most, less than" } else { "↓ at most, less than" }),
        (used(&[Qualifier::Around]), if bars { "▓▒░ about" } else { "≈ about" }),
        (between, if bars { "├─┤ from the least to the most it can be" } else { "│ from the least to the most it can be" }),
        (graph.nodes.iter().any(|node| node.line != Line::Solid), if bars { "░ possible" } else { "? possible" }),
    ];
    let keys: Vec<&str> = keys.into_iter().filter(|(used, _)| *used).map(|(_, words)| words).collect();
    if !keys.is_empty() {
        // No key is parted.
        let (mut line, mut written) = (String::new(), String::new());
        for key in keys {
            if !line.is_empty() && line.width() + 3 + key.width() > width {
                written.push_str(&line);
                written.push('\n');
                line.clear();
            }
            line.push_str(if line.is_empty() { "" } else { "   " });
            line.push_str(key);
        }
        writeln!(out, "\n{written}{line}")?;
    }
    Ok(())
}

/// What a figure is called: its name, its time, what tells it apart.
fn called(node: &Node) -> String {
    let time = node.bounds.as_ref().map(|span| spoken::words(&span.label));
    let details = node.measured.iter().flat_map(|figure| &figure.details).map(|fact| one_line(&fact.value));
    let parts: Vec<String> = std::iter::once(one_line(&node.label)).chain(time).chain(details).collect();
    plain(&parts.join(", "))
}

fn said(node: &Node) -> String {
    plain(&node.measured.as_ref().map(Measured::said).unwrap_or_default())
}

fn bars(own: &[&Node], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let scale = Extent::of(own.iter().filter_map(|node| node.measured.as_ref()));
    let names = own.iter().map(|node| called(node).width()).max().unwrap_or(0).min(NAMES.min(width / 3));
    let numbers = own.iter().map(|node| said(node).width()).max().unwrap_or(0).min(NUMBERS);
    let room = width.saturating_sub(names + numbers + 3).max(10);
    for node in own {
        let Some(figure) = &node.measured else { continue };
        let mut name = wrap(&called(node), names).into_iter();
        let mut number = wrap(&said(node), numbers).into_iter();
        let bar = bar(figure, node.line != Line::Solid, &scale, room);
        let first = name.next().unwrap_or_default();
        writeln!(out, "{}{first} {bar} {}", " ".repeat(names.saturating_sub(first.width())), number.next().unwrap_or_default())?;
        // What is long goes on below.
        loop {
            let (more, rest) = (name.next(), number.next());
            if more.is_none() && rest.is_none() {
                break;
            }
            let more = more.unwrap_or_default();
            let line =
                format!("{}{more} {} {}", " ".repeat(names.saturating_sub(more.width())), " ".repeat(room), rest.unwrap_or_default());
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    Ok(())
}

/// A bar in so many cells.
fn bar(figure: &Measured, possible: bool, scale: &Extent, room: usize) -> String {
    // An arrow at an open end needs a cell behind the longest bar.
    let most = (room - 1) as f64;
    let at = |value: f64| (value / 2.0 - scale.from / 2.0) / (scale.to / 2.0 - scale.from / 2.0) * most;
    let number = figure.value.or(figure.low).or(figure.high);
    let mut cells = vec![' '; room];
    let base = at(scale.base);
    if let Some(number) = number {
        let (from, to) = (base.min(at(number)), base.max(at(number)));
        let fill = match figure.qualifier {
            Qualifier::AtMost | Qualifier::LessThan => '▒',
            _ if figure.value.is_none() => '▒',
            _ if possible => '░',
            _ => '█',
        };
        let only_bounds = figure.value.is_none() && figure.low.is_some() && figure.high.is_some();
        if !only_bounds {
            for (k, cell) in cells.iter_mut().enumerate() {
                let covered = (to - k as f64).min(1.0) - (from - k as f64).max(0.0);
                let eighths = (covered * 8.0).round() as usize;
                *cell = match (eighths, fill) {
                    (8.., fill) => fill,
                    (0, _) if k == (from.round() as usize).min(room - 1) && to - from < 0.5 && number != scale.base => '▏',
                    (0, _) => continue,
                    (part, '█') if number >= scale.base => ['▏', '▎', '▍', '▌', '▋', '▊', '▉'][part - 1],
                    (4.., fill) => fill,
                    _ => continue,
                };
            }
        }
        let end = (at(number).ceil() as usize).min(room - 1);
        match figure.qualifier {
            Qualifier::AtLeast | Qualifier::MoreThan => cells[end] = '→',
            Qualifier::Around => {
                for (k, shade) in ['▓', '▒', '░'].into_iter().enumerate() {
                    if let Some(cell) = (end + k).checked_sub(2).and_then(|at| cells.get_mut(at)) {
                        *cell = shade;
                    }
                }
            }
            _ => {}
        }
    }
    if let (Some(low), Some(high)) = (figure.low, figure.high)
        && low < high
    {
        let (low, high) = ((at(low).round() as usize).min(room - 1), (at(high).round() as usize).min(room - 1));
        cells[low..=high].fill('─');
        (cells[low], cells[high]) = ('├', '┤');
    } else if figure.value.is_none() && figure.low.is_some() {
        let end = (at(figure.low.unwrap_or_default()).ceil() as usize).min(room - 1);
        cells[end] = '→';
    }
    cells.into_iter().collect()
}

fn lines(own: &[&Node], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let dated: Vec<(&Node, f64)> = own.iter().filter_map(|node| Some((*node, middle(node)?))).collect();
    let (first, last) = dated.iter().fold((f64::MAX, f64::MIN), |(first, last), (_, day)| (first.min(*day), last.max(*day)));
    let Some(_) = dated.first() else { return writeln!(out, "  no figure has a time") };
    let scale = Extent::of(dated.iter().filter_map(|(node, _)| node.measured.as_ref()));
    let left = scale.ticks.iter().map(|(_, words)| words.width()).max().unwrap_or(0);
    let room = width.saturating_sub(left + 3).max(20);
    let across = |day: f64| if last > first { ((day - first) / (last - first) * (room - 3) as f64).round() as usize + 1 } else { room / 2 };
    let up = |value: f64| {
        let part = (value / 2.0 - scale.from / 2.0) / (scale.to / 2.0 - scale.from / 2.0);
        TALL - 1 - ((part.clamp(0.0, 1.0) * (TALL - 1) as f64).round() as usize).min(TALL - 1)
    };
    let mut grid = vec![vec![' '; room]; TALL];
    let mut series: Vec<(String, Vec<(&Node, f64)>)> = Vec::new();
    for &(node, day) in &dated {
        let details = node.measured.iter().flat_map(|figure| &figure.details).map(|fact| one_line(&fact.value));
        let name = plain(&std::iter::once(one_line(&node.label)).chain(details).collect::<Vec<_>>().join(", "));
        match series.iter_mut().find(|(known, _)| *known == name) {
            Some((_, line)) => line.push((node, day)),
            None => series.push((name, vec![(node, day)])),
        }
    }
    let number = |node: &Node| node.measured.as_ref().and_then(|f| f.value.or(f.low).or(f.high));
    for (_, line) in &mut series {
        line.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.id.cmp(&b.0.id)));
        for pair in line.windows(2) {
            let ((one, start), (other, end)) = (pair[0], pair[1]);
            let (Some(a), Some(b)) = (number(one), number(other)) else { continue };
            let (from, to) = (across(start), across(end));
            let part = |x: usize| if to > from { (x - from) as f64 / (to - from) as f64 } else { 0.0 };
            for (x, y) in (from..=to).map(|x| (x, up(a + (b - a) * part(x)))) {
                grid[y][x] = '·';
            }
        }
    }
    for (n, (_, line)) in series.iter().enumerate() {
        for &(node, day) in line {
            let (Some(figure), Some(value)) = (&node.measured, number(node)) else { continue };
            let (x, y) = (across(day), up(value));
            if let (Some(low), Some(high)) = (figure.low, figure.high)
                && low < high
            {
                for row in &mut grid[up(high)..=up(low)] {
                    row[x] = '│';
                }
            }
            grid[y][x] = SIGNS[n % SIGNS.len()];
            let beside = match figure.qualifier {
                Qualifier::AtLeast | Qualifier::MoreThan => '↑',
                Qualifier::AtMost | Qualifier::LessThan => '↓',
                Qualifier::Around => '≈',
                Qualifier::Exactly if node.line != Line::Solid => '?',
                Qualifier::Exactly => continue,
            };
            if let Some(cell) = grid[y].get_mut(x + 1) {
                *cell = beside;
            }
        }
    }
    for (y, row) in grid.iter().enumerate() {
        let tick = scale.ticks.iter().find(|(value, _)| up(*value) == y).map_or("", |(_, words)| words.as_str());
        let line: String = row.iter().collect();
        writeln!(out, "{}{tick} {} {}", " ".repeat(left - tick.width()), if tick.is_empty() { '│' } else { '┤' }, line.trim_end())?;
    }
    writeln!(out, "{} └{}", " ".repeat(left), "─".repeat(room))?;
    let [begin, end] = [true, false].map(|begin| {
        let node = dated.iter().min_by(|a, b| if begin { a.1.total_cmp(&b.1) } else { b.1.total_cmp(&a.1) }).map(|(node, _)| *node);
        plain(&node.and_then(|node| node.bounds.as_ref()).map(|span| spoken::words(&span.label)).unwrap_or_default())
    });
    if begin == end {
        writeln!(out, "{}   {begin}", " ".repeat(left))?;
    } else {
        let gap = room.saturating_sub(begin.width() + end.width()).max(1);
        writeln!(out, "{}  {begin}{}{end}", " ".repeat(left), " ".repeat(gap))?;
    }
    for (n, (name, line)) in series.iter().enumerate() {
        let told: Vec<String> = [line.first(), line.last().filter(|_| line.len() > 1)]
            .into_iter()
            .flatten()
            .map(|(node, _)| {
                format!("{} {}", plain(&node.bounds.as_ref().map(|span| spoken::words(&span.label)).unwrap_or_default()), said(node))
            })
            .collect();
        let line = format!("{} {name}: {}", SIGNS[n % SIGNS.len()], told.join(" … "));
        for line in wrap(&line, width) {
            writeln!(out, "{line}")?;
        }
    }
    if dated.len() < own.len() {
        writeln!(out, "{} without a time: not shown", own.len() - dated.len())?;
    }
    Ok(())
}

/// The day in the middle of a figure's time.
fn middle(node: &Node) -> Option<f64> {
    let (Day(from), Day(to)) = node.bounds.as_ref()?.reach()?;
    Some((from as f64 + to as f64 + 1.0) / 2.0)
}
