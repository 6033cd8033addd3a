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

// A page is laid out a few parts at a time, one frame for each few, so that a slow phone can scroll and tap from the first words
// on. Whoever comes to a place inside a page, comes back to it or prints it gets it whole at once; so does who has no scripts.
(() => {
  const root = document.documentElement, ATONCE = 600, STEP = 320, SPENT = 14; // letters and tags of a part, of a step; ms a frame
  if (location.hash || document.hidden || performance.getEntriesByType("navigation")[0]?.type !== "navigate") return;
  root.classList.add("arriving");
  const parts = [], divided = "div, section, main, figure, nav, ul, ol, dl, tbody, svg, g, table.fact-table, table.explore";
  const divide = (part) => {
    const weight = part.textContent.length + 20 * part.getElementsByTagName("*").length, apart = weight > ATONCE && part.matches(divided);
    parts.push([part, apart ? 0 : weight]);
    part.setAttribute("data-later", "");
    if (apart) for (const inner of part.children) divide(inner);
  };
  const show = () => { const [part, weight] = parts.shift(); part.removeAttribute("data-later"); return weight; };
  const rest = () => { while (parts.length) show(); root.classList.remove("arriving"); };
  const frame = () => {
    for (const start = performance.now(); parts.length && performance.now() - start < SPENT; root.getBoundingClientRect()) {
      for (let step = STEP; parts.length && step > 0;) step -= show();
    }
    if (parts.length) requestAnimationFrame(frame); else rest();
  };
  addEventListener("DOMContentLoaded", () => {
    for (const part of document.querySelectorAll("body > .page, body > .foot")) divide(part);
    root.classList.add("parted");
    requestAnimationFrame(frame);
  });
  for (const event of ["beforeprint", "visibilitychange", "hashchange"]) addEventListener(event, rest);
})();
