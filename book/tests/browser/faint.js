// Each text on the page whose colour has a contrast below 4.5 to what is behind it (WCAG 2, success criterion 1.4.3).
(function () {
    const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
        .getContext("2d", { willReadFrequently: true });

    // Red, green, blue and how opaque, whatever way the colour is written.
    function read(color) {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    }
    const over = ([r, g, b, a], [x, y, z]) =>
        [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];

    function luminance(color) {
        const [r, g, b] = color.slice(0, 3).map(it => it / 255)
            .map(it => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }
    function contrast(one, other) {
        const [dark, light] = [one, other].map(luminance).sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    }

    const known = new Map();
    function behind(element) {
        if (element === null) {
            return [255, 255, 255, 1];
        }
        if (!known.has(element)) {
            const background = read(getComputedStyle(element).backgroundColor);
            const covers = background[3] === 1;
            known.set(element, covers ? background : over(background, behind(element.parentElement)));
        }
        return known.get(element);
    }

    // In a drawing: the shapes that are filled and were drawn before the text, where its middle is.
    function behindInDrawing(text) {
        const { left, top, width, height } = text.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        let color = behind(text.ownerSVGElement);
        for (const shape of text.ownerSVGElement.querySelectorAll("rect, circle, polygon")) {
            const box = shape.getBoundingClientRect();
            const style = getComputedStyle(shape);
            const before = shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
            if (before && style.fill !== "none" && box.left <= x && x <= box.right && box.top <= y && y <= box.bottom) {
                const [r, g, b, a] = read(style.fill);
                color = over([r, g, b, a * style.fillOpacity * style.opacity], color);
            }
        }
        return color;
    }

    const found = [];
    window.seen = 0;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        const said = texts.currentNode.data.trim();
        if (said === "" || element.closest("script, style, title, desc, template, noscript") ||
            !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
            continue;
        }
        window.seen += 1;
        const drawn = element.ownerSVGElement;
        const style = getComputedStyle(element);
        const back = drawn ? behindInDrawing(element) : behind(element);
        let opaque = 1;
        for (let at = element; at; at = at.parentElement) {
            opaque *= getComputedStyle(at).opacity;
        }
        const [r, g, b, a] = read(drawn ? style.fill : style.color);
        const ratio = contrast(over([r, g, b, a * opaque], back), back);
        if (ratio < 4.5) {
            found.push(`${ratio.toFixed(2)} ${element.tagName}.${element.getAttribute("class")} ${said.slice(0, 40)}`);
        }
    }
    const field = document.getElementById("mdbook-searchbar");
    if (field?.checkVisibility()) {
        for (const style of [getComputedStyle(field), getComputedStyle(field, "::placeholder")]) {
            const ratio = contrast(over(read(style.color), behind(field)), behind(field));
            if (ratio < 4.5) {
                found.push(`${ratio.toFixed(2)} the search field`);
            }
        }
    }
    return [...new Set(found)];
})();
