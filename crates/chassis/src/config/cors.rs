//! Which web pages may call from a browser: the settings `server.cors`, read once into what cannot be wrong.
//!
//! Promise: an origin is kept as browsers write it (RFC 6454 section 6.2), so that one comparison of bytes decides; what no browser
//! sends is refused at the start. Cost: none for a call.

use std::time::Duration;

use http::HeaderValue;
use serde::{Deserialize, Serialize};

use context::duration;

/// Cross-origin calls (the Fetch standard's CORS). Whoever is not a browser is not asked for an origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cors {
    /// Pages of these origins may call REST and grpc-web: a list such as `["https://app.example"]`, also between commas in one
    /// text, or `*` for all. Default: none, so that only pages that come from this very address can.
    pub allowed_origins: Origins,
    /// How long a browser may remember what it was allowed before it asks again; browsers cut it to 2h or less. Default 10m.
    #[serde(with = "duration")]
    pub max_age: Duration,
}

impl Default for Cors {
    fn default() -> Self {
        Self { allowed_origins: Origins::Listed(Vec::new()), max_age: Duration::from_mins(10) }
    }
}

/// Origins of pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Origins {
    /// Every page.
    Any,
    /// These, each as a browser writes it in `Origin`.
    Listed(Vec<HeaderValue>),
}

/// As it stands in the settings.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "allowed: * or a list of origins, such as [\"https://app.example\"]")]
enum Written {
    One(String),
    Many(Vec<String>),
}

/// A text that is no origin.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{text}` is not an origin; allowed: * or scheme://host[:port] without a path, such as https://app.example"
)]
struct NoOrigin {
    /// At most 64 bytes of it.
    text: String,
}

impl TryFrom<Written> for Origins {
    type Error = NoOrigin;

    fn try_from(written: Written) -> Result<Self, NoOrigin> {
        let texts = match written {
            Written::One(text) => text.split(',').map(str::to_owned).collect(),
            Written::Many(texts) => texts,
        };
        let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        if texts.clone().any(|text| text == "*") {
            return Ok(Self::Any);
        }
        let origin = |text: &str| origin(text).ok_or_else(|| NoOrigin { text: excerpt(text) });
        texts.map(origin).collect::<Result<_, _>>().map(Self::Listed)
    }
}

impl From<Origins> for Written {
    fn from(origins: Origins) -> Self {
        match origins {
            Origins::Any => Self::One("*".to_owned()),
            Origins::Listed(all) => {
                Self::Many(all.iter().filter_map(|origin| origin.to_str().ok()).map(str::to_owned).collect())
            }
        }
    }
}

/// In lower case and without the port that the scheme implies.
fn origin(text: &str) -> Option<HeaderValue> {
    let text = text.to_ascii_lowercase();
    let (scheme, authority) = text.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let parsed: http::uri::Authority = authority.parse().ok()?;
    if !is_scheme || parsed.host().is_empty() || authority.contains('@') {
        return None;
    }
    let usual = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => "",
    };
    let authority = authority.strip_suffix(usual).unwrap_or(authority);
    HeaderValue::from_str(&format!("{scheme}://{authority}")).ok()
}

fn excerpt(text: &str) -> String {
    text[..text.floor_char_boundary(64)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&'static str]) {
        let listed = expected.iter().map(|origin| HeaderValue::from_static(origin)).collect();
        assert_eq!(Origins::try_from(Written::One(text.to_owned())).unwrap(), Origins::Listed(listed));
    }

    #[test]
    fn origins_are_kept_as_browsers_write_them() {
        check("", &[]);
        check("https://app.example", &["https://app.example"]);
        check(
            "HTTPS://App.Example:443, http://localhost:3000",
            &["https://app.example", "http://localhost:3000"],
        );
        check("http://[::1]:80", &["http://[::1]"]);
        check("tauri://localhost", &["tauri://localhost"]);
        assert_eq!(Origins::try_from(Written::One("*".to_owned())).unwrap(), Origins::Any);
        let among = vec!["https://app.example".to_owned(), "*".to_owned()];
        assert_eq!(Origins::try_from(Written::Many(among)).unwrap(), Origins::Any);
    }

    #[test]
    fn what_no_browser_sends_is_refused() {
        let long = format!("https://{}/", "a".repeat(100));
        for text in [
            "null",
            "app.example",
            "https://",
            "https://app.example/",
            "https://u@app.example",
            "1://a",
            "https://*.a b",
            &long,
        ] {
            let error = Origins::try_from(Written::One(text.to_owned())).unwrap_err().to_string();
            assert!(error.contains("allowed: * or scheme://host[:port]") && error.len() < 200, "{error}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["*", "", "https://app.example,http://localhost:3000"] {
            let origins = Origins::try_from(Written::One(text.to_owned())).unwrap();
            assert_eq!(Origins::try_from(Written::from(origins.clone())).unwrap(), origins);
        }
    }
}
