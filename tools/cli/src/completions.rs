//! `completions`: what shells complete the command line with.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::args::Cli;

#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 printed · 2 not printed: arguments, or the standard output")]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: Shell,
}

/// The shell's script.
pub(crate) fn completions(args: &CompletionsArgs) -> String {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "lambda-queue", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use clap::ValueEnum;

    use super::*;

    /// Whether a shell that is here understands a script; `None` where it is not.
    fn understands(shell: &str, script: &str) -> Option<bool> {
        let mut file = tempfile::NamedTempFile::new().ok()?;
        file.write_all(script.as_bytes()).ok()?;
        let mut command = std::process::Command::new(shell);
        let status = command.arg("-n").arg(file.path()).status().ok()?;
        Some(status.success())
    }

    #[test]
    fn shells_that_are_here_understand_their_scripts() {
        for (shell, name) in [
            (Shell::Bash, "bash"),
            (Shell::Zsh, "zsh"),
            (Shell::Fish, "fish"),
        ] {
            let script = completions(&CompletionsArgs { shell });
            assert_ne!(understands(name, &script), Some(false), "{name}");
            assert_ne!(understands(name, "case x in ("), Some(true), "{name}");
        }
    }

    #[test]
    fn every_shell_knows_the_commands() {
        for shell in Shell::value_variants() {
            let script = completions(&CompletionsArgs { shell: *shell });
            for command in ["local", "send", "redrive", "completions"] {
                assert!(script.contains(command), "{shell}: {command}");
            }
        }
    }
}
