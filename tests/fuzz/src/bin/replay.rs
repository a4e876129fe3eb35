//! `replay TARGET [FILE…]`: inputs again, such as a fuzzer's finding; without files, the corpus and what comes of it.

use std::path::PathBuf;
use std::process::ExitCode;

use lambda_queue_fuzz::{Target, mutation};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let Some(target) = Target::named(&name) else {
        eprintln!("error: no target is named {name:?}");
        return ExitCode::from(2);
    };
    let files: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    let done = match files.as_slice() {
        [] => replay_corpus(&target),
        files => replay(&target, files).map(drop),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn replay(target: &Target, files: &[PathBuf]) -> std::io::Result<Vec<Vec<u8>>> {
    let mut inputs = Vec::new();
    for file in files {
        let input = std::fs::read(file)?;
        // The last line before a panic is the input at fault.
        eprintln!("{}", file.display());
        (target.check)(&input);
        inputs.push(input);
    }
    Ok(inputs)
}

fn replay_corpus(target: &Target) -> std::io::Result<()> {
    let inputs = replay(target, &target.corpus()?)?;
    for (number, input) in mutation::of(&inputs).take(target.tries).enumerate() {
        let checked = std::panic::catch_unwind(|| (target.check)(&input));
        if let Err(panic) = checked {
            let file = std::env::temp_dir().join(format!("{}-{number}", target.name));
            std::fs::write(&file, &input)?;
            eprintln!("the input at fault is {}", file.display());
            std::panic::resume_unwind(panic);
        }
    }
    Ok(())
}
