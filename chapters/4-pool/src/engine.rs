//! The parent's side: which worker holds which calls, whom to wait for, what to do when one dies.
//!
//! Nothing here waits for one worker alone: what has no room is sent later, and reports are taken from whoever has some.
//! So parent and worker never wait for each other.

use std::collections::{HashMap, VecDeque};
use std::hint::spin_loop;
use std::os::fd::AsFd;
use std::thread::yield_now;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, poll};
use nix::unistd::Pid;
use process::End;
use process::ready::Deadline;

use crate::channel::{Gone, NotSent};
use crate::error::{PoolError, TaskError};
use crate::job::{CallId, Job};
use crate::order::Kind;
use crate::staff::{Settings, Worker};

/// How long an idle worker may take to notice that the pool is gone, before it is killed.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long the others go on alone after a replacement could not be started: each try costs some milliseconds.
const BETWEEN_TRIES: Duration = Duration::from_millis(200);

/// So many workers a place may end one after another without a single report, before the work is blamed for it.
const MOST_FRUITLESS: usize = 3;

/// How often the workers' lives are looked at while reports keep coming.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// Turns of looking for a report before the parent goes to sleep. It gives way often: the workers need the processors.
const SPINS: u32 = 1_000;

/// What a result is handed to as soon as it comes, for the call that waits for it.
pub(crate) type Sink<'s> = (CallId, &'s mut dyn FnMut(usize, Result<&[u8], TaskError>));

/// Jobs, workers, results.
#[derive(Debug)]
pub(crate) struct Engine {
    settings: Settings,
    workers: Vec<Worker>,
    /// Jobs that no worker holds yet.
    waiting: VecDeque<Job>,
    /// The results of every open call that nobody has taken yet, by place.
    calls: HashMap<CallId, HashMap<usize, Result<Vec<u8>, TaskError>>>,
    last_call: CallId,
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
            calls: HashMap::new(),
            last_call: 0,
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

    /// Opens a call: results that come for it are kept until they are taken or it is forgotten.
    pub(crate) fn open_call(&mut self) -> CallId {
        self.last_call += 1;
        self.workers.iter_mut().for_each(Worker::forget_pace);
        self.calls.insert(self.last_call, HashMap::new());
        self.last_call
    }

    /// Forgets a call: what of it has not been started is not, and its results are dropped.
    pub(crate) fn forget(&mut self, call: CallId) {
        self.calls.remove(&call);
    }

    /// Takes a job on and hands out what there is room for.
    pub(crate) fn enqueue(&mut self, job: Job) {
        if job.count > 0 {
            self.waiting.push_back(job);
            self.hand_out(&mut None);
        }
    }

    /// The results of a call that have come in so far.
    pub(crate) fn drain(&mut self, call: CallId) -> HashMap<usize, Result<Vec<u8>, TaskError>> {
        self.calls.get_mut(&call).map(std::mem::take).unwrap_or_default()
    }

    /// Notes a result that no worker is needed for.
    pub(crate) fn fail(&mut self, call: CallId, place: usize, error: TaskError) {
        self.report(call, place, Err(error), &mut None);
    }

    /// The result of one call at this place, if it is there, or if it can never be.
    pub(crate) fn take(
        &mut self,
        call: CallId,
        place: usize,
    ) -> Option<Result<Vec<u8>, TaskError>> {
        let result = self.calls.get_mut(&call).and_then(|results| results.remove(&place));
        if result.is_none() && self.closed { Some(Err(TaskError::PoolClosed)) } else { result }
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.workers.iter().all(|worker| worker.holds.is_empty())
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Hands out what waits, and takes in what comes: returns after something did, or when the deadline has passed.
    pub(crate) fn step(&mut self, deadline: Deadline, sink: &mut Option<Sink<'_>>) {
        if self.closed {
            return;
        }
        self.hand_out(sink);
        self.even_out(sink);
        if self.take_in_all(sink) {
            if self.looked.elapsed() >= BETWEEN_LOOKS {
                self.look(Deadline::after(Duration::ZERO), sink);
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
            self.look(deadline, sink);
        }
        self.workers.iter_mut().for_each(|worker| worker.channel.is_awake());
    }

    /// Waits until a worker wakes the parent or ends, or until the deadline; buries the dead.
    fn look(&mut self, deadline: Deadline, sink: &mut Option<Sink<'_>>) {
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
                self.bury(n, sink);
            }
        }
    }

    /// Gives the workers jobs, as many as keep them busy for a little while, and every vacant place a worker.
    fn hand_out(&mut self, sink: &mut Option<Sink<'_>>) {
        while let Some(job) = self.waiting.front() {
            if !self.calls.contains_key(&job.call) {
                self.waiting.pop_front();
                continue;
            }
            // One that has been given all its tasks leaves as soon as it has done them.
            let least_busy = (0..self.workers.len())
                .filter(|&n| self.workers[n].calls_left(&self.settings) > 0)
                .min_by_key(|&n| self.workers[n].holds.len());
            let vacant = self.workers.len() < self.settings.workers;
            let n = match least_busy {
                Some(n) if self.workers[n].holds.is_empty() => n,
                _ if vacant && self.refill(sink) => continue,
                Some(n) if self.workers[n].has_room() => n,
                _ => return,
            };
            let worker = &mut self.workers[n];
            let Some(job) = self.waiting.pop_front() else { return };
            let left = worker.calls_left(&self.settings);
            let job = if job.count > left {
                let (now, later) = job.split(left);
                self.waiting.push_front(later);
                now
            } else {
                job
            };
            match worker.give(job) {
                Ok(()) => {}
                Err((job, NotSent::Full)) if !worker.holds.is_empty() => {
                    self.waiting.push_front(job);
                    return;
                }
                Err((job, NotSent::System(error))) => {
                    for place in job.places() {
                        let reason = error.to_string();
                        self.report(
                            job.call,
                            place,
                            Err(TaskError::NotCoded { item: place, reason }),
                            sink,
                        );
                    }
                }
                // It died while it had nothing to do: nothing is lost.
                Err((job, _)) => {
                    self.waiting.push_front(job);
                    self.bury(n, sink);
                }
            }
        }
    }

    /// When nothing waits and a worker is idle: gives it what another one has been given ahead.
    fn even_out(&mut self, sink: &mut Option<Sink<'_>>) {
        while self.waiting.is_empty() && self.workers.iter().any(|worker| worker.holds.is_empty()) {
            let busiest = self.workers.iter_mut().max_by_key(|worker| worker.holds.len());
            let Some(worker) = busiest.filter(|worker| worker.holds.len() > 1) else { return };
            let Some(job) = worker.take_back() else { return };
            self.waiting.push_back(job);
            self.hand_out(sink);
        }
    }

    /// Starts a replacement for a vacant place. `false` if there is none to be had now.
    fn refill(&mut self, sink: &mut Option<Sink<'_>>) -> bool {
        let wait = self.refused.is_some_and(|refused| refused.elapsed() < BETWEEN_TRIES);
        if wait && !self.workers.is_empty() {
            return false;
        }
        let started = match self.complaint.take() {
            // They would all end in the same way.
            Some(complaint) if self.is_hopeless() => Err(complaint),
            _ => Worker::start(&self.settings).map_err(|error| error.to_string()),
        };
        let reason = match started {
            Ok(worker) => {
                self.workers.push(worker);
                self.refused = None;
                return true;
            }
            Err(reason) => reason,
        };
        self.refused = Some(Instant::now());
        if self.workers.is_empty() {
            self.fruitless = 0;
            for job in std::mem::take(&mut self.waiting) {
                for place in job.places() {
                    let error = TaskError::NoWorkers { reason: reason.clone() };
                    self.report(job.call, place, Err(error), sink);
                }
            }
        }
        false
    }

    /// Takes in what all workers have reported; says whether it was anything.
    fn take_in_all(&mut self, sink: &mut Option<Sink<'_>>) -> bool {
        let mut any = false;
        for n in (0..self.workers.len()).rev() {
            match self.take_in(n, sink) {
                Ok(taken) => any |= taken,
                Err(Gone) => {
                    self.bury(n, sink);
                    any = true;
                }
            }
        }
        any
    }

    /// Takes in what a worker has reported; says whether it was anything.
    fn take_in(&mut self, n: usize, sink: &mut Option<Sink<'_>>) -> Result<bool, Gone> {
        let Self { workers, calls, .. } = self;
        let worker = &mut workers[n];
        let pid = worker.pid();
        let mut any = false;
        loop {
            if worker.starting {
                match worker.take_initialisation()? {
                    None => return Ok(any),
                    Some(Ok(())) => {}
                    Some(Err(complaint)) => {
                        self.complaint = Some(complaint);
                        return Err(Gone);
                    }
                }
            }
            let Some(held) = worker.holds.front_mut() else { break };
            let (call, place) = (held.job.call, held.job.first + held.done);
            let taken = worker.channel.receive(|message| {
                let result = match message {
                    Ok((kind, rest)) => {
                        let text = || String::from_utf8_lossy(rest).into_owned();
                        match Kind::from_byte(kind) {
                            Some(Kind::Returned) => Ok(rest),
                            Some(Kind::Panicked) => {
                                Err(TaskError::Panicked { item: place, pid, message: text() })
                            }
                            Some(Kind::NotCoded) => {
                                Err(TaskError::NotCoded { item: place, reason: text() })
                            }
                            None => return Err(Gone),
                        }
                    }
                    Err(reason) => Err(TaskError::NotCoded { item: place, reason }),
                };
                deliver(calls, call, place, result, sink);
                Ok(())
            })?;
            let Some(delivered) = taken else { break };
            delivered?;
            any = true;
            worker.note_report();
        }
        if any {
            self.fruitless = 0;
            worker.note_pace();
            if worker.calls_left(&self.settings) == 0 && worker.holds.is_empty() {
                let worker = self.workers.swap_remove(n);
                worker.retire(Deadline::after(FAREWELL));
            }
        } else if worker.channel.has_message() && worker.holds.is_empty() {
            // It reports what it was not asked.
            return Err(Gone);
        }
        Ok(any)
    }

    /// Removes a worker that ended or is of no use: the call it had begun is lost, the others go to somebody else.
    fn bury(&mut self, n: usize, sink: &mut Option<Sink<'_>>) {
        // What it reported before it ended is still in its lane.
        let size = self.workers.len();
        let _ = self.take_in(n, sink);
        if self.workers.len() < size {
            return;
        }
        let mut worker = self.workers.remove(n);
        let pid = worker.pid();
        // It has ended; or it only closed its channel, and would never be heard of again.
        let _ = worker.process.kill();
        let end = worker.process.wait().unwrap_or(End::Signaled(0));
        self.fruitless += 1;
        let blame_work = self.is_hopeless() && self.complaint.is_none();
        for held in std::mem::take(&mut worker.holds).into_iter().rev() {
            let begun = blame_work || worker.channel.is_taken(held.mark);
            let mut rest = held.job.split(held.done).1;
            if begun {
                let deaths = rest.deaths + 1;
                let (mut fatal, others) = rest.split(1);
                if deaths <= self.settings.retries {
                    fatal.deaths = deaths;
                    if others.count > 0 {
                        self.waiting.push_front(others);
                    }
                    rest = fatal;
                } else {
                    let error = TaskError::WorkerDied { item: fatal.first, pid, end: end.clone() };
                    self.report(fatal.call, fatal.first, Err(error), sink);
                    rest = others;
                }
            }
            if rest.count > 0 {
                self.waiting.push_front(rest);
            }
        }
    }

    /// Whether not even new workers get as far as their first report: trying for ever would not help.
    fn is_hopeless(&self) -> bool {
        self.fruitless > MOST_FRUITLESS * self.settings.workers
    }

    fn report(
        &mut self,
        call: CallId,
        place: usize,
        result: Result<&[u8], TaskError>,
        sink: &mut Option<Sink<'_>>,
    ) {
        deliver(&mut self.calls, call, place, result, sink);
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

/// Hands a result to who waits for it, or keeps it while its call is open.
fn deliver(
    calls: &mut HashMap<CallId, HashMap<usize, Result<Vec<u8>, TaskError>>>,
    call: CallId,
    place: usize,
    result: Result<&[u8], TaskError>,
    sink: &mut Option<Sink<'_>>,
) {
    match sink {
        Some((wanted, take)) if *wanted == call => take(place, result),
        _ => {
            if let Some(results) = calls.get_mut(&call) {
                results.insert(place, result.map(<[u8]>::to_vec));
            }
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}
