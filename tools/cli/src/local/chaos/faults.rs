//! `--chaos`: which faults, and how often.

use std::str::FromStr;

use serde::Serialize;

const KNOWN: &str = "duplicate, reorder, throttle and kill";

/// The share of each fault, 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Faults {
    /// Of the messages received from a standard queue, those delivered once more.
    pub(crate) duplicate: f64,
    /// Of the receives from a standard queue, those that take any message instead of the oldest.
    pub(crate) reorder: f64,
    /// Of the requests for items of a table, those that DynamoDB refuses.
    pub(crate) throttle: f64,
    /// Of the invocations, those whose process is killed.
    pub(crate) kill: f64,
}

impl Faults {
    /// With their names, in the order they are listed in.
    pub(crate) fn all(&self) -> [(&'static str, f64); 4] {
        [
            ("duplicate", self.duplicate),
            ("reorder", self.reorder),
            ("throttle", self.throttle),
            ("kill", self.kill),
        ]
    }
}

/// `duplicate=0.1,kill=0.02`.
impl FromStr for Faults {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut faults = Self::default();
        for part in text.split(',') {
            let part = part.trim();
            let (name, share) = part
                .split_once('=')
                .ok_or_else(|| format!("`{part}`: write FAULT=SHARE, as in duplicate=0.1"))?;
            let place = match name.trim() {
                "duplicate" => &mut faults.duplicate,
                "reorder" => &mut faults.reorder,
                "throttle" => &mut faults.throttle,
                "kill" => &mut faults.kill,
                other => return Err(format!("no fault is called `{other}`; there are {KNOWN}")),
            };
            let share = share.trim();
            *place = match share.parse::<f64>() {
                Err(_) => return Err(format!("{name}: `{share}` is not a number")),
                // Not a number, which is a number here, is in no range.
                Ok(it) if !(0.0..=1.0).contains(&it) => {
                    return Err(format!("{name}: {share} is not a share from 0 to 1"));
                }
                Ok(it) => it,
            };
        }
        Ok(faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_listed_with_their_shares() {
        let faults: Faults = "duplicate=0.1, kill=1".parse().unwrap();
        let expected = Faults {
            duplicate: 0.1,
            kill: 1.0,
            ..Faults::default()
        };
        assert_eq!(faults, expected);
    }

    #[test]
    fn what_is_no_fault_is_said_to_be_none() {
        let lines = ["dup=1", "kill", "kill=often", "kill=1.5", "kill=nan", ""];
        let lines = lines.map(|it| it.parse::<Faults>().unwrap_err());
        insta::assert_snapshot!(lines.join("\n"), @r"
        no fault is called `dup`; there are duplicate, reorder, throttle and kill
        `kill`: write FAULT=SHARE, as in duplicate=0.1
        kill: `often` is not a number
        kill: 1.5 is not a share from 0 to 1
        kill: nan is not a share from 0 to 1
        ``: write FAULT=SHARE, as in duplicate=0.1
        ");
    }
}
