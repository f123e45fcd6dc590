//! The parent's side: which worker holds which items, whom to wait for, what to do when one dies.
//!
//! Nothing here blocks on one worker: an order is sent only to a worker that waits for one, so there is always
//! room for it, and reports are taken from whoever has some. So parent and worker never wait for each other.

use std::cell::{RefCell, RefMut};
use std::collections::{HashMap, HashSet, VecDeque};
use std::mem::{forget, take};
use std::os::fd::AsFd;
use std::process;
use std::time::{Duration, Instant};

use ::process::ready::Deadline;
use ::process::{Builder, End, Process};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::socket::{getsockopt, sockopt};
use queue::{Connection, GetError, duplex};
use serde_bytes::ByteBuf;

use crate::error::{PoolError, TaskError};
use crate::order::{Order, Report};
use crate::worker::work;

/// How long an idle worker may take to notice that the pool is gone, before it is killed.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long the others go on alone after a replacement could not be started: each try costs some milliseconds.
const BETWEEN_TRIES: Duration = Duration::from_millis(200);

/// So many workers a place may end one after another without a single report, before the work is blamed for it.
const MOST_FRUITLESS: usize = 3;

/// A task's number, unique in its pool.
pub(crate) type Id = u64;

/// One item to be done.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) id: Id,
    /// Its place in the call it came with, for errors.
    pub(crate) place: usize,
    /// Its encoded arguments, kept until the result is here: another worker may have to be given them.
    pub(crate) args: ByteBuf,
}

/// Items that go to a worker together.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) runner: usize,
    pub(crate) items: VecDeque<Item>,
}

/// A worker, seen from its parent.
#[derive(Debug)]
struct Worker {
    process: Process<()>,
    connection: Connection<Order, Report>,
    /// What it was given and has not reported yet, in order.
    holds: Option<Job>,
}

impl Worker {
    fn start() -> Result<Self, PoolError> {
        let (connection, theirs) = duplex().map_err(|source| PoolError::System { source })?;
        let process = Builder::new()
            .name("worker")
            .die_with_parent(true)
            .spawn(work, (theirs,))
            .map_err(|source| PoolError::Spawn { source })?;
        Ok(Self { process, connection, holds: None })
    }
}

/// A pool's state, shared by the pool and the handles of its tasks.
#[derive(Debug)]
pub(crate) struct Shared {
    engine: RefCell<Engine>,
    /// The process that made the pool. A forked copy may have been made in the middle of a call.
    owner: u32,
}

impl Shared {
    pub(crate) fn new(size: usize) -> Result<Self, PoolError> {
        Ok(Self { engine: RefCell::new(Engine::new(size)?), owner: process::id() })
    }

    /// The engine, in the process that made it.
    pub(crate) fn engine(&self) -> Result<RefMut<'_, Engine>, TaskError> {
        if self.owner == process::id() {
            Ok(self.engine.borrow_mut())
        } else {
            Err(TaskError::OtherProcess)
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if self.owner != process::id() {
            // The descriptors in this copy may mean other files by now: close none of them.
            forget(take(&mut self.engine.get_mut().workers));
        }
    }
}

/// Jobs, workers, results.
#[derive(Debug)]
pub(crate) struct Engine {
    workers: Vec<Worker>,
    /// Jobs that no worker holds yet.
    waiting: VecDeque<Job>,
    /// What is done and not collected yet.
    done: HashMap<Id, Result<ByteBuf, TaskError>>,
    /// Tasks whose results nobody wants any more.
    unwanted: HashSet<Id>,
    next_id: Id,
    size: usize,
    /// Workers that ended since the last report of any.
    fruitless: usize,
    /// When a replacement could not be started last.
    refused: Option<Instant>,
    closed: bool,
}

impl Engine {
    pub(crate) fn new(size: usize) -> Result<Self, PoolError> {
        if size == 0 {
            return Err(PoolError::NoWorkers);
        }
        let mut engine = Self {
            workers: Vec::new(),
            waiting: VecDeque::new(),
            done: HashMap::new(),
            unwanted: HashSet::new(),
            next_id: 0,
            size,
            fruitless: 0,
            refused: None,
            closed: false,
        };
        for _ in 0..size {
            match Worker::start() {
                Ok(worker) => engine.workers.push(worker),
                Err(error) => {
                    engine.close();
                    return Err(error);
                }
            }
        }
        Ok(engine)
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn pids(&self) -> Vec<nix::unistd::Pid> {
        self.workers.iter().map(|worker| worker.process.pid()).collect()
    }

    pub(crate) fn new_id(&mut self) -> Id {
        self.next_id += 1;
        self.next_id
    }

    /// Takes a job on. It is handed out at the next [`step`](Self::step).
    pub(crate) fn enqueue(&mut self, job: Job) {
        self.waiting.push_back(job);
    }

    /// Notes a task that failed before it could be handed out.
    pub(crate) fn fail(&mut self, id: Id, error: TaskError) {
        self.done.insert(id, Err(error));
    }

    /// The result of a task if it is there, or if it can never be.
    pub(crate) fn collect(&mut self, id: Id) -> Option<Result<ByteBuf, TaskError>> {
        let result = self.done.remove(&id);
        if result.is_none() && self.closed { Some(Err(TaskError::PoolClosed)) } else { result }
    }

    /// Forgets a task: it is not started if it has not been, and its result is dropped.
    pub(crate) fn forget(&mut self, id: Id) {
        if self.done.remove(&id).is_none() && !self.closed {
            self.unwanted.insert(id);
        }
    }

    /// Hands out what waits, then takes in what comes until something did or the deadline has passed.
    pub(crate) fn step(&mut self, deadline: Deadline) {
        if self.closed {
            return;
        }
        self.hand_out();
        let busy: Vec<usize> =
            (0..self.workers.len()).filter(|&n| self.workers[n].holds.is_some()).collect();
        if busy.is_empty() {
            return;
        }
        // The pidfd as well: a process that a task started might keep the connection open.
        let mut watched: Vec<PollFd<'_>> = busy
            .iter()
            .flat_map(|&n| {
                let worker = &self.workers[n];
                [worker.connection.as_fd(), worker.process.pidfd()]
                    .map(|descriptor| PollFd::new(descriptor, PollFlags::POLLIN))
            })
            .collect();
        match poll(&mut watched, deadline.poll_timeout()) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return,
        }
        let has_ended = |watched: &[PollFd<'_>]| {
            let gone = PollFlags::POLLHUP | PollFlags::POLLERR;
            watched[1].any() == Some(true)
                || watched[0].revents().is_some_and(|events| events.intersects(gone))
        };
        let ready: Vec<(usize, bool)> = busy
            .into_iter()
            .zip(watched.chunks(2))
            .filter(|(_, watched)| watched.iter().any(|watched| watched.any() == Some(true)))
            .map(|(n, watched)| (n, has_ended(watched)))
            .collect();
        // From the back: a worker that died leaves the list.
        for (n, ended) in ready.into_iter().rev() {
            if ended || self.take_in(n) {
                self.bury(n);
            }
        }
    }

    /// Gives every idle worker a job, and every vacant place a worker.
    fn hand_out(&mut self) {
        while !self.waiting.is_empty() {
            let Some(n) = self.workers.iter().position(|worker| worker.holds.is_none()) else {
                if !self.refill() {
                    return;
                }
                continue;
            };
            let Some(mut job) = self.waiting.pop_front() else { return };
            job.items.retain(|item| !self.unwanted.remove(&item.id));
            if job.items.is_empty() {
                continue;
            }
            let items = job.items.iter().map(|item| item.args.clone()).collect();
            let worker = &mut self.workers[n];
            match worker.connection.try_send(Order { runner: job.runner, items }) {
                Ok(()) => worker.holds = Some(job),
                Err(queue::PutError::Disconnected(_)) => {
                    // It died while it had nothing to do.
                    worker.holds = Some(job);
                    self.lay_to_rest(n, true);
                }
                Err(error) => {
                    for item in job.items {
                        let reason = error.to_string();
                        self.report(item.id, Err(TaskError::NotCoded { item: item.place, reason }));
                    }
                }
            }
        }
    }

    /// Starts a replacement if a place is vacant. `false` if there is nothing to hand work to now.
    fn refill(&mut self) -> bool {
        let wait = self.refused.is_some_and(|refused| refused.elapsed() < BETWEEN_TRIES);
        if self.workers.len() == self.size || (wait && !self.workers.is_empty()) {
            return false;
        }
        match Worker::start() {
            Ok(worker) => {
                self.workers.push(worker);
                self.refused = None;
                true
            }
            Err(error) if self.workers.is_empty() => {
                let reason = error.to_string();
                for item in take(&mut self.waiting).into_iter().flat_map(|job| job.items) {
                    self.report(item.id, Err(TaskError::NoWorkers { reason: reason.clone() }));
                }
                false
            }
            // The others go on; it is tried again later.
            Err(_) => {
                self.refused = Some(Instant::now());
                false
            }
        }
    }

    /// Takes in what a worker has reported; says whether its connection has ended. The worker is killed then.
    fn take_in(&mut self, n: usize) -> bool {
        loop {
            let worker = &mut self.workers[n];
            let report = match worker.connection.try_recv() {
                Ok(report) => report,
                Err(GetError::Empty) => return false,
                // This packet is gone, and with it this item's result. The next packet is the next item's.
                Err(error @ GetError::Decode { .. })
                | Err(error @ GetError::System { source: Errno::EMFILE | Errno::EBADMSG }) => {
                    Report::NotCoded(error.to_string())
                }
                Err(_) => {
                    let _ = worker.process.kill();
                    return true;
                }
            };
            let pid = worker.process.pid();
            let Some(item) = worker.holds.as_mut().and_then(|job| job.items.pop_front()) else {
                // It reports what it was not asked: it is of no use any more.
                let _ = worker.process.kill();
                return true;
            };
            if worker.holds.as_ref().is_some_and(|job| job.items.is_empty()) {
                worker.holds = None;
            }
            self.fruitless = 0;
            let place = item.place;
            self.report(
                item.id,
                match report {
                    Report::Returned(result) => Ok(result),
                    Report::Panicked(message) => {
                        Err(TaskError::Panicked { item: place, pid, message })
                    }
                    Report::NotCoded(reason) => Err(TaskError::NotCoded { item: place, reason }),
                },
            );
        }
    }

    /// Removes a worker that ended or is of no use: the item it had begun is lost, the others go to somebody else.
    fn bury(&mut self, n: usize) {
        // A reset says that it ended with its order unread (`unix(7)`): then it had begun nothing.
        let error = getsockopt(&self.workers[n].connection, sockopt::SocketError);
        self.lay_to_rest(n, error == Ok(Errno::ECONNRESET as i32));
    }

    fn lay_to_rest(&mut self, n: usize, had_begun_nothing: bool) {
        // What it reported before it ended is still in the connection.
        self.take_in(n);
        let mut worker = self.workers.remove(n);
        let pid = worker.process.pid();
        // It has ended; or it only closed its connection, and would never be heard of again.
        let _ = worker.process.kill();
        let end = worker.process.wait().unwrap_or(End::Signaled(0));
        self.fruitless += 1;
        let Some(mut job) = worker.holds.take() else { return };
        // If not even a new worker gets as far as its first report, trying for ever would not help.
        let innocent = had_begun_nothing && self.fruitless <= MOST_FRUITLESS * self.size;
        if !innocent && let Some(item) = job.items.pop_front() {
            self.report(item.id, Err(TaskError::WorkerDied { item: item.place, pid, end }));
        }
        if !job.items.is_empty() {
            self.waiting.push_front(job);
        }
    }

    fn report(&mut self, id: Id, result: Result<ByteBuf, TaskError>) {
        if !self.unwanted.remove(&id) {
            self.done.insert(id, result);
        }
    }

    /// Ends the workers and reaps them. Those that run a task are killed.
    pub(crate) fn close(&mut self) {
        if self.closed {
            return;
        }
        self.closed = true;
        self.waiting.clear();
        let mut leaving = Vec::new();
        for mut worker in self.workers.drain(..) {
            if worker.holds.is_some() {
                let _ = worker.process.kill();
            }
            // Closing the connection, here, is what an idle worker ends by.
            leaving.push(worker.process);
        }
        let deadline = Deadline::after(FAREWELL);
        for mut process in leaving {
            if !matches!(process.wait_until(deadline), Ok(Some(_))) {
                let _ = process.kill();
                let _ = process.wait();
            }
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}
