//! The scale of a timeline: days as places, with long empty stretches shortened, and the ticks that fit on it.

use crate::graph::Day;

/// The width of the scale.
pub(super) const WIDTH: f64 = 900.0;

/// An empty stretch longer than this part of the scale is shortened …
const EMPTY: f64 = 0.14;

/// … to this width.
const BREAK: f64 = 44.0;

/// Days as places.
pub(super) struct Scale {
    pub(super) first: i64,
    pub(super) last: i64,
    /// Empty stretches that are shortened, in order.
    pub(super) breaks: Vec<(i64, i64)>,
}

impl Scale {
    pub(super) fn per_day(&self) -> f64 {
        let skipped: i64 = self.breaks.iter().map(|b| b.1 - b.0).sum();
        (WIDTH - BREAK * self.breaks.len() as f64) / (self.last - self.first - skipped).max(1) as f64
    }

    pub(super) fn x(&self, day: i64) -> f64 {
        let mut x = 0.0;
        let mut from = self.first;
        for &(start, end) in &self.breaks {
            if day <= start {
                break;
            }
            x += (start - from) as f64 * self.per_day() + BREAK * ((day.min(end) - start) as f64 / (end - start) as f64);
            from = end;
            if day <= end {
                return x;
            }
        }
        x + (day - from) as f64 * self.per_day()
    }
}

/// The long stretches of a scale in which nothing falls, without a margin at both ends.
pub(super) fn empty(first: i64, last: i64, taken: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let whole = (last - first) as f64;
    let margin = ((last - first) / 40).max(2);
    let mut breaks = Vec::new();
    let mut end = taken.first().map_or(last, |t| t.0);
    for &(from, to) in taken {
        let (start, stop) = (end + margin, from - margin);
        if start > first && stop < last && (stop - start) as f64 > whole * EMPTY {
            breaks.push((start, stop));
        }
        end = end.max(to);
    }
    breaks
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

pub(super) fn ticks(scale: &Scale, per_day: f64) -> Vec<(i64, String)> {
    let inside = |day: i64| day >= scale.first && day <= scale.last;
    let (first_year, ..) = Day(scale.first).ymd();
    let (last_year, ..) = Day(scale.last).ymd();
    let month_name = |y: i64, m: u32| format!("{} {y}", MONTHS[(m as usize).saturating_sub(1) % 12]);
    // Days and weeks.
    for step in [1_i64, 2, 7, 14] {
        if per_day * step as f64 >= 62.0 {
            let start = scale.first.div_euclid(step) * step;
            return (start..=scale.last)
                .step_by(step as usize)
                .filter(|&d| inside(d))
                .map(|d| (d, Day(d).ymd()))
                .map(|(d, (y, m, day))| (d, format!("{day} {}", month_name(y, m))))
                .collect();
        }
    }
    for step in [1_u32, 2, 3, 6] {
        if per_day * 30.4 * f64::from(step) >= 58.0 {
            return (first_year..=last_year)
                .flat_map(|y| (1..=12).step_by(step as usize).filter_map(move |m| Some((Day::from_ymd(y, m, 1)?.0, y, m))))
                .filter(|&(d, ..)| inside(d))
                .map(|(d, y, m)| (d, month_name(y, m)))
                .collect();
        }
    }
    let mut step = 1_i64;
    while per_day * 365.25 * (step as f64) < 46.0 {
        step *= if step.to_string().starts_with('2') { 5 } else { 2 };
        step = if step.to_string().starts_with('4') { step / 4 * 5 } else { step };
    }
    let start = first_year.div_euclid(step) * step;
    (start..=last_year)
        .step_by(step as usize)
        .filter_map(|y| Some((Day::from_ymd(y, 1, 1)?.0, y.to_string())))
        .filter(|&(d, _)| inside(d))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_from_days_to_centuries_have_few_and_some_ticks() {
        for span in [1, 5, 20, 90, 400, 2_000, 20_000, 300_000, 3_000_000] {
            let scale = Scale { first: 19_000, last: 19_000 + span, breaks: Vec::new() };
            let found = ticks(&scale, WIDTH / span as f64);
            assert!((1..=20).contains(&found.len()), "{span} days: {found:?}");
        }
    }

    #[test]
    fn an_empty_stretch_is_shortened_and_days_keep_their_order() {
        let taken = [(0, 100), (50, 120), (5_000, 5_100)];
        let breaks = empty(-50, 5_150, &taken);
        assert_eq!(breaks.len(), 1, "{breaks:?}");
        assert!(breaks[0].0 > 120 && breaks[0].1 < 5_000);
        let scale = Scale { first: -50, last: 5_150, breaks };
        let places: Vec<f64> = (-50..=5_150).step_by(10).map(|d| scale.x(d)).collect();
        assert!(places.windows(2).all(|p| p[0] < p[1]));
        assert!((scale.x(-50), (scale.x(5_150) - WIDTH).abs() < 1e-6) == (0.0, true));
    }
}
