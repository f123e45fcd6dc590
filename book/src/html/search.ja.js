// A search that finds Japanese, in place of the index: looks through the texts themselves, which are few.
// Half-width and full-width, hiragana and katakana, upper and lower case count as the same.
(function () {
    "use strict";

    // The length stays the same from here to `fold`, so places in one are places in the other.
    const normal = text => text.normalize("NFKC").replace(/\s+/g, " ");
    const fold = text => text.toLowerCase().replace(
        /[\u30a1-\u30f6]/g,
        letter => String.fromCharCode(letter.charCodeAt(0) - 0x60)
    );
    // An excerpt: how much of it stands before the first term, and how long it is.
    const [BEFORE, LONG] = [30, 160];
    const known = new Map();

    function read(doc) {
        if (!known.has(doc)) {
            const [title, body] = [doc.title, doc.body].map(normal);
            known.set(doc, { body, folded: fold(body), title: fold(title) });
        }
        return known.get(doc);
    }

    function places(text, term) {
        const found = [];
        for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length)) {
            found.push(at);
        }
        return found;
    }

    elasticlunr.terms = query => normal(query).split(" ").filter(term => term !== "");

    // All terms have to be there. Those in the title come first, then those that are there often.
    elasticlunr.Index.prototype.search = function (query) {
        const terms = elasticlunr.terms(query).map(fold);
        const results = [];
        for (const [ref, doc] of Object.entries(this.documentStore.docs)) {
            const text = read(doc);
            const hits = terms.map(term => places(text.folded, term));
            const titles = terms.filter(term => text.title.includes(term)).length;
            if (terms.length > 0 && terms.every((term, n) => hits[n].length > 0 || text.title.includes(term))) {
                const often = hits.reduce((sum, places) => sum + Math.min(places.length, 5), 0);
                const found = new Set(elasticlunr.terms(query));
                hits.forEach((places, n) => places.forEach(
                    at => found.add(text.body.slice(at, at + terms[n].length))
                ));
                results.push({ ref, doc, terms, found: [...found], score: 10 * titles + often });
            }
        }
        return results.sort((one, other) => other.score - one.score);
    };

    // What stands around the first term, with every term in it marked.
    elasticlunr.teaser = function (result, escape) {
        const { body, folded } = read(result.doc);
        const firsts = result.terms.map(term => folded.indexOf(term)).filter(at => at >= 0);
        const start = firsts.length > 0 ? Math.max(0, Math.min(...firsts) - BEFORE) : 0;
        const to = Math.min(body.length, start + LONG);
        const marks = result.terms
            .flatMap(term => places(folded, term).map(at => [at, at + term.length]))
            .filter(([at, end]) => at >= start && end <= to)
            .sort(([one], [other]) => one - other);
        let [teaser, at] = [start > 0 ? "…" : "", start];
        for (const [begin, end] of marks) {
            if (begin >= at) {
                teaser += escape(body.slice(at, begin)) + "<em>" + escape(body.slice(begin, end)) + "</em>";
                at = end;
            }
        }
        return teaser + escape(body.slice(at, to)) + (to < body.length ? "…" : "");
    };
})();
