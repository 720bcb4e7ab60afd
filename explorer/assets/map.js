"use strict";
// The map: drawn by Cytoscape.js where Python placed things; filtered, zoomed and walked by keyboard here.
(() => {
  const holder = document.getElementById("map"), data = JSON.parse(document.getElementById("map-data").textContent);
  const box = document.querySelector(".map-box"), picked = document.getElementById("picked"), matches = document.getElementById("matches");
  box.hidden = false;
  const many = data.nodes.length > 600;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const short = (text = "", most) => (text.length > most ? text.slice(0, most - 1).replace(/\s\S*$/, "") + " …" : text);
  const style = () => [
    { selector: "node", style: { shape: "round-rectangle", width: 206, height: 88, "background-color": colour("card"), "border-width": 1.5, "border-color": colour("soft"), label: "data(label)", color: colour("ink"), "font-family": "system-ui, sans-serif", "font-size": 13, "text-wrap": "wrap", "text-max-width": 190, "text-valign": "center", "text-halign": "center", "min-zoomed-font-size": 6 } },
    { selector: "node[kind='answer']", style: { shape: "cut-rectangle", width: 218, height: 104, "background-color": colour("rail"), "border-width": 3, "border-color": colour("ink"), "font-size": 14.5, "font-weight": 600, "min-zoomed-font-size": 4 } },
    { selector: "node.far", style: { label: "data(name)", "font-size": 34, "text-max-width": 230, "min-zoomed-font-size": 5 } },
    { selector: "node[kind='question']", style: { width: 640, height: 60, "background-opacity": 0, "border-width": 0, "font-size": 26, "font-weight": 700, "text-max-width": 1100, "min-zoomed-font-size": 0, events: "no" } },
    { selector: "node[kind='step']", style: { shape: "diamond", width: 22, height: 22, "background-color": colour("soft") } },
    { selector: "node[kind='origin']", style: { shape: "hexagon", width: 216, height: 80, "background-color": colour("mark"), color: colour("mark-ink"), display: "none" } },
    { selector: "node[?crux]", style: { "border-width": 5, "border-color": colour("yes") } },
    { selector: "node[?finding]", style: { "border-style": "dashed", "border-color": colour("no") } },
    { selector: "edge", style: { width: 2, "curve-style": many ? "straight" : "bezier", "target-arrow-shape": "triangle", "arrow-scale": 1.1, "line-color": colour("yes"), "target-arrow-color": colour("yes"), opacity: 0.75 } },
    { selector: "edge[relation='attacks']", style: { "line-color": colour("no"), "target-arrow-color": colour("no"), "target-arrow-shape": "tee", "line-style": "dashed" } },
    { selector: "edge[relation='undercuts']", style: { "line-color": "#d0314d", "target-arrow-color": "#d0314d", "target-arrow-shape": "tee", "line-style": "dotted", width: 3 } },
    { selector: "edge[?crosses]", style: { opacity: 0.16, width: 1.5 } },
    { selector: "edge[relation='joins']", style: { "line-color": colour("soft"), "target-arrow-shape": "none" } },
    { selector: "edge[relation='leans']", style: { "line-color": colour("soft"), "target-arrow-shape": "circle", "line-style": "dotted", width: 1.5, opacity: 0.2, display: "none" } },
    { selector: ".origins", style: { display: "element" } },
    { selector: ".faint", style: { opacity: 0.12 } },
    { selector: ".near", style: { opacity: 1, "z-index": 8 } },
    { selector: "edge.near", style: { width: 4 } },
    { selector: ".here", style: { "border-width": 6, "border-color": colour("accent"), "z-index": 9 } },
  ];
  const map = cytoscape({
    container: holder,
    elements: [
      ...data.nodes.map((node) => ({ group: "nodes", data: { ...node, label: short(node.text, node.kind === "question" ? 160 : 92) }, position: { x: node.x, y: node.y } })),
      ...data.edges.map(([source, target, relation, crosses], at) => ({ group: "edges", data: { id: "e" + at, source, target, relation, crosses } })),
    ],
    layout: { name: "preset" },
    style: style(),
    minZoom: 0.02,
    maxZoom: 3,
    autoungrabify: true,
    boxSelectionEnabled: false,
    textureOnViewport: many,
    hideEdgesOnViewport: many,
    pixelRatio: many ? 1 : "auto",
  });
  window.CRUXMAP_MAP = map;
  // From afar an answer shows its short name, which can still be read.
  const far = () => map.nodes("[kind='answer']").toggleClass("far", map.zoom() < 0.4);
  map.on("zoom", far);
  const byId = (id) => map.getElementById(id);
  const nodesOf = (ids) => map.collection(ids.map(byId).filter((one) => one.length));
  // All of the inquiry if it can be read so; on a narrow screen its first answer, at a size that can be.
  const showFirst = () => {
    map.fit(data.first.length ? nodesOf(data.first) : undefined, 30);
    if (map.zoom() >= 0.42 || data.first.length < 2) return;
    const first = byId(data.first.find((id) => id.startsWith("answer-")));
    map.zoom(0.6);
    map.pan({ x: holder.clientWidth / 2 - 0.6 * first.position("x"), y: 110 - 0.6 * first.position("y") });
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => map.style(style()));

  // What is picked is told in words, with its links.
  let here = null;
  const element = (name, properties, ...children) => { const made = Object.assign(document.createElement(name), properties); made.append(...children); return made; };
  const told = { supports: "for", attacks: "against", undercuts: "attacks the step", joins: "with others, for or against", leans: "leans on" };
  function pick(node, centre) {
    if (here) here.removeClass("here");
    map.elements(".near").removeClass("near");
    here = node;
    node.addClass("here");
    node.closedNeighborhood().addClass("near");
    const line = [element("a", { href: node.data("address"), textContent: node.data("text") || "A step of reasoning" })];
    if (node.data("credence") != null) line.push(` ${Math.round(100 * node.data("credence"))}% probable.`);
    if (node.data("speakers")?.length) line.push(` Said by ${node.data("speakers").join(", ")}.`);
    const links = node.outgoers("edge").map((edge) => `${told[edge.data("relation")]} “${short(edge.target().data("text") || "a step", 80)}”`);
    if (links.length) line.push(" Offered " + links.slice(0, 4).join("; ") + ".");
    picked.replaceChildren(...line);
    if (centre) map.animate({ center: { eles: node }, zoom: Math.max(map.zoom(), 0.75) }, { duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150 });
  }
  map.on("tap", "node", (event) => { if (event.target.data("kind") !== "question") pick(event.target, false); });
  map.on("dbltap", "node", (event) => { if (event.target.data("address")) location.href = event.target.data("address"); });

  // Walking: up and down along the links, left and right in the order of reading.
  const walkable = () => map.nodes(":visible").filter((node) => ["answer", "claim"].includes(node.data("kind")) && !node.hasClass("faint"));
  const inOrder = () => walkable().sort((a, b) => a.position("y") - b.position("y") || a.position("x") - b.position("x"));
  const across = (node, up) => {
    const next = up ? node.outgoers("node") : node.incomers("node");
    const through = next.filter("[kind='step']");
    const reached = next.union(up ? through.outgoers("node") : through.incomers("node")).filter((one) => ["answer", "claim"].includes(one.data("kind")));
    return reached.sort((a, b) => a.position("x") - b.position("x"))[0];
  };
  holder.addEventListener("keydown", (event) => {
    const all = inOrder();
    if (!all.length) return;
    const at = here ? all.toArray().findIndex((node) => node.same(here)) : -1;
    const next = {
      ArrowLeft: () => all[Math.max(0, at - 1)],
      ArrowRight: () => all[Math.min(all.length - 1, at + 1)],
      ArrowUp: () => (here && across(here, true)) ?? all[0],
      ArrowDown: () => (here ? across(here, false) : all[0]),
      Home: () => all[0],
      End: () => all[all.length - 1],
    }[event.key];
    if (next) { event.preventDefault(); const node = next(); if (node) pick(node, true); }
    else if (event.key === "Enter" && here) location.href = here.data("address");
    else if (event.key === "+" || event.key === "=") zoom(1.3);
    else if (event.key === "-") zoom(1 / 1.3);
    else if (event.key === "0") map.fit(undefined, 30);
  });
  const zoom = (by) => map.zoom({ level: map.zoom() * by, renderedPosition: { x: holder.clientWidth / 2, y: holder.clientHeight / 2 } });
  let origins = false;
  const acts = {
    in: () => zoom(1.4), out: () => zoom(1 / 1.4), fit: () => map.fit(map.nodes(":visible"), 30), first: showFirst,
    origins: (button) => {
      origins = !origins;
      button.setAttribute("aria-pressed", origins);
      map.elements("[kind='origin'],[relation='leans']").toggleClass("origins", origins);
    },
  };
  for (const button of box.querySelectorAll("button[data-do]")) button.addEventListener("click", () => acts[button.dataset.do](button));

  // Filters make what doesn't match faint; whatever matches is counted and brought into view.
  const fields = [...box.querySelectorAll(".map-tools [name]")];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const narrow = () => {
    const wanted = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    const words = plain(wanted.words).split(/\s+/).filter(Boolean);
    const any = fields.some((field) => field.value);
    const fits = map.nodes("[kind='claim'],[kind='answer']").filter((node) => {
      const one = node.data();
      return words.every((word) => plain((one.text ?? "") + " " + (one.speakers ?? []).join(" ")).includes(word))
        && (!wanted.source || one.sources?.includes(wanted.source)) && (!wanted.speaker || one.speakers?.includes(wanted.speaker))
        && (!wanted.year || one.years?.includes(wanted.year)) && (!wanted.only || one[wanted.only])
        && (!wanted.relation || node.connectedEdges(`[relation='${wanted.relation}']`).length > 0);
    });
    map.batch(() => {
      map.elements().removeClass("faint");
      if (any) map.elements("node[kind!='question'],edge").difference(fits.union(fits.edgesWith(fits))).addClass("faint");
    });
    matches.textContent = any ? `${fits.length} match` : "";
    if (any && fits.length) map.fit(fits, 60);
  };
  let waiting;
  for (const field of fields) field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(narrow, 150); });

  const asked = decodeURIComponent(location.hash.slice(1));
  if (asked && byId(asked).length) { pick(byId(asked), true); } else showFirst();
  far();
})();
