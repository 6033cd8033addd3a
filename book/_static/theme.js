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

// Then, a page is laid out a few parts at a time as it comes, one frame for each few, so that a slow phone can scroll and tap from the
// first words on. Whoever comes to a place inside a page, comes back to it or prints it gets it whole at once; so does who has no scripts.
(() => {
  const root = document.documentElement, STEP = 320, SPENT = 10; // letters and tags of a step; ms of a frame
  const come = performance.getEntriesByType("navigation")[0]; // its name tells of a link to words (#:~:text=), which the address hides
  if (location.hash || document.hidden || come?.type !== "navigate" || come.name.includes(":~:")) return;
  root.classList.add("arriving");
  const divided = "header, div, section, main, figure, figcaption, nav, ul, ol, dl, tbody, svg, g, table.fact-table, table.explore";
  const open = []; // elements whose parts are shown one by one, outermost first: `put`, the last part put off; `shown`, the last shown
  const after = (box, part) => part ? part.nextElementSibling : box.firstElementChild;
  const arrived = (part) => !part || document.readyState !== "loading" || (part !== document.body && (part.nextElementSibling || arrived(part.parentElement)));
  const putOff = (level) => { // a group of a picture is laid out even where it is not shown: what is in it is put off instead
    for (let part; (part = after(level.box, level.put)); level.put = part) if (part.matches("g")) putOff({ box: part }); else part.setAttribute("data-later", "");
  };
  const bare = (box) => box.querySelectorAll("[data-later]").forEach((part) => part.removeAttribute("data-later"));
  const next = () => { // the weight of the part that was shown, or nothing where the next has not come
    for (let part; !(part = after(open.at(-1).box, open.at(-1).shown)); open.pop()) if (open.length === 1 || !arrived(open.at(-1).box)) return;
    const level = open.at(-1), part = after(level.box, level.shown), here = arrived(part);
    const weight = here ? part.textContent.length + 20 * part.getElementsByTagName("*").length + 20 : Infinity, apart = weight > STEP && part.matches(divided);
    if (!here && !apart) return;
    level.shown = part;
    if (apart) putOff(open[open.push({ box: part }) - 1]);
    part.removeAttribute("data-later");
    if (!apart && part.matches("g")) bare(part);
    if (apart && here && part.matches("div") && !part.getClientRects().length) bare(open.pop().box); // such as the wide picture on a phone
    return apart ? 40 : weight;
  };
  const frame = () => {
    if (!root.classList.contains("arriving")) return;
    if (!open.length && document.body) open.push({ box: document.body });
    open.forEach(putOff);
    let weight = open.length ? 0 : undefined;
    for (const start = performance.now(); weight !== undefined && performance.now() - start < SPENT; root.getBoundingClientRect()) {
      for (let step = STEP; step > 0 && (weight = next()) !== undefined;) step -= weight;
    }
    if (weight !== undefined || document.readyState === "loading") requestAnimationFrame(frame); else whole();
  };
  const whole = () => { root.classList.remove("arriving"); bare(root); };
  requestAnimationFrame(frame);
  for (const event of ["beforeprint", "visibilitychange", "hashchange", "error"]) addEventListener(event, whole);
})();
