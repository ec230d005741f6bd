//! Points, boxes, curves and outlines: the plane geometry that layouts and scenes share.

mod grid;

pub use grid::Grid;

use super::style::Figure;

/// A place on the page, in pixels; y grows downwards.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

impl Point {
    /// The place at x, y.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The distance to another place.
    pub fn distance(self, other: Self) -> f64 {
        (self - other).length()
    }

    /// The distance to the origin.
    pub fn length(self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    /// The place a part of the way towards another.
    pub fn towards(self, other: Self, part: f64) -> Self {
        Self::new(self.x + (other.x - self.x) * part, self.y + (other.y - self.y) * part)
    }
}

impl std::ops::Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y)
    }
}

impl std::ops::Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }
}

impl std::ops::Mul<f64> for Point {
    type Output = Self;
    fn mul(self, by: f64) -> Self {
        Self::new(self.x * by, self.y * by)
    }
}

/// A box with level sides.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rect {
    /// Its left side.
    pub x: f64,
    /// Its top side.
    pub y: f64,
    /// Its width.
    pub w: f64,
    /// Its height.
    pub h: f64,
}

impl Rect {
    /// A box by its left, top, width and height.
    pub const fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    /// A box around a place.
    pub fn around(centre: Point, w: f64, h: f64) -> Self {
        Self::new(centre.x - w / 2.0, centre.y - h / 2.0, w, h)
    }

    /// Its middle.
    pub fn centre(self) -> Point {
        Point::new(self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Its right side.
    pub fn right(self) -> f64 {
        self.x + self.w
    }

    /// Its bottom side.
    pub fn bottom(self) -> f64 {
        self.y + self.h
    }

    /// The box grown by a margin on every side.
    pub fn grown(self, by: f64) -> Self {
        Self::new(self.x - by, self.y - by, self.w + 2.0 * by, self.h + 2.0 * by)
    }

    /// The box moved.
    pub fn moved(self, by: Point) -> Self {
        Self::new(self.x + by.x, self.y + by.y, self.w, self.h)
    }

    /// Whether the two share more than a border.
    pub fn overlaps(self, other: Self) -> bool {
        const HAIR: f64 = 1e-6;
        self.x + HAIR < other.right() && other.x + HAIR < self.right() && self.y + HAIR < other.bottom() && other.y + HAIR < self.bottom()
    }

    /// Whether a place lies in it.
    pub fn contains(self, p: Point) -> bool {
        p.x >= self.x && p.x <= self.right() && p.y >= self.y && p.y <= self.bottom()
    }

    /// The smallest box around both.
    pub fn union(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self::new(x, y, self.right().max(other.right()) - x, self.bottom().max(other.bottom()) - y)
    }

    /// The smallest box around all; none if there are none.
    pub fn all(boxes: impl IntoIterator<Item = Self>) -> Option<Self> {
        boxes.into_iter().reduce(Self::union)
    }

    /// Its corners, clockwise from the top left.
    pub fn corners(self) -> [Point; 4] {
        [
            Point::new(self.x, self.y),
            Point::new(self.right(), self.y),
            Point::new(self.right(), self.bottom()),
            Point::new(self.x, self.bottom()),
        ]
    }

    /// How much of the straight line from a to b runs through it (Liang and Barsky): the length inside.
    pub fn length_inside(self, a: Point, b: Point) -> f64 {
        let d = b - a;
        let (mut t0, mut t1) = (0.0_f64, 1.0_f64);
        for (p, q) in [(-d.x, a.x - self.x), (d.x, self.right() - a.x), (-d.y, a.y - self.y), (d.y, self.bottom() - a.y)] {
            if p == 0.0 {
                if q < 0.0 {
                    return 0.0;
                }
            } else if p < 0.0 {
                t0 = t0.max(q / p);
            } else {
                t1 = t1.min(q / p);
            }
        }
        if t0 < t1 { (t1 - t0) * a.distance(b) } else { 0.0 }
    }
}

/// Whether two straight lines cross at a place that is an end of neither.
pub fn cross(a: Point, b: Point, c: Point, d: Point) -> bool {
    let side = |p: Point, q: Point, r: Point| (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    let (s, t) = (side(a, b, c), side(a, b, d));
    let (u, v) = (side(c, d, a), side(c, d, b));
    s * t < 0.0 && u * v < 0.0
}

/// A step of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Start here.
    Move(Point),
    /// A straight line to here.
    Line(Point),
    /// A cubic Bézier curve with two handles, to here.
    Curve(Point, Point, Point),
    /// Back to the start.
    Close,
}

impl Step {
    /// The step with its places changed.
    pub fn map(self, f: impl Fn(Point) -> Point) -> Self {
        match self {
            Self::Move(p) => Self::Move(f(p)),
            Self::Line(p) => Self::Line(f(p)),
            Self::Curve(a, b, p) => Self::Curve(f(a), f(b), f(p)),
            Self::Close => Self::Close,
        }
    }

    /// The step's places, handles among them.
    pub fn points(self) -> impl Iterator<Item = Point> {
        let (points, n) = match self {
            Self::Move(p) | Self::Line(p) => ([p; 3], 1),
            Self::Curve(a, b, p) => ([a, b, p], 3),
            Self::Close => ([Point::default(); 3], 0),
        };
        points.into_iter().take(n)
    }
}

/// A cubic Bézier curve: start, two handles, end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve(pub [Point; 4]);

impl Curve {
    /// A straight line.
    pub fn straight(a: Point, b: Point) -> Self {
        Self([a, a.towards(b, 1.0 / 3.0), a.towards(b, 2.0 / 3.0), b])
    }

    /// A curve whose middle stands off the straight line by `bow`, to the right of its direction on a page.
    pub fn bowed(a: Point, b: Point, bow: f64) -> Self {
        let length = a.distance(b).max(1e-9);
        let off = Point::new(-(b.y - a.y) / length, (b.x - a.x) / length) * (bow * 4.0 / 3.0);
        Self([a, a.towards(b, 0.25) + off, a.towards(b, 0.75) + off, b])
    }

    /// The place at a part of the way.
    pub fn at(&self, t: f64) -> Point {
        let [a, b, c, d] = self.0;
        let u = 1.0 - t;
        a * (u * u * u) + b * (3.0 * u * u * t) + c * (3.0 * u * t * t) + d * (t * t * t)
    }

    /// The curve from one part of the way to another.
    pub fn part(&self, from: f64, to: f64) -> Self {
        let back = if from < 1.0 { self.split(from).1 } else { Self([self.0[3]; 4]) };
        let to = if from < 1.0 { (to - from) / (1.0 - from) } else { 1.0 };
        back.split(to.clamp(0.0, 1.0)).0
    }

    fn split(&self, t: f64) -> (Self, Self) {
        let [a, b, c, d] = self.0;
        let (ab, bc, cd) = (a.towards(b, t), b.towards(c, t), c.towards(d, t));
        let (abc, bcd) = (ab.towards(bc, t), bc.towards(cd, t));
        let m = abc.towards(bcd, t);
        (Self([a, ab, abc, m]), Self([m, bcd, cd, d]))
    }
}

/// Straight pieces that follow a path closely enough to measure collisions.
pub fn flatten(steps: &[Step]) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    for step in steps {
        match *step {
            Step::Move(p) | Step::Line(p) => points.push(p),
            Step::Curve(b, c, d) => {
                let a = points.last().copied().unwrap_or(b);
                let curve = Curve([a, b, c, d]);
                points.extend((1..=12).map(|i| curve.at(f64::from(i) / 12.0)));
            }
            Step::Close => {
                if let Some(first) = points.first().copied() {
                    points.push(first);
                }
            }
        }
    }
    points
}

/// The smallest convex outline around the places, counter-clockwise as seen with y upwards (Andrew's monotone chain).
pub fn hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let turn = |o: Point, a: Point, b: Point| (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
    let chain = |points: &mut dyn Iterator<Item = Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for p in points {
            while chain.len() >= 2 && turn(chain[chain.len() - 2], chain[chain.len() - 1], p) <= 0.0 {
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    let mut outline = chain(&mut points.iter().copied());
    outline.extend(chain(&mut points.iter().rev().copied()));
    outline
}

/// Whether a convex outline and a box share any area (separating axes).
pub fn hull_overlaps(outline: &[Point], r: Rect) -> bool {
    if outline.is_empty() {
        return false;
    }
    let corners = r.corners();
    let apart = |axis: Point| {
        let span = |points: &[Point]| {
            points.iter().map(|p| p.x * axis.x + p.y * axis.y).fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)))
        };
        let (a, b) = (span(outline), span(&corners));
        a.1 <= b.0 + 1e-9 || b.1 <= a.0 + 1e-9
    };
    if apart(Point::new(1.0, 0.0)) || apart(Point::new(0.0, 1.0)) {
        return false;
    }
    (0..outline.len()).all(|i| {
        let edge = outline[(i + 1) % outline.len()] - outline[i];
        !apart(Point::new(-edge.y, edge.x))
    })
}

/// Whether two convex outlines share any area (separating axes).
pub fn hulls_overlap(one: &[Point], other: &[Point]) -> bool {
    let span = |points: &[Point], axis: Point| {
        points.iter().map(|p| p.x * axis.x + p.y * axis.y).fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)))
    };
    let apart = |axis: Point| {
        let (a, b) = (span(one, axis), span(other, axis));
        a.1 <= b.0 + 1e-9 || b.1 <= a.0 + 1e-9
    };
    let edges = |points: &[Point]| -> Vec<Point> {
        (0..points.len()).map(|i| points[(i + 1) % points.len()] - points[i]).map(|edge| Point::new(-edge.y, edge.x)).collect()
    };
    !one.is_empty() && !other.is_empty() && !edges(one).into_iter().chain(edges(other)).any(apart)
}

/// A polygon with its corners rounded.
pub fn rounded(corners: &[Point], radius: f64) -> Vec<Step> {
    let n = corners.len();
    let mut steps = Vec::with_capacity(2 * n + 1);
    for i in 0..n {
        let (before, at, after) = (corners[(i + n - 1) % n], corners[i], corners[(i + 1) % n]);
        let cut = |to: Point| {
            let length = at.distance(to);
            if length < 1e-9 { at } else { at.towards(to, (radius / length).min(0.5)) }
        };
        let (start, end) = (cut(before), cut(after));
        steps.push(if i == 0 { Step::Move(start) } else { Step::Line(start) });
        steps.push(Step::Curve(start.towards(at, 0.56), end.towards(at, 0.56), end));
    }
    steps.push(Step::Close);
    steps
}

impl Figure {
    /// How big a figure must be to hold text of a size.
    pub fn size_for(self, w: f64, h: f64) -> (f64, f64) {
        let (w, h) = (w + 16.0, h + 10.0);
        match self {
            Self::Box | Self::Rounded => (w, h),
            Self::Ellipse => (w * 1.16 + 6.0, h * 1.24 + 2.0),
            Self::Hexagon => (w + h * 0.5, h + 2.0),
            Self::Octagon => (w + h * 0.16, h + 4.0),
            Self::Diamond => (w * 1.45, h * 1.7),
            Self::Cylinder => (w, h + 12.0),
            Self::Note => (w + 8.0, h + 2.0),
            Self::Parallelogram => (w + h * 0.55, h),
            Self::House => (w, h + 9.0),
            Self::Tag => (w + h * 0.4, h),
            Self::Circle => {
                let side = w.max(h) * 0.78 + w.min(h) * 0.34;
                (side, side)
            }
        }
    }

    /// How far below the middle its text stands.
    pub fn text_drop(self) -> f64 {
        match self {
            Self::Cylinder => 3.5,
            Self::House => 4.0,
            _ => 0.0,
        }
    }

    /// Its corners in a box; round figures are approached by many.
    pub fn corners(self, r: Rect) -> Vec<Point> {
        let (l, t, rt, b) = (r.x, r.y, r.right(), r.bottom());
        let middle = r.centre();
        let p = Point::new;
        match self {
            Self::Box | Self::Rounded | Self::Note | Self::Cylinder => r.corners().to_vec(),
            Self::Ellipse | Self::Circle => (0..32)
                .map(|i| {
                    let angle = f64::from(i) * std::f64::consts::TAU / 32.0;
                    p(middle.x + angle.cos() * r.w / 2.0, middle.y + angle.sin() * r.h / 2.0)
                })
                .collect(),
            Self::Hexagon => {
                let c = (r.h * 0.3).min(r.w / 3.0);
                vec![p(l + c, t), p(rt - c, t), p(rt, middle.y), p(rt - c, b), p(l + c, b), p(l, middle.y)]
            }
            Self::Octagon => {
                let c = (r.h * 0.26).min(r.w / 4.0);
                vec![p(l + c, t), p(rt - c, t), p(rt, t + c), p(rt, b - c), p(rt - c, b), p(l + c, b), p(l, b - c), p(l, t + c)]
            }
            Self::Diamond => vec![p(middle.x, t), p(rt, middle.y), p(middle.x, b), p(l, middle.y)],
            Self::Parallelogram => {
                let c = (r.h * 0.32).min(r.w / 3.0);
                vec![p(l + c, t), p(rt, t), p(rt - c, b), p(l, b)]
            }
            Self::House => {
                let c = (r.h * 0.3).min(12.0);
                vec![p(middle.x, t), p(rt, t + c), p(rt, b), p(l, b), p(l, t + c)]
            }
            Self::Tag => {
                let c = (r.h * 0.34).min(r.w / 4.0);
                vec![p(l, t), p(rt - c, t), p(rt, middle.y), p(rt - c, b), p(l, b)]
            }
        }
    }

    /// Its outline in a box, and lines drawn inside it.
    pub fn outline(self, r: Rect) -> (Vec<Step>, Vec<Step>) {
        let p = Point::new;
        match self {
            Self::Rounded => (rounded(&r.corners(), 7.0), Vec::new()),
            Self::Ellipse | Self::Circle => (ellipse(r), Vec::new()),
            Self::Note => {
                let c = 9.0_f64.min(r.w / 3.0).min(r.h / 2.0);
                let outline = vec![
                    Step::Move(p(r.x, r.y)),
                    Step::Line(p(r.right() - c, r.y)),
                    Step::Line(p(r.right(), r.y + c)),
                    Step::Line(p(r.right(), r.bottom())),
                    Step::Line(p(r.x, r.bottom())),
                    Step::Close,
                ];
                let fold =
                    vec![Step::Move(p(r.right() - c, r.y)), Step::Line(p(r.right() - c, r.y + c)), Step::Line(p(r.right(), r.y + c))];
                (outline, fold)
            }
            Self::Cylinder => {
                let c = 5.0_f64.min(r.h / 4.0);
                let k = 0.55 * r.w / 2.0;
                let (l, rt, middle) = (r.x, r.right(), r.x + r.w / 2.0);
                let (top, bottom) = (r.y + c, r.bottom() - c);
                let rim = |y: f64, by: f64| {
                    [
                        Step::Curve(p(l, y + by * 0.55), p(middle - k, y + by), p(middle, y + by)),
                        Step::Curve(p(middle + k, y + by), p(rt, y + by * 0.55), p(rt, y)),
                    ]
                };
                let mut outline = vec![Step::Move(p(l, top))];
                outline.extend(rim(top, -c));
                outline.push(Step::Line(p(rt, bottom)));
                outline.push(Step::Curve(p(rt, bottom + c * 0.55), p(middle + k, bottom + c), p(middle, bottom + c)));
                outline.push(Step::Curve(p(middle - k, bottom + c), p(l, bottom + c * 0.55), p(l, bottom)));
                outline.push(Step::Close);
                let mut front = vec![Step::Move(p(l, top))];
                front.extend(rim(top, c));
                (outline, front)
            }
            _ => {
                let corners = self.corners(r);
                (if self == Self::Box { polygon(&corners) } else { rounded(&corners, 2.5) }, Vec::new())
            }
        }
    }

    /// Whether a place lies inside the figure in a box.
    pub fn contains(self, r: Rect, at: Point) -> bool {
        if !r.contains(at) {
            return false;
        }
        match self {
            Self::Box | Self::Rounded | Self::Note | Self::Cylinder => true,
            Self::Ellipse | Self::Circle => {
                let d = at - r.centre();
                (d.x / (r.w / 2.0).max(1e-9)).powi(2) + (d.y / (r.h / 2.0).max(1e-9)).powi(2) <= 1.0
            }
            _ => {
                let corners = self.corners(r);
                (0..corners.len()).all(|i| {
                    let (a, b) = (corners[i], corners[(i + 1) % corners.len()]);
                    (b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x) >= -1e-9
                })
            }
        }
    }
}

/// A closed path through corners.
pub fn polygon(corners: &[Point]) -> Vec<Step> {
    let mut steps: Vec<Step> = corners.iter().enumerate().map(|(i, &p)| if i == 0 { Step::Move(p) } else { Step::Line(p) }).collect();
    steps.push(Step::Close);
    steps
}

/// An ellipse that fills a box, in four curves.
pub fn ellipse(r: Rect) -> Vec<Step> {
    const K: f64 = 0.552_284_75;
    let m = r.centre();
    let (rx, ry) = (r.w / 2.0, r.h / 2.0);
    let p = |x: f64, y: f64| Point::new(m.x + x * rx, m.y + y * ry);
    vec![
        Step::Move(p(1.0, 0.0)),
        Step::Curve(p(1.0, K), p(K, 1.0), p(0.0, 1.0)),
        Step::Curve(p(-K, 1.0), p(-1.0, K), p(-1.0, 0.0)),
        Step::Curve(p(-1.0, -K), p(-K, -1.0), p(0.0, -1.0)),
        Step::Curve(p(K, -1.0), p(1.0, -K), p(1.0, 0.0)),
        Step::Close,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_a_box_is_measured_and_one_beside_it_is_not() {
        let r = Rect::new(0.0, 0.0, 10.0, 10.0);
        assert!((r.length_inside(Point::new(-5.0, 5.0), Point::new(20.0, 5.0)) - 10.0).abs() < 1e-9);
        assert_eq!(r.length_inside(Point::new(-5.0, 15.0), Point::new(20.0, 15.0)), 0.0);
    }

    #[test]
    fn a_part_of_a_curve_starts_and_ends_on_it() {
        let curve = Curve::bowed(Point::new(0.0, 0.0), Point::new(100.0, 0.0), 20.0);
        assert!((curve.at(0.5).y - 20.0).abs() < 1e-9);
        let part = curve.part(0.2, 0.7);
        assert!(part.0[0].distance(curve.at(0.2)) < 1e-9 && part.0[3].distance(curve.at(0.7)) < 1e-9);
    }

    #[test]
    fn every_figure_holds_its_middle_and_not_the_outside() {
        for (figure, name, ..) in Figure::TABLE {
            let r = Rect::new(10.0, 10.0, 80.0, 40.0);
            assert!(figure.contains(r, r.centre()), "{name}");
            assert!(!figure.contains(r, Point::new(0.0, 0.0)), "{name}");
            assert_eq!(Figure::parse(name), Some(figure));
        }
    }

    #[test]
    fn a_hull_leaves_out_what_is_beside_it() {
        let outline = hull(vec![Point::new(0.0, 0.0), Point::new(10.0, 0.0), Point::new(0.0, 10.0), Point::new(2.0, 2.0)]);
        assert_eq!(outline.len(), 3);
        assert!(hull_overlaps(&outline, Rect::new(1.0, 1.0, 1.0, 1.0)));
        assert!(!hull_overlaps(&outline, Rect::new(8.0, 8.0, 5.0, 5.0)));
    }
}
