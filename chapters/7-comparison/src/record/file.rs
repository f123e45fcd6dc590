//! Records in files.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use lesson::text;
use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, Serializer};
use thiserror::Error;

use super::{Record, SCHEMA_VERSION};

/// No record is longer, in bytes; but a file may be without end, such as `/dev/full`.
const LONGEST: u64 = 16 << 20;

/// Where this machine's own record is: in the workspace, not in `target/`, and not in git.
pub fn here() -> PathBuf {
    workspace().join(".measure/measure.json")
}

/// The record of a named machine that the book shows.
pub fn reference() -> PathBuf {
    workspace().join("book/figures/measure.json")
}

fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_owned()
}

/// Why a record cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// There is none.
    #[error("{}", text!(
        "there are no figures in {}: measure first, with `cargo xtask measure`",
        "{}に計測結果がありません。先に`cargo xtask measure`で計測してください",
        .0.display()
    ))]
    Missing(PathBuf),
    /// The system does not let it be read or written.
    #[error("{}: {source}", .path.display())]
    System {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is not a whole record.
    #[error("{}", text!(
        "{} is damaged ({source}): delete it, and measure again with `cargo xtask measure`",
        "{}は壊れています({source})。削除して`cargo xtask measure`で計測し直してください",
        .path.display()
    ))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, and in which line.
        source: serde_json::Error,
    },
    /// It was written by a program of another version.
    #[error("{}", text!(
        "{} has version {found} of the format, this program reads version {SCHEMA_VERSION}: \
         measure again with `cargo xtask measure`",
        "{}の形式はバージョン{found}ですが、このプログラムが読めるのはバージョン{SCHEMA_VERSION}です。\
         `cargo xtask measure`で計測し直してください",
        .path.display()
    ))]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
    },
}

impl Record {
    /// Reads a record.
    ///
    /// # Errors
    ///
    /// All of [`RecordError`]. A point without a sample is damage too, since it has no spread.
    pub fn load(path: &Path) -> Result<Self, RecordError> {
        #[derive(Deserialize)]
        struct Version {
            schema_version: u64,
        }
        let path_of = || path.to_owned();
        let read = File::open(path).and_then(|file| {
            let mut text = String::new();
            file.take(LONGEST).read_to_string(&mut text).map(|_| text)
        });
        let text = read.map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => RecordError::Missing(path_of()),
            _ => RecordError::System { path: path_of(), source },
        })?;
        let damaged = |source| RecordError::Damaged { path: path_of(), source };
        // The version first: whatever else another version has is not looked at.
        let Version { schema_version: found } = serde_json::from_str(&text).map_err(damaged)?;
        if found != u64::from(SCHEMA_VERSION) {
            return Err(RecordError::Version { path: path_of(), found });
        }
        let record: Self = serde_json::from_str(&text).map_err(damaged)?;
        let mut points = record.series.iter().flat_map(|series| &series.points);
        if points.any(|point| point.samples.is_empty()) {
            let empty = serde::de::Error::custom("a point without a sample");
            return Err(damaged(empty));
        }
        Ok(record)
    }

    /// Writes the record, under another name first: nobody ever reads half of it, and when there is no room the
    /// last whole one stays. What is no plain file, such as `/dev/stdout`, is written to as it is.
    ///
    /// # Errors
    ///
    /// [`RecordError::System`], such as `ENOSPC`: there is no room.
    pub fn save(&self, path: &Path) -> Result<(), RecordError> {
        let system = |source| RecordError::System { path: path.to_owned(), source };
        let bytes = self.to_bytes().map_err(|error| system(error.into()))?;
        write(path, &bytes).map_err(system)
    }

    /// As JSON with a line for each series: a change of one shows as a change of one line.
    fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut serializer = Serializer::with_formatter(&mut bytes, Lines::default());
        self.serialize(&mut serializer)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let whole = || {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    whole().inspect_err(|_| {
        // If even this fails, the first error is the one to tell.
        let _ = fs::remove_file(&beside);
    })
}

/// A line for each of the record's fields and for each entry of its lists; what is deeper stays on its line.
#[derive(Default)]
struct Lines {
    depth: usize,
}

impl Lines {
    fn next<W: ?Sized + Write>(&self, writer: &mut W, first: bool) -> io::Result<()> {
        let line = ["", "\n ", "\n  "].get(self.depth).copied().unwrap_or_default();
        let comma = if first { "" } else { "," };
        writer.write_all(comma.as_bytes())?;
        writer.write_all(line.as_bytes())
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        writer.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.next(writer, first)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.next(writer, first)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use lesson::{Language as Spoken, set_language};

    use super::super::{
        Asked, BreakEven, Language, Noise, NotMeasured, Outcome, Point, Question, Record, Series,
        Survival, Why,
    };
    use super::RecordError;
    use crate::row::{Kind, Unit};

    fn example() -> Record {
        let mut record = Record { began: 1, ..Record::new(true) };
        let noise = Noise { others: 0.01, stolen: 0.0 };
        record.asked.push(Asked { question: Question::Start, seconds: 1.5, noise });
        record.not_measured.push(NotMeasured {
            question: Some(Question::Start),
            language: Some(Language::Python),
            what: None,
            why: Why::Failed("no luck".to_owned()),
        });
        record.break_even.push(BreakEven {
            language: Language::Rust,
            kind: Kind::Processes,
            way: "pool".to_owned(),
            pays_not_at: Some(2.5),
            pays_at: None,
        });
        record.survival.push(Survival {
            language: Language::Python,
            kind: Kind::Processes,
            way: "pool".to_owned(),
            others: 7,
            arrived: 0,
            outcome: Outcome::Hangs,
            told: None,
        });
        record.series.push(Series {
            question: Question::Start,
            language: Language::Rust,
            kind: Kind::Processes,
            way: "fork".to_owned(),
            unit: Unit::Microseconds,
            points: vec![Point { x: 0.0, samples: vec![171.0, 169.5] }],
        });
        record
    }

    #[test]
    fn a_record_is_read_as_it_was_written_and_has_a_line_for_each_series() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/measure.json");
        let record = example();
        record.save(&path).unwrap();
        assert_eq!(Record::load(&path).unwrap(), record);
        let text = fs::read_to_string(&path).unwrap();
        let line = text.lines().find(|line| line.contains("\"fork\"")).unwrap();
        assert!(line.contains("169.5") && line.contains("\"start\""), "{text}");
        // Nothing lies beside it.
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_record_is_refused_with_what_to_do() {
        set_language(Spoken::English);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("measure.json");
        let missing = Record::load(&path).unwrap_err();
        assert!(missing.to_string().contains("measure first, with `cargo xtask measure`"));

        example().save(&path).unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        let load = |text: &str| {
            fs::write(&path, text).unwrap();
            Record::load(&path).unwrap_err()
        };
        for damage in [&whole[..whole.len() / 2], "", "[]", &whole.replace("171.0,169.5", "")] {
            let error = load(damage);
            assert!(matches!(error, RecordError::Damaged { .. }), "{error}");
            assert!(error.to_string().contains("delete it, and measure again"), "{error}");
        }
        // Of another version nothing but the version is understood.
        let other = load("{\"schema_version\": 7, \"series\": \"elsewhere\"}");
        assert!(matches!(other, RecordError::Version { found: 7, .. }), "{other}");
        assert!(other.to_string().contains("version 7"), "{other}");
    }

    #[test]
    fn a_full_disk_is_told_and_the_last_whole_record_stays() {
        let error = example().save("/dev/full".as_ref()).unwrap_err();
        assert!(error.to_string().contains("/dev/full"), "{error}");
        // Reading it would never end.
        assert!(matches!(Record::load("/dev/full".as_ref()), Err(RecordError::Damaged { .. })));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("measure.json");
        example().save(&path).unwrap();
        // A folder stands where the file beside would be: as when there is no room, it cannot be written.
        let beside = format!(".measure.json.{}.tmp", std::process::id());
        fs::create_dir(folder.path().join(beside)).unwrap();
        let mut other = example();
        other.quick = false;
        assert!(matches!(other.save(&path).unwrap_err(), RecordError::System { .. }));
        assert_eq!(Record::load(&path).unwrap(), example());
    }

    #[test]
    fn the_day_is_that_of_the_calendar() {
        let day = |began| Record { began, ..example() }.day();
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(1_798_761_599), "2026-12-31");
        assert_eq!(day(1_798_761_600), "2027-01-01");
    }
}
