//! The parent's side: which worker holds which calls, whom to wait for, what to do when one dies.
//!
//! Nothing here waits for one worker alone: what has no room is sent later, and reports are taken from whoever has some.
//! So parent and worker never wait for each other. Nothing here runs the program's own code either: it may use the pool.
//!
//! `assign`: who is given what. `collect`: what they report, and what is left of those that died.

mod assign;
mod collect;

use std::collections::VecDeque;
use std::hint::spin_loop;
use std::mem::swap;
use std::os::fd::AsFd;
use std::thread::yield_now;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};
use nix::unistd::Pid;
use process::ready::Deadline;

use crate::error::{PoolError, TaskError};
use crate::inbox::{Calls, Inbox};
use crate::job::{CallId, Job};
use crate::staff::{Settings, Worker};

/// How long an idle worker may take to notice that the pool is gone, before it is killed.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long the others go on alone after a replacement could not be started: each try costs some milliseconds.
const BETWEEN_TRIES: Duration = Duration::from_millis(200);

/// How often the workers' lives are looked at while reports keep coming.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// How many jobs may have to wait, whoever hands them in, before the workers' reports are looked at.
const BETWEEN_GLANCES: usize = 16;

/// Turns of looking for a report before the parent goes to sleep. It gives way often: the workers need the processors.
const SPINS: u32 = 1_000;

/// Jobs, workers, results.
#[derive(Debug)]
pub(crate) struct Engine {
    settings: Settings,
    workers: Vec<Worker>,
    /// Jobs that no worker holds yet.
    waiting: VecDeque<Job>,
    calls: Calls,
    /// Workers that ended since the last report of any.
    fruitless: usize,
    /// Why the last of them ended, if its initializer said so.
    complaint: Option<String>,
    /// When a replacement could not be started last.
    refused: Option<Instant>,
    looked: Instant,
    closed: bool,
}

impl Engine {
    pub(crate) fn new(settings: Settings) -> Result<Self, PoolError> {
        if settings.workers == 0 {
            return Err(PoolError::NoWorkers);
        }
        let mut engine = Self {
            settings,
            workers: Vec::new(),
            waiting: VecDeque::new(),
            calls: Calls::default(),
            fruitless: 0,
            complaint: None,
            refused: None,
            looked: Instant::now(),
            closed: false,
        };
        // What was started is ended again when `engine` is dropped.
        for _ in 0..engine.settings.workers {
            let worker = Worker::start(&engine.settings)?;
            engine.workers.push(worker);
        }
        for worker in &mut engine.workers {
            worker.wait_until_initialised()?;
        }
        Ok(engine)
    }

    pub(crate) fn size(&self) -> usize {
        self.settings.workers
    }

    pub(crate) fn pids(&self) -> Vec<Pid> {
        self.workers.iter().map(Worker::pid).collect()
    }

    /// Opens a call: results that come for it are kept until they are fetched or it is forgotten.
    pub(crate) fn open_call(&mut self) -> CallId {
        self.workers.iter_mut().for_each(Worker::forget_pace);
        self.calls.open()
    }

    /// Forgets a call: what of it has not been started is not, and its results are dropped.
    pub(crate) fn forget(&mut self, call: CallId) {
        self.calls.close(call);
        self.workers.iter_mut().for_each(|worker| worker.forget(call));
    }

    /// Takes a job on and hands out what there is room for.
    pub(crate) fn enqueue(&mut self, job: Job) {
        if job.count > 0 {
            self.waiting.push_back(job);
            self.hand_out();
            // Those who are done early need not wait until everything is handed in.
            if self.waiting.len() % BETWEEN_GLANCES == BETWEEN_GLANCES - 1 {
                self.take_in_all();
                self.hand_out();
            }
        }
    }

    /// Notes a result that no worker is needed for.
    pub(crate) fn fail(&mut self, call: CallId, place: usize, error: TaskError) {
        self.calls.lose(call, place, error);
    }

    /// Exchanges `inbox`, an empty one, for what has come for this call. If that is nothing, the pool makes a step first.
    pub(crate) fn fetch(&mut self, call: CallId, deadline: Deadline, inbox: &mut Inbox) {
        // The other way round would be to wait for something else when everything is there.
        if self.calls.inbox(call).is_some_and(|come| come.is_empty()) {
            self.step(deadline);
        }
        if let Some(come) = self.calls.inbox(call) {
            swap(come, inbox);
        }
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.workers.iter().all(|worker| worker.holds.is_empty())
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Hands out what waits, and takes in what comes: returns after something did, or when the deadline has passed.
    pub(crate) fn step(&mut self, deadline: Deadline) {
        if self.closed {
            return;
        }
        self.calls.news = false;
        self.hand_out();
        self.even_out();
        self.take_in_all();
        // Also what could not be handed out is news: whoever waits for it must not go to sleep.
        if self.calls.news {
            if self.looked.elapsed() >= BETWEEN_LOOKS {
                self.look(Deadline::after(Duration::ZERO));
            }
            return;
        }
        if self.workers.iter().all(|worker| worker.holds.is_empty()) {
            return;
        }
        for turn in 0..SPINS {
            if self.workers.iter_mut().any(|worker| worker.channel.has_message()) {
                return;
            }
            if turn % 16 == 15 { yield_now() } else { spin_loop() }
        }
        // Announced to everybody; whoever has sent something meanwhile has not seen it.
        if self.workers.iter_mut().all(|worker| worker.channel.sleeps()) {
            let try_again = self.refused.is_some() && !self.waiting.is_empty();
            let soon = try_again && deadline.time_left() > BETWEEN_TRIES;
            self.look(if soon { Deadline::after(BETWEEN_TRIES) } else { deadline });
        }
        self.workers.iter_mut().for_each(|worker| worker.channel.is_awake());
    }

    /// Waits until a worker wakes the parent or ends, or until the deadline; buries the dead.
    fn look(&mut self, deadline: Deadline) {
        self.looked = Instant::now();
        // The pidfd as well: a process that a task started might keep the channel open.
        let mut watched: Vec<PollFd<'_>> = self
            .workers
            .iter()
            .flat_map(|worker| {
                [worker.channel.as_fd(), worker.process.pidfd()]
                    .map(|descriptor| PollFd::new(descriptor, PollFlags::POLLIN))
            })
            .collect();
        match poll(&mut watched, deadline.poll_timeout()) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return,
        }
        let gone = PollFlags::POLLHUP | PollFlags::POLLERR;
        let seen: Vec<(bool, bool)> = watched
            .chunks(2)
            .map(|pair| {
                let events = pair[0].revents().unwrap_or(PollFlags::empty());
                let ended = pair[1].any() == Some(true) || events.intersects(gone);
                (ended, events.contains(PollFlags::POLLIN))
            })
            .collect();
        // From the back: a worker that died leaves the list.
        for (n, (ended, has_packet)) in seen.into_iter().enumerate().rev() {
            if ended || (has_packet && self.workers[n].channel.answer().is_err()) {
                self.bury(n);
            }
        }
    }

    /// Ends the workers and reaps them. Those that run a task are killed.
    pub(crate) fn close(&mut self) {
        if self.closed {
            return;
        }
        self.closed = true;
        self.waiting.clear();
        let deadline = Deadline::after(FAREWELL);
        let leaving: Vec<_> = self.workers.drain(..).map(Worker::dismiss).collect();
        for mut process in leaving {
            if !matches!(process.wait_until(deadline), Ok(Some(_))) {
                let _ = process.kill();
                let _ = process.wait();
            }
        }
    }

    /// In a process that is not the pool's: lets go of everything without touching it. The descriptors in this copy may
    /// mean other files by now.
    pub(crate) fn disown(&mut self) {
        std::mem::forget(std::mem::take(&mut self.workers));
        self.closed = true;
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}
