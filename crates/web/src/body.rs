//! Queries and bodies: limits first, then reading.
use std::collections::BTreeMap;
use std::io::Read;
use std::time::Duration;

use app::problem::Problem;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;

use crate::budget::Held;
use crate::route::Route;

/// Characters of a query's value, where its schema does not say.
const VALUE_CHARS_MAX: u64 = 200;

/// The query's values; one that the route does not know, or that comes twice, is refused.
pub(crate) fn query(route: &Route, query: &str) -> Result<BTreeMap<String, String>, Problem> {
    let mut found = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let Some(param) = route.query.iter().find(|param| param.name == name) else {
            let known: Vec<&str> = route.query.iter().map(|param| param.name).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let name: String = name.chars().take(40).collect();
            let text = format!("the parameter `{name}` is not known; there is: {known}");
            return Err(Problem::new("bad_request", text));
        };
        let most = (param.schema)()["maxLength"].as_u64().unwrap_or(VALUE_CHARS_MAX);
        if value.chars().count() as u64 > most || value.contains('\0') {
            return Err(Problem::new("bad_request", format!("the parameter `{name}` is too long")));
        }
        if found.insert(name.to_string(), value.into_owned()).is_some() {
            return Err(Problem::new("bad_request", format!("the parameter `{name}` comes twice")));
        }
    }
    Ok(found)
}

/// A content type without its parameters, in small letters.
pub(crate) fn media(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// Reads the body, at most as much as the route takes; `held` pays for it.
pub(crate) async fn read(
    route: &Route,
    headers: &HeaderMap,
    body: Body,
    held: &mut Held,
    timeout: Duration,
) -> Result<Vec<u8>, Problem> {
    let Some(wanted) = route.body else { return Ok(Vec::new()) };
    let known: Vec<&str> = wanted.media.iter().map(|(media, ..)| *media).collect();
    let binary = headers.contains_key("ce-specversion");
    let given = media(headers).unwrap_or_default();
    if !binary && !known.contains(&given.as_str()) {
        let text = format!("the content type is `{given}`; this takes: {}", known.join(", "));
        return Err(Problem::new("unsupported_media_type", text));
    }
    let too_large = || {
        let text = format!("a body has at most {} bytes here: send it in parts", wanted.bytes_max);
        Problem::new("too_large", text)
    };
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if let Some(length) = length.and_then(|text| text.parse::<usize>().ok())
        && length > wanted.bytes_max
    {
        // What would not be read to its end is not begun: the answer comes at once.
        if length <= DRAINED_MAX {
            drain(body, timeout).await;
        }
        return Err(too_large());
    }
    let mut body = body;
    let collect = async {
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let broke = |_| Problem::new("bad_request", "the body broke off");
            let Ok(data) = frame.map_err(broke)?.into_data() else { continue };
            if bytes.len() + data.len() > wanted.bytes_max {
                return Err(too_large());
            }
            held.grow(data.len())?;
            bytes.extend_from_slice(&data);
        }
        Ok(bytes)
    };
    let slow = |_| Problem::new("timeout", "the body came too slowly: send it in smaller parts");
    let collected = tokio::time::timeout(timeout, collect).await.map_err(slow)?;
    if collected.as_ref().is_err_and(|problem| problem.status == 413) {
        drain(body, timeout).await;
    }
    collected
}

/// Bytes that are thrown away at most, for a client to read why.
const DRAINED_MAX: usize = 128 << 20;

/// Reads what is too much and forgets it: a client that is cut off while it sends does not read the
/// answer.
async fn drain(mut body: Body, timeout: Duration) {
    let drain = async {
        let mut drained = 0;
        while let Some(Ok(frame)) = body.frame().await {
            drained += frame.data_ref().map_or(0, |data| data.len());
            if drained > DRAINED_MAX {
                return;
            }
        }
    };
    // Who is slower than that is cut off.
    tokio::time::timeout(timeout, drain).await.ok();
}

/// Bytes that are unpacked before they are paid for.
const PIECE: usize = 64 << 10;

/// Undoes the content encoding, at most to what the route takes; `held` pays for it.
pub(crate) fn unpack(
    route: &Route,
    headers: &HeaderMap,
    body: Vec<u8>,
    held: &mut Held,
) -> Result<Vec<u8>, Problem> {
    let Some(wanted) = route.body else { return Ok(body) };
    let encoding = headers.get(header::CONTENT_ENCODING).map(|value| value.to_str());
    let mut reader: Box<dyn Read + '_> = match encoding {
        None | Some(Ok("identity" | "")) => return Ok(body),
        Some(Ok("gzip")) => Box::new(flate2::read::MultiGzDecoder::new(body.as_slice())),
        Some(Ok("zstd")) => match zstd::stream::read::Decoder::new(body.as_slice()) {
            Ok(decoder) => Box::new(decoder),
            Err(_) => return Err(Problem::new("bad_request", "the body is no zstd")),
        },
        Some(_) => {
            let text = "the content encoding is not known; this takes: gzip, zstd, identity";
            return Err(Problem::new("unsupported_media_type", text));
        }
    };
    let (mut unpacked, mut piece) = (Vec::new(), vec![0; PIECE]);
    loop {
        let read = reader.read(&mut piece).map_err(|error| {
            Problem::new("bad_request", format!("the body does not unpack: {error}"))
        })?;
        if read == 0 {
            return Ok(unpacked);
        }
        if unpacked.len() + read > wanted.bytes_max {
            let most = wanted.bytes_max;
            let text = format!("a body unpacks to at most {most} bytes here: send it in parts");
            return Err(Problem::new("too_large", text));
        }
        held.grow(read)?;
        unpacked.extend_from_slice(&piece[..read]);
    }
}
