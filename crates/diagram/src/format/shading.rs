//! What pixels and pages draw alike that SVG has words for: stripes and dashes.

use crate::geometry::{Point, Rect, Step, polygon};
use crate::graph::Line;

/// From one stripe to the next, and how wide a stripe is.
const PITCH: f64 = 5.0;
const STRIPE: f64 = 2.2;

/// Slanting stripes over a box.
pub(super) fn stripes(over: Rect) -> Vec<Vec<Step>> {
    // Along a stripe x + y stays the same; from one to the next it grows by the pitch, measured across.
    let across = |sum: f64| sum / std::f64::consts::SQRT_2;
    let (first, last) = (across(over.x + over.y), across(over.right() + over.bottom()));
    // No picture has so many; a box that is no box has none.
    let count = ((last - first) / PITCH).clamp(0.0, 20_000.0) as usize + 2;
    let begin = (first / PITCH).floor();
    let at = |across: f64, x: f64| Point::new(x, across * std::f64::consts::SQRT_2 - x);
    let stripe = |k: usize| {
        let low = (begin + k as f64) * PITCH;
        let high = low + STRIPE;
        polygon(&[at(low, over.x), at(high, over.x), at(high, over.right()), at(low, over.right())])
    };
    (0..count).map(stripe).collect()
}

/// The dashes and gaps of a line; none if it is solid.
pub(super) fn dashes(line: Line, width: f64) -> Option<[f64; 2]> {
    match line {
        Line::Solid => None,
        Line::Dashed => Some([width * 4.0, width * 2.6]),
        Line::Dotted => Some([0.0, width * 2.4]),
    }
}
