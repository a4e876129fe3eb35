//! Less than a whole processor, as Lambda gives a function with less memory: by a control group with a quota.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;

/// How long a quota is for. Lambda's is about as long.
const PERIOD_US: u64 = 20_000;
/// The memory setting that has one whole processor.
const WHOLE_MB: u64 = 1_769;

/// A control group of our own, removed at the end.
pub(crate) struct Share(PathBuf);

impl Share {
    /// What a function with this memory has, for a process.
    ///
    /// # Errors
    /// Control groups cannot be made here: that takes privileges.
    pub(crate) fn of_memory(megabytes: u64, pid: i32) -> Result<Self> {
        let name = format!("lambda-queue-bench-{pid}");
        let quota = PERIOD_US * megabytes / WHOLE_MB;
        let older = Path::new("/sys/fs/cgroup/cpu");
        let (group, settings) = match older.is_dir() {
            true => (
                older.join(name),
                vec![
                    ("cpu.cfs_period_us", PERIOD_US.to_string()),
                    ("cpu.cfs_quota_us", quota.to_string()),
                ],
            ),
            false => (
                Path::new("/sys/fs/cgroup").join(name),
                vec![("cpu.max", format!("{quota} {PERIOD_US}"))],
            ),
        };
        fs::create_dir(&group)?;
        let share = Self(group);
        for (file, value) in settings {
            fs::write(share.0.join(file), value)?;
        }
        fs::write(share.0.join("cgroup.procs"), pid.to_string())?;
        Ok(share)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        // It stays if its process still runs, which costs nothing.
        let _ = fs::remove_dir(&self.0);
    }
}
