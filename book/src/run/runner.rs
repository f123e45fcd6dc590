//! One run for one page: started, passed on as it writes, ended by whichever comes first.

use std::collections::HashMap;
use std::io::Read;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use lesson::Language;
use tempfile::NamedTempFile;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::{Instant, timeout};

use super::catalogue::{Catalogue, Program};
use super::event::{Ending, Event};
use super::freshness::{self, Freshness};
use super::supervisor::Report;
use crate::{secret, timeline};

/// What bounds the runs of all pages together, and each of them.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many run at the same time.
    pub runs: usize,
    /// How long one may take.
    pub time: Duration,
    /// How many bytes one may write.
    pub bytes: usize,
}

impl Default for Limits {
    /// One at a time: two that measure would spoil each other's figures.
    fn default() -> Self {
        Self { runs: 1, time: Duration::from_secs(60), bytes: 1 << 20 }
    }
}

/// How much of a timeline's events is read: more than any program of this book writes.
const MOST_EVENTS: u64 = 8 << 20;
/// How long the supervisor may take to kill and reap, before its end is not waited for any more.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a run was not begun.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The book shows no such program.
    Unknown,
    /// As many as may run are running.
    Busy,
}

/// Runs programs of the catalogue.
#[derive(Debug)]
pub struct Runner {
    /// The book's own binary: it is its own supervisor.
    tool: PathBuf,
    catalogue: Catalogue,
    limits: Limits,
    fresh: watch::Receiver<Freshness>,
    slots: Arc<Semaphore>,
    running: Mutex<HashMap<String, Arc<Notify>>>,
}

impl Runner {
    /// A runner whose supervisors are `tool supervise`.
    pub fn new(
        tool: PathBuf,
        catalogue: Catalogue,
        limits: Limits,
        fresh: watch::Receiver<Freshness>,
    ) -> Arc<Self> {
        let slots = Arc::new(Semaphore::new(limits.runs));
        Arc::new(Self { tool, catalogue, limits, fresh, slots, running: Mutex::default() })
    }

    /// What may be run.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Begins a run; its events come from the receiver. Whoever drops that ends the run.
    ///
    /// # Errors
    ///
    /// There is no such program, or no room for another run.
    pub fn start(
        self: &Arc<Self>,
        language: Language,
        id: &str,
    ) -> Result<mpsc::Receiver<Event>, Refusal> {
        let program = self.catalogue.find(language, id).ok_or(Refusal::Unknown)?.clone();
        let slot = Arc::clone(&self.slots).try_acquire_owned().map_err(|_| Refusal::Busy)?;
        // A page that reads slowly makes the program wait, as a terminal would.
        let (events, receiver) = mpsc::channel(64);
        tokio::spawn(Arc::clone(self).perform(program, language, events, slot));
        Ok(receiver)
    }

    /// Stops a run, if there is one of this name.
    pub fn stop(&self, run: &str) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.get(run).map(|stop| stop.notify_one()).is_some()
    }

    async fn perform(
        self: Arc<Self>,
        program: Program,
        language: Language,
        events: mpsc::Sender<Event>,
        slot: OwnedSemaphorePermit,
    ) {
        let (run, stop) = (secret::new(), Arc::new(Notify::new()));
        let running = || self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running().insert(run.clone(), Arc::clone(&stop));
        let page = Page { events, stop };
        page.tell(Event::Accepted { run: run.clone() }).await;
        if let Err(error) = self.run(&program, language, &page).await {
            page.tell(Event::Failed { message: format!("{error:#}") }).await;
        }
        running().remove(&run);
        drop(slot);
    }

    async fn run(&self, program: &Program, language: Language, page: &Page) -> Result<()> {
        if !self.wait_until_built(program, page).await? {
            return Ok(());
        }
        let events = if program.timeline { Some(NamedTempFile::new()?) } else { None };
        let begun = Instant::now();
        let mut supervisor = self.supervisor(program, language, events.as_ref())?;
        page.tell(Event::Started).await;
        let output = supervisor.stdout.take().context("the supervisor's output is a pipe")?;
        let ending = tokio::select! {
            ending = pass_on(output, self.limits.bytes, page) => ending,
            () = tokio::time::sleep(self.limits.time) => Ending::Late,
            () = page.leaves() => Ending::Stopped,
        };
        let seconds = begun.elapsed().as_secs_f64();
        let report = end(supervisor).await?;
        if let Some(message) = report.error {
            page.tell(Event::Failed { message }).await;
            return Ok(());
        }
        let Report { code, signal, left, .. } = report;
        page.tell(Event::Ended { ending, code, signal, left, seconds }).await;
        if let Some(svg) = events.and_then(|events| drawn(events, language, &program.command)) {
            page.tell(Event::Timeline { svg }).await;
        }
        Ok(())
    }

    /// `false` if the page left or stopped meanwhile.
    async fn wait_until_built(&self, program: &Program, page: &Page) -> Result<bool> {
        let mut fresh = self.fresh.clone();
        if *fresh.borrow() == Freshness::Building {
            page.tell(Event::Building).await;
        }
        let built = tokio::select! {
            built = fresh.wait_for(|state| *state != Freshness::Building) => built?.clone(),
            () = page.leaves() => return Ok(false),
        };
        if built == Freshness::Ready {
            return Ok(true);
        }
        // Something cannot be built: perhaps not this.
        page.tell(Event::Building).await;
        let of_program = [program.built_from.clone()];
        match tokio::task::spawn_blocking(move || freshness::build(&of_program)).await? {
            Freshness::Failed(message) => Err(anyhow::anyhow!(message)),
            _ => Ok(true),
        }
    }

    fn supervisor(
        &self,
        program: &Program,
        language: Language,
        timeline: Option<&NamedTempFile>,
    ) -> Result<Child> {
        let mut command = Command::new(&self.tool);
        // The same environment as for a recording.
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("LESSON_LANG", language.name());
        if let Some(file) = timeline {
            command.env("LESSON_TIMELINE", file.path());
        }
        command
            .arg("supervise")
            .arg(&program.binary)
            .arg("--")
            .args(&program.arguments)
            .current_dir(xtask::workspace::root())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A Ctrl-C for the server must not end it before it has ended the others.
            .process_group(0)
            .spawn()
            .with_context(|| self.tool.display().to_string())
    }
}

/// The page that asked.
struct Page {
    events: mpsc::Sender<Event>,
    stop: Arc<Notify>,
}

impl Page {
    async fn tell(&self, event: Event) {
        // A page that has left is noticed elsewhere.
        let _ = self.events.send(event).await;
    }

    /// Until the reader stops the run or closes the page.
    async fn leaves(&self) {
        tokio::select! {
            () = self.stop.notified() => {}
            () = self.events.closed() => {}
        }
    }
}

/// Passes on what comes until its end, or until it is too much.
async fn pass_on(mut output: impl AsyncRead + Unpin, most: usize, page: &Page) -> Ending {
    let (mut bytes, mut total) = (Vec::new(), 0);
    loop {
        let room = (most - total).min(16 << 10);
        if room == 0 {
            return Ending::Cut;
        }
        bytes.reserve(room);
        let mut taken = (&mut output).take(room as u64);
        match taken.read_buf(&mut bytes).await {
            Ok(0) | Err(_) => break,
            Ok(read) => total += read,
        }
        let text = whole_characters(&mut bytes);
        if !text.is_empty() {
            page.tell(Event::Text { text }).await;
        }
    }
    if !bytes.is_empty() {
        page.tell(Event::Text { text: String::from_utf8_lossy(&bytes).into_owned() }).await;
    }
    Ending::Ended
}

/// Takes what can be read so far: a character that was cut at the end waits for its other bytes.
fn whole_characters(bytes: &mut Vec<u8>) -> String {
    let cut = bytes.utf8_chunks().last().map_or(0, |last| {
        let invalid = last.invalid();
        let unfinished = std::str::from_utf8(invalid)
            .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none());
        if unfinished { invalid.len() } else { 0 }
    });
    let rest = bytes.split_off(bytes.len() - cut);
    let text = String::from_utf8_lossy(bytes).into_owned();
    *bytes = rest;
    text
}

/// Has the supervisor end what still runs, and reads its report.
async fn end(mut supervisor: Child) -> Result<Report> {
    // The end of its standard input is what it waits for.
    drop(supervisor.stdin.take());
    let mut told = String::new();
    let ended = async {
        if let Some(mut report) = supervisor.stderr.take() {
            report.read_to_string(&mut told).await?;
        }
        supervisor.wait().await
    };
    timeout(PATIENCE, ended).await.context("the supervisor does not end")??;
    serde_json::from_str(&told).with_context(|| told)
}

/// The run's timeline; `None` if it wrote none.
fn drawn(events: NamedTempFile, language: Language, command: &str) -> Option<String> {
    let mut text = Vec::new();
    events.reopen().ok()?.take(MOST_EVENTS).read_to_end(&mut text).ok()?;
    timeline::draw(&String::from_utf8_lossy(&text), language, command)
}

#[cfg(test)]
mod tests {
    use super::whole_characters;

    #[test]
    fn a_character_cut_at_the_end_of_a_read_waits_for_its_other_bytes() {
        let (mut bytes, mut text) = (Vec::new(), String::new());
        for byte in "プロセス 0\n".bytes() {
            bytes.push(byte);
            text.push_str(&whole_characters(&mut bytes));
        }
        assert_eq!(text, "プロセス 0\n");
        assert!(bytes.is_empty());
    }

    #[test]
    fn bytes_that_are_no_text_do_not_hold_up_what_follows() {
        let mut bytes = b"a\xff\xc3".to_vec();
        assert_eq!(whole_characters(&mut bytes), "a\u{fffd}");
        assert_eq!(bytes, b"\xc3");
        bytes.push(b'b');
        assert_eq!(whole_characters(&mut bytes), "\u{fffd}b");
    }
}
