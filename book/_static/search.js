// Search: takes the texts of the index (assets/search-index.js) apart into words, and answers while the reader types.
// Texts and questions go through the same `tokens`, so that a sum or a date is found however it is written.
(() => {
  "use strict";
  const SHOWN = 30, FEW = 10, WEIGHTS = [10, 8, 3, 1]; // title, other names, line, everything else
  const STOP = new Set("a an and are as at by for from in is of on or that the this to was were with".split(" "));
  const TIMES = { k: 1e3, thousand: 1e3, m: 1e6, mn: 1e6, million: 1e6, millions: 1e6, bn: 1e9, billion: 1e9, billions: 1e9 };
  const MONTHS = "january february march april may june july august september october november december".split(" ");
  const MONTH = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
  const PIECE = new RegExp(
    "(?<![\\p{L}\\p{N}])(?:" +
    `(?<iy>\\d{4})-(?<im>\\d\\d?)(?:-(?<id>\\d\\d?))?(?![\\p{L}\\p{N}])|(?<sd>\\d\\d?)/(?<sm>\\d\\d?)/(?<sy>\\d{4})(?![\\p{L}\\p{N}])|` +
    `(?:(?<wd>\\d\\d?)(?:st|nd|rd|th)? )?(?<wm>${MONTH}) (?<wy>\\d{4})(?![\\p{L}\\p{N}])|` +
    "(?<n>\\d{1,3}(?:,\\d{3})+|\\d+)(?<f>\\.\\d+)?(?: ?(?<x>k|thousand|mn?|millions?|bn|billions?))?(?![\\p{L}\\p{N}]))|" +
    "[\\p{L}\\p{N}]+(?:-[\\p{L}\\p{N}]+)*", "gu");

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase().replace(/['’‘]s\b/g, "").replace(/['’‘]/g, "");
  const flat = (text) => (fold(text).match(/[\p{L}\p{N}]+/gu) || []).join(" ");
  // One form for singular and plural; both sides go through it, so that it need not be English.
  const stem = (word) => word.length < 4 || /\d/.test(word) ? word : word.replace(/ies$/, "y").replace(/([^su])s$/, "$1");
  const two = (number) => String(number).padStart(2, "0");

  /** The words of a text. A text gets each form by which it may be asked for, a question only the narrowest. */
  function tokens(text, asked) {
    const found = [];
    for (const { 0: piece, groups: g } of fold(text).matchAll(PIECE)) {
      const year = g.iy || g.sy || g.wy;
      if (year) {
        const month = +(g.im || g.sm || MONTHS.findIndex((name) => name.startsWith((g.wm || "").slice(0, 3))) + 1), day = g.id || g.sd || g.wd;
        const forms = [`d${year}-${two(month)}`];
        if (day) forms.push(`${forms[0]}-${two(+day)}`);
        if (asked) found.push(forms.at(-1));
        else found.push(...forms, year, MONTHS[month - 1] || "", day ? String(+day) : "");
      } else if (g.n) {
        const whole = g.n.replaceAll(",", "");
        // 05678901 is a number of a register and stays as it is.
        found.push(g.x ? String(Math.round(whole.concat(g.f || "") * TIMES[g.x] * 1e3) / 1e3) : whole + (g.f ? g.f.replace(/\.?0+$/, "") : ""));
      } else {
        const parts = piece.split("-");
        found.push(...parts.map(stem));
        if (parts.length > 1 && !asked) found.push(stem(parts.join("")));
      }
    }
    return found.filter(Boolean);
  }

  // ---- the index, built in slices so that the page answers meanwhile ----
  let kinds = [], columns = [], rows = [];
  const postings = new Map(), titles = [], others = [], keys = [], wholes = [];
  let vocabulary = [], near = new Map(), ready = false;

  function add(number) {
    rows[number] = JSON.parse(rows[number]);
    const [, title, line, address, also = [], words = []] = rows[number];
    const key = address.replace(/^.*[#/]/, "").replace(/\.html$/, "");
    titles.push(flat(title));
    others.push(also.map(flat));
    keys.push(key);
    const texts = [title, `${also.join(" ")} ${key.replaceAll("-", " ")}`, line, words.filter((_, n) => n % 2).join(" | ")];
    wholes.push(texts.join("\n").toLowerCase());
    texts.forEach((text, level) => {
      for (const token of new Set(tokens(text, false))) {
        const list = postings.get(token);
        if (list) list.push(number * 4 + level);
        else postings.set(token, [number * 4 + level]);
      }
    });
  }

  function build(done, next = 0) {
    const until = performance.now() + 25;
    while (next < rows.length && performance.now() < until) add(next++);
    if (next < rows.length) { setTimeout(build, 0, done, next); return; }
    vocabulary = [...postings.keys()].sort();
    ready = true;
    setTimeout(done);
  }

  /** Fetch the index once, when somebody is about to search: it weighs more than the page. A script, as a folder allows no other way. */
  function load() {
    if (load.begun) return;
    load.begun = true;
    const script = document.createElement("script");
    script.src = form.dataset.index;
    script.onload = () => {
      ({ kinds, columns } = window.spunSearch);
      rows = window.spunSearch.rows.split("\n"); // each is parsed when its turn comes
      build(() => { const typed = field.value; restore(); if (typed !== field.value) { field.value = typed; run(); remember(); } form.dataset.ready = ""; });
    };
    script.onerror = () => { load.begun = false; count.textContent = "The index could not be loaded; the lists below hold every record."; };
    document.head.append(script);
  }

  // ---- the question ----
  /** Words of a question: numbers before an unfinished “million” are taken as that, small words are passed over. */
  function asked(question) {
    // Of a web address the index knows the host.
    let text = question.trim().replace(/^(?:https?:\/\/)?(?:www\.)([^/\s]+)\S*$|^https?:\/\/([^/\s]+)\S*$/i, "$1$2");
    const unfinished = /(\d) ?(mi[a-z]*|bi[a-z]*|th[a-z]*)$/i.exec(text);
    if (unfinished) {
      const word = ["million", "billion", "thousand"].find((whole) => whole.startsWith(unfinished[2].toLowerCase()));
      if (word) text = `${text.slice(0, unfinished.index + 1)} ${word}`;
    }
    const partly = /^\d{4}-\d{1,2}(?:-\d?)?$/.exec(text); // a date that is being typed
    if (partly) return [{ token: `d${text}`, last: true }];
    const found = tokens(text, true).map((token) => ({ token, last: false }));
    if (found.length && /[\p{L}\p{N}]$/u.test(question)) found.at(-1).last = true;
    const telling = found.filter(({ token }) => !STOP.has(token));
    return telling.length ? telling : found;
  }

  const starts = (prefix) => {
    let low = 0, high = vocabulary.length;
    while (low < high) { const middle = (low + high) >> 1; if (vocabulary[middle] < prefix) low = middle + 1; else high = middle; }
    const found = [];
    while (low < vocabulary.length && vocabulary[low].startsWith(prefix)) found.push(vocabulary[low++]);
    return found;
  };

  /** Edits (letters missing, added, changed, or two swapped) from a word to another, or to its beginning; `most` + 1 if more. */
  function edits(from, to, most, beginning) {
    let before = [], last = Array.from({ length: to.length + 1 }, (_, n) => n);
    for (let i = 1; i <= from.length; i++) {
      const now = [i];
      let least = i;
      for (let j = 1; j <= to.length; j++) {
        const same = from[i - 1] === to[j - 1];
        let cost = Math.min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
        if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) cost = Math.min(cost, before[j - 2] + 1);
        now.push(cost);
        if (cost < least) least = cost;
      }
      if (least > most) return most + 1;
      before = last;
      last = now;
    }
    return beginning ? Math.min(...last) : last[to.length];
  }

  /** Words of the index that a word may be a misspelling of, with how far off they are. Numbers are never guessed at. */
  function similar(token, last) {
    const id = token + (last ? "*" : "");
    if (near.has(id)) return near.get(id);
    const most = /\d/.test(token) ? 0 : token.length >= 8 ? 2 : token.length >= 4 ? 1 : 0, found = [];
    if (most) {
      for (const word of vocabulary) {
        if (word.length < token.length - most || (!last && word.length > token.length + most) || /\d/.test(word)) continue;
        const off = edits(token, last ? word.slice(0, token.length + most) : word, most, last);
        if (off <= most) found.push([word, off]);
      }
    }
    if (near.size > 500) near = new Map();
    near.set(id, found);
    return found;
  }

  /** For each record the worth of its best match with a word; 0 where it has none. */
  function worth({ token, last }, fuzzy) {
    const score = new Float32Array(rows.length);
    const take = (word, share) => {
      for (const posting of postings.get(word) || []) {
        const value = WEIGHTS[posting & 3] * share;
        if (value > score[posting >> 2]) score[posting >> 2] = value;
      }
    };
    take(token, 1);
    if (last || token.length > 2) for (const word of starts(token)) if (word !== token && (last || !/^\d/.test(token))) take(word, 0.3 + 0.4 * token.length / word.length);
    if (fuzzy) for (const [word, off] of similar(token, last)) take(word, 0.25 / off || 0.25);
    return score;
  }

  function matches(words, fuzzy) {
    let all = null;
    for (const word of words) {
      const score = worth(word, fuzzy);
      if (!all) all = score;
      else for (let n = 0; n < all.length; n++) all[n] = all[n] && score[n] ? all[n] + score[n] : 0;
    }
    return all || new Float32Array(rows.length);
  }

  /** Record numbers, the best first, in tiers: named so, name begins so, holds all words, holds similar words. */
  function search(question) {
    const words = asked(question), whole = flat(question), key = question.trim().toLowerCase();
    if (!words.length) return { found: [], alike: 0, words };
    const strict = matches(words, false), found = [];
    const tier = (n) => titles[n] === whole || keys[n] === key || others[n].includes(whole) ? 3
      : titles[n].startsWith(whole) || others[n].some((name) => name.startsWith(whole)) ? 2 : 1;
    // Words that stand together as asked count for more: “north west” is not “North Somerset, South West”.
    const together = (n) => words.length < 2 ? 0 : titles[n].includes(whole) ? 20 : wholes[n].includes(key) ? 12 : 0;
    for (let n = 0; n < rows.length; n++) if (strict[n] || keys[n] === key) found.push({ n, tier: tier(n), score: strict[n] + together(n) });
    let alike = 0;
    if (found.length < FEW) {
      const wide = matches(words, true);
      for (let n = 0; n < rows.length; n++) if (wide[n] && !strict[n] && keys[n] !== key) alike = found.push({ n, tier: 0, score: wide[n] }) && alike + 1;
    }
    found.sort((a, b) => b.tier - a.tier || b.score - a.score || rows[a.n][0] - rows[b.n][0] || titles[a.n].length - titles[b.n].length || a.n - b.n);
    return { found, alike, words };
  }

  /** Where a record holds the question, if neither its title nor its line does: “Buyer: NHS Surrey”. */
  function because(row, words) {
    const [, title, line, , also = [], said = []] = row;
    const holds = (text) => { const own = tokens(text, false); return words.some(({ token, last }) => own.some((word) => word === token || (last && word.startsWith(token)))); };
    if (holds(`${title} | ${line}`)) return "";
    const name = also.find(holds);
    if (name) return `Also: ${name}`;
    for (let n = 0; n < said.length; n += 2) if (holds(said[n + 1])) return `${columns[said[n]]}: ${said[n + 1]}`;
    return "";
  }

  // ---- the page ----
  const at = (id) => document.getElementById(id);
  const form = at("find"), field = at("find-q"), choice = at("find-kind"), count = at("find-count"), list = at("find-results"), more = at("find-more");
  if (!form) return;
  let shown = SHOWN, answer = { found: [], alike: 0, words: [] }, typing = false, timer = 0;

  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text) made.textContent = text; // never as markup: whatever a cell holds stays text
    if (className) made.className = className;
    return made;
  };

  function item({ n }) {
    const row = rows[n], li = element("li"), link = element("a", row[1]);
    link.href = row[3];
    li.append(link, element("span", kinds[row[0]], "find-of"));
    if (row[2]) li.append(element("span", row[2], "find-line"));
    const reason = because(row, answer.words);
    if (reason) li.append(element("span", reason.length > 180 ? `${reason.slice(0, 180)} …` : reason, "find-line"));
    return li;
  }

  function options(found) {
    const numbers = new Array(kinds.length).fill(0), chosen = choice.value, asked = field.value.trim();
    for (const { n } of found) numbers[rows[n][0]]++;
    choice.replaceChildren(...["", ...kinds].map((name, n) => {
      const option = element("option", (name || "Everything") + (asked ? ` (${name ? numbers[n - 1] : found.length})` : ""));
      option.value = name;
      return option;
    }));
    choice.value = chosen;
  }

  const plural = (number, word) => `${String(number).replace(/\B(?=(\d{3})+$)/g, ",")} ${word}${number === 1 ? "" : "s"}`;

  function say(kept, question) {
    const alike = kept.filter(({ tier }) => !tier).length, exact = kept.length - alike, among = choice.value ? ` in ${choice.value}` : "";
    if (!question) return "";
    if (kept.length) return exact ? plural(exact, "result") + among + (alike ? `, and ${alike} for similar words` : "") : `Nothing spelled so${among}; ${plural(alike, "result")} for similar words`;
    if (answer.found.length) return `Nothing${among} for “${question}”, but ${plural(answer.found.length, "result")} elsewhere: choose “Everything”.`;
    const unknown = answer.words.length > 1 ? answer.words.filter((word) => !worth(word, true).some(Boolean)).map(({ token }) => `“${token}”`) : [];
    return `Nothing found for “${question}”. ${unknown.length ? `No page or record holds ${unknown.join(" or ")}. ` : ""}Try fewer words, a surname, a place, a year, or a sum such as ${form.dataset.example}; or go by the lists below.`;
  }

  function draw() {
    const kept = choice.value ? answer.found.filter(({ n }) => kinds[rows[n][0]] === choice.value) : answer.found;
    const items = [], exact = kept.some(({ tier }) => tier);
    kept.slice(0, shown).forEach((hit, n) => {
      if (!hit.tier && exact && kept[n - 1].tier) items.push(element("li", "Similar words", "find-note"));
      items.push(item(hit));
    });
    list.replaceChildren(...items);
    more.hidden = kept.length <= shown;
    count.textContent = say(kept, field.value.trim());
  }

  function run() {
    if (!ready) { count.textContent = field.value.trim() ? "Making ready …" : ""; return; }
    answer = search(field.value);
    options(answer.found);
    draw();
  }

  // The address carries the question. One entry of the history for each question, not for each letter.
  function address() {
    const said = new URLSearchParams();
    if (field.value.trim()) said.set("q", field.value.trim());
    if (choice.value) said.set("kind", choice.value);
    const text = said.toString();
    return location.pathname + (text ? `?${text}` : "");
  }
  function remember() {
    clearTimeout(timer);
    if (!ready || address() === location.pathname + location.search) return;
    if (typing) history.replaceState(null, "", address());
    else history.pushState(null, "", address());
    typing = true;
  }
  function commit() { remember(); typing = false; }
  function restore() {
    const said = new URLSearchParams(location.search), kind = said.get("kind") || "";
    if (ready || !field.value) field.value = said.get("q") || "";
    if (choice.options.length <= kinds.length) options([]);
    choice.value = kinds.includes(kind) ? kind : "";
    shown = SHOWN;
    typing = false;
    run();
  }

  const links = () => [...list.querySelectorAll("a")];
  field.addEventListener("input", () => { shown = SHOWN; run(); clearTimeout(timer); timer = setTimeout(remember, 250); });
  field.addEventListener("change", commit);
  choice.addEventListener("change", () => { shown = SHOWN; typing = false; draw(); commit(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); commit(); links()[0]?.focus(); });
  field.addEventListener("keydown", (event) => { if (event.key === "ArrowDown" && links().length) { event.preventDefault(); commit(); links()[0].focus(); } });
  list.addEventListener("keydown", (event) => {
    const all = links(), here = all.indexOf(document.activeElement);
    const to = { ArrowDown: all[here + 1], ArrowUp: all[here - 1] || field, Home: all[0], End: all.at(-1), Escape: field }[event.key];
    if (here < 0 || !to) return;
    event.preventDefault();
    to.focus();
  });
  list.addEventListener("click", commit);
  more.addEventListener("click", () => { const before = links().length; shown += SHOWN; draw(); links()[before]?.focus(); });
  addEventListener("popstate", restore);
  addEventListener("pageshow", (event) => { if (event.persisted) restore(); });

  restore();
  if (field.value) load();
  else for (const kind of ["focus", "pointerenter"]) field.addEventListener(kind, load);
  field.addEventListener("input", load);
  window.spunFind = { search, tokens, edits }; // for the benchmark and the tests
})();
