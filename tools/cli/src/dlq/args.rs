//! The command line of `dlq`.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use crate::args::Output;

#[derive(Debug, Args)]
#[command(after_help = super::EXIT_CODES)]
pub(crate) struct DlqArgs {
    #[command(subcommand)]
    pub(super) command: Dlq,
    #[command(flatten)]
    pub(super) access: Access,
}

/// How queues are reached and messages looked at.
#[derive(Debug, Args)]
pub(super) struct Access {
    /// The address of SQS, if it is not AWS: http://127.0.0.1:4566 is `lambda-queue local`
    #[arg(long, value_name = "URL", env = "AWS_ENDPOINT_URL", global = true)]
    pub(super) endpoint: Option<String>,
    /// How long messages that are looked at stay hidden if this is killed; else they are back at once
    #[arg(long, value_name = "SECONDS", default_value_t = 300, global = true, value_parser = clap::value_parser!(u32).range(2..=43_200))]
    pub(super) hide: u32,
    /// How to print what it came to; json is one document, alone on the standard output
    #[arg(short, long, value_enum, default_value_t = Output::Human, global = true)]
    pub(super) output: Output,
}

#[derive(Debug, Subcommand)]
pub(super) enum Dlq {
    /// Show how many dead letters there are, how old they are, and why they failed
    ///
    /// Without a queue, shows the depth of every dead-letter queue and looks at no message. With
    /// one, looks at its messages. Looking at a message is a receive: it raises its
    /// ApproximateReceiveCount, and where the dead-letter queue has a dead-letter queue of its
    /// own, enough of them move it there. Of a FIFO queue only the first ten messages of each
    /// group can be seen without deleting them.
    List(ListArgs),
    /// Show messages, and leave them where they are
    ///
    /// Bodies and values of attributes are shown for messages asked for with --id, and for all
    /// with --body. Control characters in them are shown as escapes. As with `list`, showing a
    /// message is a receive.
    Show(ShowArgs),
    /// Send dead letters back to where they failed, or elsewhere
    ///
    /// All of a queue goes by a move task of SQS, which goes on in SQS even if this command ends.
    /// A selection, or a queue with several sources, is moved by this command: each message is
    /// sent first and deleted after, so that a crash between the two leaves it in both queues.
    /// Of a FIFO queue, the messages of a group keep their order: nothing overtakes a message
    /// that is not selected or not sent.
    Redrive(RedriveArgs),
    /// Write messages to a file as JSON Lines, and delete them with --delete
    ///
    /// Nothing is deleted before it is in the file and the file is on the disk. The file holds
    /// bodies in the clear.
    Export(ExportArgs),
    /// Send the messages of an exported file into a queue
    ///
    /// Which lines were sent is written to FILE.sent, so that an import that was cut off goes on
    /// where it was.
    Import(ImportArgs),
    /// Delete all messages of a dead-letter queue for good
    Purge(PurgeArgs),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 shown · 1 shown in part: SQS lets no more messages be hidden, or it was interrupted · 2 failed: arguments, no such queue, or SQS refused"
)]
pub(super) struct ListArgs {
    /// The dead-letter queue: its name, URL or ARN, or its logical id in the template
    pub(super) queue: Option<String>,
    /// Look at no more messages than this
    #[arg(long, value_name = "N", default_value = "10000")]
    pub(super) limit: NonZeroU32,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 shown · 1 shown in part: SQS lets no more messages be hidden, or it was interrupted · 2 failed: arguments, no such queue or message, or SQS refused"
)]
pub(super) struct ShowArgs {
    /// The dead-letter queue: its name, URL or ARN, or its logical id in the template
    pub(super) queue: String,
    /// Show bodies and values of attributes
    #[arg(long)]
    pub(super) body: bool,
    /// Show no more messages than this
    #[arg(long, value_name = "N", default_value = "10")]
    pub(super) limit: NonZeroU32,
    #[command(flatten)]
    pub(super) selection: SelectionArgs,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all that was asked for is moved · 1 a part: messages that were asked for are where they were, or in both queues, or a move task goes on · 2 failed: arguments, no such queue, no one destination, or SQS refused; what was moved before is told"
)]
pub(super) struct RedriveArgs {
    /// The dead-letter queue: its name, URL or ARN, or its logical id in the template
    pub(super) queue: String,
    /// Where to [default: the queue that each message failed in]
    #[arg(long, value_name = "QUEUE")]
    pub(super) to: Option<String>,
    /// Messages a second, at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=500))]
    pub(super) rate: Option<u32>,
    /// Move no more messages than this
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<NonZeroU32>,
    /// Only say what would be moved; looking at messages is a receive, as with `list`
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Cancel the move task that runs on the queue; what it moved stays moved
    #[arg(long, conflicts_with_all = ["to", "rate", "limit", "dry_run", "SelectionArgs"])]
    pub(super) cancel: bool,
    #[command(flatten)]
    pub(super) selection: SelectionArgs,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all that was asked for is in the file · 1 a part: messages that were asked for are not in the file, or in both places · 2 failed: arguments, the file, no such queue, or SQS refused"
)]
pub(super) struct ExportArgs {
    /// The dead-letter queue: its name, URL or ARN, or its logical id in the template
    pub(super) queue: String,
    /// The file, one message a line
    pub(super) file: PathBuf,
    /// Delete what is safely in the file
    #[arg(long)]
    pub(super) delete: bool,
    /// Go on with a file that is there; messages that are in it are not written again
    #[arg(long)]
    pub(super) append: bool,
    /// Export no more messages than this
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<NonZeroU32>,
    #[command(flatten)]
    pub(super) selection: SelectionArgs,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all lines are sent · 1 a part: the same command goes on where it was · 2 failed: arguments, the file, no such queue, or SQS refused"
)]
pub(super) struct ImportArgs {
    /// The file that `dlq export` wrote
    pub(super) file: PathBuf,
    /// The queue to send to: its name, URL or ARN, or its logical id in the template
    #[arg(long, value_name = "QUEUE")]
    pub(super) to: String,
    /// Messages a second, at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=500))]
    pub(super) rate: Option<u32>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 purged · 2 nothing was purged: no dead-letter queue, not confirmed, or SQS refused"
)]
pub(super) struct PurgeArgs {
    /// The dead-letter queue: its name, URL or ARN, or its logical id in the template
    pub(super) queue: String,
    /// Do not ask
    #[arg(long)]
    pub(super) yes: bool,
}

/// Which messages; those that all of these are true of.
#[derive(Debug, Default, Args)]
#[group(multiple = true)]
pub(super) struct SelectionArgs {
    /// Only messages whose error type or reason, as `list` shows them, contains this text
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// Only the message of this id, in this queue or where it failed; may be given several times
    #[arg(long = "id", value_name = "ID")]
    pub(super) ids: Vec<String>,
    /// Only messages sent longer ago than this: 90s, 15m, 2h, 3d
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub(super) older_than: Option<Duration>,
    /// Only messages sent less long ago than this
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub(super) newer_than: Option<Duration>,
}

fn age(text: &str) -> Result<Duration, String> {
    let help = || "write a number and a unit: 90s, 15m, 2h or 3d".to_owned();
    let (number, unit) = text
        .split_at_checked(text.len().saturating_sub(1))
        .ok_or_else(help)?;
    let number: u32 = number.parse().map_err(|_| help())?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(help()),
    };
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_a_unit() {
        assert_eq!(age("15m"), Ok(Duration::from_secs(900)));
        assert_eq!(age("3d"), Ok(Duration::from_secs(259_200)));
        for wrong in ["", "5", "h", "-1s", "1w", "1 h", "5µ"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }
}
