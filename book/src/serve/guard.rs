//! Who is answered at all, and what a page may do in the browser.
//!
//! The server starts programs, and any page on the internet can make the reader's browser send requests to
//! `127.0.0.1`. What tells such a request from one of ours:
//!
//! - `Host`: a foreign name that was made to lead here (DNS rebinding) is still in it.
//! - `Origin` and `Sec-Fetch-Site`: set by the browser, out of a page's reach.
//! - A token, new at every start, that only pages from here contain, and no other page may read those.
//! - Nothing that a request carries is ever passed on to a program, so a body is refused unread.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_LENGTH, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, TRANSFER_ENCODING,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::secret;

/// The header in which a page shows its token.
pub const TOKEN: HeaderName = HeaderName::from_static("x-book-token");

/// What a request is held against.
#[derive(Clone, Debug)]
pub struct Guard {
    hosts: [String; 2],
    token: String,
    start: String,
}

impl Guard {
    /// For the server on this port of loopback, with a new token.
    pub fn new(port: u16) -> Self {
        let hosts = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{port}"));
        Self { hosts, token: secret::new(), start: secret::new() }
    }

    /// What pages from here contain.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// What tells this start of the server from another, for a page that lives longer than the server.
    pub fn start(&self) -> &str {
        &self.start
    }

    /// Whether a request may be answered; why not.
    ///
    /// # Errors
    ///
    /// A status and a sentence.
    pub fn judge(
        &self,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<(), (StatusCode, &'static str)> {
        let forbidden = |why| Err((StatusCode::FORBIDDEN, why));
        let one = |name: HeaderName| {
            let mut values = headers.get_all(name).iter();
            // Two of them: which one counts would be a guess.
            values.next().filter(|_| values.next().is_none())
        };
        let host = one(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        if !self.hosts.iter().any(|ours| ours == host) {
            return forbidden("this is not the host that the request names\n");
        }
        let acts = !matches!(*method, Method::GET | Method::HEAD);
        match one(ORIGIN) {
            Some(origin) if *origin != format!("http://{host}") => {
                return forbidden("another page's request\n");
            }
            None if acts || headers.contains_key(ORIGIN) => {
                return forbidden("the request does not say which page it comes from\n");
            }
            _ => {}
        }
        let said = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        // Another port of this machine is `same-site`. A link on another page may be followed, but nothing included.
        let followed = !acts
            && said("sec-fetch-mode") == Some("navigate")
            && said("sec-fetch-dest") == Some("document");
        match said("sec-fetch-site") {
            None | Some("same-origin" | "none") => {}
            Some(_) if followed => {}
            Some(_) => return forbidden("another site's request\n"),
        }
        let empty = headers.get(CONTENT_LENGTH).is_none_or(|length| length == "0");
        if !empty || headers.contains_key(TRANSFER_ENCODING) {
            return Err((StatusCode::PAYLOAD_TOO_LARGE, "no request here has a body\n"));
        }
        let shown = one(TOKEN).map(HeaderValue::as_bytes).unwrap_or_default();
        if acts && !secret::same(shown, self.token.as_bytes()) {
            return forbidden("the page is not from this start of the server: load it again\n");
        }
        Ok(())
    }
}

/// Refuses whom the guard refuses, and sends headers with every answer that keep other pages out.
pub async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let mut response = match guard.judge(request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let fixed = [
        ("cache-control", "no-cache"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ];
    for (name, value) in fixed {
        let headers = response.headers_mut();
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// A page from here: it carries the token, the run button's script, and a policy that lets no other script run.
pub fn equip(mut page: Response<()>, html: &str, token: &str) -> Response {
    let nonce = secret::new();
    // mdBook sets up its theme and sidebar by scripts within the page, so each gets this answer's nonce. In the
    // text of a page `<` is escaped.
    let head = format!(
        "<meta name=\"book-token\" content=\"{token}\">\n\
         <link rel=\"stylesheet\" href=\"/-/run.css\">\n\
         <script src=\"/-/run.js\" defer></script>\n</head>"
    );
    let html = html.replacen("</head>", &head, 1);
    let html = html.replace("<script", &format!("<script nonce=\"{nonce}\""));
    // Only the page for unknown addresses has to say where it is.
    let base = if page.status() == StatusCode::NOT_FOUND { "'self'" } else { "'none'" };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri {base}; \
         form-action 'none'; frame-ancestors 'none'"
    );
    let headers = page.headers_mut();
    headers.remove(CONTENT_LENGTH);
    // The token and the nonce are this answer's alone.
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    page.map(|()| Body::from(html))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;

    fn judged(method: &Method, headers: &[(&'static str, &str)]) -> bool {
        let guard = Guard { token: "t".into(), ..Guard::new(1) };
        let headers = headers.iter().map(|(name, value)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        });
        let mut map = HeaderMap::new();
        headers.for_each(|(name, value)| {
            map.append(name, value);
        });
        guard.judge(method, &map).is_ok()
    }

    #[test]
    fn a_link_may_be_followed_from_another_site_but_nothing_included_or_asked_for() {
        let host = ("host", "localhost:1");
        let cross = ("sec-fetch-site", "cross-site");
        let page = [host, cross, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        assert!(judged(&Method::GET, &page));
        assert!(!judged(&Method::POST, &page));
        let frame = [host, cross, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")];
        assert!(!judged(&Method::GET, &frame));
        assert!(!judged(&Method::GET, &[host, cross]));
        assert!(!judged(&Method::GET, &[host, ("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn a_header_that_comes_twice_is_not_believed() {
        let [host, origin, token] =
            [("host", "localhost:1"), ("origin", "http://localhost:1"), ("x-book-token", "t")];
        assert!(judged(&Method::POST, &[host, origin, token]));
        assert!(!judged(&Method::POST, &[host, host, origin, token]));
        assert!(!judged(&Method::POST, &[host, origin, origin, token]));
        assert!(!judged(&Method::POST, &[host, origin, token, token]));
        assert!(!judged(&Method::POST, &[host, ("origin", "http://127.0.0.1:1"), token]));
    }
}
