//! Boxes sorted into squares of the plane, so that asking what is near costs little.

use super::{Point, Rect};

/// Boxes sorted into squares of the plane, so that asking what is near costs little.
pub struct Grid {
    cell: f64,
    origin: Point,
    across: usize,
    down: usize,
    cells: Vec<Vec<u32>>,
    boxes: Vec<Rect>,
}

impl Grid {
    /// A grid that holds boxes.
    pub fn new(boxes: Vec<Rect>) -> Self {
        let whole = Rect::all(boxes.iter().copied()).unwrap_or_default();
        let cell = (whole.w * whole.h / boxes.len().max(1) as f64).sqrt().clamp(20.0, 400.0);
        let mut grid = Self {
            cell,
            origin: Point::new(whole.x, whole.y),
            across: (whole.w / cell) as usize + 1,
            down: (whole.h / cell) as usize + 1,
            cells: Vec::new(),
            boxes: Vec::new(),
        };
        grid.cells = vec![Vec::new(); grid.across * grid.down];
        for r in boxes {
            grid.insert(r);
        }
        grid
    }

    /// An empty grid over a part of the plane, with squares of a size.
    pub fn over(whole: Rect, cell: f64) -> Self {
        let (across, down) = ((whole.w / cell) as usize + 1, (whole.h / cell) as usize + 1);
        Self { cell, origin: Point::new(whole.x, whole.y), across, down, cells: vec![Vec::new(); across * down], boxes: Vec::new() }
    }

    /// Adds a box; one outside the plane so far lands in the squares at its edge.
    pub fn insert(&mut self, r: Rect) {
        let n = self.boxes.len() as u32;
        self.boxes.push(r);
        let (xs, ys) = self.span(r);
        for y in ys {
            for x in xs.clone() {
                self.cells[y * self.across + x].push(n);
            }
        }
    }

    fn span(&self, r: Rect) -> (std::ops::RangeInclusive<usize>, std::ops::RangeInclusive<usize>) {
        let clamp = |v: f64, most: usize| ((v / self.cell).floor().max(0.0) as usize).min(most - 1);
        (
            clamp(r.x - self.origin.x, self.across)..=clamp(r.right() - self.origin.x, self.across),
            clamp(r.y - self.origin.y, self.down)..=clamp(r.bottom() - self.origin.y, self.down),
        )
    }

    /// The boxes whose squares a box touches, each once, in the order of their numbers.
    pub fn near(&self, r: Rect) -> Vec<usize> {
        self.touched([r])
    }

    /// The boxes whose squares a straight line touches, each once, in the order of their numbers.
    pub fn along(&self, a: Point, b: Point) -> Vec<usize> {
        // Square by square along the longer side, each with what the line crosses of the other.
        let longer = (b.x - a.x).abs().max((b.y - a.y).abs());
        let parts = ((longer / self.cell).ceil() as usize).max(1);
        self.touched((0..parts).map(|k| {
            let (p, q) = (a.towards(b, k as f64 / parts as f64), a.towards(b, (k + 1) as f64 / parts as f64));
            Rect::new(p.x.min(q.x), p.y.min(q.y), (p.x - q.x).abs(), (p.y - q.y).abs())
        }))
    }

    fn touched(&self, places: impl IntoIterator<Item = Rect>) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        for (xs, ys) in places.into_iter().map(|r| self.span(r)) {
            for y in ys {
                for x in xs.clone() {
                    found.extend(self.cells[y * self.across + x].iter().map(|&n| n as usize));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether a box overlaps any in the grid.
    pub fn is_hit(&self, r: Rect) -> bool {
        let (xs, ys) = self.span(r);
        ys.into_iter().any(|y| xs.clone().any(|x| self.cells[y * self.across + x].iter().any(|&n| self.boxes[n as usize].overlaps(r))))
    }

    /// The numbered box.
    pub fn get(&self, n: usize) -> Rect {
        self.boxes[n]
    }
}
