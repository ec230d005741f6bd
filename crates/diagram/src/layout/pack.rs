//! Packing: pictures of components fitted together in a page of a pleasant shape, none stretched.
//!
//! A picture is not its frame: a small one may stand in the empty corner of a large one. So pictures are laid on squared paper,
//! the largest first, each to the free place where the page grows the least (Freivalds, Dogrusoz and Kikusts 2002).

use crate::geometry::{Curve, Point, Rect};

/// How much wider than high a page is wanted.
const SHAPE: f64 = 1.5;
/// The side of a square.
const SQUARE: f64 = 16.0;
/// So many find their places by trying; a long tail of small ones goes into rows below.
const TRIED: usize = 80;

/// How far to move pictures, each given by the boxes it is made of, so that none of their boxes come nearer than the gap.
pub(super) fn pack(pictures: &[Vec<Rect>], gap: f64) -> Vec<Point> {
    let frames: Vec<Rect> = pictures.iter().map(|boxes| Rect::all(boxes.iter().copied()).unwrap_or_default().grown(gap / 2.0)).collect();
    if let [frame] = frames.as_slice() {
        return vec![Point::new(-frame.x, -frame.y)];
    }
    let mut order: Vec<usize> = (0..pictures.len()).collect();
    order.sort_by(|&a, &b| (frames[b].w * frames[b].h).total_cmp(&(frames[a].w * frames[a].h)).then(a.cmp(&b)));
    let mut moves = vec![Point::default(); pictures.len()];
    let (tried, rows) = order.split_at(order.len().min(TRIED));
    let mut sheet = Sheet::default();
    for &i in tried {
        let frame = frames[i];
        let squares = squares(&pictures[i], frame, gap);
        let (x, y) = sheet.place(&squares, squares_in(frame.w), squares_in(frame.h));
        moves[i] = Point::new(x as f64 * SQUARE - frame.x, y as f64 * SQUARE - frame.y);
    }
    let (wide, high) = (sheet.wide as f64 * SQUARE, sheet.high as f64 * SQUARE);
    let area: f64 = rows.iter().map(|&i| frames[i].w * frames[i].h).sum();
    let across = wide.max(((wide * high + area) * SHAPE).sqrt());
    let (mut x, mut y, mut row) = (0.0, high, 0.0_f64);
    for &i in rows {
        let frame = frames[i];
        if x > 0.0 && x + frame.w > across {
            (x, y, row) = (0.0, y + row, 0.0);
        }
        moves[i] = Point::new(x - frame.x, y - frame.y);
        x += frame.w;
        row = row.max(frame.h);
    }
    moves
}

/// A curve as a row of small boxes.
pub(super) fn along(curve: &Curve) -> Vec<Rect> {
    let parts = (curve.0[0].distance(curve.0[3]) / SQUARE).ceil().clamp(2.0, 400.0) as usize;
    let points = (0..=parts).map(|k| curve.at(k as f64 / parts as f64));
    points.map(|p| Rect::new(p.x, p.y, 0.0, 0.0)).collect()
}

fn squares_in(length: f64) -> usize {
    (length / SQUARE).ceil().max(1.0) as usize
}

/// The squares that a picture takes, counted from its frame's corner, in order.
fn squares(boxes: &[Rect], frame: Rect, gap: f64) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for r in boxes {
        let r = r.grown(gap / 2.0).moved(Point::new(-frame.x, -frame.y));
        let first = |v: f64| (v / SQUARE).floor().max(0.0) as usize;
        for y in first(r.y)..squares_in(r.bottom()) {
            found.extend((first(r.x)..squares_in(r.right())).map(|x| (x, y)));
        }
    }
    found.sort_unstable_by_key(|&(x, y)| (y, x));
    found.dedup();
    found
}

/// Squared paper.
#[derive(Default)]
struct Sheet {
    taken: std::collections::HashSet<(usize, usize)>,
    wide: usize,
    high: usize,
}

impl Sheet {
    /// Finds the free place where the page grows the least, and takes it.
    fn place(&mut self, squares: &[(usize, usize)], wide: usize, high: usize) -> (usize, usize) {
        let cost = |x: usize, y: usize| {
            let (w, h) = ((x + wide).max(self.wide) as f64, (y + high).max(self.high) as f64);
            let long = w.max(h * SHAPE);
            // Among places that cost the same, the one nearest to the top left.
            (long * long / SHAPE + w * h * 0.2, (x + y) as f64)
        };
        let mut spots: Vec<(f64, f64, usize, usize)> = Vec::with_capacity((self.wide + 1) * (self.high + 1));
        for y in 0..=self.high {
            spots.extend((0..=self.wide).map(|x| {
                let (grown, far) = cost(x, y);
                (grown, far, y, x)
            }));
        }
        spots.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then((a.2, a.3).cmp(&(b.2, b.3))));
        let free = |x: usize, y: usize| squares.iter().all(|&(dx, dy)| !self.taken.contains(&(x + dx, y + dy)));
        let (x, y) = spots.iter().map(|s| (s.3, s.2)).find(|&(x, y)| free(x, y)).unwrap_or((0, self.high));
        self.taken.extend(squares.iter().map(|&(dx, dy)| (x + dx, y + dy)));
        self.wide = self.wide.max(x + wide);
        self.high = self.high.max(y + high);
        (x, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_pictures_do_not_overlap_and_stay_near_the_wanted_shape() {
        let sizes: Vec<(f64, f64)> = (0..150).map(|i| (40.0 + f64::from(i * 37 % 90), 20.0 + f64::from(i * 53 % 70))).collect();
        let pictures: Vec<Vec<Rect>> = sizes.iter().map(|s| vec![Rect::new(-7.0, 300.0, s.0, s.1)]).collect();
        let boxes: Vec<Rect> = pack(&pictures, 10.0).iter().zip(&pictures).map(|(by, p)| p[0].moved(*by)).collect();
        for (i, a) in boxes.iter().enumerate() {
            assert!(boxes[i + 1..].iter().all(|b| !a.overlaps(*b)));
        }
        let whole = Rect::all(boxes.iter().copied()).expect("there are boxes");
        // The gap that was asked for and what is left of a square belong to a box: they are not waste.
        let filled: f64 = sizes.iter().map(|s| (s.0 + 18.0) * (s.1 + 18.0)).sum();
        assert!(filled / (whole.w * whole.h) > 0.6, "{}", filled / (whole.w * whole.h));
        assert!((0.8..2.6).contains(&(whole.w / whole.h)), "{}", whole.w / whole.h);
    }

    #[test]
    fn a_small_picture_stands_in_the_empty_corner_of_a_large_one() {
        let large = vec![Rect::new(0.0, 0.0, 400.0, 60.0), Rect::new(0.0, 60.0, 60.0, 300.0)];
        let small = vec![Rect::new(0.0, 0.0, 150.0, 100.0)];
        let moves = pack(&[large.clone(), small.clone()], 10.0);
        let whole = Rect::all(large.iter().map(|r| r.moved(moves[0]))).expect("boxes");
        let inside = small[0].moved(moves[1]);
        assert_eq!(whole.union(inside), whole, "{inside:?}");
        assert!(large.iter().all(|r| !r.moved(moves[0]).overlaps(inside)));
    }
}
