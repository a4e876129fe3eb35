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

#[cfg(test)]
mod tests {
    use std::hint::black_box;
    use std::process;

    use super::*;

    #[test]
    fn work_shows_in_the_cpu_time_of_its_process() {
        let pid = i32::try_from(process::id()).unwrap();
        let before = cpu(pid).unwrap();
        let mut sum = 0_u64;
        while cpu(pid).unwrap() < before + Duration::from_millis(5) {
            sum = (0..10_000).fold(sum, |sum, it| black_box(sum.wrapping_add(it)));
        }
        assert!(cpu(pid).unwrap() > before);
    }

    #[test]
    fn memory_that_was_given_back_still_counts_as_peak() {
        let pid = i32::try_from(process::id()).unwrap();
        let before = peak_kib(pid).unwrap();
        drop(black_box(vec![1_u8; 64 << 20]));
        assert!(peak_kib(pid).unwrap() >= before.max(64 << 10));
    }

    #[test]
    fn a_process_that_is_gone_has_no_figures() {
        let mut child = process::Command::new("true").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        child.wait().unwrap();
        assert!(cpu(pid).is_err());
        assert!(peak_kib(pid).is_err());
    }
}
