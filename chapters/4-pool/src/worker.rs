//! The worker's side: take an order, run it, report each item, until the parent is gone.

use lesson::timeline;
use queue::{Connection, PutError};

use crate::order::{Order, Report};
use crate::sys;

/// What a worker runs. It ends when the parent closes its end of the connection.
pub(crate) fn work(connection: Connection<Report, Order>) {
    // Any error means that the parent is gone, or that its orders cannot be read: there is nobody to tell.
    while let Ok(order) = connection.recv() {
        let run = sys::runner_at(order.runner);
        for item in order.items {
            let span = timeline::span("task", "");
            let report = run(&item);
            drop(span);
            // Each result leaves at once: what a worker has reported survives it.
            let sent = match connection.send(report) {
                // There was no room for a large result: that much can be told.
                Err(PutError::System { source, .. }) => {
                    connection.send(Report::NotCoded(source.to_string()))
                }
                other => other,
            };
            if sent.is_err() {
                return;
            }
        }
    }
}
