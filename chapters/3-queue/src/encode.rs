//! Encoding into a buffer that is kept from item to item.

use postcard::ser_flavors::Flavor;
use serde::Serialize;

/// Encodes an item to the end of `bytes`. Byte strings are copied as a whole, which `postcard::to_extend` does not do.
/// Never blocks.
///
/// # Errors
///
/// The item cannot be encoded. A part of it may stand at the end of `bytes` then.
pub fn append<T: Serialize>(bytes: &mut Vec<u8>, item: &T) -> postcard::Result<()> {
    postcard::serialize_with_flavor(item, Appender(bytes))
}

struct Appender<'b>(&'b mut Vec<u8>);

impl Flavor for Appender<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}
