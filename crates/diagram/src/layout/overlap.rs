//! Overlap removal: boxes are pushed apart until none covers another, as little as can be.

use crate::geometry::{Grid, Point, Rect};

/// Pushes boxes apart until there is a gap between all of them. Fixed boxes stay. Afterwards no two boxes overlap, unless both are fixed.
pub(super) fn separate(boxes: &mut [Rect], fixed: &[bool], gap: Point) {
    // Pushing spreads a crowd slowly: large ones are soon given to `settle`, which is faster and keeps their shape as well.
    let rounds = if boxes.len() > 1500 { 24 } else { 300 };
    let mut order: Vec<usize> = (0..boxes.len()).collect();
    for round in 0..rounds {
        order.sort_by(|&a, &b| boxes[a].x.total_cmp(&boxes[b].x).then(a.cmp(&b)));
        let mut moved = false;
        for k in 0..order.len() {
            let i = order[k];
            for &j in &order[k + 1..] {
                // The order is of the round's beginning; a box may have been moved a little since, so look a little farther.
                if boxes[j].x > boxes[i].right() + gap.x + 40.0 {
                    break;
                }
                moved |= push(boxes, fixed, i, j, gap, round);
            }
        }
        if !moved {
            return;
        }
    }
    settle(boxes, fixed, gap);
}

/// Pushes two boxes apart along the axis where less is to be done; whether there was anything to do.
fn push(boxes: &mut [Rect], fixed: &[bool], i: usize, j: usize, gap: Point, round: usize) -> bool {
    let (a, b) = (boxes[i], boxes[j]);
    let (from, to) = (a.centre(), b.centre());
    let over = Point::new((a.w + b.w) / 2.0 + gap.x - (to.x - from.x).abs(), (a.h + b.h) / 2.0 + gap.y - (to.y - from.y).abs());
    if over.x <= 1e-3 || over.y <= 1e-3 || (fixed[i] && fixed[j]) {
        return false;
    }
    // Boxes on the very same spot part by their numbers.
    let sign = |d: f64| if d == 0.0 { if i < j { 1.0 } else { -1.0 } } else { d.signum() };
    let by = if over.y <= over.x {
        Point::new(0.0, sign(to.y - from.y) * (over.y + 0.01))
    } else {
        Point::new(sign(to.x - from.x) * (over.x + 0.01), 0.0)
    };
    // Late rounds push harder, so that crowds come to rest.
    let share = if round > 150 { 0.6 } else { 0.5 };
    match (fixed[i], fixed[j]) {
        (false, false) => {
            boxes[i] = a.moved(by * -share);
            boxes[j] = b.moved(by * share);
        }
        (true, _) => boxes[j] = b.moved(by),
        (_, true) => boxes[i] = a.moved(by * -1.0),
    }
    true
}

/// For crowds that never come to rest: one after the other, from the middle outwards, each to the first free place on its way out.
/// Everything keeps its direction from the middle, so that the picture grows and is not stirred.
fn settle(boxes: &mut [Rect], fixed: &[bool], gap: Point) {
    let whole = Rect::all(boxes.iter().copied()).unwrap_or_default();
    let middle = whole.centre();
    let mut order: Vec<usize> = (0..boxes.len()).collect();
    order.sort_by(|&a, &b| {
        let far = |i: usize| boxes[i].centre().distance(middle);
        fixed[b].cmp(&fixed[a]).then(far(a).total_cmp(&far(b))).then(a.cmp(&b))
    });
    let roomy = |r: Rect| Rect::new(r.x - gap.x / 2.0, r.y - gap.y / 2.0, r.w + gap.x, r.h + gap.y);
    // Squares about as large as a box, over the plane and what it will grow by; what lies outside shares those at the edge.
    let mut grid = Grid::over(whole.grown(whole.w.max(whole.h) * 0.5), 60.0);
    for i in order {
        let wanted = roomy(boxes[i]);
        let out = wanted.centre() - middle;
        let length = out.length();
        // What stands in the very middle goes where its number points.
        let angle = i as f64 * 2.399_963;
        let out = if length > 1e-6 { out * (1.0 / length) } else { Point::new(angle.cos(), angle.sin()) };
        let aside = Point::new(-out.y, out.x);
        let mut by = Point::default();
        let mut step = 0.0;
        while !fixed[i] && grid.is_hit(wanted.moved(by)) {
            step += 1.0;
            let ahead = out * (6.0 * step);
            // A little to the left and to the right as well, so that gaps are filled.
            let ways = [ahead, ahead + aside * (14.0 + 1.5 * step), ahead - aside * (14.0 + 1.5 * step)];
            by = ways.into_iter().find(|&w| !grid.is_hit(wanted.moved(w))).unwrap_or(ahead);
        }
        boxes[i] = boxes[i].moved(by);
        grid.insert(wanted.moved(by));
    }
}

/// How many pairs of boxes overlap.
pub(super) fn count(boxes: &[Rect], gap: Point) -> usize {
    let mut order: Vec<usize> = (0..boxes.len()).collect();
    order.sort_by(|&a, &b| boxes[a].x.total_cmp(&boxes[b].x).then(a.cmp(&b)));
    let mut found = 0;
    for k in 0..order.len() {
        let a = boxes[order[k]];
        for &j in &order[k + 1..] {
            let b = boxes[j];
            if b.x >= a.right() + gap.x {
                break;
            }
            found += usize::from(b.y < a.bottom() + gap.y && a.y < b.bottom() + gap.y);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Dice;

    #[test]
    fn a_heap_of_boxes_comes_apart_and_fixed_ones_stay() {
        let mut dice = Dice(3);
        for n in [2, 30, 400] {
            let mut boxes: Vec<Rect> = (0..n)
                .map(|_| Rect::new(dice.part() * 100.0, dice.part() * 60.0, 30.0 + dice.part() * 120.0, 20.0 + dice.part() * 40.0))
                .collect();
            let mut fixed = vec![false; n];
            fixed[0] = true;
            let still = boxes[0];
            separate(&mut boxes, &fixed, Point::new(10.0, 8.0));
            assert_eq!(count(&boxes, Point::default()), 0, "{n} boxes");
            assert_eq!(boxes[0], still);
        }
    }

    #[test]
    fn boxes_on_the_very_same_spot_come_apart() {
        let mut boxes = vec![Rect::new(0.0, 0.0, 50.0, 20.0); 60];
        separate(&mut boxes, &[false; 60], Point::new(10.0, 8.0));
        assert_eq!(count(&boxes, Point::default()), 0);
    }
}
