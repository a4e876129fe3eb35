//! The arguments of `lambda-queue check`.

use clap::{Args, ValueEnum};

use crate::args::Source;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 no errors (with --deny warnings, no warnings either) · 1 findings · 2 the template or the stack cannot be read"
)]
pub(crate) struct CheckArgs {
    /// Check a deployed stack, with the credentials and Region of your environment
    ///
    /// Reads the stack's resources as they are now, which may not be as its template says. Needs
    /// a build with the feature `aws`.
    #[arg(long, value_name = "STACK", conflicts_with = "template")]
    pub(crate) aws: Option<String>,
    /// How to print what was found
    #[arg(short, long, value_enum, default_value_t = Format::Human)]
    pub(crate) output: Format,
    /// Let findings of this severity fail the check, as errors do
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) deny: Option<Deny>,
    /// Also say what could not be judged, and what was suppressed
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Explain a rule, with an example; without one, list them all
    #[arg(long, value_name = "RULE", num_args = 0..=1, default_missing_value = "")]
    pub(crate) explain: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Warnings
    Warnings,
}
