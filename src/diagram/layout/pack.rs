//! Packing: pictures of components side by side in a page of a pleasant shape, none stretched.

use crate::diagram::geometry::{Point, Rect};

/// How much wider than high a page is wanted.
const SHAPE: f64 = 1.5;

/// Where to put boxes of given sizes so that they lie close together and none overlaps; the gap is kept between them.
pub(super) fn pack(sizes: &[(f64, f64)], gap: f64) -> Vec<Point> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|&a, &b| (sizes[b].0 * sizes[b].1).total_cmp(&(sizes[a].0 * sizes[a].1)).then(a.cmp(&b)));
    let mut places = vec![Point::default(); sizes.len()];
    // The largest find their places by trying; a long tail of small ones goes into rows below.
    let (tried, rows) = order.split_at(order.len().min(60));
    let mut placed: Vec<Rect> = Vec::new();
    let mut whole = Rect::default();
    for &i in tried {
        let (w, h) = (sizes[i].0 + gap, sizes[i].1 + gap);
        let xs = placed.iter().map(|r| r.right()).chain([0.0]);
        let spots = xs.flat_map(|x| placed.iter().map(|r| r.bottom()).chain([0.0]).map(move |y| Rect::new(x, y, w, h)));
        let cost = |r: &Rect| {
            let all = whole.union(*r);
            let long = all.w.max(all.h * SHAPE);
            (long * long / SHAPE + all.w * all.h * 0.2, r.y, r.x)
        };
        let best = spots
            .filter(|r| !placed.iter().any(|p| p.overlaps(*r)))
            .min_by(|a, b| {
                let (a, b) = (cost(a), cost(b));
                a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2))
            })
            .unwrap_or(Rect::new(0.0, whole.bottom(), w, h));
        whole = whole.union(best);
        places[i] = Point::new(best.x, best.y);
        placed.push(best);
    }
    let area: f64 = rows.iter().map(|&i| (sizes[i].0 + gap) * (sizes[i].1 + gap)).sum();
    let across = whole.w.max(((whole.w * whole.h + area) * SHAPE).sqrt());
    let (mut x, mut y, mut row) = (0.0, whole.bottom(), 0.0_f64);
    for &i in rows {
        let (w, h) = (sizes[i].0 + gap, sizes[i].1 + gap);
        if x > 0.0 && x + w > across {
            (x, y, row) = (0.0, y + row, 0.0);
        }
        places[i] = Point::new(x, y);
        x += w;
        row = row.max(h);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_boxes_do_not_overlap_and_stay_near_the_wanted_shape() {
        let sizes: Vec<(f64, f64)> = (0..150).map(|i| (40.0 + f64::from(i * 37 % 90), 20.0 + f64::from(i * 53 % 70))).collect();
        let boxes: Vec<Rect> = pack(&sizes, 10.0).iter().zip(&sizes).map(|(p, s)| Rect::new(p.x, p.y, s.0, s.1)).collect();
        for (i, a) in boxes.iter().enumerate() {
            assert!(boxes[i + 1..].iter().all(|b| !a.overlaps(*b)));
        }
        let whole = Rect::all(boxes.iter().copied()).expect("there are boxes");
        // The gap that was asked for belongs to a box: it is not waste.
        let filled: f64 = sizes.iter().map(|s| (s.0 + 10.0) * (s.1 + 10.0)).sum();
        assert!(filled / (whole.w * whole.h) > 0.6, "{}", filled / (whole.w * whole.h));
        assert!((0.8..2.6).contains(&(whole.w / whole.h)), "{}", whole.w / whole.h);
    }
}
