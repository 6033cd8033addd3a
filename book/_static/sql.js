// Asks the tables with SQL in this browser. Nothing is loaded before the reader runs a query; the address carries it: #sql=SELECT…
(() => {
  "use strict";
  const SHOWN = 500, KEPT = 100000;
  const tools = document.getElementById("sql-tools"), said = document.getElementById("sql-said"), place = document.getElementById("sql-result");
  const element = (name, text, given) => { const made = Object.assign(document.createElement(name), given); if (text) made.textContent = text; return made; };
  const count = (number, word) => `${number.toLocaleString("en-GB")} ${word}${number === 1 ? "" : "s"}`;
  const tell = (text, wrong) => { said.textContent = text; said.classList.toggle("sql-wrong", Boolean(wrong)); };

  // ---- the tools, made here since they do nothing without a script ----
  const field = element("textarea", "", { rows: 6, spellcheck: false, autocapitalize: "off", autocomplete: "off" });
  field.setAttribute("aria-describedby", "sql-help");
  const label = element("label"), help = element("span", "Control or command with Enter runs it too.", { id: "sql-help" });
  label.append(element("span", "Query"), field);
  const run = element("button", "Run", { type: "submit" }), save = element("button", "Download the rows as CSV", { type: "button", hidden: true });
  const buttons = element("div", "", { className: "explore-buttons" });
  buttons.append(run, save);
  tools.append(label, help, buttons);

  // ---- loading, once and only when asked ----
  const script = (src) => new Promise((done, failed) => {
    const made = element("script", "", { src });
    made.addEventListener("load", done);
    made.addEventListener("error", () => { made.remove(); failed(new Error(`${src} could not be loaded. Try again, or take the file for a program of your own.`)); });
    document.head.append(made);
  });
  let coming = null;
  async function load() {
    tell("Loading SQLite and the tables …");
    await Promise.all([script("sql/engine.js"), script("sql/tables.js")]);
    const packed = Uint8Array.from(atob(window.spunTables), (letter) => letter.charCodeAt(0));
    delete window.spunTables;
    const bytes = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
    const engine = await window.initSqlJs(), made = new engine.Database(new Uint8Array(bytes));
    made.run("PRAGMA query_only = 1");
    return made;
  }
  const database = () => (coming ??= load().catch((error) => { coming = null; throw error; }));

  // ---- what went wrong, in words ----
  const values = (db, sql, given) => (db.exec(sql, given)[0]?.values ?? []).map(([value]) => value);
  /** The name that is most like another: by the letters that the two have in pairs. */
  function closest(name, names) {
    const pairs = (text) => new Set(Array.from(text.toLowerCase(), (letter, at) => letter + (text.toLowerCase()[at + 1] ?? "")));
    const own = pairs(name), alike = (other) => { const theirs = pairs(other), both = [...own].filter((pair) => theirs.has(pair)).length; return (2 * both) / (own.size + theirs.size); };
    const best = names.toSorted((a, b) => alike(b) - alike(a))[0];
    return best && alike(best) >= 0.5 ? best : "";
  }
  const WORDS = [
    [/^no such table: (?:main\.)?(.+)$/, (db, name) => {
      if (name === "search") return "The full-text search is only in the file to download.";
      const near = closest(name, values(db, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"));
      return `There is no table “${name}”.${near ? ` Do you mean “${near}”?` : " The tables are named below."}`;
    }],
    [/^no such column: (.+)$/, (db, name) => {
      const column = name.split(".").pop(), where = values(db, "SELECT part FROM codebook WHERE name = ? AND part NOT LIKE 'wide%'", [column]);
      const near = where.length ? "" : closest(column, values(db, "SELECT DISTINCT name FROM codebook"));
      return `None of the tables that you name has a column “${name}”.${where.length ? ` It is in ${where.slice(0, 4).join(", ")}.` : near ? ` Do you mean “${near}”?` : ""}`;
    }],
    [/^near "(.+)": syntax error$/, (db, text) => `From “${text}” on this is no SQL. Look at what stands before it: a comma, a bracket or a word too many, or one that is missing.`],
    [/^incomplete input$/, () => "The query ends too early: a bracket is open, or a word is missing at its end."],
    [/^unrecognized token: (.+)$/, (db, text) => `The sign ${text} has no place here. Put text in single quotation marks: 'text'.`],
    [/^ambiguous column name: (.+)$/, (db, name) => `More than one of the tables has a column “${name}”: write it with its table, as in contracts.${name}.`],
    [/^no such function: (.+)$/, (db, name) => `SQLite has no function “${name}”.`],
    [/readonly database|query_only/, () => "The tables can only be read here."],
  ];
  function inWords(db, message) {
    for (const [pattern, words] of WORDS) { const found = pattern.exec(message); if (found) return words(db, found[1]); }
    return `SQLite cannot run this: ${message}.`;
  }

  // ---- the answer ----
  let answer = null;
  /** Columns and rows of the last statement that gives any; `more` where there were too many to keep. */
  function ask(db, sql) {
    let found = null;
    for (const statement of db.iterateStatements(sql)) {
      const columns = statement.getColumnNames(), rows = [];
      let more = false;
      while (statement.step()) { if (rows.length === KEPT) { more = true; break; } rows.push(statement.get()); }
      if (columns.length) found = { columns, rows, more };
    }
    return found;
  }
  function show() {
    const { columns, rows, more } = answer, table = element("table", "", { className: "spun-table" });
    table.append(element("caption", "Answer", { className: "spun-unseen" }));
    const head = table.createTHead().insertRow();
    for (const name of columns) head.append(element("th", name, { scope: "col" }));
    const body = table.createTBody();
    for (const cells of rows.slice(0, SHOWN)) {
      const row = body.insertRow();
      for (const value of cells) {
        const cell = row.insertCell();
        if (typeof value === "number") cell.append(element("data", String(value), { value })); else cell.textContent = value ?? "";
      }
    }
    const region = element("div", "", { className: "spun-scroll", tabIndex: 0 });
    region.setAttribute("role", "region");
    region.setAttribute("aria-label", "Answer");
    region.append(table);
    place.replaceChildren(...(rows.length ? [region] : []));
    save.hidden = !rows.length;
    const all = more ? `The first ${count(rows.length, "row")}` : count(rows.length, "row");
    tell(`${all}${rows.length > SHOWN ? `; ${SHOWN} are shown, and the CSV has them all` : ""}.`);
  }
  async function answered() {
    const sql = field.value.trim();
    if (!sql) { tell("Write a query, or run one of the questions below.", true); field.focus(); return; }
    const address = `#sql=${encodeURIComponent(sql)}`;
    if (location.hash !== address) history.pushState(null, "", address);
    run.disabled = true;
    let db = null;
    try {
      db = await database();
      await new Promise((done) => { tell("Running …"); setTimeout(done, 20); });
      const found = ask(db, sql);
      if (!found) { tell("This asks for nothing: a question begins with SELECT.", true); return; }
      answer = found;
      show();
    } catch (error) {
      place.replaceChildren();
      save.hidden = true;
      tell(db ? inWords(db, error.message) : error.message, true);
    } finally { run.disabled = false; }
  }

  // ---- as CSV: RFC 4180, safe for a spreadsheet ----
  function csv({ columns, rows }) {
    const safely = (value) => {
      const text = String(value ?? ""), safe = typeof value !== "number" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    return [columns, ...rows].map((line) => `${line.map(safely).join(",")}\r\n`).join("");
  }
  save.addEventListener("click", () => {
    const link = element("a", "", { href: URL.createObjectURL(new Blob([csv(answer)], { type: "text/csv;charset=utf-8" })), download: `spun-out-answer-${answer.rows.length}-rows.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });

  tools.addEventListener("submit", (event) => { event.preventDefault(); answered(); });
  field.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); if (!run.disabled) answered(); } });
  for (const code of document.querySelectorAll("code[data-view]")) {
    const button = element("button", "", { type: "button", className: "sql-run" }); // its word is in the style, so that the text of the page stays as it is without a script
    button.setAttribute("aria-label", `Run: ${code.closest("li").firstChild.textContent.trim()}`);
    button.addEventListener("click", () => { field.value = code.textContent; tools.scrollIntoView({ block: "start" }); if (!run.disabled) answered(); });
    code.closest("details").before(button);
  }
  /** What the address carries stands in the field; running it is left to the reader. */
  function read() {
    const carried = /^#sql=(.*)$/s.exec(location.hash);
    if (!carried) return;
    try { field.value = decodeURIComponent(carried[1]); } catch { return; }
    tell("The address brought this query. Run it, and SQLite and the tables are loaded.");
  }
  addEventListener("popstate", read);
  field.value = document.querySelector("code[data-view]")?.textContent ?? "";
  read();
})();
