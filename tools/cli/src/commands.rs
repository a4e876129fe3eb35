//! What each command does, from arguments to output and exit code.

use std::io::Write;
use std::path::PathBuf;

use anstyle::AnsiColor;

use crate::args::{Cli, Command, InvokeArgs, Local, Output, RunArgs, SendArgs, ServeArgs, Source};
use crate::check::{self, CheckArgs};
use crate::completions::completions;
use crate::cost;
use crate::dlq;
use crate::error::Error;
use crate::local::{self, Invoke, invoke, serve};
use crate::new::{NewArgs, new};
use crate::plan;
use crate::report;
use crate::send::{Content, Send, send};
use crate::template::{Outline, Template};

/// Runs a command and tells its exit code; errors are shown as one line.
pub async fn run(cli: Cli) -> u8 {
    let done = match cli.command {
        Command::Local(args) => match args.command {
            None => run_local(args.run).await,
            Some(Local::Invoke(args)) => run_invoke(args).await,
            Some(Local::Serve(args)) => run_serve(args).await,
        },
        Command::Send(args) => run_send(args).await,
        Command::Check(args) => run_check(args).await,
        Command::Dlq(args) => dlq::run(args).await,
        Command::New(args) => run_new(&args),
        Command::Completions(args) => print(&completions(&args)).map(|()| 0),
        Command::Cost(args) => cost::run(&args),
        Command::Plan(args) => plan::run(&args),
    };
    done.unwrap_or_else(|error| {
        show_error(&error);
        error.exit_code()
    })
}

async fn run_local(args: RunArgs) -> Result<u8, Error> {
    let template = load(&args.source)?;
    for it in template.left_out()? {
        warn(&template.error_at(it.line, it.why));
    }
    let data = args.endpoint.data;
    let run = local::Run {
        port: args.endpoint.port,
        data: data.clone(),
        release: args.process.release,
        logs: args.process.logs,
        given: args.process.given,
        watch: args.watch,
        events: args.events,
        until_idle: args.until_idle,
        elsewhere: args.functions,
        calls: args.calls,
        faults: args.chaos.unwrap_or_default(),
        seed: args.seed,
        ..local::Run::of(template)
    };
    let summary = local::run(run, |stack, planned| {
        let text = report::running(stack, planned, data.as_deref())?;
        match args.output {
            Output::Human => print(&text),
            // The standard output is for the document.
            Output::Json => {
                anstream::eprint!("{text}");
                Ok(())
            }
        }
    })
    .await?;
    let expected = args.expect_dead_letters;
    print(&match args.output {
        Output::Human => report::summary(&summary, expected),
        Output::Json => report::summary_json(&summary),
    })?;
    let unexpected = summary.dead_lettered() > expected;
    Ok(u8::from(args.until_idle && unexpected))
}

async fn run_invoke(args: InvokeArgs) -> Result<u8, Error> {
    let report = invoke(Invoke {
        template: load(&args.source)?,
        function: args.function,
        event: args.event,
        repeat: args.repeat,
        release: args.process.release,
        logs: args.process.logs,
        given: args.process.given,
    })
    .await?;
    print(&match args.output {
        Output::Human => report::human(&report),
        Output::Json => report::json(&report),
    })?;
    Ok(match report.failure() {
        Some(failure) => {
            show_error(&format_args!("{}: {failure}", report.function));
            1
        }
        None => 0,
    })
}

async fn run_serve(args: ServeArgs) -> Result<u8, Error> {
    let template = load(&args.source)?;
    let data = args.endpoint.data.as_deref();
    serve(template, args.endpoint.port, data, |stack| {
        print(&report::served(stack, data)?)
    })
    .await?;
    Ok(0)
}

async fn run_send(args: SendArgs) -> Result<u8, Error> {
    let given = Content::of(args.content.body, args.content.file)?;
    let events = args.content.events.map(Content::Events);
    // The arguments are checked to hold one of them.
    let content = given.or(events).unwrap_or(Content::Body(String::new()));
    let sent = send(Send {
        endpoint: args.endpoint,
        queue: args.queue,
        content,
        count: usize::try_from(args.count).unwrap_or(usize::MAX),
        group: args.group,
    })
    .await?;
    let count = report::plural(sent.messages, "message");
    print(&format!("{count} sent to {}\n", sent.queue))?;
    Ok(0)
}

async fn run_check(args: CheckArgs) -> Result<u8, Error> {
    let (text, code) = check::run(&args).await?;
    print(&text)?;
    Ok(code)
}

fn run_new(args: &NewArgs) -> Result<u8, Error> {
    match &args.template {
        Some(path) => new(args, path),
        None => new(args, &find_template()?),
    }
}

/// The template that was named, or the one that is found.
pub(crate) fn template_path(source: &Source) -> Result<PathBuf, Error> {
    match &source.template {
        Some(path) => Ok(path.clone()),
        None => find_template(),
    }
}

pub(crate) fn load(source: &Source) -> Result<Template, Error> {
    let path = template_path(source)?;
    let template = Template::load(&path, &source.stack_name)?;
    Ok(template.with_parameters(source.parameters.iter().cloned())?)
}

/// The template of any origin, as far as it is known here.
pub(crate) fn outline(source: &Source) -> Result<Outline, Error> {
    let path = template_path(source)?;
    Ok(Outline::load(
        &path,
        &source.stack_name,
        &source.parameters,
    )?)
}

/// As cargo does for its manifest, so that commands work from any folder of the project.
fn find_template() -> Result<PathBuf, Error> {
    let here = std::env::current_dir()?;
    let candidates = here.ancestors().map(|folder| folder.join("template.yaml"));
    let found = candidates.into_iter().find(|it| it.is_file());
    match found {
        // Shorter in messages.
        Some(path) if path.parent() == Some(&here) => Ok("template.yaml".into()),
        Some(path) => Ok(path),
        None => Err(Error::NoTemplate(here)),
    }
}

pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut out = anstream::stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Says something that is no answer.
pub(crate) fn warn(warning: &dyn std::fmt::Display) {
    let yellow = AnsiColor::Yellow.on_default().bold();
    anstream::eprintln!("{yellow}warning:{yellow:#} {warning}");
}

fn show_error(error: &dyn std::fmt::Display) {
    let red = AnsiColor::Red.on_default().bold();
    anstream::eprintln!("{red}error:{red:#} {error}");
}
