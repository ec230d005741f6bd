//! What a thing's neighbors are to each other: clustering, and Burt's measures of brokerage.
//!
//! Directions do not matter here.

use super::Simple;

impl Simple {
    /// How many pairs of each thing's neighbors are tied. Costs the sum over all ties of the smaller end's neighbors.
    pub(super) fn triangles(&self) -> Vec<usize> {
        let count = self.ids.len();
        // Every tie points to the end with more neighbors, so that hubs have few ties of their own to look through.
        let rank = |node: usize| (self.near[node].len(), node);
        let ahead: Vec<Vec<usize>> = (0..count)
            .map(|node| self.near[node].iter().map(|(other, _)| *other).filter(|other| rank(*other) > rank(node)).collect())
            .collect();
        let mut marked = vec![usize::MAX; count];
        let mut triangles = vec![0; count];
        for node in 0..count {
            for &other in &ahead[node] {
                marked[other] = node;
            }
            for &other in &ahead[node] {
                for &third in ahead[other].iter().filter(|third| marked[**third] == node) {
                    triangles[node] += 1;
                    triangles[other] += 1;
                    triangles[third] += 1;
                }
            }
        }
        triangles
    }

    pub(super) fn clustering(&self) -> Vec<f64> {
        let share = |(triangles, near): (usize, usize)| if near < 2 { 0.0 } else { 2.0 * triangles as f64 / (near * (near - 1)) as f64 };
        self.triangles().into_iter().zip(self.near.iter().map(Vec::len)).map(share).collect()
    }

    /// Neighbors less twice the ties among them a neighbor: Borgatti's form of Burt's effective size. Not defined without neighbors.
    pub(super) fn effective_size(&self) -> Vec<Option<f64>> {
        let size = |(triangles, near): (usize, usize)| (near > 0).then(|| near as f64 - 2.0 * triangles as f64 / near as f64);
        self.triangles().into_iter().zip(self.near.iter().map(Vec::len)).map(size).collect()
    }

    /// Burt's constraint: for each neighbor, the square of what of one's ties goes to it directly or over another neighbor.
    pub(super) fn constraint(&self) -> Vec<Option<f64>> {
        let count = self.ids.len();
        let sums: Vec<f64> = self.near.iter().map(|near| near.iter().map(|(_, weight)| weight).sum()).collect();
        let mut invested = vec![0.0; count];
        (0..count)
            .map(|node| {
                for &(other, weight) in &self.near[node] {
                    let share = weight / sums[node];
                    invested[other] += share;
                    for &(third, onward) in &self.near[other] {
                        invested[third] += share * onward / sums[other];
                    }
                }
                let constraint: f64 = self.near[node].iter().map(|(other, _)| invested[*other].powi(2)).sum();
                for (other, _) in &self.near[node] {
                    invested[*other] = 0.0;
                    for (third, _) in &self.near[*other] {
                        invested[*third] = 0.0;
                    }
                }
                (!self.near[node].is_empty()).then_some(constraint)
            })
            .collect()
    }
}
