//! Statements with the places they were written at, kept small: a million take some thirty megabytes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::dataset::Id;
use crate::location::Location;

/// Quads, each with its place, in the order they came.
#[derive(Debug, Default)]
pub struct Statements {
    quads: Vec<[Id; 4]>,
    /// Of each quad, the number of its place. What is said one after another at one place shares it.
    places: Vec<u32>,
    spans: Vec<Span>,
    files: Vec<Arc<str>>,
    cells: Vec<Arc<str>>,
    known: HashMap<Arc<str>, u32>,
}

/// A place as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    file: u32,
    line: u32,
    column: u32,
    length: u32,
    /// 0 where the file is no workbook; else one more than the number of the cell.
    cell: u32,
}

impl Statements {
    /// Adds a quad (subject, predicate, object, graph).
    ///
    /// # Panics
    /// Never below four billion statements.
    pub fn push(&mut self, quad: [Id; 4], place: &Location) {
        let count = |length: usize| u32::try_from(length).expect("fewer than four billion statements");
        let file = match self.spans.last() {
            Some(span) if Arc::ptr_eq(&self.files[span.file as usize], &place.file) => span.file,
            _ => match self.known.get(&place.file) {
                Some(file) => *file,
                None => {
                    let file = count(self.files.len());
                    self.files.push(Arc::clone(&place.file));
                    self.known.insert(Arc::clone(&place.file), file);
                    file
                }
            },
        };
        let mut span = Span { file, line: place.line, column: place.column, length: place.length, cell: 0 };
        if let Some(cell) = &place.cell {
            if self.cells.last() != Some(cell) {
                self.cells.push(Arc::clone(cell));
            }
            span.cell = count(self.cells.len());
        }
        if self.spans.last() != Some(&span) {
            self.spans.push(span);
        }
        self.quads.push(quad);
        self.places.push(count(self.spans.len() - 1));
    }

    /// How many statements there are; what is added twice counts twice.
    pub fn len(&self) -> usize {
        self.quads.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.quads.is_empty()
    }

    /// The quads without their places.
    pub fn quads(&self) -> &[[Id; 4]] {
        &self.quads
    }

    /// The quads, to be renamed.
    pub(super) fn quads_mut(&mut self) -> &mut [[Id; 4]] {
        &mut self.quads
    }

    /// Keeps only some of them; each is asked for with what gives its place.
    pub(super) fn retain(&mut self, mut keep: impl FnMut([Id; 4], &dyn Fn() -> Location) -> bool) {
        let kept: Vec<bool> = (0..self.quads.len()).map(|index| keep(self.quads[index], &|| self.place(index))).collect();
        let mut next = kept.iter();
        self.quads.retain(|_| *next.next().unwrap_or(&true));
        let mut next = kept.iter();
        self.places.retain(|_| *next.next().unwrap_or(&true));
    }

    /// The place of a statement, by its position.
    pub fn place(&self, index: usize) -> Location {
        let span = self.spans[self.places[index] as usize];
        Location {
            file: Arc::clone(&self.files[span.file as usize]),
            line: span.line,
            column: span.column,
            length: span.length,
            cell: span.cell.checked_sub(1).map(|cell| Arc::clone(&self.cells[cell as usize])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back_as_they_were() {
        let (one, other): (Arc<str>, Arc<str>) = ("data/a.csv".into(), "data/b.xlsx".into());
        let cell = |name: &str| Location { cell: Some(name.into()), ..Location::new(&other, 2, 3, 0) };
        let places = [
            Location::new(&one, 1, 2, 3),
            Location::new(&one, 1, 2, 3),
            cell("S!A1"),
            cell("S!A1"),
            cell("S!B1"),
            Location::new(&Arc::from("data/a.csv"), 1, 2, 3),
            Location::file(&one),
        ];
        let mut statements = Statements::default();
        places.iter().enumerate().for_each(|(index, place)| statements.push([index as Id; 4], place));
        assert_eq!(statements.len(), places.len());
        for (index, place) in places.iter().enumerate() {
            assert_eq!((statements.quads()[index], &statements.place(index)), ([index as Id; 4], place));
        }
    }
}
