//! The real command, killed at each of its requests: before it is carried out, and after, when
//! nobody hears the answer.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use crate::world::{World, dlq};

/// Killed at once, in the middle of everything.
#[derive(Clone, Copy, Debug)]
struct Kill {
    /// Which request, from 1.
    at: usize,
    carried_out: bool,
}

/// Runs a command through a proxy; says whether it was killed rather than done.
fn killed(world: &World, arguments: &[&str], kill: Kill) -> bool {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let upstream = world.address().to_owned();
    let (tell, told) = channel();
    let count = Arc::new(AtomicUsize::new(0));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (upstream, tell, count) = (upstream.clone(), tell.clone(), Arc::clone(&count));
            std::thread::spawn(move || pass(stream.unwrap(), &upstream, kill, &count, &tell));
        }
    });
    let mut command = dlq(&endpoint, arguments);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    loop {
        if told.recv_timeout(Duration::from_millis(10)).is_ok() {
            // SIGKILL
            child.kill().unwrap();
            child.wait().unwrap();
            return true;
        }
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{arguments:?} {kill:?}: {status}");
            return false;
        }
    }
}

fn pass(stream: TcpStream, upstream: &str, kill: Kill, count: &AtomicUsize, tell: &Sender<()>) {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        if line == "\r\n" {
            break;
        }
        let lower = line.to_lowercase();
        match lower.strip_prefix("content-length:") {
            Some(value) => length = value.trim().parse().unwrap(),
            None if lower.starts_with("connection:") => continue,
            None => {}
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let number = count.fetch_add(1, Ordering::SeqCst) + 1;
    if number > kill.at || (number == kill.at && !kill.carried_out) {
        let _ = tell.send(());
        return hold(&reader);
    }
    let mut to = TcpStream::connect(upstream).unwrap();
    to.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())
        .unwrap();
    to.write_all(&body).unwrap();
    let mut answer = Vec::new();
    to.read_to_end(&mut answer).unwrap();
    if number == kill.at {
        let _ = tell.send(());
        return hold(&reader);
    }
    let _ = reader.get_mut().write_all(&answer);
}

/// Without an answer, until the other side is gone: a closed connection would be tried again.
fn hold(reader: &BufReader<TcpStream>) {
    let mut stream = reader.get_ref();
    let _ = stream.read(&mut [0]);
}

/// Kills at the first request, the second and so on, until a run gets through.
fn at_every_request(run: impl Fn(Kill) -> bool + Sync) -> usize {
    const SIDE_BY_SIDE: usize = 4;
    let mut first = 1;
    loop {
        let run = &run;
        let through = std::thread::scope(|scope| {
            let runs: Vec<_> = (first..first + SIDE_BY_SIDE)
                .flat_map(|at| [false, true].map(|carried_out| Kill { at, carried_out }))
                .map(|kill| scope.spawn(move || !run(kill)))
                .collect();
            runs.into_iter()
                .filter_map(|it| it.join().unwrap().then_some(()))
                .count()
        });
        first += SIDE_BY_SIDE;
        if through > 0 {
            return first;
        }
    }
}

fn is_in(bodies: impl IntoIterator<Item = String>, count: usize) {
    let bodies: BTreeSet<_> = bodies.into_iter().collect();
    let expected: BTreeSet<_> = (0..count).map(|it| format!("m{it:02}")).collect();
    assert_eq!(bodies, expected);
}

fn filled(world: &World, name: &str, count: usize) -> (String, String) {
    let (source, dead) = world.queues(name);
    for number in 0..count {
        world.dead_letter(&dead, &format!("m{number:02}"), &source, "why");
    }
    (source, dead)
}

fn filled_fifo(world: &World, name: &str) -> (String, String) {
    let (source, dead) = world.queues(name);
    for number in 0..3 {
        for group in ["a", "b"] {
            world.ordered(&dead, group, &format!("{group}{number}"));
        }
    }
    (source, dead)
}

fn in_order_and_once(world: &World, queue: &str) {
    let bodies = world.bodies(queue);
    for group in ["a", "b"] {
        let of_group: Vec<_> = bodies.iter().filter(|it| it.starts_with(group)).collect();
        let expected = [0, 1, 2].map(|it| format!("{group}{it}"));
        assert_eq!(of_group, expected.iter().collect::<Vec<_>>(), "{bodies:?}");
    }
}

fn lines(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let body = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["body"].as_str().unwrap().to_owned()
    };
    text.split_inclusive('\n')
        .filter(|it| it.ends_with('\n'))
        .map(body)
        .collect()
}

#[test]
fn a_redrive_that_is_killed_leaves_every_message_in_a_queue() {
    let world = World::new();
    let requests = at_every_request(|kill| {
        let name = format!("jobs-{}-{}", kill.at, kill.carried_out);
        let (source, dead) = filled(&world, &name, 45);
        let killed = killed(
            &world,
            &["redrive", &dead, "--reason", "why", "--limit", "99"],
            kill,
        );
        // The task may be under way: what it moves meanwhile is seen twice rather than not at all.
        is_in([world.bodies(&dead), world.bodies(&source)].concat(), 45);
        killed
    });
    assert!(requests > 8, "there is something to kill");
}

#[test]
fn a_redrive_of_several_queues_that_is_killed_leaves_every_message_in_one_of_them() {
    let world = World::new();
    let requests = at_every_request(|kill| {
        let name = format!("jobs-{}-{}", kill.at, kill.carried_out);
        let (one, dead) = world.queues(&name);
        let other = format!("{name}-other");
        world.feeds(&other, &dead);
        for number in 0..45 {
            let source = if number % 2 == 0 { &one } else { &other };
            world.dead_letter(&dead, &format!("m{number:02}"), source, "why");
        }
        let redrive = ["redrive", &dead, "--hide", "2"];
        let killed = killed(&world, &redrive, kill);
        let all = || [&one, &other, &dead].map(|it| world.bodies(it)).concat();
        is_in(all(), 45);
        while !world.bodies(&dead).is_empty() {
            world.done(&redrive);
        }
        is_in(all(), 45);
        for (queue, rest) in [(&one, 0), (&other, 1)] {
            let bodies = world.bodies(queue);
            let is_own = |it: &String| it[1..].parse::<usize>().unwrap() % 2 == rest;
            assert!(
                bodies.iter().all(is_own),
                "each is where it failed: {bodies:?}"
            );
        }
        killed
    });
    assert!(requests > 8, "there is something to kill");
}

/// SQS moves the messages: nothing depends on the command, which follows the same task again.
#[test]
fn a_move_task_outlives_the_command_that_started_it() {
    let world = World::new();
    let requests = at_every_request(|kill| {
        let name = format!("moved-{}-{}", kill.at, kill.carried_out);
        let (source, dead) = filled(&world, &name, 45);
        let redrive = ["redrive", &dead];
        let killed = killed(&world, &redrive, kill);
        // The task may be under way: what it moves meanwhile is seen twice rather than not at all.
        is_in([world.bodies(&dead), world.bodies(&source)].concat(), 45);
        world.done(&redrive);
        let bodies = world.bodies(&source);
        assert_eq!(bodies.len(), 45, "each is moved once");
        is_in(bodies, 45);
        killed
    });
    assert!(requests > 4, "there is something to kill");
}

#[test]
fn a_fifo_redrive_that_is_killed_and_run_again_keeps_order_and_doubles_nothing() {
    let world = World::new();
    at_every_request(|kill| {
        let name = format!("orders-{}-{}.fifo", kill.at, kill.carried_out);
        let (source, dead) = filled_fifo(&world, &name);
        let redrive = ["redrive", &dead, "--limit", "99", "--hide", "2"];
        let killed = killed(&world, &redrive, kill);
        while !world.bodies(&dead).is_empty() {
            world.done(&redrive);
        }
        in_order_and_once(&world, &source);
        killed
    });
}

#[test]
fn an_export_that_is_killed_leaves_every_message_in_the_queue_or_the_file() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    at_every_request(|kill| {
        let name = format!("jobs-{}-{}", kill.at, kill.carried_out);
        let file = folder.path().join(&name);
        let (_, dead) = filled(&world, &name, 25);
        let path = file.to_str().unwrap();
        let export = ["export", &dead, path, "--append", "--delete", "--hide", "2"];
        let killed = killed(&world, &export, kill);
        is_in([lines(&file), world.bodies(&dead)].concat(), 25);
        while !world.bodies(&dead).is_empty() {
            world.done(&export);
        }
        let lines = lines(&file);
        assert_eq!(lines.len(), 25, "each is written once");
        is_in(lines, 25);
        killed
    });
}

#[test]
fn an_import_that_is_killed_goes_on_where_it_was() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let (_, dead) = filled_fifo(&world, "exported.fifo");
    let exported = folder.path().join("exported");
    world.done(&["export", &dead, exported.to_str().unwrap()]);
    at_every_request(|kill| {
        let name = format!("import-{}-{}.fifo", kill.at, kill.carried_out);
        let file = folder.path().join(&name);
        std::fs::copy(&exported, &file).unwrap();
        world.create(&name, &serde_json::json!({}));
        let import = ["import", file.to_str().unwrap(), "--to", &name];
        let killed = killed(&world, &import, kill);
        world.done(&import);
        in_order_and_once(&world, &name);
        killed
    });
}
