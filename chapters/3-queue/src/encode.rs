//! Items into bytes, in a buffer that is kept from item to item, and back.

use postcard::ser_flavors::Flavor;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::GetError;

/// A buffer that had to grow beyond this for one item is not kept for the next. Below it is: the system would have
/// to find and clear every page again.
pub(crate) const MOST_KEPT: usize = 4 << 20;

/// Encodes an item to the end of `bytes`. Byte strings are copied as a whole, which `postcard::to_extend` does not do.
/// Never blocks. The format is postcard's (<https://postcard.jamesmunns.com>).
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

/// Decodes an item; every byte has to belong to it, or it was of another type.
pub(crate) fn decode<T: DeserializeOwned>(message: &[u8]) -> Result<T, GetError> {
    match postcard::take_from_bytes(message) {
        Ok((item, [])) => Ok(item),
        Ok(_) => Err(GetError::Decode { source: postcard::Error::DeserializeBadEncoding }),
        Err(source) => Err(GetError::Decode { source }),
    }
}
