//! What became of the calls of an order: what a worker reports to the parent.
//!
//! A report is one record of the worker's lane: the kind, the length and the bytes of each result, one after the other,
//! and in the end how many there are. A result is in the lane as soon as it is there, so it survives its worker; the report is
//! shown to the parent when its order is done, or when there is no room for more: to show each result at once would have the
//! two processes pass the same memory to and fro for each.

use queue::encode::{append, fill};
use serde::Serialize;

use crate::channel::{Channel, NotSent};

/// What became of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// The encoded result follows.
    Returned = 0,
    /// The function panicked; its message follows, an encoded string.
    Panicked = 1,
    /// The arguments could not be decoded, or the result not encoded or sent; the reason follows, an encoded string.
    NotCoded = 2,
}

impl Kind {
    #[inline]
    fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Returned),
            1 => Some(Self::Panicked),
            2 => Some(Self::NotCoded),
            _ => None,
        }
    }
}

/// A result's kind and length.
const HEAD: usize = 1 + size_of::<u32>();
const COUNT: usize = size_of::<u32>();

/// The report that a worker is writing.
#[derive(Debug)]
pub(crate) struct Report<'c> {
    channel: &'c mut Channel,
    /// How many results it has.
    count: u32,
}

/// Why a result was not appended.
#[derive(Debug)]
pub(crate) enum NotAppended {
    Gone,
    NotCoded(postcard::Error),
}

impl<'c> Report<'c> {
    pub(crate) fn new(channel: &'c mut Channel) -> Self {
        Self { channel, count: 0 }
    }

    /// Appends one result. Blocks while the lane is full.
    #[inline]
    pub(crate) fn append<R: Serialize>(
        &mut self,
        kind: Kind,
        result: &R,
    ) -> Result<(), NotAppended> {
        if let Some(room) = self.channel.room(HEAD + 1 + COUNT) {
            // There must be room for the count whenever the report is shown.
            let (head, room) = room.split_at_mut(HEAD);
            let most = room.len() - COUNT;
            match fill(&mut room[..most], result) {
                Ok(length) => {
                    set_head(head, kind, length)?;
                    self.channel.keep(HEAD + length);
                    self.count += 1;
                    return Ok(());
                }
                Err(postcard::Error::SerializeBufferFull) => {}
                Err(error) => return Err(NotAppended::NotCoded(error)),
            }
        }
        self.append_to_next(kind, result)
    }

    /// Shows what there is, and appends a result for which it had no room to the next report.
    #[cold]
    fn append_to_next<R: Serialize>(&mut self, kind: Kind, result: &R) -> Result<(), NotAppended> {
        self.show();
        let mut message = vec![0; HEAD];
        append(&mut message, result).map_err(NotAppended::NotCoded)?;
        let length = message.len() - HEAD;
        set_head(&mut message, kind, length)?;
        if self.channel.is_large(message.len() + COUNT) {
            message.extend_from_slice(&1_u32.to_le_bytes());
            return match self.send(&message) {
                Ok(()) => Ok(()),
                Err(NotSent::System(error)) => {
                    // There is no room for a large result: that much can be told.
                    self.append(Kind::NotCoded, &error.to_string())
                }
                Err(_) => Err(NotAppended::Gone),
            };
        }
        loop {
            if let Some(room) = self.channel.room(message.len() + COUNT) {
                room[..message.len()].copy_from_slice(&message);
                self.channel.keep(message.len());
                self.count += 1;
                return Ok(());
            }
            self.channel.wait_for_room().map_err(|_| NotAppended::Gone)?;
        }
    }

    fn send(&mut self, message: &[u8]) -> Result<(), NotSent> {
        loop {
            match self.channel.send(message) {
                Ok(_) => break,
                Err(NotSent::Full) => self.channel.wait_for_room().map_err(|_| NotSent::Gone)?,
                Err(error) => return Err(error),
            }
        }
        self.channel.wake();
        Ok(())
    }

    /// Shows the report to the parent, if there is anything in it, and wakes it.
    pub(crate) fn show(&mut self) {
        if self.count > 0 {
            if let Some(room) = self.channel.room(COUNT) {
                room[..COUNT].copy_from_slice(&self.count.to_le_bytes());
                self.channel.keep(COUNT);
            }
            self.channel.publish();
            self.count = 0;
            self.channel.wake();
        }
    }
}

#[inline]
fn set_head(head: &mut [u8], kind: Kind, length: usize) -> Result<(), NotAppended> {
    let full = NotAppended::NotCoded(postcard::Error::SerializeBufferFull);
    let length = u32::try_from(length).map_err(|_| full)?;
    head[0] = kind as u8;
    head[1..HEAD].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// A report as the parent sees it: how many results there are to be, and their bytes.
pub(crate) fn open(report: &[u8]) -> Option<(usize, &[u8])> {
    let (results, count) = report.split_last_chunk::<COUNT>()?;
    Some((u32::from_le_bytes(*count) as usize, results))
}

/// The results in a report, each with its kind.
#[derive(Clone, Debug)]
pub(crate) struct Reported<'b>(pub(crate) &'b [u8]);

impl<'b> Iterator for Reported<'b> {
    type Item = (Kind, &'b [u8]);

    /// `None` also if what is left is no result.
    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (&[kind, ref length @ ..], rest) = self.0.split_first_chunk::<HEAD>()?;
        let (result, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        self.0 = rest;
        Some((Kind::from_byte(kind)?, result))
    }
}
