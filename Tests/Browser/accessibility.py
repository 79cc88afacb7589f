"""What makes a page fit for everybody (WCAG 2.2 A and AA): the rules of axe-core, and what they don't ask."""

from axe_playwright_python.sync_playwright import Axe

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def rules(page):
    """axe-core's violations, each with the elements that it is about."""
    found = Axe().run(page, options={"runOnly": TAGS, "resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {one['help']}: " + "; ".join(node["html"][:120] for node in one["nodes"][:3]) for one in found]


def structure(page):
    """One heading of the first rank, and a title that begins with what the page is about."""
    count = page.locator("h1").count()
    found = [] if count == 1 else [f"{count} h1 instead of one"]
    return found if len(page.title().split(" · ")) == 2 else found + [f"the title “{page.title()}” names no page"]


def width(page):
    """A phone does not scroll sideways (1.4.10); what is wide scrolls in a place of its own."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{wide} px wider than a phone"] if wide > 0 else []


# Words that a narrow column broke. What is copied rather than read may break: keys, commands.
BROKEN = """() => {
    const found = new Set(), texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode, range = document.createRange();
        if (text.parentElement.closest('code, pre')) continue;
        for (const word of text.data.matchAll(/[\\p{L}\\p{N}]{2,12}/gu)) {
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) found.add(word[0]);
        }
    }
    return [...found];
}"""


def words(page):
    broken = page.evaluate(BROKEN)
    return [f"words are broken in two: {', '.join(broken[:5])}"] if broken else []


# Everything that a keyboard must reach. Of a group of radio buttons, one stands for all.
REACHABLE = """() => {
    const all = [...document.querySelectorAll(
        'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')];
    const open = all.filter(e => !e.disabled && e.checkVisibility({visibilityProperty: true}));
    const seen = new Set();
    window.reachable = open.filter(e => {
        if (e.type !== 'radio') return true;
        const isNew = !seen.has(e.name);
        seen.add(e.name);
        return isNew;
    });
    document.activeElement?.blur();
    return window.reachable.length;
}"""

# Which of them has the focus now, and whether that is seen: an outline of two pixels on the screen.
FOCUSED = """() => {
    const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
    const same = x => x === e || (e.type === 'radio' && x.type === 'radio' && x.name === e.name);
    return {
        index: window.reachable.findIndex(same),
        name: e.outerHTML.slice(0, 120),
        isSeen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.width > 0
            && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight,
    };
}"""


def keyboard(page):
    """The tabulator reaches everything in the order it stands on the page (2.1.1, 2.4.3), and one sees where it is (2.4.7)."""
    count = page.evaluate(REACHABLE)
    reached, found = [], []
    for _ in range(2 * count + 4):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at["index"] < 0 or at["index"] in reached:
            continue
        reached.append(at["index"])
        if not at["isSeen"]:
            found.append(f"focus is not seen: {at['name']}")
        if len(reached) == count:
            break
    missed = page.evaluate("at => window.reachable.filter((_, i) => !at.includes(i)).map(e => e.outerHTML.slice(0, 120))", reached)
    found += [f"no key reaches {element}" for element in missed]
    # It begins where the page put the focus; from there it goes round once.
    start = reached.index(min(reached)) if reached else 0
    if reached[start:] + reached[:start] != sorted(reached):
        found.append(f"the focus jumps: {reached}")
    return found
