// Two things of every page. First, light or dark: as the system says until the reader chooses; before the page is painted, so that nothing flashes.
(() => {
  const root = document.documentElement;
  const read = () => { try { return localStorage.getItem("scheme"); } catch { return null; } };
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const kept = read();
  if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("scheme");
    const say = () => { button.textContent = dark() ? "Light" : "Dark"; button.setAttribute("aria-label", dark() ? "Light colours" : "Dark colours"); };
    say();
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      try { localStorage.setItem("scheme", root.dataset.theme); } catch { /* nothing is kept in private windows */ }
      say();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", say);
  });
})();

// Then, a page is laid out a few parts at a time, one frame for each few, so that a slow phone can scroll and tap from the first
// words on. Whoever comes to a place inside a page, comes back to it or prints it gets it whole at once; so does who has no scripts.
// A chapter is so long that it is laid out piece by piece as it comes over the network, and its figure would be there later.
(() => {
  const root = document.documentElement, APART = 600, STEP = 320, SPENT = 10; // letters and tags of a part, of a step; ms of a frame
  if (root.classList.contains("whole") || location.hash || document.hidden || performance.getEntriesByType("navigation")[0]?.type !== "navigate") return;
  root.classList.add("arriving");
  const later = [], divided = "div, section, main, figure, nav, ul, ol, dl, tbody, svg, g, table.fact-table, table.explore";
  const put = (parts) => { for (const part of [...parts].reverse()) { part.setAttribute("data-later", ""); later.push(part); } };
  const show = () => {
    const part = later.pop(), weight = part.textContent.length + 20 * part.getElementsByTagName("*").length;
    const apart = weight > APART && part.matches(divided);
    if (apart) put(part.children);
    part.removeAttribute("data-later");
    return apart ? 0 : weight;
  };
  const rest = () => { while (later.length) later.pop().removeAttribute("data-later"); root.classList.remove("arriving"); };
  const frame = () => {
    for (const start = performance.now(); later.length && performance.now() - start < SPENT; root.getBoundingClientRect()) {
      for (let step = STEP; later.length && step > 0;) step -= show();
    }
    if (later.length) requestAnimationFrame(frame); else rest();
  };
  addEventListener("DOMContentLoaded", () => {
    put(document.querySelectorAll("body > .page, body > .foot"));
    root.classList.add("parted");
    requestAnimationFrame(frame);
  });
  for (const event of ["beforeprint", "visibilitychange", "hashchange"]) addEventListener(event, rest);
})();
