//! Boxes in columns: the order in each column and the heights, so that ties cross little and lead straight.

/// What stands in a column: a box, or the way of a tie past it.
pub(super) struct Slot {
    pub(super) column: usize,
    pub(super) height: f64,
    /// What it is tied to in the columns beside it.
    pub(super) near: Vec<usize>,
}

/// How often the columns are gone through.
const SWEEPS: usize = 24;

/// The middle heights of slots, and the height of all; `gap` is kept between the slots of a column. Slots that are alike keep the order in
/// which they are given.
pub(super) fn heights(slots: &[Slot], gap: f64) -> (Vec<f64>, f64) {
    let last = slots.iter().map(|slot| slot.column).max().unwrap_or(0);
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); last + 1];
    for (k, slot) in slots.iter().enumerate() {
        columns[slot.column].push(k);
    }
    let mut middle = vec![0.0_f64; slots.len()];
    for column in &columns {
        stack(slots, column, gap, &mut middle);
    }
    // By what a slot is tied to: at its left, or on both sides.
    let pull = |k: usize, middle: &[f64], left_only: bool| {
        let near: Vec<f64> =
            slots[k].near.iter().filter(|&&n| !left_only || slots[n].column < slots[k].column).map(|&n| middle[n]).collect();
        if near.is_empty() { middle[k] } else { near.iter().sum::<f64>() / near.len() as f64 }
    };
    let sweep = |columns: &mut [Vec<usize>], middle: &mut [f64], order: &[usize], left_only: bool| {
        for &c in order {
            let mut wanted: Vec<(f64, usize)> = columns[c].iter().map(|&k| (pull(k, middle, left_only), k)).collect();
            wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
            columns[c] = wanted.into_iter().map(|(_, k)| k).collect();
            stack(slots, &columns[c], gap, middle);
        }
    };
    let onwards: Vec<usize> = (0..columns.len()).collect();
    let back: Vec<usize> = (0..columns.len()).rev().collect();
    // First with the first column as it is given, which a reader expects; another order only where much less crosses.
    sweep(&mut columns, &mut middle, &onwards[1..], true);
    let mut best = (crossings(slots, &columns), columns.clone());
    let given = best.0;
    for n in 0..SWEEPS {
        sweep(&mut columns, &mut middle, if n % 2 == 0 { &back } else { &onwards }, false);
        let found = crossings(slots, &columns);
        if found < best.0 && found * 5 < given * 4 {
            best = (found, columns.clone());
        }
    }
    let columns = best.1;
    for column in &columns {
        stack(slots, column, gap, &mut middle);
    }
    for _ in 0..SWEEPS {
        for column in &columns {
            let wanted: Vec<f64> = column.iter().map(|&k| pull(k, &middle, false)).collect();
            settle(slots, column, &wanted, gap, &mut middle);
        }
    }
    let top = (0..slots.len()).map(|k| middle[k] - slots[k].height / 2.0).fold(f64::MAX, f64::min);
    let bottom = (0..slots.len()).map(|k| middle[k] + slots[k].height / 2.0).fold(f64::MIN, f64::max);
    for y in &mut middle {
        *y -= top;
    }
    (middle, (bottom - top).max(0.0))
}

/// The slots of a column below each other, round zero.
fn stack(slots: &[Slot], column: &[usize], gap: f64, middle: &mut [f64]) {
    let whole: f64 = column.iter().map(|&k| slots[k].height + gap).sum::<f64>() - gap;
    let mut y = -whole / 2.0;
    for &k in column {
        middle[k] = y + slots[k].height / 2.0;
        y += slots[k].height + gap;
    }
}

/// The slots of a column as near to where they want to be as their order lets them: those that push each other move together.
fn settle(slots: &[Slot], column: &[usize], wanted: &[f64], gap: f64, middle: &mut [f64]) {
    // Clusters of slots that touch: where the first begins, how high all are, how many, and where they want to begin on average.
    let mut clusters: Vec<(f64, f64, usize)> = Vec::new();
    for (n, &k) in column.iter().enumerate() {
        let height = slots[k].height + gap;
        let mut own = (wanted[n] - slots[k].height / 2.0, height, 1);
        while let Some(&(start, tall, count)) = clusters.last() {
            if start + tall <= own.0 {
                break;
            }
            // Together they begin where the mean of their wishes is.
            let all = count + own.2;
            let begin = (start * count as f64 + (own.0 - tall) * own.2 as f64) / all as f64;
            own = (begin, tall + own.1, all);
            clusters.pop();
        }
        clusters.push(own);
    }
    let mut slot = column.iter();
    for (start, _, count) in clusters {
        let mut y = start;
        for &k in slot.by_ref().take(count) {
            middle[k] = y + slots[k].height / 2.0;
            y += slots[k].height + gap;
        }
    }
}

/// How many pairs of ties between neighbouring columns cross.
fn crossings(slots: &[Slot], columns: &[Vec<usize>]) -> usize {
    let mut rank = vec![0_usize; slots.len()];
    for column in columns {
        for (n, &k) in column.iter().enumerate() {
            rank[k] = n;
        }
    }
    let mut found = 0;
    for (c, column) in columns.iter().enumerate() {
        let mut ends: Vec<(usize, usize)> = column
            .iter()
            .flat_map(|&k| slots[k].near.iter().filter(|&&n| slots[n].column == c + 1).map(move |&n| (k, n)))
            .map(|(k, n)| (rank[k], rank[n]))
            .collect();
        ends.sort_unstable();
        // Beyond a few thousand ties nobody sees whether one crosses more.
        ends.truncate(3_000);
        for (i, a) in ends.iter().enumerate() {
            found += ends[i + 1..].iter().filter(|b| b.0 > a.0 && b.1 < a.1).count();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(columns: &[usize], ties: &[(usize, usize)]) -> Vec<Slot> {
        let mut slots: Vec<Slot> = columns.iter().map(|&column| Slot { column, height: 20.0, near: Vec::new() }).collect();
        for &(a, b) in ties {
            slots[a].near.push(b);
            slots[b].near.push(a);
        }
        slots
    }

    #[test]
    fn slots_of_a_column_do_not_meet_and_ties_that_need_not_cross_do_not() {
        let slots = slots(&[0, 0, 0, 1, 1, 1], &[(0, 5), (1, 4), (2, 3)]);
        let (middle, height) = heights(&slots, 10.0);
        for column in 0..2 {
            let mut own: Vec<f64> = (0..6).filter(|&k| slots[k].column == column).map(|k| middle[k]).collect();
            own.sort_by(f64::total_cmp);
            assert!(own.windows(2).all(|pair| pair[1] - pair[0] >= 30.0 - 1e-6), "{middle:?}");
        }
        let level = [(0, 5), (1, 4), (2, 3)].iter().all(|&(a, b): &(usize, usize)| (middle[a] - middle[b]).abs() < 1e-6);
        assert!(level, "{middle:?}");
        assert!((height - 80.0).abs() < 1e-6);
    }

    #[test]
    fn one_among_many_stands_in_their_middle() {
        let slots = slots(&[0, 1, 1, 1], &[(0, 1), (0, 2), (0, 3)]);
        let (middle, _) = heights(&slots, 10.0);
        assert!((middle[0] - middle[2]).abs() < 1e-6, "{middle:?}");
    }
}
