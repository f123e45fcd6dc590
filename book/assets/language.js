// A link to the same page in the other language, mdBook's own words in Japanese, and no blanks
// between Japanese sentences.
"use strict";

(function () {
    const japanese = document.documentElement.lang === "ja";
    const buttons = document.querySelector(".right-buttons");
    if (buttons) {
        // `path_to_root` is set by mdBook on every page, and leads to this language's start page.
        const root = new URL(path_to_root || "./", window.location.href);
        const page = window.location.href.slice(root.href.length).replace(/#.*$/, "");
        const link = document.createElement("a");
        link.className = "language";
        link.lang = link.hreflang = japanese ? "en" : "ja";
        link.href = new URL("../" + link.lang + "/" + page, root).href;
        link.textContent = japanese ? "English" : "日本語";
        link.title = japanese ? "This page in English" : "このページを日本語で読む";
        buttons.prepend(link);
    }
    if (!japanese) {
        return;
    }
    // The sources have one sentence a line, and a browser shows the end of a line as a blank.
    const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode;
        if (!node.parentElement.closest("pre, code")) {
            node.data = node.data.replace(/([。、！？：」）])\n/g, "$1");
        }
    }
    const words = {
        "Toggle Table of Contents": "目次の表示を切り替える",
        "Table of contents": "目次",
        "Change theme": "テーマを変える",
        "Themes": "テーマ",
        "Print this book": "この本を印刷する",
        "Page navigation": "ページの移動",
        "Previous chapter": "前の章",
        "Next chapter": "次の章",
        "Copy to clipboard": "クリップボードにコピー",
        "Search (`/`)": "検索(`/`)",
        "Toggle Searchbar": "検索欄の表示を切り替える",
        "Search this book ...": "この本を検索",
        "Auto": "自動",
        "Light": "ライト",
        "Rust": "Rust",
        "Coal": "コール",
        "Navy": "ネイビー",
        "Ayu": "アユ",
    };
    for (const element of document.querySelectorAll("[title], [aria-label], [placeholder]")) {
        for (const name of ["title", "aria-label", "placeholder"]) {
            const word = words[element.getAttribute(name)];
            if (word) {
                element.setAttribute(name, word);
            }
        }
    }
    for (const button of document.querySelectorAll("#mdbook-theme-list button")) {
        button.textContent = words[button.textContent] || button.textContent;
    }
})();
