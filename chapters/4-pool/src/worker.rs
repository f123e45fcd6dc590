//! The worker's side: take an order, run it call by call, report each, until the parent is gone.

use lesson::timeline;

use crate::channel::{Channel, Gone, NotSent};
use crate::order::{Kind, open};
use crate::sys;

/// What a worker runs. It ends when the parent closes its end of the channel, or when `initializer`, an order of one
/// call, fails; its report tells why.
pub(crate) fn work(mut channel: Channel, initializer: Option<Vec<u8>>) {
    let mut result = Vec::new();
    // Any error means that the parent is gone, or that its orders cannot be read: there is nobody to tell.
    let _ = match initializer {
        Some(order) => match run(&mut channel, &order, &mut result) {
            Ok(Kind::Returned) => serve(&mut channel, &mut result),
            Ok(_) => Ok(()),
            Err(gone) => Err(gone),
        },
        None => serve(&mut channel, &mut result),
    };
}

fn serve(channel: &mut Channel, result: &mut Vec<u8>) -> Result<(), Gone> {
    let mut order = Vec::new();
    loop {
        // The order is copied out, so that the parent knows from the lane that it was taken.
        let taken = channel.receive(|message| {
            order.clear();
            order.extend_from_slice(message.map_err(|_| Gone)?.1);
            Ok(())
        })?;
        match taken {
            None => channel.wait()?,
            Some(Err(gone)) => return Err(gone),
            Some(Ok(())) => {
                run(channel, &order, result)?;
            }
        }
    }
}

/// Runs an order; gives what became of its last call.
fn run(channel: &mut Channel, order: &[u8], result: &mut Vec<u8>) -> Result<Kind, Gone> {
    let (distance, calls) = open(order).ok_or(Gone)?;
    let run = sys::runner_at(distance);
    let mut kind = Kind::Returned;
    for args in calls {
        let span = timeline::span("task", "");
        result.clear();
        kind = run(args, result);
        drop(span);
        // Each result is out at once: what a worker has reported survives it.
        report(channel, kind, result)?;
    }
    channel.wake();
    Ok(kind)
}

fn report(channel: &mut Channel, kind: Kind, result: &[u8]) -> Result<(), Gone> {
    loop {
        match channel.send(kind as u8, result) {
            Ok(_) => return Ok(()),
            Err(NotSent::Full) => channel.wait_for_room()?,
            Err(NotSent::Gone) => return Err(Gone),
            // There was no room for a large result: that much can be told.
            Err(NotSent::System(error)) => {
                return report(channel, Kind::NotCoded, error.to_string().as_bytes());
            }
        }
    }
}
