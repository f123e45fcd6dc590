//! The built pages, on loopback only.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, thread};

use anyhow::{Context, Result};
use axum::Router;
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Redirect;
use axum::routing::get;
use lesson::{Language, say, text};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// How to serve.
#[derive(clap::Args, Clone, Debug)]
pub struct Arguments {
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    #[arg(help = text!("the port; without it, one that is free", "ポート番号(省略時は空いている番号)"))]
    port: u16,
    #[arg(long, help = text!("do not open a browser", "ブラウザーを開きません"))]
    no_open: bool,
}

/// Serves the pages in `folder` until the process is interrupted. `/` leads to the reader's language.
///
/// # Errors
///
/// The port is taken.
pub fn run(arguments: &Arguments, folder: &Path) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let port = arguments.port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.with_context(|| {
            text!("cannot listen on port {port}", "ポート{port}で待ち受けできません")
        })?;
        let address = format!("http://{}/", listener.local_addr()?);
        say!(
            "The book is at {address} (end with Ctrl-C)",
            "本を開けます: {address} (終了はCtrl-C)"
        );
        if !arguments.no_open {
            open(&address);
        }
        Ok(axum::serve(listener, pages(folder)).await?)
    })
}

/// `ServeDir` answers only GET and HEAD, and nothing outside its folder.
fn pages(folder: &Path) -> Router {
    // A page that was built anew must be seen on reload.
    let fresh =
        SetResponseHeaderLayer::overriding(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Router::new()
        .route("/", get(|headers: HeaderMap| async move { Redirect::to(start(&headers)) }))
        .fallback_service(ServeDir::new(folder))
        .layer(fresh)
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

/// Opens a browser where there is a desktop; the address is printed anyway.
fn open(address: &str) {
    if env::var_os("DISPLAY").is_none() && env::var_os("WAYLAND_DISPLAY").is_none() {
        return;
    }
    let opener = Command::new("xdg-open").arg(address).stderr(Stdio::null()).spawn();
    if let Ok(mut opener) = opener {
        // Nobody needs to know how it ended, but somebody has to reap it.
        thread::spawn(move || opener.wait());
    }
}

#[cfg(test)]
mod tests {
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
