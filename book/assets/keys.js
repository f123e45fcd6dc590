// Keys. mdBook turns pages by the bare arrow keys, which screen readers and wide listings need for themselves. Here the
// browser's own access keys do it: their modifier is the browser's choice, so it takes nothing from anybody.
"use strict";

(function () {
    const words = document.documentElement.lang === "ja"
        ? {
            skip: "本文へ移動",
            help: "キーボード操作",
            lines: [
                "`Alt`+`N`: 次のページ、`Alt`+`P`: 前のページ",
                "(Firefoxでは`Alt`+`Shift`、macOSでは`Ctrl`+`Option`といっしょに)",
                "`S`または`/`: 本の中を検索",
                "`?`: この案内を表示",
                "`Esc`: この案内を閉じる",
            ],
        }
        : {
            skip: "Skip to the text",
            help: "Keys",
            lines: [
                "`Alt`+`N` for the next page, `Alt`+`P` for the previous one",
                "(with `Alt`+`Shift` in Firefox, with `Ctrl`+`Option` on macOS)",
                "`S` or `/` to search in the book",
                "`?` to show this help",
                "`Esc` to hide this help",
            ],
        };

    // Before mdBook's own listener, which sits at the document; what the browser does with the key stays.
    window.addEventListener("keydown", (event) => {
        if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
            event.stopImmediatePropagation();
        }
    }, true);

    // Each link is there twice, for wide and for narrow windows: the one that is shown has the key.
    function lendKeys() {
        for (const [rel, key] of [["prev", "p"], ["next", "n"]]) {
            for (const link of document.querySelectorAll(`nav a[rel~="${rel}"]`)) {
                link.removeAttribute("aria-keyshortcuts");
                link.accessKey = link.checkVisibility() ? key : "";
            }
        }
    }
    lendKeys();
    window.addEventListener("resize", lendKeys);

    // What opens the contents is a label, which the Tab key passes over.
    const contents = document.getElementById("mdbook-sidebar-toggle");
    contents.tabIndex = 0;
    contents.setAttribute("role", "button");
    contents.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            contents.click();
        }
    });

    // Past the contents, which are long.
    const skip = document.createElement("a");
    skip.className = "skip";
    skip.href = "#mdbook-content";
    skip.textContent = words.skip;
    document.body.prepend(skip);

    const help = document.getElementById("mdbook-help-popup");
    help.querySelector("h2").textContent = words.help;
    help.querySelector("div").replaceChildren(...words.lines.map((line) => {
        const said = document.createElement("p");
        line.split("`").forEach((part, at) => {
            const key = document.createElement("kbd");
            key.textContent = part;
            said.append(at % 2 === 1 ? key : part);
        });
        return said;
    }));
})();
