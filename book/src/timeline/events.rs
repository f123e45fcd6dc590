//! What happened in a run, as read from its events.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::Deserialize;

/// One line of the file.
#[derive(Deserialize)]
struct Event {
    ph: char,
    name: String,
    pid: u32,
    ts: u64,
    #[serde(default)]
    dur: u64,
    #[serde(default)]
    args: HashMap<String, String>,
}

/// A whole run; times are microseconds from its start.
#[derive(Clone, Debug)]
pub struct Run {
    /// How long it took.
    pub length: u64,
    /// In the order in which they were started.
    pub processes: Vec<Process>,
    /// In the order in which they were received.
    pub messages: Vec<Message>,
}

/// One process.
#[derive(Clone, Debug, Default)]
pub struct Process {
    /// What the program calls it, or `name 2` if there are several.
    pub name: String,
    /// The place of its parent among the processes.
    pub parent: Option<usize>,
    /// When it began.
    pub begun: u64,
    /// When it ended; when its parent saw that, if it was killed.
    pub ended: u64,
    /// When its parent saw that it had ended.
    pub reaped: Option<u64>,
    /// How, in the words of the program.
    pub end: Option<String>,
    /// Its tasks, from when to when.
    pub tasks: Vec<(u64, u64)>,
    /// Its waits, from when to when.
    pub waits: Vec<(u64, u64)>,
    /// The signals that its relatives sent it.
    pub signals: Vec<(u64, String)>,
}

/// One message.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// The sender's place among the processes, and when.
    pub sent: (usize, u64),
    /// The receiver's, and when.
    pub received: (usize, u64),
}

impl Run {
    /// Reads the events; lines that are none are passed over (a killed process may leave half of one).
    pub fn read(text: &str) -> Option<Self> {
        let lines = text.lines().map(|line| line.trim_end_matches(','));
        let mut events: Vec<Event> =
            lines.filter_map(|line| serde_json::from_str(line).ok()).collect();
        // Each process writes its own in order; those of several are mixed.
        events.sort_by_key(|event| event.ts);
        let (first, last) = (events.first()?.ts, events.iter().map(|it| it.ts + it.dur).max()?);
        let length = (last - first).max(1);
        let (mut processes, mut places) = (Vec::<Process>::new(), BTreeMap::new());
        for event in events.iter().filter(|event| event.ph == 'M') {
            let parent = event.args.get("parent").and_then(|pid| pid.parse::<u32>().ok());
            let process = Process {
                name: event.args.get("name").cloned().unwrap_or_default(),
                parent: parent.and_then(|pid| places.get(&pid).copied()),
                begun: event.ts - first,
                ended: length,
                ..Process::default()
            };
            places.insert(event.pid, processes.len());
            processes.push(process);
        }
        if processes.is_empty() {
            return None;
        }
        for event in &events {
            if let Some(place) = places.get(&event.pid) {
                processes[*place].add(event, event.ts - first);
            }
        }
        for process in &mut processes {
            // A task in which its process was killed.
            let ended = process.ended;
            process.tasks.iter_mut().for_each(|task| task.1 = task.1.min(ended));
        }
        number(&mut processes);
        let messages = messages(&events, &places, first);
        Some(Self { length, processes, messages })
    }
}

impl Process {
    fn add(&mut self, event: &Event, time: u64) {
        let detail = || event.args.get("detail").cloned().unwrap_or_default();
        match (event.ph, &*event.name) {
            ('E', "process") => self.ended = time,
            ('B', "task") => self.tasks.push((time, u64::MAX)),
            ('E', "task") => {
                if let Some(open) = self.tasks.iter_mut().rev().find(|task| task.1 == u64::MAX) {
                    open.1 = time;
                }
            }
            ('X', "wait") => self.waits.push((time, time + event.dur)),
            ('i', "signal") => self.signals.push((time, detail())),
            ('i', "ended") => {
                self.ended = self.ended.min(time);
                self.reaped = Some(time);
                self.end = Some(detail());
            }
            _ => {}
        }
    }
}

/// Gives numbers to those who have the same name.
fn number(processes: &mut [Process]) {
    let mut seen = HashMap::<String, (usize, usize)>::new();
    for process in &*processes {
        seen.entry(process.name.clone()).or_default().0 += 1;
    }
    for process in processes {
        if let Some((all, number)) = seen.get_mut(&process.name)
            && *all > 1
        {
            *number += 1;
            process.name = format!("{} {number}", process.name);
        }
    }
}

/// Each receipt with the first message of the same content that nobody has received yet.
fn messages(events: &[Event], places: &BTreeMap<u32, usize>, first: u64) -> Vec<Message> {
    let (mut waiting, mut messages) = (HashMap::<&str, VecDeque<_>>::new(), Vec::new());
    for event in events.iter().filter(|event| event.ph == 'i') {
        let (Some(content), Some(place)) = (event.args.get("content"), places.get(&event.pid))
        else {
            continue;
        };
        let here = (*place, event.ts - first);
        match &*event.name {
            "send" => waiting.entry(content).or_default().push_back(here),
            "receive" => {
                let sent = waiting.get_mut(&**content).and_then(VecDeque::pop_front);
                messages.extend(sent.map(|sent| Message { sent, received: here }));
            }
            _ => {}
        }
    }
    messages
}
