// The button under each recorded run that runs it on this machine. Only the local server adds this script to a page.
"use strict";

(function () {
    const token = document.querySelector('meta[name="book-token"]')?.content;
    const language = document.documentElement.lang === "ja" ? "ja" : "en";
    if (!token) {
        return;
    }
    const words = {
        en: {
            run: "Run on this machine",
            again: "Run again",
            stop: "Stop",
            output: "What it prints on this machine",
            building: "Building the programs…",
            running: "Running…",
            ended: (code, seconds) => `Ended with exit code ${code} after ${seconds} s.`,
            signal: (signal) => `Ended by signal ${signal}.`,
            stopped: "Stopped: it and all that it had started were killed.",
            late: "Killed: it took too long.",
            cut: "Killed: it printed too much.",
            left: (n) => ` It left ${n} running ${n === 1 ? "process" : "processes"} behind; killed.`,
            lost: "The server did not answer. Is it still running?",
            busy: "Another program is running: stop it first, or wait for its end.",
            stale: "The server was started anew: load this page again.",
            failed: "It could not be run:",
            timeline: "Its timeline",
            reload: "Load the page as it is now",
        },
        ja: {
            run: "このマシンで実行",
            again: "もう一度実行",
            stop: "停止",
            output: "このマシンでの出力",
            building: "プログラムをビルドしています…",
            running: "実行中…",
            ended: (code, seconds) => `終了コード${code}で終了しました(${seconds}秒)。`,
            signal: (signal) => `シグナル${signal}で終了しました。`,
            stopped: "停止しました。開始されたプロセスもすべて終了させました。",
            late: "時間がかかりすぎたため、強制終了しました。",
            cut: "出力が多すぎたため、強制終了しました。",
            left: (n) => `残っていた${n}個のプロセスを強制終了しました。`,
            lost: "サーバーから応答がありません。動いているか確認してください。",
            busy: "ほかのプログラムを実行中です。停止するか、終わるまでお待ちください。",
            stale: "サーバーが再起動されました。ページを再読み込みしてください。",
            failed: "実行できませんでした:",
            timeline: "実行のタイムライン",
            reload: "更新されたページを読み込む",
        },
    }[language];

    let running = 0;
    let reloadWanted = false;

    function element(name, className, text) {
        const made = document.createElement(name);
        made.className = className;
        if (text) {
            made.textContent = text;
        }
        return made;
    }

    // The answer's lines, one JSON object each, as they come.
    async function* events(response) {
        const decoder = new TextDecoder();
        const reader = response.body.getReader();
        let rest = "";
        for (;;) {
            const { value, done } = await reader.read();
            rest += decoder.decode(value, { stream: !done });
            const lines = rest.split("\n");
            rest = lines.pop();
            for (const line of lines) {
                yield JSON.parse(line);
            }
            if (done) {
                return;
            }
        }
    }

    const post = (path) => fetch(path, { method: "POST", headers: { "x-book-token": token } });

    // What came of a run is not taken away: the reader decides when.
    function offerReload() {
        if (running === 0 && reloadWanted) {
            const button = element("button", "run-reload", words.reload);
            button.type = "button";
            button.addEventListener("click", () => location.reload());
            document.querySelectorAll(".run-reload").forEach((old) => old.remove());
            document.querySelectorAll(".run[data-ending]").forEach((box) => box.append(button));
        }
    }

    function addButton(recorded, id) {
        const box = element("div", "run");
        const start = element("button", "run-start", words.run);
        const stop = element("button", "run-stop", words.stop);
        const state = element("span", "run-state");
        const output = element("pre", "run-output");
        const timeline = element("figure", "run-timeline");
        start.type = stop.type = "button";
        // A screen reader says how it stands, and leaves the output to be read when wanted.
        state.setAttribute("role", "status");
        output.tabIndex = 0;
        output.setAttribute("role", "region");
        output.setAttribute("aria-label", words.output);
        stop.hidden = output.hidden = timeline.hidden = true;
        box.append(start, stop, state, output, timeline);
        recorded.after(box);

        let run = null;
        stop.addEventListener("click", () => {
            stop.disabled = true;
            if (run) {
                post("/-/stop/" + run);
            }
        });
        start.addEventListener("click", async () => {
            running += 1;
            start.disabled = true;
            output.replaceChildren();
            timeline.replaceChildren();
            output.hidden = timeline.hidden = true;
            box.removeAttribute("data-ending");
            state.textContent = "";
            try {
                await perform();
            } catch {
                state.textContent = words.lost;
                box.dataset.ending = "lost";
            }
            run = null;
            if (document.activeElement === stop) {
                start.disabled = false;
                start.focus();
            }
            start.disabled = false;
            stop.hidden = true;
            start.textContent = words.again;
            running -= 1;
            offerReload();
        });

        async function perform() {
            const response = await post(`/-/run/${language}/${id}`);
            if (!response.ok) {
                state.textContent = response.status === 429 ? words.busy : words.stale;
                box.dataset.ending = "refused";
                return;
            }
            for await (const event of events(response)) {
                on[event.kind]?.(event);
            }
        }

        const on = {
            accepted(event) {
                run = event.run;
                stop.disabled = false;
                stop.hidden = false;
            },
            building() {
                state.textContent = words.building;
            },
            started() {
                state.textContent = words.running;
                output.hidden = false;
            },
            text(event) {
                const atEnd = output.scrollHeight - output.scrollTop - output.clientHeight < 8;
                output.append(event.text);
                if (atEnd) {
                    output.scrollTop = output.scrollHeight;
                }
            },
            ended(event) {
                const seconds = event.seconds.toFixed(2);
                let text = words[event.ending];
                if (event.ending === "ended") {
                    text = event.signal === null ? text(event.code, seconds) : words.signal(event.signal);
                }
                state.textContent = text + (event.left > 0 ? words.left(event.left) : "");
                box.dataset.ending = event.ending;
            },
            failed(event) {
                state.textContent = words.failed;
                output.hidden = false;
                output.append(event.message);
                box.dataset.ending = "failed";
            },
            timeline(event) {
                const svg = new DOMParser().parseFromString(event.svg, "image/svg+xml").documentElement;
                if (svg.nodeName === "svg") {
                    timeline.append(element("figcaption", "", words.timeline), document.importNode(svg, true));
                    timeline.hidden = false;
                }
            },
        };
    }

    async function addButtons() {
        const blocks = document.querySelectorAll("pre > code.language-console");
        if (blocks.length === 0) {
            return;
        }
        const programs = await (await fetch("/-/programs/" + language)).json();
        for (const code of blocks) {
            const command = code.textContent.split("\n", 1)[0];
            if (command.startsWith("$ ") && Object.hasOwn(programs, command.slice(2))) {
                addButton(code.parentElement, programs[command.slice(2)]);
            }
        }
    }

    // The page is loaded again when it was built anew, or when the server was: its token is then another.
    const changes = new EventSource("/-/changes");
    let server = null;
    const reload = () => {
        reloadWanted = true;
        if (running === 0) {
            location.reload();
        }
    };
    changes.addEventListener("start", (event) => {
        if (server !== null && server !== event.data) {
            reload();
        }
        server = event.data;
    });
    changes.addEventListener("rebuilt", (event) => {
        if (event.data === language) {
            reload();
        }
    });

    addButtons();
})();
