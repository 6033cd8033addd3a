// Offers interaction under every figure. Nothing more is loaded until a reader asks; Escape brings the picture back.
(() => {
  "use strict";
  const base = document.currentScript.src.replace(/[^/]*$/, "");
  const asked = new Map();

  const load = (file) => {
    if (!asked.has(file)) {
      asked.set(file, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = base + file;
        script.onload = resolve;
        script.onerror = () => { asked.delete(file); reject(new Error(file)); };
        document.head.append(script);
      }));
    }
    return asked.get(file);
  };

  const make = (tag, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };

  const dark = () => {
    const theme = document.documentElement.dataset.theme;
    return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  };

  async function start(button) {
    const name = button.dataset.spunFigure;
    const figure = document.getElementById(`figure-${name}`);
    const ask = button.closest(".spun-ask");
    const picture = figure.querySelector(".spun-picture");
    const words = button.innerHTML;
    const heard = make("p", { class: "spun-heard", role: "status" });
    ask.querySelector(".spun-heard")?.remove();
    ask.append(heard);
    button.disabled = true;
    heard.textContent = "Loading …";
    try {
      await Promise.all([load("vega.js"), load(`${name}.vega.js`)]);
      const kept = window.spunFigures[name];
      const wide = figure.clientWidth >= 560 ? 680 : 320;
      const live = make("div", { class: "spun-live" });
      const stage = make("div", { class: "spun-stage", "data-width": wide, tabindex: "0", role: "group",
        "aria-label": `Interactive figure. ${kept.says} Arrow keys step through its ${kept.rows.length} marks${kept.places.length ? ", plus and minus zoom" : ""}, Escape returns to the picture.` });
      const tools = make("p", { class: "spun-tools" });
      const label = make("label", {}, "Show only ");
      const seek = make("input", { type: "search", autocomplete: "off", placeholder: "words in a row" });
      const back = make("button", { type: "button" }, "Back to the picture");
      label.append(seek);
      tools.append(label, back);
      const said = make("p", { class: "spun-heard", role: "status" });
      live.append(tools, stage, said);
      picture.after(live);
      const spec = { ...JSON.parse(JSON.stringify(kept.spec)), width: wide, title: kept.titles[wide],
        autosize: { type: "fit-x", contains: "padding" }, padding: { left: 1, right: 1, top: 4, bottom: 4 } };
      const { view } = await window.spunEmbed(stage, spec, { ast: true, renderer: "svg", actions: false, tooltip: { theme: dark() ? "dark" : "light" } });
      picture.hidden = true;
      ask.hidden = true;

      // The part of the axis that is shown: by buttons and keys, never by scrolling, which is for the page.
      const first = Math.min(...kept.places), last = Math.max(...kept.places), zooms = kept.places.length > 0;
      let low = first, high = last;
      const show = (middle, width) => {
        const wide = Math.min(last - first, Math.max((last - first) / 8, width));
        low = Math.min(last - wide, Math.max(first, middle - wide / 2));
        high = low + wide;
        view.signal("low", low).signal("high", high).runAsync();
        said.textContent = `Shown: ${low.toFixed(1)} to ${high.toFixed(1)} of ${first.toFixed(1)} to ${last.toFixed(1)}`;
      };
      const middle = () => (low <= kept.places[at] && kept.places[at] <= high ? kept.places[at] : (low + high) / 2);
      const turns = { "Zoom in": () => show(middle(), (high - low) / 2), "Zoom out": () => show(middle(), (high - low) * 2),
        Left: () => show((low + high) / 2 - (high - low) / 4, high - low), Right: () => show((low + high) / 2 + (high - low) / 4, high - low) };
      const keys = { "+": turns["Zoom in"], "=": turns["Zoom in"], "-": turns["Zoom out"], 0: () => show(first, last - first) };
      for (const [words, turn] of zooms ? Object.entries(turns) : []) {
        const button = make("button", { type: "button" }, words);
        button.addEventListener("click", turn);
        tools.insertBefore(button, back);
      }

      let at = -1;
      const point = (row) => {
        at = row;
        if (zooms && row >= 0 && (kept.places[row] < low || kept.places[row] > high)) show(kept.places[row], high - low);
        said.textContent = row < 0 ? "" : `${row + 1} of ${kept.rows.length}. ${kept.rows[row]}`;
        view.signal("at", row).runAsync();
      };
      const end = () => {
        view.finalize();
        document.getElementById("vg-tooltip-element")?.remove();
        live.remove();
        picture.hidden = false;
        ask.hidden = false;
        button.focus();
      };
      back.addEventListener("click", end);
      live.addEventListener("keydown", (event) => {
        if (event.key === "Escape") { event.preventDefault(); end(); }
      });
      stage.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return; // the browser's own zoom
        if (zooms && Object.hasOwn(keys, event.key)) { event.preventDefault(); keys[event.key](); return; }
        const most = kept.rows.length - 1;
        const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: most }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        point(to > most ? 0 : to < 0 ? most : to);
      });
      stage.addEventListener("blur", () => point(-1));
      seek.addEventListener("input", () => {
        const words = seek.value.trim().toLowerCase();
        const found = kept.rows.filter((row) => row.toLowerCase().includes(words)).length;
        said.textContent = words ? `${found} of ${kept.rows.length} shown` : "";
        view.signal("seek", words).runAsync();
      });
      stage.focus({ preventScroll: true });
      heard.remove();
    } catch (error) {
      figure.querySelector(".spun-live")?.remove();
      picture.hidden = false;
      ask.hidden = false;
      heard.textContent = "This did not load; the picture and its table stand.";
    }
    button.disabled = false;
    button.innerHTML = words;
  }

  const offer = () => {
    for (const button of document.querySelectorAll("button[data-spun-figure]")) {
      button.closest(".spun-ask").hidden = false;
      button.addEventListener("click", () => start(button));
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", offer);
  else offer();
})();
