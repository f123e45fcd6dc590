//! What answers to `caveats/5-nonsense` are given: three sensors, one of them broken.

use queue::Producer;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// How many sensors there are.
pub const SENSORS: i32 = 3;
/// How many readings each of them sends.
pub const EACH: i32 = 50;

/// A temperature in degrees Celsius. What is below absolute zero does not decode.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Reading(pub i32);

impl<'de> Deserialize<'de> for Reading {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match i32::deserialize(deserializer)? {
            celsius @ -273.. => Ok(Self(celsius)),
            _ => Err(D::Error::custom("colder than anything can be")),
        }
    }
}

/// Sends what a sensor reads. Every tenth reading of sensor 2 is nonsense.
///
/// # Errors
///
/// Nobody wants to know it any more.
pub fn measure(sensor: i32, readings: Producer<Reading>) -> Result<(), String> {
    for n in 0..EACH {
        let broken = sensor == 2 && n % 10 == 5;
        let celsius = if broken { i32::MIN } else { n };
        readings.put(Reading(celsius)).map_err(|error| error.to_string())?;
    }
    Ok(())
}
