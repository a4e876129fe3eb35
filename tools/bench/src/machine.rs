//! What the figures were measured on, and with.

use procfs::{CpuInfo, Current, LoadAverage, Meminfo};
use serde::{Deserialize, Serialize};

use crate::setup::version;

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) processors: usize,
    pub(crate) memory_gb: u64,
    pub(crate) kernel: String,
    /// Of the minute before the run: how many others wanted a processor.
    pub(crate) load_before: f32,
    pub(crate) rust: String,
    pub(crate) python: String,
    pub(crate) node: String,
}

impl Machine {
    pub(crate) fn look() -> Self {
        let cpu = CpuInfo::current().ok();
        let model = cpu.as_ref().and_then(|it| it.model_name(0));
        let memory = Meminfo::current().map(|it| it.mem_total).ok();
        let said = |program| version(program).unwrap_or_else(|| "none".to_owned());
        Self {
            processor: model.unwrap_or("unknown").to_owned(),
            processors: cpu.as_ref().map_or(0, CpuInfo::num_cores),
            memory_gb: memory.unwrap_or_default() / (1 << 30),
            kernel: kernel().unwrap_or_default(),
            load_before: LoadAverage::current().map_or(0.0, |it| it.one),
            rust: said("rustc"),
            python: said("python3"),
            node: said("node"),
        }
    }
}

fn kernel() -> Option<String> {
    let version = procfs::sys::kernel::Version::current().ok()?;
    Some(format!("Linux {}.{}", version.major, version.minor))
}
