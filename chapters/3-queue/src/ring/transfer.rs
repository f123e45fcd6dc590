//! Values in and out: encoding before a slot is claimed, decoding after it was given back.

use std::cell::RefCell;
use std::os::fd::AsFd;
use std::time::Duration;

use nix::poll::PollFlags;
use process::Descriptor;
use process::ready::{Deadline, wait_ready};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::machine::Participant;
use crate::encode::{MOST_KEPT, append, decode};
use crate::error::{GetError, PutError};
use crate::sys::ring::{Bell, INLINE, Memory, REGION};
use crate::waiting::{NotReceived, NotSent, Patience};

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Whether nobody holds the other end of the pipe any more.
fn is_gone(end: &Descriptor) -> bool {
    let now = Deadline::after(Duration::ZERO);
    matches!(wait_ready(end.as_fd(), PollFlags::empty(), now), Ok(true))
}

pub(super) fn put<T: Serialize>(
    participant: &Participant,
    puts: &Descriptor,
    item: T,
    patience: Patience,
) -> Result<(), PutError<T>> {
    // Most items are small: they are encoded on the stack.
    let mut small = [0; INLINE];
    let sent = match postcard::to_slice(&item, &mut small).map(|encoded| encoded.len()) {
        Ok(length) => put_with(participant, puts, patience, 0, |memory, place| {
            memory.store_small(place, &small, length);
            Ok(())
        }),
        Err(postcard::Error::SerializeBufferFull) => {
            // Encoding may come back here: then that one makes a buffer of its own.
            let mut buffer = BUFFER.take();
            buffer.clear();
            if let Err(source) = append(&mut buffer, &item) {
                return Err(PutError::Encode { item, source });
            }
            let rest = buffer.len().saturating_sub(REGION) as u64;
            let store = |memory: &Memory, place| memory.store(place, &buffer);
            let sent = put_with(participant, puts, patience, rest, store);
            keep(buffer);
            sent
        }
        Err(source) => return Err(PutError::Encode { item, source }),
    };
    sent.map_err(|reason| reason.with(item))
}

/// Waits for a place, and has `store` put an item there of which `rest` bytes do not fit in a region.
fn put_with(
    participant: &Participant,
    puts: &Descriptor,
    patience: Patience,
    rest: u64,
    store: impl FnOnce(&Memory, u64) -> nix::Result<()>,
) -> Result<(), NotSent> {
    let wait = !matches!(patience, Patience::None);
    let go_on = |_| {
        if is_gone(puts) {
            return Err(NotSent::Disconnected);
        }
        match patience {
            Patience::None => Err(NotSent::Full),
            Patience::Until(deadline) if deadline.has_passed() => Err(NotSent::Timeout),
            Patience::Until(deadline) => Ok(deadline.time_left()),
        }
    };
    let place = if rest == 0 {
        participant.wait_for(Bell::Got, wait, Participant::claim_to_write, go_on)?
    } else {
        let claim = |me: &Participant, seat| me.claim_to_write_large(seat, rest);
        participant.wait_for(Bell::Got, wait, claim, go_on)?
    };
    match store(&participant.memory, place) {
        Ok(()) => participant.publish_item(place),
        Err(error) => {
            // Nothing of it may stay: the place counts as got.
            participant.memory.give_back(place);
            participant.publish_room(place);
            return Err(NotSent::System(error));
        }
    }
    Ok(())
}

pub(super) fn get<T: DeserializeOwned>(
    participant: &Participant,
    gets: &Descriptor,
    patience: Patience,
) -> Result<T, GetError> {
    let mut ended = false;
    let wait = !matches!(patience, Patience::None);
    let go_on = |busy: bool| {
        if ended && !busy {
            return Err(NotReceived::Disconnected);
        }
        // Nobody can put any more. What was put before that is seen by looking once more.
        ended = is_gone(gets);
        match patience {
            _ if ended && !busy => Ok(Duration::ZERO),
            Patience::None => Err(NotReceived::Empty),
            Patience::Until(deadline) if deadline.has_passed() => Err(NotReceived::Timeout),
            Patience::Until(deadline) => Ok(deadline.time_left()),
        }
    };
    let place = participant
        .wait_for(Bell::Put, wait, Participant::claim_to_read, go_on)
        .map_err(GetError::from)?;
    // Nothing may panic between claim and publication: the item is decoded from a copy, after it.
    let mut small = [0; INLINE];
    if let Some(length) = participant.memory.load_small(place, &mut small) {
        participant.publish_room(place);
        return decode(&small[..length]);
    }
    let mut copy = BUFFER.take();
    copy.clear();
    let loaded = participant.memory.load(place, &mut copy);
    participant.memory.give_back(place);
    participant.publish_room(place);
    let item = match loaded {
        Ok(()) => decode(&copy),
        Err(source) => Err(GetError::System { source }),
    };
    keep(copy);
    item
}

/// Keeps a buffer for the next item.
fn keep(buffer: Vec<u8>) {
    if buffer.capacity() <= MOST_KEPT {
        BUFFER.set(buffer);
    }
}
