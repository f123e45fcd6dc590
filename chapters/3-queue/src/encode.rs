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
#[inline]
pub fn append<T: Serialize>(bytes: &mut Vec<u8>, item: &T) -> postcard::Result<()> {
    postcard::serialize_with_flavor(item, Appender(bytes))
}

/// Encodes an item into the beginning of `room` and gives its length. Never blocks.
///
/// # Errors
///
/// The item cannot be encoded; `SerializeBufferFull` if there is not enough room.
#[inline]
pub fn fill<T: Serialize>(room: &mut [u8], item: &T) -> postcard::Result<usize> {
    postcard::serialize_with_flavor(item, Filler { room, length: 0 })
}

struct Appender<'b>(&'b mut Vec<u8>);

impl Flavor for Appender<'_> {
    type Output = ();

    #[inline(always)]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline(always)]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        // Numbers are mostly short, and to copy a few bytes takes less than to call who copies any number of them.
        match *bytes {
            [a] => self.0.push(a),
            [a, b] => self.0.extend_from_slice(&[a, b]),
            [a, b, c] => self.0.extend_from_slice(&[a, b, c]),
            _ => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

struct Filler<'b> {
    room: &'b mut [u8],
    length: usize,
}

impl Flavor for Filler<'_> {
    type Output = usize;

    #[inline(always)]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.try_extend(&[byte])
    }

    #[inline(always)]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        let room = self.room.get_mut(self.length..).and_then(|it| it.get_mut(..bytes.len()));
        let room = room.ok_or(postcard::Error::SerializeBufferFull)?;
        match (bytes, &mut *room) {
            (&[a], [x]) => *x = a,
            (&[a, b], [x, y]) => (*x, *y) = (a, b),
            (&[a, b, c], [x, y, z]) => (*x, *y, *z) = (a, b, c),
            _ => room.copy_from_slice(bytes),
        }
        self.length += bytes.len();
        Ok(())
    }

    fn finalize(self) -> postcard::Result<usize> {
        Ok(self.length)
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
