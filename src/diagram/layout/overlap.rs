//! Overlap removal: boxes are pushed apart until none covers another, as little as can be.

use crate::diagram::geometry::{Grid, Point, Rect};

/// Pushes boxes apart until there is a gap between all of them. Fixed boxes stay. Afterwards no two boxes overlap, unless both are fixed.
pub(super) fn separate(boxes: &mut [Rect], fixed: &[bool], gap: Point) {
    let rounds = if boxes.len() > 1500 { 120 } else { 300 };
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

/// The last resort for crowds that never come to rest: one after the other, from the middle outwards, each to the nearest free place.
fn settle(boxes: &mut [Rect], fixed: &[bool], gap: Point) {
    let whole = Rect::all(boxes.iter().copied()).unwrap_or_default();
    let middle = whole.centre();
    let mut order: Vec<usize> = (0..boxes.len()).collect();
    order.sort_by(|&a, &b| {
        let far = |i: usize| boxes[i].centre().distance(middle);
        fixed[b].cmp(&fixed[a]).then(far(a).total_cmp(&far(b))).then(a.cmp(&b))
    });
    let roomy = |r: Rect| Rect::new(r.x - gap.x / 2.0, r.y - gap.y / 2.0, r.w + gap.x, r.h + gap.y);
    // Seeded with the whole plane's corners so that its squares have a sensible size; the seeds are far outside.
    let mut grid = Grid::new(boxes.iter().map(|r| Rect::new(r.x, r.y, 0.0, 0.0)).collect());
    for i in order {
        let wanted = roomy(boxes[i]);
        let mut place = wanted;
        let mut ring = 0.0_f64;
        while !fixed[i] && grid.is_hit(place) {
            ring += 1.0;
            let radius = (ring / 6.0).sqrt() * 18.0;
            let angle = ring * 2.399_963;
            place = wanted.moved(Point::new(angle.cos() * radius * 1.6, angle.sin() * radius));
        }
        boxes[i] = boxes[i].moved(Point::new(place.x - wanted.x, place.y - wanted.y));
        grid.insert(place);
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
    use crate::diagram::layout::Dice;

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
