//! What is answered under which address.
//!
//! The pages of both languages, `/en/…` and `/ja/…`; and what only this server has, under `/-/`.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use futures_util::stream;
use lesson::Language;
use tokio::sync::broadcast;
use tower_http::services::{ServeDir, ServeFile};

use super::guard::{self, Guard};
use crate::figures::Yours;
use crate::run::{Refusal, Runner};

/// More than any page has.
const MOST_OF_A_PAGE: usize = 64 << 20;

/// What is served.
#[derive(Clone, Debug)]
pub struct Site {
    /// The built pages, a folder for each language.
    pub pages: PathBuf,
    /// Where the run button's script and style are.
    pub assets: PathBuf,
    /// Who is refused.
    pub guard: Guard,
    /// What runs programs.
    pub runner: Arc<Runner>,
    /// The reader's own figures.
    pub yours: Arc<Yours>,
    /// Tells which language was built again.
    pub rebuilt: broadcast::Sender<Language>,
}

/// Answers for a site.
pub fn router(site: Site) -> Router {
    let guard = site.guard.clone();
    let asset = |name: &str| ServeFile::new(site.assets.join(name));
    Router::new()
        .route("/", get(|headers: HeaderMap| async move { Redirect::to(start(&headers)) }))
        // What a browser asks for where a page names no icon.
        .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
        .route("/-/programs/{language}", get(programs))
        .route("/-/run/{language}/{id}", post(run))
        .route("/-/stop/{run}", post(stop))
        .route("/-/changes", get(changes))
        .route_service("/-/run.js", asset("run.js"))
        .route_service("/-/run.css", asset("run.css"))
        // It answers only GET and HEAD, and nothing outside its folder.
        .fallback_service(
            ServeDir::new(&site.pages)
                .not_found_service(get(missing).with_state(site.pages.clone())),
        )
        .layer(from_fn_with_state(site.clone(), pages))
        .layer(from_fn_with_state(guard, guard::check))
        .with_state(site)
}

/// The start page in the language that the browser prefers: whichever of ours it names first.
fn start(headers: &HeaderMap) -> &'static str {
    let preferred = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut names = preferred.unwrap_or_default().split(',').map(|it| it.trim_start().get(..2));
    match names.find_map(|name| Language::from_name(name?)) {
        Some(Language::Japanese) => "/ja/",
        Some(Language::English) => "/en/",
        None if lesson::language() == Language::Japanese => "/ja/",
        None => "/en/",
    }
}

/// What an unknown address shows: the book's own page for that, in the language of the address or else of the browser.
async fn missing(State(pages): State<PathBuf>, uri: Uri, headers: HeaderMap) -> Response {
    let here = ["/en/", "/ja/"].into_iter().find(|it| uri.path().starts_with(it));
    let folder = here.unwrap_or_else(|| start(&headers)).trim_matches('/');
    let page = pages.join(folder).join("404.html");
    match tokio::fs::read(page).await {
        Ok(page) => (StatusCode::NOT_FOUND, Html(page)).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Which commands can be run, with their ids, as JSON.
async fn programs(State(site): State<Site>, Path(language): Path<String>) -> Response {
    let Some(language) = Language::from_name(&language) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let commands = site.runner.catalogue().commands(language);
    json(serde_json::to_string(&commands).unwrap_or_default().into())
}

/// Runs a program and tells what happens, a JSON object a line, until it is over or the page is gone.
async fn run(State(site): State<Site>, Path((language, id)): Path<(String, String)>) -> Response {
    let Some(language) = Language::from_name(&language) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match site.runner.start(language, &id) {
        Err(Refusal::Unknown) => StatusCode::NOT_FOUND.into_response(),
        Err(Refusal::Busy) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Ok(mut events) => {
            let lines = stream::poll_fn(move |context| events.poll_recv(context));
            let lines =
                futures_util::StreamExt::map(lines, |event| Ok::<_, axum::Error>(event.line()));
            json(Body::from_stream(lines))
        }
    }
}

async fn stop(State(site): State<Site>, Path(run): Path<String>) -> StatusCode {
    if site.runner.stop(&run) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

/// Server-sent events: first this start's name, then each language that was built again.
async fn changes(State(site): State<Site>) -> Response {
    let first = format!("retry: 1000\nevent: start\ndata: {}\n\n", site.guard.start());
    let rebuilt = site.rebuilt.subscribe();
    let later = stream::unfold(rebuilt, |mut rebuilt| async move {
        loop {
            match rebuilt.recv().await {
                Ok(language) => {
                    let event = format!("event: rebuilt\ndata: {}\n\n", language.name());
                    return Some((event, rebuilt));
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    });
    let first = stream::once(async { first });
    let all = futures_util::StreamExt::chain(first, later);
    let all = futures_util::StreamExt::map(all, Ok::<_, axum::Error>);
    ([(CONTENT_TYPE, "text/event-stream")], Body::from_stream(all)).into_response()
}

fn json(body: Body) -> Response {
    ([(CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
}

/// Equips every page that goes out, and fills in the reader's own figures.
async fn pages(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let japanese = request.uri().path().starts_with("/ja/");
    let language = if japanese { Language::Japanese } else { Language::English };
    // A page is never "not modified": its token and nonce are new.
    for condition in [IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE] {
        request.headers_mut().remove(condition);
    }
    let response = next.run(request).await;
    let is_page = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return response;
    }
    let (parts, body) = response.into_parts();
    match to_bytes(body, MOST_OF_A_PAGE).await {
        Ok(bytes) => guard::equip(
            Response::from_parts(parts, ()),
            &site.yours.fill(&String::from_utf8_lossy(&bytes), language),
            site.guard.token(),
        ),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_browser_s_first_known_language_decides() {
        let start_for = |value: &'static str| {
            start(&HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(value))]))
        };
        assert_eq!(start_for("ja,en-US;q=0.8"), "/ja/");
        assert_eq!(start_for("de-DE, en;q=0.8, ja;q=0.5"), "/en/");
    }
}
