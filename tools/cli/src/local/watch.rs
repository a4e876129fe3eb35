//! `--watch`: functions are built again when their sources change, and swapped while they run.

mod sources;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::sleep;

use super::clock::now;
use super::functions::Functions;
use super::pool::Pool;
use super::stack::programs;
use crate::error::Error;
use crate::template::{Function, Template};
use sources::{Sources, Stamp, stamp, stamp_of};

/// How often files are looked at. A few hundred of them cost less than a millisecond, and looking
/// works where notifications do not: over networks, and in containers.
const LOOK: Duration = Duration::from_millis(300);

/// Watches over the functions that are run here, whose build began at `built`, for ever.
pub(super) async fn watch(
    template: Template,
    functions: Arc<Functions>,
    release: bool,
    built: SystemTime,
) {
    let mut watched = Watched::new(&template, &functions, built);
    loop {
        sleep(LOOK).await;
        watched.look_at_template();
        let Some(changed) = watched.sources.changed() else {
            continue;
        };
        settled(&mut watched.sources).await;
        say(&format_args!("{} has changed", shorter(&changed).display()));
        let built = now();
        match watched.build(release).await {
            Ok(programs) => watched.swap(programs, built).await,
            Err(error) => say(&format_args!("{error}; the functions stay as they are")),
        }
    }
}

/// Editors and version control write several files, one after the other.
async fn settled(sources: &mut Sources) {
    loop {
        sleep(LOOK).await;
        if sources.changed().is_none() {
            return;
        }
    }
}

/// As people would write it.
fn shorter(path: &Path) -> &Path {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path)
}

struct Watched<'a> {
    template: &'a Template,
    template_stamp: Stamp,
    pools: Vec<&'a Pool>,
    /// What runs of each function.
    programs: HashMap<String, (PathBuf, Stamp)>,
    sources: Sources,
}

impl<'a> Watched<'a> {
    fn new(template: &'a Template, functions: &'a Functions, built: SystemTime) -> Self {
        let pools = functions.all().iter().map(AsRef::as_ref);
        let pools: Vec<&Pool> = pools.filter(|it| it.program().is_some()).collect();
        let programs = pools.iter().filter_map(|pool| {
            let path = pool.program()?;
            let stamp = stamp(&path);
            Some((pool.function().logical_id.clone(), (path, stamp)))
        });
        let programs: HashMap<_, _> = programs.collect();
        Self {
            template_stamp: stamp_of(Path::new(template.file()), built),
            sources: Sources::of(programs.values().map(|(path, _)| path.as_path()), built),
            template,
            pools,
            programs,
        }
    }

    fn look_at_template(&mut self) {
        let file = self.template.file();
        let now = stamp(Path::new(file));
        if now != self.template_stamp {
            self.template_stamp = now;
            say(&format_args!(
                "{file} has changed; start `lambda-queue local` again to use it"
            ));
        }
    }

    async fn build(&self, release: bool) -> Result<HashMap<String, PathBuf>, Error> {
        let functions: Vec<&Function> = self.pools.iter().map(|it| it.function()).collect();
        programs(self.template, &functions, release).await
    }

    /// Puts those binaries to work that are not the ones from before.
    async fn swap(&mut self, mut binaries: HashMap<String, PathBuf>, built: SystemTime) {
        for pool in &self.pools {
            let id = &pool.function().logical_id;
            let Some(path) = binaries.remove(id) else {
                continue;
            };
            let now = (path.clone(), stamp(&path));
            if self.programs.get(id) == Some(&now) {
                continue;
            }
            self.programs.insert(id.clone(), now);
            pool.swap(path).await;
            pool.voice().say("built again: the next event gets it");
        }
        let programs = self.programs.values().map(|(path, _)| path.as_path());
        self.sources.become_those_of(programs, built);
    }
}

fn say(what: &dyn std::fmt::Display) {
    anstream::eprintln!("{what}");
}
