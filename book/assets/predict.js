// Questions: the list of choices becomes buttons; the answer is kept in this browser, and explained at once.
// Without this script the page has a list, and an explanation to open.
"use strict";

(function () {
    const words = document.documentElement.lang === "ja"
        ? {
            question: "予想してみましょう",
            right: "正解です。",
            wrong: (chosen, answer) => `不正解です。選んだのは${chosen}番、正解は${answer}番です。`,
            answer: "正解",
            yours: "選んだ答え",
            again: "もう一度答える",
        }
        : {
            question: "Predict",
            right: "Right.",
            wrong: (chosen, answer) => `Not so: you chose ${chosen}, the answer is ${answer}.`,
            answer: "the answer",
            yours: "your choice",
            again: "Answer again",
        };

    // Both languages share the answers. A browser that keeps nothing (a private window) still asks.
    const kept = {
        read(id) {
            try {
                return Number(localStorage.getItem(id));
            } catch {
                return 0;
            }
        },
        write(id, choice) {
            try {
                if (choice) {
                    localStorage.setItem(id, choice);
                } else {
                    localStorage.removeItem(id);
                }
            } catch {
                // Then it is asked again the next time.
            }
        },
    };

    function element(name, className, text) {
        const made = document.createElement(name);
        made.className = className;
        made.textContent = text || "";
        return made;
    }

    // What is in a button is one line of text: a paragraph in it would not be valid.
    function buttonOf(item) {
        const button = element("button", "choice");
        button.type = "button";
        for (const node of [...item.childNodes]) {
            button.append(...(node.nodeName === "P" ? node.childNodes : [node]));
        }
        item.append(button);
        return button;
    }

    function ask(section) {
        const list = section.querySelector(":scope > ol");
        const details = section.querySelector(":scope > details");
        if (!list || !details) {
            return;
        }
        const answer = Number(section.dataset.answer);
        const buttons = [...list.children].map(buttonOf);
        const verdict = element("p", "verdict");
        verdict.setAttribute("role", "status");
        verdict.setAttribute("aria-live", "polite");
        const again = element("button", "again", words.again);
        again.type = "button";
        again.hidden = true;
        list.after(verdict, again);
        section.classList.add("asked");
        section.setAttribute("aria-label", words.question);

        function show(chosen) {
            buttons.forEach((button, at) => {
                const [isChosen, isAnswer] = [at + 1 === chosen, at + 1 === answer];
                button.querySelector(".mark")?.remove();
                button.setAttribute("aria-pressed", String(isChosen));
                // Not `disabled`, which would take the focus away from who has just pressed it.
                button.setAttribute("aria-disabled", String(chosen > 0));
                button.classList.toggle("right", chosen > 0 && isAnswer);
                button.classList.toggle("wrong", isChosen && !isAnswer);
                if (chosen > 0 && (isAnswer || isChosen)) {
                    // Said in words and signs too, not by the colour alone.
                    const text = isAnswer ? "✓ " + words.answer : "✗ " + words.yours;
                    button.append(element("span", "mark", text));
                }
            });
            verdict.textContent =
                chosen === 0 ? "" : chosen === answer ? words.right : words.wrong(chosen, answer);
            again.hidden = chosen === 0;
            details.open = chosen > 0;
        }

        buttons.forEach((button, at) => {
            button.addEventListener("click", () => {
                if (button.getAttribute("aria-disabled") !== "true") {
                    kept.write(section.id, at + 1);
                    show(at + 1);
                }
            });
        });
        again.addEventListener("click", () => {
            kept.write(section.id, 0);
            show(0);
            buttons[0].focus();
        });
        const before = kept.read(section.id);
        show(before >= 1 && before <= buttons.length ? before : 0);
    }

    const sections = document.querySelectorAll("section.predict");
    // On paper nothing can be pressed: the whole book on one page keeps its lists, with the explanations open.
    if (/\/print(\.html)?$/.test(window.location.pathname)) {
        for (const details of document.querySelectorAll("section.predict > details")) {
            details.open = true;
        }
    } else {
        sections.forEach(ask);
        const closed = [];
        window.addEventListener("beforeprint", () => {
            closed.push(...document.querySelectorAll("section.predict > details:not([open])"));
            closed.forEach((details) => { details.open = true; });
        });
        window.addEventListener("afterprint", () => {
            closed.splice(0).forEach((details) => { details.open = false; });
        });
    }
})();
