//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::check::CheckArgs;
use crate::completions::CompletionsArgs;
use crate::cost::CostArgs;
use crate::dlq::DlqArgs;
use crate::local::LogLevel;
use crate::local::chaos::Faults;
use crate::local::elsewhere::Elsewhere;
use crate::local::environment::Given;
use crate::new::NewArgs;
use crate::plan::PlanArgs;

/// SQS-fed Lambda functions on one machine
#[derive(Debug, Parser)]
#[command(name = "lambda-queue", version, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 done · 1 done in part, or what came of it is bad: a function failed, dead letters, findings · 2 failed: arguments, files, this machine, or nobody answers. Each command's --help says more"
)]
pub struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the template's queues, functions and tables on this machine
    ///
    /// Serves the template's queues, tables and buckets at a local address, builds the functions
    /// that have SQS events, and feeds them as Lambda does: batches, retries, dead letters. Any
    /// AWS SDK or the AWS CLI works with AWS_ENDPOINT_URL set to that address.
    Local(LocalArgs),
    /// Put messages into a queue of the local environment
    ///
    /// The queue may be given by its name, URL or ARN, or by its logical id in the template.
    Send(SendArgs),
    /// Find what loses messages or money in a SAM or CloudFormation template
    ///
    /// Any template, YAML or JSON. What depends on values that the template does not hold is not
    /// judged; --verbose says what that is. A finding that is meant so is suppressed in the
    /// template, with a reason:
    /// `Metadata: {lambda-queue: {suppress: [{rule: RULE, reason: WHY}]}}`, on the resource or the
    /// whole.
    Check(CheckArgs),
    /// Look at dead letters, and bring them back
    ///
    /// Works on AWS with the usual AWS_* variables, and on any other endpoint with
    /// AWS_ENDPOINT_URL. Ended at any moment, even by kill -9, it loses nothing.
    Dlq(DlqArgs),
    /// Add a function with its queue to the workspace and the template
    ///
    /// Writes a package that compiles and passes its test, event files, and the resources: queue,
    /// dead-letter queue, alarms and permissions. If something of the name is there, or the
    /// template or the workspace is not understood, nothing is changed.
    New(NewArgs),
    /// Print what a shell completes this command with
    ///
    /// For bash: `source <(lambda-queue completions bash)` in ~/.bashrc. For zsh, the output is a file
    /// `_lambda-queue` in a folder of $fpath; for fish, ~/.config/fish/completions/lambda-queue.fish.
    Completions(CompletionsArgs),
    /// Tell what a month of messages costs, line by line, and what would save most
    ///
    /// Reads the template and counts what AWS bills for the given messages: SQS requests, Lambda,
    /// the writes of the idempotency records, KMS, logs and alarms. Nothing is looked up: prices
    /// come from a file inside of the command, or from yours.
    Cost(CostArgs),
    /// Simulate a load on the template's queues and functions, in virtual time
    ///
    /// Runs the rules of SQS and of Lambda's event source mapping over hours of messages within
    /// seconds, and tells concurrency, backlog, the age of the oldest message, dead letters, the
    /// quotas of AWS that are hit first, and which settings would suit the load.
    Plan(PlanArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Local {
    /// Deliver an event file to a function and show what became of each message
    ///
    /// Builds the function's real binary, serves it the Lambda Runtime API and an empty copy of
    /// the template's tables, and delivers the event. Variables about queues are left out of the
    /// function's environment: there is no queue behind an event file.
    ///
    /// The function sees none of your AWS_* variables or profiles, so that it cannot reach a real
    /// account.
    Invoke(InvokeArgs),
    /// Serve the template's queues, tables and buckets at a local address until Ctrl-C
    ///
    /// Any AWS SDK or the AWS CLI works with AWS_ENDPOINT_URL set to that address. Only programs
    /// on this machine can reach it.
    Serve(ServeArgs),
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(
    after_help = "Exit codes: 0 ended, by Ctrl-C or --until-idle · 1 a function does not start, or with --until-idle more dead letters than --expect-dead-letters · 2 nothing runs: arguments, template, event files, build, port or --data"
)]
pub(crate) struct LocalArgs {
    #[command(subcommand)]
    pub(crate) command: Option<Local>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
    /// Send the messages of the event files `sqs-<function>-<scenario>.json` in this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) events: Option<PathBuf>,
    /// End once something was sent and all of it is completed or dead-lettered
    #[arg(long)]
    pub(crate) until_idle: bool,
    /// How many dead letters are no failure
    #[arg(long, value_name = "N", default_value_t = 0, requires = "until_idle")]
    pub(crate) expect_dead_letters: u64,
    /// Build functions again when their sources change, and give the next event to the new binary
    #[arg(long)]
    pub(crate) watch: bool,
    /// Leave a function to whoever serves it at this address; may be given several times
    ///
    /// It is invoked there as Lambda's API would invoke it: by `cargo lambda watch`, or by a
    /// debugger under its `--only-lambda-apis`. NAME is its logical id or its binary.
    #[arg(long = "function", value_name = "NAME=URL")]
    pub(crate) functions: Vec<Elsewhere>,
    /// Let things go wrong: FAULT=SHARE, with shares from 0 to 1, separated by commas
    ///
    /// duplicate: of the messages received from a standard queue, this share is delivered once
    /// more. reorder: of the receives from a standard queue, this share is out of order.
    /// throttle: of the requests for items of DynamoDB's tables, this share is refused. kill: of
    /// the invocations, this share has its process killed.
    #[arg(long, value_name = "FAULT=SHARE,…")]
    pub(crate) chaos: Option<Faults>,
    /// Decides what --chaos hits; the same number makes the same decisions [default: any]
    #[arg(long, value_name = "N", requires = "chaos")]
    pub(crate) seed: Option<u64>,
    /// Tell which actions functions called, and on what, as IAM policies name both
    ///
    /// Of DynamoDB, SQS and S3. It is what their policies have to allow; what they need only when
    /// something goes wrong shows up once it has.
    #[arg(long)]
    pub(crate) calls: bool,
    /// How to print what it came to; json is one document, alone on the standard output
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) process: ProcessArgs,
    #[command(flatten)]
    pub(crate) source: Source,
}

/// Where the services answer, and what stays.
#[derive(Debug, Args)]
pub(crate) struct EndpointArgs {
    /// The port on 127.0.0.1; 0 takes any free one
    #[arg(short, long, default_value_t = 4566)]
    pub(crate) port: u16,
    /// Keep tables, buckets and queues with their messages in this folder over restarts
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

/// How functions are built and heard.
#[derive(Debug, Args)]
pub(crate) struct ProcessArgs {
    /// Build the functions with optimisations
    #[arg(long)]
    pub(crate) release: bool,
    /// How much of the functions' logs to show on the standard error
    #[arg(long, value_enum, default_value_t = LogLevel::Default)]
    pub(crate) logs: LogLevel,
    /// Let functions see a variable of this shell, or one with this value; may be given several
    /// times
    ///
    /// They see Lambda's variables and the template's, and nothing else of yours but what it takes
    /// to run them: what is not in the template is not there on AWS either.
    #[arg(long = "env", value_name = "NAME[=VALUE]")]
    pub(crate) given: Vec<Given>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 delivered; batch item failures are an answer, not a failure · 1 the function failed: an error, a crash, a timeout, an answer that is not JSON · 2 the function was not reached: arguments, template, event file, build, port"
)]
pub(crate) struct InvokeArgs {
    /// The function's logical id in the template, or its binary (`ingestion`)
    pub(crate) function: String,
    /// The event, as Lambda would deliver it
    #[arg(short, long, value_name = "FILE")]
    pub(crate) event: PathBuf,
    /// Deliver the event this many times, to the same process and tables; a function error ends it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) repeat: u32,
    /// How to print what came of it; json is one document per delivery, each on a line
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) process: ProcessArgs,
    #[command(flatten)]
    pub(crate) source: Source,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 ended by Ctrl-C · 2 nothing is served: arguments, template, port or --data"
)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) endpoint: EndpointArgs,
    #[command(flatten)]
    pub(crate) source: Source,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all messages are in the queue · 2 failed: arguments, files, nobody answers, or SQS refuses a message; the error says how many were sent before"
)]
pub(crate) struct SendArgs {
    /// The queue
    pub(crate) queue: String,
    #[command(flatten)]
    pub(crate) content: ContentArgs,
    /// Send each message this many times; {{n}} in a body is the number of the copy, from 1
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) count: u32,
    /// The message group, for messages that have none of their own
    #[arg(long, value_name = "GROUP")]
    pub(crate) group: Option<String>,
    /// The address of the local environment
    #[arg(
        long,
        value_name = "URL",
        env = "AWS_ENDPOINT_URL",
        default_value = "http://127.0.0.1:4566"
    )]
    pub(crate) endpoint: String,
}

/// What to send: one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct ContentArgs {
    /// The message's body
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) body: Option<String>,
    /// A file with the message's body; - is the standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The messages of an event file, or those of a folder of event files that are for this queue
    #[arg(long, value_name = "PATH")]
    pub(crate) events: Option<PathBuf>,
}

/// Where the stack is described.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// The SAM template [default: template.yaml, here or in a folder above]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) template: Option<PathBuf>,
    /// The stack's name, which the names of tables and functions begin with
    #[arg(long, value_name = "NAME", default_value = "lambda-queue")]
    pub(crate) stack_name: String,
    /// The value of a template parameter; may be given several times
    #[arg(long = "parameter", value_name = "KEY=VALUE", value_parser = parameter)]
    pub(crate) parameters: Vec<(String, String)>,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write KEY=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    Human,
    /// For programs
    Json,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// What has no help, by the way to it.
    fn without_help(command: &clap::Command, way: &str) -> Vec<String> {
        let way = format!("{way} {}", command.get_name());
        let arguments = command.get_arguments().filter(|it| it.get_help().is_none());
        let mut missing: Vec<_> = arguments
            .map(|it| format!("{way} {}", it.get_id()))
            .collect();
        if command.get_about().is_none() {
            missing.push(way.clone());
        }
        let below = command.get_subcommands();
        missing.extend(below.flat_map(|it| without_help(it, &way)));
        missing
    }

    /// Commands whose help says nothing of exit codes, by the way to them.
    fn without_exit_codes(command: &clap::Command, way: &str) -> Vec<String> {
        let way = format!("{way} {}", command.get_name());
        let said = command.get_after_help().map(ToString::to_string);
        let codes = said.is_some_and(|it| {
            it.starts_with("Exit codes") && it.contains("0 ") && it.contains("· 2 ")
        });
        let mut missing: Vec<_> = (!codes).then(|| way.clone()).into_iter().collect();
        let below = command.get_subcommands();
        missing.extend(below.flat_map(|it| without_exit_codes(it, &way)));
        missing
    }

    #[test]
    fn every_command_and_argument_has_help() {
        let command = Cli::command();
        command.clone().debug_assert();
        assert_eq!(without_help(&command, ""), [""; 0]);
        assert_eq!(without_exit_codes(&command, ""), [""; 0]);
    }

    #[test]
    fn every_command_is_in_the_readme_s_table_of_exit_codes() {
        let readme = include_str!("../README.md");
        let (_, section) = readme.split_once("## Exit codes").unwrap_or_default();
        let (section, _) = section.split_once("\n## ").unwrap_or((section, ""));
        for command in Cli::command().get_subcommands() {
            let row = format!("`{}", command.get_name());
            assert!(section.contains(&row), "{row}");
        }
    }
}
