//! The built pages, on loopback only, built again when something was edited.
//!
//! A page may ask for one thing besides files: to run a program that it shows. See [`guard`] for who is
//! refused, and [`run`](crate::run) for what bounds a run.
//!
//! # Layout
//!
//! - [`site`]: what is answered under which address.
//! - [`guard`]: who is answered at all, and what a page may do in the browser.
//! - [`watch`]: building again what was edited.

pub mod guard;
pub mod site;
pub mod watch;

use std::future::IntoFuture;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::{env, fs, thread};

use anyhow::{Context, Result};
use comparison::record;
use lesson::{Language, say, text};
use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast;

use crate::figures::Yours;
use crate::outputs::list::List;
use crate::run::{Catalogue, Limits, Runner, freshness};
use crate::{LANGUAGES, folder, html};
use guard::Guard;
use site::Site;

/// How to serve.
#[derive(clap::Args, Clone, Debug)]
pub struct Arguments {
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    #[arg(help = text!("the port; without it, one that is free", "ポート番号(省略時は空いている番号)"))]
    port: u16,
    #[arg(long, help = text!("do not open a browser", "ブラウザーを開きません"))]
    no_open: bool,
}

/// Builds the pages into a folder of its own and serves them until the process is interrupted.
///
/// # Errors
///
/// The pages cannot be built, or the port is taken.
pub fn run(arguments: &Arguments) -> Result<()> {
    // Two servers must not build into each other's pages.
    let pages = tempfile::Builder::new().prefix("book-").tempdir()?;
    for language in LANGUAGES {
        html::build_language(language, &pages.path().join(language.name()))?;
    }
    let tool = env::current_exe()?;
    let list = List::read(&folder().join("outputs.toml"))?;
    let catalogue = Catalogue::new(&list, &tool);
    let (stale, fresh) = freshness::keep(&list);
    let (rebuilt, _) = broadcast::channel(16);
    watch::watch(pages.path(), rebuilt.clone(), stale)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let port = arguments.port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.with_context(|| {
            text!("cannot listen on port {port}", "ポート{port}で待ち受けできません")
        })?;
        let port = listener.local_addr()?.port();
        let site = Site {
            pages: pages.path().to_owned(),
            assets: folder().join("assets"),
            guard: Guard::new(port),
            runner: Runner::new(tool, catalogue, Limits::default(), fresh),
            yours: Arc::new(Yours::of(&record::here())),
            rebuilt,
        };
        let address = format!("http://127.0.0.1:{port}/");
        say!(
            "The book is at {address} (end with Ctrl-C)",
            "本を開けます: {address} (終了はCtrl-C)"
        );
        if !arguments.no_open {
            open(&address);
        }
        tokio::select! {
            served = axum::serve(listener, site::router(site)).into_future() => Ok(served?),
            // What runs is ended as its pipes are closed here: see `run`.
            ended = interrupted() => Ok(ended?),
        }
    })
}

/// Until somebody asks this process to end, so that the pages can be removed.
async fn interrupted() -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    Ok(())
}

/// Builds one language beside its old pages and puts it in their place, so that nobody sees half a book.
///
/// # Errors
///
/// As [`html::build_language`]; the old pages are still there.
pub fn rebuild(folder: &Path, language: Language) -> Result<()> {
    let pages = folder.join(language.name());
    let next = folder.join(format!(".{}-next", language.name()));
    html::build_language(language, &next)?;
    // In one step, so that no request finds nothing.
    renameat2(AT_FDCWD, &next, AT_FDCWD, &pages, RenameFlags::RENAME_EXCHANGE)?;
    fs::remove_dir_all(&next)?;
    Ok(())
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
