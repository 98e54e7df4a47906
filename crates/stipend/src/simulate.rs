//! `simulate`: a made-up platform written as import files.
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use app::Error;
use kernel::{Day, Zone};
use lake::{Table, TableError, TableFile};
use testkit::simulate::{Event, Kind, Plan, Platform, Source};

use crate::args::InFormat;

/// Writes `creators.csv`, `works.csv` and one file of events a day; gives the event files.
pub(crate) fn write(
    folder: &Path,
    plan: Plan,
    format: InFormat,
    each_day: &mut dyn FnMut(u32),
) -> Result<Vec<std::path::PathBuf>, Error> {
    std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    let days = plan.days;
    let platform = Platform::new(plan);
    let path = folder.join("creators.csv");
    write_creators(&path, &platform).map_err(Error::file(&path))?;
    let path = folder.join("works.csv");
    write_works(&path, &platform).map_err(Error::file(&path))?;
    let mut files = Vec::new();
    for day in 0..days {
        let ending = match format {
            InFormat::Csv => "csv",
            InFormat::Ndjson => "ndjson",
            InFormat::Json => "json",
            InFormat::Parquet => "parquet",
            InFormat::Cloudevents => "cloudevents.ndjson",
        };
        let path = folder.join(format!("events-{:02}.{ending}", day + 1));
        let written = match format {
            InFormat::Parquet => write_parquet(&path, &platform, day),
            _ => write_events(&path, &platform, day, format),
        };
        written.map_err(Error::file(&path))?;
        files.push(path);
        each_day(day);
    }
    Ok(files)
}

fn day_text(day: i32) -> String {
    Day::from_epoch_days(day).map_or(String::new(), |day| day.to_string())
}

fn write_creators(path: &Path, platform: &Platform) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "creator,account,account_type,verification,joined,last_violation")?;
    for creator in &platform.creators {
        let violation = creator.last_violation_day.map_or(String::new(), day_text);
        let joined = day_text(creator.joined_day);
        let (id, account) = (&creator.id, &creator.account);
        let (kind, badge) = (creator.account_type, creator.verification);
        writeln!(out, "{id},{account},{kind},{badge},{joined},{violation}")?;
    }
    out.flush()
}

fn write_works(path: &Path, platform: &Platform) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(
        out,
        "work,creator,kind,published,length_ms,visibility,review,original,quality,has_ads,\
         commercial_order,selling,paid_content,selected"
    )?;
    let mut clock = Stamp::default();
    for work in &platform.works {
        let creator = platform
            .creators
            .get(kernel::cast::index(work.creator))
            .map_or("", |creator| creator.id.as_str());
        let flag = |value: bool| if value { "1" } else { "0" };
        let published = clock.text(work.published_us);
        writeln!(
            out,
            "{},{creator},{},{published},{},{},{},{},{},{},{},{},{},{}",
            work.id,
            work.kind,
            work.length_ms,
            work.visibility,
            work.review,
            flag(work.original),
            work.quality,
            flag(work.has_ads),
            flag(work.commercial_order),
            flag(work.selling),
            flag(work.paid_content),
            flag(work.selected),
        )?;
    }
    out.flush()
}

const FLAGS: [&str; 5] = ["like", "favorite", "comment", "share", "follow"];

fn write_events(path: &Path, platform: &Platform, day: u32, format: InFormat) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    match format {
        InFormat::Csv => {
            let header = "event_id,time,kind,work,viewer,viewer_region,device,watch_ms,source";
            writeln!(out, "{header},{}", FLAGS.join(","))?;
        }
        InFormat::Json => writeln!(out, "[")?,
        InFormat::Ndjson | InFormat::Parquet | InFormat::Cloudevents => {}
    }
    let mut first = true;
    let mut clock = Stamp::default();
    let mut line = Vec::with_capacity(512);
    let mut failed = None;
    platform.events(day, &mut |event| {
        line.clear();
        match format {
            InFormat::Csv => csv_line(&mut line, event, &mut clock),
            InFormat::Json if !first => {
                line.push(b',');
                json_line(&mut line, event, &mut clock);
            }
            InFormat::Cloudevents => cloud_line(&mut line, event, &mut clock),
            _ => json_line(&mut line, event, &mut clock),
        }
        first = false;
        if failed.is_none() {
            failed = out.write_all(&line).err();
        }
    });
    match failed {
        Some(error) => return Err(error),
        None if matches!(format, InFormat::Json) => writeln!(out, "]")?,
        None => {}
    }
    out.flush()
}

/// Rows of a row group: what is held of a day.
const GROUP_ROWS: usize = 100_000;

fn write_parquet(path: &Path, platform: &Platform, day: u32) -> io::Result<()> {
    let broken = |error: TableError| io::Error::other(error);
    let file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut rows: Vec<Event> = Vec::new();
    let mut clock = Stamp::default();
    let mut out = TableFile::new(file, &event_table(&rows, &mut clock)).map_err(broken)?;
    let mut failed = None;
    platform.events(day, &mut |event| {
        rows.push(*event);
        if rows.len() == GROUP_ROWS {
            let written = out.append(&event_table(&rows, &mut clock));
            failed = failed.take().or(written.err());
            rows.clear();
        }
    });
    if let Some(error) = failed {
        return Err(broken(error));
    }
    if !rows.is_empty() {
        out.append(&event_table(&rows, &mut clock)).map_err(broken)?;
    }
    out.finish().map_err(broken)?.flush()
}

fn event_table(rows: &[Event], clock: &mut Stamp) -> Table {
    let mut table = Table::default();
    let text = |of: &dyn Fn(&Event) -> String| rows.iter().map(of).collect::<Vec<String>>();
    table.text("event_id", text(&|event| format!("e{}", event.seq)));
    table.text("time", rows.iter().map(|event| clock.text(event.time_us).to_owned()).collect());
    table.text("kind", text(&|event| kind(event).to_owned()));
    table.text("work", text(&|event| format!("w{}", event.work)));
    table.text("viewer", text(&|event| format!("u{}", event.viewer)));
    table.text("viewer_region", text(&|e| String::from_utf8_lossy(&e.region).into_owned()));
    table.text("device", text(&|event| format!("d{}", event.device)));
    table.int("watch_ms", rows.iter().map(|event| i64::from(event.watch_ms)).collect());
    table.text("source", text(&|event| source(event).to_owned()));
    for (bit, name) in FLAGS.iter().enumerate() {
        table.int(name, rows.iter().map(|event| i64::from(event.flags >> bit & 1)).collect());
    }
    table
}

fn kind(event: &Event) -> &'static str {
    match event.kind {
        Kind::View => "view",
        Kind::Like => "like",
        Kind::Favorite => "favorite",
        Kind::Comment => "comment",
        Kind::Share => "share",
        Kind::Follow => "follow",
    }
}

fn source(event: &Event) -> &'static str {
    match event.source {
        Source::Organic => "organic",
        Source::Paid => "paid",
    }
}

fn push(line: &mut Vec<u8>, prefix: &str, number: u64) {
    line.extend_from_slice(prefix.as_bytes());
    line.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

fn csv_line(line: &mut Vec<u8>, event: &Event, clock: &mut Stamp) {
    push(line, "e", event.seq);
    line.push(b',');
    line.extend_from_slice(clock.text(event.time_us).as_bytes());
    line.push(b',');
    line.extend_from_slice(kind(event).as_bytes());
    push(line, ",w", u64::from(event.work));
    push(line, ",u", u64::from(event.viewer));
    line.push(b',');
    line.extend_from_slice(&event.region);
    push(line, ",d", u64::from(event.device));
    push(line, ",", u64::from(event.watch_ms));
    line.push(b',');
    line.extend_from_slice(source(event).as_bytes());
    for bit in 0..FLAGS.len() {
        line.extend_from_slice(if event.flags >> bit & 1 == 1 { b",1" } else { b",0" });
    }
    line.push(b'\n');
}

fn json_line(line: &mut Vec<u8>, event: &Event, clock: &mut Stamp) {
    push(line, "{\"event_id\":\"e", event.seq);
    line.extend_from_slice(b"\",\"time\":\"");
    line.extend_from_slice(clock.text(event.time_us).as_bytes());
    line.extend_from_slice(b"\",\"kind\":\"");
    line.extend_from_slice(kind(event).as_bytes());
    push(line, "\",\"work\":\"w", u64::from(event.work));
    push(line, "\",\"viewer\":\"u", u64::from(event.viewer));
    line.extend_from_slice(b"\",\"viewer_region\":\"");
    line.extend_from_slice(&event.region);
    push(line, "\",\"device\":\"d", u64::from(event.device));
    push(line, "\",\"watch_ms\":", u64::from(event.watch_ms));
    line.extend_from_slice(b",\"source\":\"");
    line.extend_from_slice(source(event).as_bytes());
    line.push(b'"');
    for (bit, name) in FLAGS.iter().enumerate() {
        if event.flags >> bit & 1 == 1 {
            line.extend_from_slice(format!(",\"{name}\":true").as_bytes());
        }
    }
    line.extend_from_slice(b"}\n");
}

/// The envelope of CloudEvents 1.0 in structured mode; `data` is the line of NDJSON.
fn cloud_line(line: &mut Vec<u8>, event: &Event, clock: &mut Stamp) {
    push(line, "{\"specversion\":\"1.0\",\"source\":\"/simulated\",\"id\":\"e", event.seq);
    line.extend_from_slice(b"\",\"type\":\"event\",\"time\":\"");
    line.extend_from_slice(clock.text(event.time_us).as_bytes());
    line.extend_from_slice(b"\",\"data\":");
    json_line(line, event, clock);
    line.pop();
    line.extend_from_slice(b"}\n");
}

/// Writes instants as RFC 3339, keeping the text of the day.
#[derive(Default)]
struct Stamp {
    day: i64,
    date: String,
    text: String,
}

impl Stamp {
    fn text(&mut self, time_us: i64) -> &str {
        let day_us = 24 * kernel::day::HOUR_US;
        let day = time_us.div_euclid(day_us);
        if day != self.day || self.date.is_empty() {
            self.day = day;
            self.date = Zone::utc().day_of(time_us).to_string();
        }
        let ms = time_us.rem_euclid(day_us) / 1_000;
        let (seconds, ms) = (ms / 1_000, ms % 1_000);
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        self.text.clear();
        self.text.push_str(&self.date);
        for (mark, number) in [('T', hour), (':', minute), (':', second)] {
            self.text.push(mark);
            self.digits(number, 2);
        }
        self.text.push('.');
        self.digits(ms, 3);
        self.text.push('Z');
        &self.text
    }

    fn digits(&mut self, number: i64, width: usize) {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(number);
        for _ in digits.len()..width {
            self.text.push('0');
        }
        self.text.push_str(digits);
    }
}
