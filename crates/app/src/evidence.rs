//! Evidence in appeals: files with limits, whose type is what their bytes say. They lie in the lake
//! under names of ours, are never opened here, and are read only through their case.
use kernel::day::instant;
use serde_json::{Value, json};
use store::{AppealRow, AttachmentRow, Db};

use crate::appeals;
use crate::dispatch::Answer;
use crate::error::Error;
use crate::workspace::Stipend;

/// The largest file.
pub const BYTES_MAX: usize = 5 << 20;
/// Files of one case.
pub const FILES_MAX: usize = 10;
const NAME_MAX: usize = 100;

/// Types that are taken, by the first bytes of a file. No archives, no documents with programs in
/// them, no SVG: nothing that becomes larger or does something when it is opened.
const TYPES: [(&str, &[u8]); 5] = [
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/gif", b"GIF8"),
    ("application/pdf", b"%PDF-"),
    ("image/webp", b"RIFF"),
];

/// What the bytes of a file say that it is; text where all of it is text.
#[must_use]
pub fn media(bytes: &[u8]) -> Option<&'static str> {
    let known = TYPES.iter().find(|(_, first)| bytes.starts_with(first));
    match known {
        Some(("image/webp", _)) => {
            bytes.get(8..12).filter(|word| *word == b"WEBP").map(|_| "image/webp")
        }
        Some((media, _)) => Some(media),
        None => {
            let text = std::str::from_utf8(bytes).ok()?;
            let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
            (!text.is_empty() && text.chars().all(plain)).then_some("text/plain")
        }
    }
}

/// A name as it is shown: its last part, without what nobody sees.
fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown = last.chars().filter(|c| !kernel::id::is_hidden(*c) && !"<>:\"|?*".contains(*c));
    let shown: String = shown.take(NAME_MAX).collect();
    let shown = shown.trim_start_matches('.').trim();
    if shown.is_empty() { "evidence".to_owned() } else { shown.to_owned() }
}

/// Writes a file of an open case into the lake; [`crate::appeals::Change::Attach`] makes it one of
/// the case.
///
/// # Errors
/// [`Error::Refused`] when it is too large or of no known type; [`Error::Conflict`] when the case
/// is over.
pub fn keep(
    stipend: &mut Stipend,
    (appeal, creator): (i64, Option<&str>),
    name: &str,
    bytes: &[u8],
    now_us: i64,
) -> Result<AttachmentRow, Error> {
    let case = appeals::get(&mut stipend.db, appeal)?;
    check(&case, creator)?;
    if bytes.len() > BYTES_MAX {
        let text = format!("evidence has at most {} MiB", BYTES_MAX >> 20);
        return Err(Error::Refused(text));
    }
    let media = media(bytes).ok_or_else(|| {
        let text = "evidence is a PNG, JPEG, GIF, WebP, PDF or plain text, as its bytes say";
        Error::Refused(text.to_owned())
    })?;
    let fresh = lake::files::fresh_name().map_err(Error::file("/dev/urandom"))?;
    let path = format!("appeals/{appeal}/{fresh}.bin");
    let full = stipend.lake().join(&path);
    lake::files::write_durably(&full, bytes).map_err(Error::file(&full))?;
    Ok(AttachmentRow {
        seq: 0,
        appeal,
        name: clean(name),
        media: media.to_owned(),
        bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        digest: lake::files::sha256(bytes).to_vec(),
        path,
        added_by: creator.map_or_else(|| "officer".to_owned(), |id| format!("creator:{id}")),
        recorded_us: now_us,
    })
}

/// Makes a file one of its case.
pub(crate) fn add(db: &mut Db, row: &AttachmentRow) -> Result<Answer, Error> {
    let case = appeals::get(db, row.appeal)?;
    check(&case, row.added_by.strip_prefix("creator:"))?;
    if db.attachments(row.appeal)?.len() >= FILES_MAX {
        let text = format!("a case has at most {FILES_MAX} files");
        return Err(Error::conflict("taken", text));
    }
    db.add_attachment(row)?;
    let rows = db.attachments(row.appeal)?;
    Ok(Answer::new(201, &to_json(rows.last().unwrap_or(row))))
}

/// Whether a case is open, and a creator's own if one is named; another's looks like one that there
/// is not.
fn check(case: &AppealRow, creator: Option<&str>) -> Result<(), Error> {
    if creator.is_some_and(|creator| creator != case.creator) {
        return Err(Error::Missing(format!("there is no appeal {}", case.seq)));
    }
    let open = appeal::State::from_word(&case.state).is_some_and(appeal::State::is_open);
    if open { Ok(()) } else { Err(Error::conflict("already_ended", "the case is over")) }
}

/// A file of a case with its bytes.
///
/// # Errors
/// [`Error::Missing`] when the case, of that creator if one is named, has no such file;
/// [`Error::Refused`] when the lake has other bytes.
pub fn read(
    stipend: &mut Stipend,
    (appeal, creator): (i64, Option<&str>),
    seq: i64,
) -> Result<(AttachmentRow, Vec<u8>), Error> {
    let missing = || Error::Missing(format!("the appeal {appeal} has no file {seq}"));
    let row = appeals::get(&mut stipend.db, appeal)?;
    if creator.is_some_and(|creator| creator != row.creator) {
        return Err(Error::Missing(format!("there is no appeal {appeal}")));
    }
    let rows = stipend.db.attachments(appeal)?;
    let row = rows.into_iter().find(|row| row.seq == seq).ok_or_else(missing)?;
    let path = stipend.lake().join(&row.path);
    let bytes = std::fs::read(&path).map_err(Error::file(&path))?;
    if lake::files::sha256(&bytes).as_slice() != row.digest {
        return Err(Error::Refused("the file does not hold what was added".to_owned()));
    }
    Ok((row, bytes))
}

/// A file as the API shows it: without where it lies.
#[must_use]
pub fn to_json(row: &AttachmentRow) -> Value {
    json!({
        "id": row.seq,
        "name": row.name,
        "media": row.media,
        "bytes": row.bytes,
        "digest": hex::encode(&row.digest),
        "by": if row.added_by.starts_with("creator:") { "creator" } else { "officer" },
        "added": instant(row.recorded_us),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_say_what_a_file_is() {
        let check = |bytes: &[u8], expected: Option<&str>| {
            assert_eq!(media(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
        };
        check(b"\x89PNG\r\n\x1a\n....", Some("image/png"));
        check(b"\xff\xd8\xff\xe0", Some("image/jpeg"));
        check(b"%PDF-1.7", Some("application/pdf"));
        check(b"RIFF\x10\0\0\0WEBPVP8 ", Some("image/webp"));
        check(b"RIFF\x10\0\0\0AVI ", None);
        check("it is my own work\n".as_bytes(), Some("text/plain"));
        check(b"", None);
        // Archives, programs, pages of code in a picture's clothes.
        check(b"PK\x03\x04", None);
        check(b"\x1f\x8b\x08", None);
        check(b"\x7fELF", None);
        check(b"MZ\x90\0", None);
        check(b"\0\0\0\x18ftypmp42", None);
    }

    #[test]
    fn names_are_names() {
        let check = |name: &str, expected: &str| assert_eq!(clean(name), expected, "{name}");
        check("proof.png", "proof.png");
        check("../../etc/passwd", "passwd");
        check("C:\\temp\\..\\x.pdf", "x.pdf");
        check(".htaccess", "htaccess");
        check("a\u{202e}gnp.exe", "agnp.exe");
        check("\0\n", "evidence");
        check("..", "evidence");
    }
}
