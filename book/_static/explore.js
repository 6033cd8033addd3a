// The table explorer: sorts, filters and narrows the table that the page already holds, and gives out what is left as CSV.
// The address carries the state: ?q=words&<code column>=<code>&sort=-<column>&columns=<column>,<column>.
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
  const byName = new Map(columns.map((column) => [column.name, column]));
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
  const raw = (cell) => cell.dataset.v ?? cell.textContent;
  const rows = [...body.rows].map((tr, at) => ({ tr, at, text: null, raw: (column) => raw(tr.cells[column.at]), shown: (column) => tr.cells[column.at].textContent }));
  const collator = new Intl.Collator("en-GB", { numeric: true });
  const plural = (number, word) => `${number.toLocaleString("en-GB")} ${word}${number === 1 ? "" : "s"}`;

  // ---- the state, and the address that carries it ----
  const usual = columns.filter((column) => !column.quiet).map((column) => column.name);
  let state = { q: "", sort: "", columns: usual, codes: {} };

  function read() {
    const said = new URLSearchParams(location.search), wanted = (said.get("columns") || "").split(",").filter((name) => byName.has(name));
    const sort = said.get("sort") || "", codes = {};
    for (const column of columns) if (column.kind === "code" && said.has(column.name)) codes[column.name] = said.get(column.name);
    return { q: said.get("q") || "", sort: byName.has(sort.replace(/^-/, "")) ? sort : "", columns: wanted.length ? columns.map((c) => c.name).filter((name, at) => !at || wanted.includes(name)) : usual, codes };
  }
  function address() {
    const said = new URLSearchParams();
    if (state.q.trim()) said.set("q", state.q.trim());
    for (const [name, code] of Object.entries(state.codes)) if (code) said.set(name, code);
    if (state.sort) said.set("sort", state.sort);
    if (state.columns.join() !== usual.join()) said.set("columns", state.columns.join());
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

  // ---- what is left, and in which order ----
  const key = (row, column) => {
    const cell = row.tr.cells[column.at];
    return column.kind === "number" ? (raw(cell) === "" ? "" : Number(raw(cell))) : column.kind === "date" ? cell.dataset.s || raw(cell) : cell.textContent;
  };
  function ordered(found) {
    const column = byName.get(state.sort.replace(/^-/, "")), turn = state.sort.startsWith("-") ? -1 : 1;
    if (!column) return found;
    const keyed = found.map((row) => [key(row, column), row]);
    const compare = column.kind === "number" ? (a, b) => a - b : column.kind === "date" ? (a, b) => (a < b ? -1 : a > b ? 1 : 0) : collator.compare;
    // Blanks come last whichever way the column is turned; equals keep the order of the file.
    return keyed.sort(([a, one], [b, other]) => (a === "") - (b === "") || (a === "" ? 0 : turn * compare(a, b)) || one.at - other.at).map(([, row]) => row);
  }
  function left() {
    const words = fold(state.q).split(/\s+/).filter(Boolean), codes = Object.entries(state.codes).filter(([, code]) => code);
    return ordered(rows.filter((row) => {
      if (!codes.every(([name, code]) => { const cell = row.raw(byName.get(name)); return code === BLANK ? cell === "" : cell.split("; ").includes(code); })) return false;
      // Each word must stand somewhere in the row, as shown or as in the file, hidden columns included.
      row.text ??= words.length ? fold([...row.tr.cells].map((cell) => `${cell.textContent}\n${cell.dataset.v || ""}`).join("\n")) : null;
      return words.every((word) => row.text.includes(word));
    }));
  }

  let current = rows;
  function draw() {
    current = left();
    const kept = new Set(current);
    for (const row of rows) row.tr.hidden = !kept.has(row);
    const order = [...current, ...rows.filter((row) => !kept.has(row))];
    if (order.some((row, at) => body.rows[at] !== row.tr)) body.replaceChildren(...order.map((row) => row.tr));
    const hidden = columns.filter((column) => !state.columns.includes(column.name));
    document.getElementById("explore-columns").textContent = hidden.map((column) => `#explore tr > :nth-child(${column.at + 1}) { display: none }`).join("\n");
    for (const column of columns) {
      const sorted = state.sort.replace(/^-/, "") === column.name;
      if (sorted) heads[column.at].setAttribute("aria-sort", state.sort.startsWith("-") ? "descending" : "ascending");
      else heads[column.at].removeAttribute("aria-sort");
    }
    const all = current.length === rows.length ? "" : ` of ${rows.length.toLocaleString("en-GB")}`;
    count.textContent = `${current.length.toLocaleString("en-GB")}${all} ${rows.length === 1 ? "row" : "rows"}, ${state.columns.length} of ${plural(columns.length, "column")}.${current.length ? "" : " Nothing fits: clear a filter."}`;
    const by = byName.get(state.sort.replace(/^-/, ""));
    if (by) count.textContent += ` Sorted by ${by.title}, ${state.sort.startsWith("-") ? "descending" : "ascending"}, blanks last.`;
    save.textContent = `Download ${plural(current.length, "row")} as CSV`;
  }

  // ---- the tools, made here since they do nothing without a script ----
  const tools = document.getElementById("explore-tools"), count = document.getElementById("explore-count");
  const labelled = (title, control, className) => { const label = element("label", "", { className }); label.append(element("span", title), control); return label; };
  const field = element("input", "", { type: "search", autocomplete: "off", spellcheck: false });
  const save = element("button", "", { type: "button" }), clear = element("button", "Clear", { type: "button" });
  save.title = "The rows and columns shown, in this order, with the values and names of columns of the file";
  const selects = columns.filter((column) => column.kind === "code").map((column) => {
    const labels = new Map(), select = element("select");
    for (const row of rows) {
      const codes = row.raw(column).split("; "), shown = row.shown(column).split("; ");
      codes.forEach((code, n) => labels.set(code, [shown[n] || code, (labels.get(code)?.[1] || 0) + 1]));
    }
    const blank = labels.get("")?.[1];
    labels.delete("");
    select.append(new Option("any", ""));
    for (const [code, [label, number]] of [...labels].sort((a, b) => collator.compare(a[1][0], b[1][0]))) select.append(new Option(`${label} (${number})`, code));
    if (blank) select.append(new Option(`blank (${blank})`, BLANK));
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
  clear.addEventListener("click", () => { state = { q: "", sort: "", columns: usual, codes: {} }; show(); remember(false); });
  addEventListener("popstate", () => { state = read(); typing = false; show(); });

  // ---- exactly what is shown, as a file: RFC 4180, values and column names as in the table's own file ----
  function csv() {
    const chosen = columns.filter((column) => state.columns.includes(column.name));
    const cell = (text, kind) => {
      // A spreadsheet must not run a cell; no cell of the record begins so, numbers aside, or the check would refuse it.
      const safe = /^[=+\-@\t\r]/.test(text) && !(kind === "number" && Number.isFinite(Number(text))) ? `'${text}` : text;
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    return [chosen.map((column) => cell(column.name, "")), ...current.map((row) => chosen.map((column) => cell(row.raw(column), column.kind)))].map((line) => `${line.join(",")}\r\n`).join("");
  }
  save.addEventListener("click", () => {
    const link = element("a", "", { href: URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" })), download: `${table.dataset.table}-${current.length}-rows.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });

  const row = element("div", "", { className: "explore-buttons" });
  row.append(save, clear);
  tools.append(labelled("Text in any column", field, "explore-text"), ...selects.map(({ column, select }) => labelled(column.title, select, "")), chooser, row);
  state = read();
  show();
})();
