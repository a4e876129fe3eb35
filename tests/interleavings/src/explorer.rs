//! All ways through a program that asks at each turn which way to go.

use fastrand::Rng;

/// The choices of one run.
#[derive(Debug)]
pub struct Path {
    taken: Vec<(usize, usize)>,
    at: usize,
    /// Decides where the path has not been before; always for the first, without.
    rng: Option<Rng>,
}

impl Path {
    /// One of `count` ways, by its index.
    ///
    /// # Panics
    /// There is none, or the program did not come by here when it took this path before.
    pub fn choose(&mut self, count: usize) -> usize {
        assert!(count > 0, "no way to go on");
        if self.at == self.taken.len() {
            let way = self.rng.as_mut().map_or(0, |rng| rng.usize(..count));
            self.taken.push((way, count));
        }
        let (way, of) = self.taken[self.at];
        assert_eq!(of, count, "the same path leads elsewhere");
        self.at += 1;
        way
    }

    /// The ways it took.
    #[must_use]
    pub fn taken(&self) -> Vec<usize> {
        self.taken.iter().map(|(way, _)| *way).collect()
    }

    /// The next path in order, if there is one.
    fn next(mut self) -> Option<Self> {
        while let Some((way, of)) = self.taken.pop() {
            if way + 1 < of {
                self.taken.push((way + 1, of));
                return Some(Self { at: 0, ..self });
            }
        }
        None
    }
}

/// Runs a program on every path, and tells how many there are.
pub fn explore(mut program: impl FnMut(&mut Path)) -> usize {
    let mut count = 0;
    let mut next = Some(Path {
        taken: Vec::new(),
        at: 0,
        rng: None,
    });
    while let Some(mut path) = next {
        program(&mut path);
        count += 1;
        next = path.next();
    }
    count
}

/// Runs a program on so many paths, drawn by chance: the same ones each time.
pub fn sample(count: u64, mut program: impl FnMut(&mut Path)) {
    for seed in 0..count {
        program(&mut Path {
            taken: Vec::new(),
            at: 0,
            rng: Some(Rng::with_seed(seed)),
        });
    }
}
