//! The worker's side: take an order, run it call by call, report on each, until the parent is gone.

use crate::channel::{Channel, Gone};
use crate::order::open;
use crate::report::{Kind, Report};
use crate::sys;

/// What a worker runs. It ends when the parent closes its end of the channel, or when `initializer`, an order of one
/// call, fails; its report tells why.
pub(crate) fn work(mut channel: Channel, initializer: Option<Vec<u8>>) {
    // Any error means that the parent is gone, or that its orders cannot be read: there is nobody to tell.
    let _ = match initializer {
        Some(order) => match run(&mut channel, &order) {
            Ok(Kind::Returned) => serve(&mut channel),
            Ok(_) => Ok(()),
            Err(gone) => Err(gone),
        },
        None => serve(&mut channel),
    };
}

fn serve(channel: &mut Channel) -> Result<(), Gone> {
    let mut order = Vec::new();
    loop {
        // The order is copied out, so that the parent knows from the lane that it was taken.
        let taken = channel.receive(|message| {
            order.clear();
            order.extend_from_slice(message.map_err(|_| Gone)?);
            Ok(())
        })?;
        match taken {
            None => channel.wait()?,
            Some(Err(gone)) => return Err(gone),
            Some(Ok(())) => {
                run(channel, &order)?;
            }
        }
    }
}

/// Runs an order; gives what became of its last call.
fn run(channel: &mut Channel, order: &[u8]) -> Result<Kind, Gone> {
    let (distance, calls) = open(order).ok_or(Gone)?;
    let mut report = Report::new(channel);
    let kind = sys::runner_at(distance)(calls, &mut report)?;
    report.show();
    Ok(kind)
}
