"use strict";
// Search, copying, highlighting of a passage, and the banner of a live run. Everything works without it but these.
(() => {
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // Search: the index is fetched as a script when it is first wanted, so that it works from a file too.
  const box = document.querySelector(".find input");
  const list = document.querySelector(".found");
  const load = () => new Promise((done) => {
    if (window.CRUXMAP_INDEX) return done();
    const script = make("script", { src: "assets/index.js", onload: done });
    document.head.append(script);
  });
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const search = (wanted) => {
    const words = plain(wanted).split(/\s+/).filter(Boolean);
    const hits = [];
    for (const [kind, title, address, more] of window.CRUXMAP_INDEX) {
      const name = plain(title), all = name + " " + plain(more) + " " + address.toLowerCase();
      if (words.every((word) => all.includes(word))) hits.push([words.every((word) => name.includes(word)) ? 0 : 1, kind, title, address]);
    }
    return hits.sort((a, b) => a[0] - b[0]).slice(0, 40);
  };
  const show = async () => {
    await load();
    const hits = box.value.trim() ? search(box.value) : [];
    list.replaceChildren(...hits.map(([, kind, title, address]) =>
      make("li", {}, make("a", { href: address }, make("span", { className: "tag", textContent: kind }), title.length > 160 ? title.slice(0, 160) + "…" : title))));
    if (box.value.trim() && !hits.length) list.append(make("li", { className: "small", textContent: "Nothing found." }));
    list.hidden = !box.value.trim();
  };
  if (box) {
    box.closest(".find").hidden = false;
    box.addEventListener("input", show);
    box.addEventListener("keydown", (event) => {
      const first = list.querySelector("a");
      if ((event.key === "Enter" || event.key === "ArrowDown") && first) { event.preventDefault(); event.key === "Enter" ? first.click() : first.focus(); }
      if (event.key === "Escape") { box.value = ""; list.hidden = true; }
    });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
      if (event.key === "Escape") { list.hidden = true; box.focus(); }
      if (!step) return;
      event.preventDefault();
      (document.activeElement.parentElement[step]?.querySelector("a") ?? box).focus();
    });
    document.addEventListener("click", (event) => { if (!event.target.closest(".find")) list.hidden = true; });
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !event.target.closest("input,select,textarea")) { event.preventDefault(); box.focus(); }
    });
  }

  // Lists on a page can be narrowed.
  for (const filter of document.querySelectorAll("[data-filters]")) {
    filter.hidden = false;
    const rows = [...document.querySelectorAll(filter.dataset.filters)];
    const fields = [...filter.querySelectorAll("input,select")];
    const told = filter.querySelector("[role=status]");
    const narrow = () => {
      let left = 0;
      for (const row of rows) {
        row.hidden = !fields.every((field) => !field.value || (field.name ? row.dataset[field.name] === field.value : plain(row.textContent).includes(plain(field.value))));
        left += !row.hidden;
      }
      told.textContent = left === rows.length ? "" : left + " of " + rows.length;
    };
    for (const field of fields) field.addEventListener("input", narrow);
  }

  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const address = location.href.split("#")[0] + (button.dataset.at ? "#" + button.dataset.at : "");
      const text = button.dataset.copy.replace("{address}", address);
      try { await navigator.clipboard.writeText(text); } catch {
        const area = make("textarea", { value: text });
        document.body.append(area); area.select(); document.execCommand("copy"); area.remove();
      }
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = button.dataset.name; }, 2000);
    });
    button.dataset.name = button.textContent;
  }

  // A passage can be in several pieces where passages overlap: light all of them. What lies in closed details is opened.
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    for (const piece of document.querySelectorAll("mark[data-of]")) piece.classList.toggle("lit", !!id && piece.dataset.of.split(" ").includes(id));
    const target = id && document.getElementById(id);
    for (let box = target && target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    if (target) target.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", reveal);
  reveal();
  addEventListener("beforeprint", () => { for (const box of document.querySelectorAll("details")) box.open = true; });

  // Served live, the page asks how the run goes on and offers the newer site.
  const live = document.querySelector(".live");
  if (live && location.protocol.startsWith("http")) {
    let shown = "";
    const ask = async () => {
      let state;
      try { state = await (await fetch("live.json", { cache: "no-store" })).json(); } catch { return setTimeout(ask, 5000); }
      const newer = state.revision !== live.dataset.revision || state.status !== live.dataset.status;
      live.hidden = !newer && state.status !== "running";
      if (shown !== JSON.stringify(state)) { // else the button would lose the focus with every look
        live.replaceChildren(`This run is ${state.status}. ${state.last} `);
        if (newer) live.append(make("button", { textContent: "Show what is new", onclick: () => location.reload() }));
        shown = JSON.stringify(state);
      }
      if (state.status === "running" || newer) setTimeout(ask, 2000);
    };
    ask();
  }
})();
