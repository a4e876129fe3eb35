//! What the kernel knows of another process: the CPU time it took, and the most memory it had.

use std::time::Duration;

use nix::time::ClockId;
use nix::unistd::Pid;
use procfs::process::Process;

use crate::Result;

/// User and system time of all its threads so far.
pub(crate) fn cpu(pid: i32) -> Result<Duration> {
    Ok(ClockId::pid_cpu_clock_id(Pid::from_raw(pid))?.now()?.into())
}

/// The most memory it ever had, in KiB.
pub(crate) fn peak_kib(pid: i32) -> Result<u64> {
    let status = Process::new(pid)?.status()?;
    Ok(status.vmhwm.ok_or("no VmHWM in its status")?)
}
