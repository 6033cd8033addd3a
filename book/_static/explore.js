// The table explorer: a page holds some rows; once the reader sorts, filters or asks for all, the whole table comes as a script.
// The address carries the state: ?q=words&<code column>=<code>&sort=-<column>&columns=<column>,<column>&rows=all.
(() => {
  "use strict";
  const table = document.getElementById("explore");

  // explore.html?table=contracts leads on to that table's page, if there is one in the list; nothing else is ever led to.
  if (!table) {
    const said = new URLSearchParams(location.search), name = said.get("table");
    const link = [...document.querySelectorAll("#explore-tables a")].find((a) => a.getAttribute("href").endsWith(`explore/${name}.html`));
    if (name && link) { said.delete("table"); location.replace(link.href + (said.size ? `?${said}` : "")); }
    return;
  }

  const BLANK = "(blank)"; // no code is written so
  const element = (name, text, given) => { const made = Object.assign(document.createElement(name), given); if (text) made.textContent = text; return made; };
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  const columns = heads.map((th, at) => ({ at, name: th.dataset.name, kind: th.dataset.kind, title: th.textContent, quiet: "quiet" in th.dataset }));
  const first = Number(table.dataset.first), all = Number(table.dataset.all), own = [...body.rows], pager = document.getElementById("explore-pages");
  const byName = new Map(columns.map((column) => [column.name, column]));
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
  let collator = null; // made when first needed, as it takes a slow phone several frames
  const compared = (a, b) => (collator ??= new Intl.Collator("en-GB", { numeric: true })).compare(a, b);
  const counted = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  const plural = (number, word) => `${counted(number)} ${word}${number === 1 ? "" : "s"}`;

  // ---- the state, and the address that carries it ----
  const usual = columns.filter((column) => !column.quiet).map((column) => column.name);
  const nothing = () => ({ q: "", sort: "", columns: usual, codes: {}, all: false });
  let state = nothing();

  function read() {
    const said = new URLSearchParams(location.search), wanted = (said.get("columns") || "").split(",").filter((name) => byName.has(name));
    const sort = said.get("sort") || "", codes = {};
    for (const column of columns) if (column.kind === "code" && said.has(column.name)) codes[column.name] = said.get(column.name);
    return { q: said.get("q") || "", sort: byName.has(sort.replace(/^-/, "")) ? sort : "", columns: wanted.length ? columns.map((c) => c.name).filter((name, at) => !at || wanted.includes(name)) : usual, codes, all: said.get("rows") === "all" };
  }
  function address() {
    const said = new URLSearchParams();
    if (state.q.trim()) said.set("q", state.q.trim());
    for (const [name, code] of Object.entries(state.codes)) if (code) said.set(name, code);
    if (state.sort) said.set("sort", state.sort);
    if (state.columns.join() !== usual.join()) said.set("columns", state.columns.join());
    if (state.all) said.set("rows", "all");
    const text = said.toString().replaceAll("%2C", ",");
    return location.pathname + (text ? `?${text}` : "");
  }
  let typing = false, timer = 0;
  /** One entry of the history for each choice, and one for a run of letters. */
  function remember(letters) {
    clearTimeout(timer);
    if (address() !== location.pathname + location.search) history[letters && typing ? "replaceState" : "pushState"](null, "", address());
    typing = letters;
  }

  // ---- the whole table, as a script since a page opened from a folder may load nothing else ----
  let rows = null, coming = null;
  /** A cell as the script has it, with its words, its value in the file, and what it is sorted by. */
  function cell(given, kind) {
    const { t, v, s } = typeof given === "string" ? { t: given } : given;
    const shown = typeof t === "string" ? t : t.map(([text]) => text).join("; "), raw = v ?? shown;
    return { parts: typeof t === "string" ? [[t, ""]] : t, shown, raw, key: kind === "number" ? (raw === "" ? "" : Number(raw)) : kind === "date" ? s || raw : shown };
  }
  const whole = () => (coming ??= new Promise((done, failed) => {
    const script = element("script", "", { src: `${table.dataset.table}.js` });
    script.addEventListener("load", () => { rows = window.spunTable.map((cells, at) => ({ at, cells: cells.map((given, n) => cell(given, columns[n].kind)), text: null, tr: null })); done(); });
    script.addEventListener("error", () => { coming = null; script.remove(); count.textContent = "The whole table could not be loaded; its file has it too."; failed(new Error("not loaded")); });
    document.head.append(script);
  }));
  /** A row of the table, made when it is first shown. */
  function made(row) {
    if (row.tr) return row.tr;
    row.tr = element("tr");
    row.cells.forEach(({ parts }, n) => {
      const td = n ? element("td") : element("th", "", { scope: "row" });
      parts.forEach(([text, href], at) => td.append(at ? "; " : "", href ? element("a", text, href.startsWith("http") ? { href, rel: "nofollow" } : { href }) : text));
      row.tr.append(td);
    });
    return row.tr;
  }

  // ---- what is left, and in which order ----
  function ordered(found) {
    const column = byName.get(state.sort.replace(/^-/, "")), turn = state.sort.startsWith("-") ? -1 : 1;
    if (!column) return found;
    const keyed = found.map((row) => [row.cells[column.at].key, row]);
    const compare = column.kind === "number" ? (a, b) => a - b : column.kind === "date" ? (a, b) => (a < b ? -1 : a > b ? 1 : 0) : compared;
    // Blanks come last whichever way the column is turned; equals keep the order of the file.
    return keyed.sort(([a, one], [b, other]) => (a === "") - (b === "") || (a === "" ? 0 : turn * compare(a, b)) || one.at - other.at).map(([, row]) => row);
  }
  function left() {
    const words = fold(state.q).split(/\s+/).filter(Boolean), codes = Object.entries(state.codes).filter(([, code]) => code);
    return ordered(rows.filter((row) => {
      if (!codes.every(([name, code]) => { const { raw } = row.cells[byName.get(name).at]; return code === BLANK ? raw === "" : raw.split("; ").includes(code); })) return false;
      // Each word must stand somewhere in the row, as shown or as in the file, hidden columns included.
      row.text ??= words.length ? fold(row.cells.map(({ shown, raw }) => `${shown}\n${raw}`).join("\n")) : null;
      return words.every((word) => row.text.includes(word));
    }));
  }
  /** Whether the page's own rows are what is asked for. */
  const plain = () => !state.all && !state.q.trim() && !state.sort && !Object.values(state.codes).some(Boolean);

  let current = null;
  function draw() {
    const paged = plain();
    if (!paged && !rows) { count.textContent = "Loading the whole table …"; whole().then(draw, () => {}); }
    else {
      current = paged ? null : left();
      if (!paged || table.dataset.shown === "whole") body.replaceChildren(...(paged ? own : current.map(made)));
      say(paged);
    }
    const hidden = columns.filter((column) => !state.columns.includes(column.name));
    document.getElementById("explore-columns").textContent = hidden.map((column) => `#explore tr > :nth-child(${column.at + 1}) { display: none }`).join("\n");
    for (const column of columns) {
      const sorted = state.sort.replace(/^-/, "") === column.name;
      if (sorted) heads[column.at].setAttribute("aria-sort", state.sort.startsWith("-") ? "descending" : "ascending");
      else heads[column.at].removeAttribute("aria-sort");
    }
  }
  /** How many rows there are, and what the buttons do to them. */
  function say(paged) {
    const number = paged ? own.length : current.length, of = number === all ? "" : ` of ${counted(all)}`;
    const which = paged && of ? `Rows ${first + 1} to ${first + number}${of}` : `${counted(number)}${of} ${all === 1 ? "row" : "rows"}`;
    count.textContent = `${which}, ${state.columns.length} of ${plural(columns.length, "column")}.${number ? "" : " Nothing fits: clear a filter."}`;
    const by = byName.get(state.sort.replace(/^-/, ""));
    if (by) count.textContent += ` Sorted by ${by.title}, ${state.sort.startsWith("-") ? "descending" : "ascending"}, blanks last.`;
    save.textContent = `Download ${plural(number, "row")} as CSV`;
    everything.hidden = !paged || number === all;
    if (pager) {
      pager.hidden = !paged;
      for (const link of pager.children) link.search = paged ? location.search : "";
    }
    table.dataset.shown = paged ? "page" : "whole";
  }

  // ---- the tools, made here since they do nothing without a script ----
  const tools = document.getElementById("explore-tools"), count = document.getElementById("explore-count");
  const labelled = (title, control, className) => { const label = element("label", "", { className }); label.append(element("span", title), control); return label; };
  const field = element("input", "", { type: "search", autocomplete: "off", spellcheck: false });
  const save = element("button", "", { type: "button" }), clear = element("button", "Clear", { type: "button" });
  save.title = "The rows and columns shown, in this order, with the values and names of columns of the file";
  count.tabIndex = -1;
  const everything = element("button", `Show all ${plural(all, "row")}`, { type: "button" });
  const selects = columns.filter((column) => column.kind === "code").map((column) => {
    const select = element("select"), choices = JSON.parse(heads[column.at].dataset.choices);
    const blank = choices.find(([code]) => !code);
    select.append(new Option("any", ""));
    for (const [code, label, number] of choices.filter(([code]) => code)) select.append(new Option(`${label} (${number})`, code));
    if (blank) select.append(new Option(`blank (${blank[2]})`, BLANK));
    select.addEventListener("change", () => { state.codes[column.name] = select.value; draw(); remember(false); });
    return { column, select };
  }).filter(({ select }) => select.options.length > 2);

  const chooser = element("details"), choices = element("fieldset"), boxes = columns.slice(1).map((column) => {
    const box = element("input", "", { type: "checkbox", value: column.name });
    box.addEventListener("change", () => {
      state.columns = columns.filter((c) => !c.at || boxes[c.at - 1].checked).map((c) => c.name);
      draw();
      remember(false);
    });
    return box;
  });
  choices.append(element("legend", "Columns shown beside the first", { className: "spun-unseen" }), ...boxes.map((box, n) => { const label = element("label"); label.append(box, ` ${columns[n + 1].title}`); return label; }));
  chooser.append(element("summary", "Columns"), choices);

  function show() {
    field.value = state.q;
    for (const { column, select } of selects) { select.value = state.codes[column.name] || ""; if (select.selectedIndex < 0) { select.value = ""; delete state.codes[column.name]; } }
    boxes.forEach((box) => { box.checked = state.columns.includes(box.value); });
    draw();
  }

  heads.forEach((th, at) => {
    const button = element("button", columns[at].title, { type: "button" });
    button.addEventListener("click", () => {
      const { name } = columns[at];
      state.sort = state.sort === name ? `-${name}` : state.sort === `-${name}` ? "" : name;
      draw();
      remember(false);
    });
    th.replaceChildren(button);
  });
  field.addEventListener("input", () => { state.q = field.value; draw(); clearTimeout(timer); timer = setTimeout(remember, 250, true); });
  field.addEventListener("change", () => { remember(true); typing = false; });
  tools.addEventListener("submit", (event) => event.preventDefault());
  clear.addEventListener("click", () => { state = nothing(); show(); remember(false); });
  addEventListener("popstate", () => { state = read(); typing = false; show(); });

  // ---- exactly what is shown, as a file: RFC 4180, values and column names as in the table's own file ----
  function csv(given) {
    const chosen = columns.filter((column) => state.columns.includes(column.name));
    const safely = (text, kind) => {
      // A spreadsheet must not run a cell; no cell of the record begins so, numbers aside, or the check would refuse it.
      const safe = /^[=+\-@\t\r]/.test(text) && !(kind === "number" && Number.isFinite(Number(text))) ? `'${text}` : text;
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    return [chosen.map((column) => safely(column.name, "")), ...given.map((row) => chosen.map((column) => safely(row.cells[column.at].raw, column.kind)))].map((line) => `${line.join(",")}\r\n`).join("");
  }
  save.addEventListener("click", async () => {
    await whole();
    const given = current ?? rows.slice(first, first + own.length);
    const link = element("a", "", { href: URL.createObjectURL(new Blob([csv(given)], { type: "text/csv;charset=utf-8" })), download: `${table.dataset.table}-${given.length}-rows.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
  everything.addEventListener("click", () => { state.all = true; draw(); remember(false); count.focus(); }); // the button goes away

  const row = element("div", "", { className: "explore-buttons" });
  row.append(save, everything, clear);
  tools.append(labelled("Text in any column", field, "explore-text"), ...selects.map(({ column, select }) => labelled(column.title, select, "")), chooser, row);
  state = read();
  show();
})();
