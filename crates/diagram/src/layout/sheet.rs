//! Blocks of one width set in columns, in their order, so that the page has a good shape: as a newspaper is set.

use crate::geometry::Point;

/// How many times as wide as high a page is to be.
const SHAPE: f64 = 1.3;
/// No page has more columns.
const MOST: usize = 12;

/// The left top corners of blocks of some heights, each `width` wide; between them at least `beside` and `below`.
pub(super) fn set(heights: &[f64], width: f64, beside: f64, below: f64) -> Vec<Point> {
    let all: f64 = heights.iter().map(|h| h + below).sum();
    let tallest = heights.iter().copied().fold(0.0, f64::max);
    let unlike = |columns: usize| {
        let wide = columns as f64 * (width + beside);
        ((wide / (all / columns as f64).max(tallest).max(1.0)) / SHAPE).ln().abs()
    };
    let columns = (1..=heights.len().clamp(1, MOST)).min_by(|&a, &b| unlike(a).total_cmp(&unlike(b))).unwrap_or(1);
    let goal = shortest(heights, columns, below);
    let (mut column, mut y) = (0, 0.0);
    let mut places = Vec::with_capacity(heights.len());
    for height in heights {
        if y > 0.0 && y + height > goal + 0.5 && column + 1 < columns {
            (column, y) = (column + 1, 0.0);
        }
        places.push(Point::new(column as f64 * (width + beside), y));
        y += height + below;
    }
    places
}

/// The least height into which blocks fit in so many columns, in their order.
fn shortest(heights: &[f64], columns: usize, below: f64) -> f64 {
    let takes = |goal: f64| {
        let (mut used, mut y) = (1, 0.0);
        for height in heights {
            if y > 0.0 && y + height > goal {
                (used, y) = (used + 1, 0.0);
            }
            y += height + below;
        }
        used
    };
    let mut low = heights.iter().copied().fold(0.0, f64::max);
    let mut high: f64 = heights.iter().map(|h| h + below).sum::<f64>().max(low);
    if takes(low) <= columns {
        return low;
    }
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if takes(middle) <= columns { high = middle } else { low = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_keep_their_order_and_do_not_meet() {
        let heights: Vec<f64> = (0..40).map(|k| 20.0 + f64::from(k * 37 % 90)).collect();
        let places = set(&heights, 200.0, 20.0, 10.0);
        for (k, pair) in places.windows(2).enumerate() {
            let same = pair[0].x == pair[1].x;
            assert!(if same { pair[1].y >= pair[0].y + heights[k] + 10.0 } else { pair[1].x >= pair[0].x + 220.0 && pair[1].y == 0.0 });
        }
        assert!(places.last().is_some_and(|last| last.x > 0.0), "40 blocks are no single column");
        assert_eq!(set(&[10.0], 200.0, 20.0, 10.0), vec![Point::new(0.0, 0.0)]);
        assert!(set(&[], 200.0, 20.0, 10.0).is_empty());
    }
}
