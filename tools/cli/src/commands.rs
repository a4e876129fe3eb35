//! What each command does, from arguments to output and exit code.

use std::io::Write;
use std::path::PathBuf;

use anstyle::AnsiColor;

use crate::args::{Cli, Command, InvokeArgs, Local, Output, RunArgs, SendArgs, ServeArgs, Source};
use crate::demo::demo;
use crate::error::Error;
use crate::local::{self, Invoke, invoke, serve};
use crate::report;
use crate::send::{Content, Send, send};
use crate::template::Template;

/// Runs a command and tells its exit code; errors are shown as one line.
pub async fn run(cli: Cli) -> u8 {
    let done = match cli.command {
        Command::Local(args) => match args.command {
            None => run_local(args.run).await,
            Some(Local::Invoke(args)) => run_invoke(args).await,
            Some(Local::Serve(args)) => run_serve(args).await,
        },
        Command::Send(args) => run_send(args).await,
        Command::Demo(source) => run_demo(&source).await,
    };
    done.unwrap_or_else(|error| {
        show_error(&error);
        error.exit_code()
    })
}

async fn run_local(args: RunArgs) -> Result<u8, Error> {
    let run = local::Run {
        template: load(&args.source)?,
        port: args.port,
        data: args.data.clone(),
        release: args.release,
        watch: args.watch,
        logs: args.logs,
        events: args.events,
        elsewhere: args.functions,
        until_idle: args.until_idle,
        faults: args.chaos.unwrap_or_default(),
        seed: args.seed,
    };
    let data = args.data.as_deref();
    let summary = local::run(run, |stack, planned| {
        print(&report::running(stack, planned, data)?)
    })
    .await?;
    print(&report::summary(&summary, args.expect_dead_letters))?;
    let unexpected = summary.dead_lettered() > args.expect_dead_letters;
    Ok(u8::from(args.until_idle && unexpected))
}

async fn run_invoke(args: InvokeArgs) -> Result<u8, Error> {
    let report = invoke(Invoke {
        template: load(&args.source)?,
        function: args.function,
        event: args.event,
        repeat: args.repeat,
        release: args.release,
        logs: args.logs,
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
    let data = args.data.as_deref();
    serve(template, args.port, data, |stack| {
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

async fn run_demo(source: &Source) -> Result<u8, Error> {
    let template = load(source)?;
    let events = template.folder().join("events");
    let demo = demo(template, &events).await?;
    print(&demo.render())?;
    Ok(u8::from(!demo.all_replayed()))
}

fn load(source: &Source) -> Result<Template, Error> {
    let path = match &source.template {
        Some(path) => path.clone(),
        None => find_template()?,
    };
    let template = Template::load(&path, &source.stack_name)?;
    Ok(template.with_parameters(source.parameters.iter().cloned())?)
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

fn print(text: &str) -> Result<(), Error> {
    let mut out = anstream::stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

fn show_error(error: &dyn std::fmt::Display) {
    let red = AnsiColor::Red.on_default().bold();
    anstream::eprintln!("{red}error:{red:#} {error}");
}
