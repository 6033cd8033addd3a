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
        "aria-label": `Interactive figure. ${kept.says} Arrow keys step through its ${kept.rows.length} marks, Escape returns to the picture.` });
      const tools = make("p", { class: "spun-tools" });
      const label = make("label", {}, "Show only ");
      const seek = make("input", { type: "search", autocomplete: "off", placeholder: "words in a row" });
      const back = make("button", { type: "button" }, "Back to the picture");
      label.append(seek);
      tools.append(label, back);
      if (kept.zooms) tools.append(make("span", {}, "Drag to move, scroll to zoom, double-click to reset."));
      const said = make("p", { class: "spun-heard", role: "status" });
      live.append(tools, stage, said);
      picture.after(live);
      const spec = { ...JSON.parse(JSON.stringify(kept.spec)), width: wide, title: kept.titles[wide],
        autosize: { type: "fit-x", contains: "padding" }, padding: { left: 1, right: 1, top: 4, bottom: 4 } };
      const { view } = await window.spunEmbed(stage, spec, { ast: true, renderer: "svg", actions: false, tooltip: { theme: dark() ? "dark" : "light" } });
      picture.hidden = true;
      ask.hidden = true;

      let at = -1;
      const point = (row) => {
        at = row;
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
        const last = kept.rows.length - 1;
        const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        point(to > last ? 0 : to < 0 ? last : to);
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
