"use strict";
// The map: laid out by map-layout.js, drawn by Cytoscape.js; opened, walked by keyboard, narrowed and zoomed here.
(() => {
  const { modelOf, overview, grid, neighbourhood, percent, shorten } = window.CRUXMAP_LAYOUT;
  const holder = document.getElementById("map"), box = document.querySelector(".map-box"), picked = document.getElementById("picked");
  const matches = document.getElementById("matches"), title = document.getElementById("map-title");
  const model = modelOf(JSON.parse(document.getElementById("map-data").textContent));
  box.hidden = false;
  const context = document.createElement("canvas").getContext("2d"), widths = new Map();
  const measure = (text, font) => {
    const key = font + text;
    if (!widths.has(key)) { context.font = font; widths.set(key, context.measureText(text).width); }
    return widths.get(key);
  };
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const tone = { supports: "yes", attacks: "no", undercuts: "cut", joins: "soft", leans: "soft" };
  const each = (selector, of) => Object.keys(tone).map((relation) => ({ selector: selector.replace("*", relation), style: of(colour(tone[relation]), relation) }));
  const written = (size, weight, ink) => ({ "font-size": size, "font-weight": weight, color: colour(ink) });
  const style = () => [
    { selector: "node", style: { shape: "round-rectangle", width: "data(width)", height: "data(height)", "background-color": colour("card"), "border-width": 1.2, "border-color": colour("soft"), "corner-radius": 6, "overlay-opacity": 0 } },
    { selector: "node[kind='answer']", style: { "border-width": 2.5, "border-color": colour("ink"), "background-fill": "linear-gradient", "background-gradient-direction": "to-right", "background-gradient-stop-colors": `${colour("filled")} ${colour("filled")} ${colour("card")} ${colour("card")}`, "background-gradient-stop-positions": (node) => { const at = 100 * (node.data("credence") ?? 0); return `0 ${at} ${at} 100`; } } },
    { selector: "node[kind='question']", style: { shape: "cut-rectangle", "border-width": 1.5, "background-color": colour("paper") } },
    { selector: "node[kind='origin']", style: { shape: "cut-rectangle", "background-color": colour("paper"), "border-width": 2, "border-style": "double" } },
    { selector: "node[kind='fold']", style: { "background-color": colour("paper"), "border-style": "dotted" } },
    { selector: "node[?centre]", style: { "border-width": 3, "border-color": colour("ink") } },
    { selector: "node[?crux]", style: { "border-width": 3, "border-color": colour("ink") } },
    { selector: "node.write", style: { "background-opacity": 0, "border-width": 0, label: "data(text)", "font-family": "system-ui, sans-serif", "text-wrap": "wrap", "text-justification": "left", "text-valign": "center", "text-halign": "center", "line-height": 1.15, events: "no", "min-zoomed-font-size": 4, ...written(13, 400, "ink") } },
    { selector: "node.bold", style: written(14, 600, "ink") },
    { selector: "node.title", style: written(17, 700, "ink") },
    { selector: "node.meta", style: written(11.5, 400, "soft") },
    { selector: "node.side", style: written(13, 700, "soft") },
    ...each("node.side.*", (ink) => ({ color: ink })),
    { selector: "node.joint", style: { width: 17, height: 17, label: "data(sign)", "font-family": "system-ui, sans-serif", "font-size": 15, "font-weight": 700, "text-valign": "center", "text-halign": "center", "min-zoomed-font-size": 5, color: colour("card"), "border-width": 0 } },
    ...each("node.joint.*", (ink, relation) => ({ "background-color": ink, shape: { supports: "ellipse", attacks: "rectangle", undercuts: "diamond", joins: "ellipse", leans: "ellipse" }[relation], ...(relation === "undercuts" ? { width: 18, height: 18 } : {}) })),
    { selector: "edge", style: { width: 2, "curve-style": "straight", "target-arrow-shape": "none", "overlay-opacity": 0 } },
    ...each("edge.*", (ink, relation) => ({ "line-color": ink, "target-arrow-color": ink, "line-style": { attacks: "dashed", undercuts: "dotted", leans: "dotted" }[relation] ?? "solid", ...(relation === "undercuts" ? { width: 3 } : {}) })),
    { selector: "edge.up", style: { "target-endpoint": "data(end)" } },
    { selector: "edge.up.supports", style: { "target-arrow-shape": "triangle" } },
    { selector: "edge.up.attacks, edge.up.undercuts", style: { "target-arrow-shape": "tee" } },
    { selector: "edge.bent", style: { "curve-style": "segments", "segment-weights": "data(weight)", "segment-distances": "data(distance)", "edge-distances": "node-position" } },
    { selector: "node.fits", style: { "border-width": 2.5, "border-color": colour("accent") } },
    { selector: "node.same", style: { "border-width": 3, "border-color": colour("accent") } },
    { selector: "node.here", style: { "border-width": 4, "border-color": colour("accent"), "border-style": "solid" } },
  ];
  const map = cytoscape({ container: holder, elements: [], style: style(), layout: { name: "preset" }, minZoom: 0.02, maxZoom: 2.5, autoungrabify: true, boxSelectionEnabled: false, pixelRatio: "auto" });
  window.CRUXMAP_MAP = map;
  window.CRUXMAP_SHOWN = () => shown.boxes.map(({ key, kind, id, line, x, y, width, height }) => ({ key, kind, id, line, x, y, width, height }));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => map.style(style()));

  // What is shown: a part (a question, what leads nowhere, the shared origins) or one claim's neighbourhood; and what is open in it.
  const state = { part: model.questions[0]?.id, centre: null, open: new Set(), wanted: null };
  let shown = null, here = null;
  const leaning = (origin) => model.origins.get(origin).map((claim) => ({ id: `leans/${origin}/${claim}`, premises: [claim], target: origin, relation: "leans", why: "" }));
  const room = () => holder.clientWidth - 36;
  const questionOf = () => model.questions.find((one) => one.id === state.part);
  const openFirst = () => { for (const one of model.questions) state.open.add(one.heads[0]); }; // the most probable answer, in a narrow window
  openFirst();
  function laid() {
    if (state.centre) return neighbourhood(model, state, measure, state.centre, Math.min(room(), 1260));
    if (state.part === "origins") return grid(model, state, measure, [...model.origins.keys()].sort((a, b) => model.origins.get(b).length - model.origins.get(a).length), leaning, room());
    const question = questionOf();
    if (!question) return { boxes: [], joints: [], trunks: [], texts: [] };
    return model.nodes.get(question.heads[0])?.kind === "answer" ? overview(model, state, measure, question, room()) : grid(model, state, measure, question.heads, (id) => model.onto.get(id) ?? [], room());
  }

  /** What is drawn of a layout: all of it, or what lies in a window of it, with the trunks that pass through. */
  function elementsOf(layout, window) {
    const found = [], node = (id, x, y, data, classes = "") => found.push({ group: "nodes", classes, data: { ...data, id }, position: { x, y } });
    const edge = (id, source, target, classes, data = {}) => found.push({ group: "edges", classes, data: { ...data, id, source, target } });
    const near = (x, y, width = 20, height = 20) => !window || (x + width / 2 > window.x1 && x - width / 2 < window.x2 && y + height / 2 > window.y1 && y - height / 2 < window.y2);
    const boxes = new Set(layout.boxes.filter((one) => near(one.x, one.y, one.width, one.height))), joints = new Set(layout.joints.filter((one) => boxes.has(one.box) || one.up));
    for (const trunk of layout.trunks) {
      trunk.joints.forEach((joint, at) => {
        const id = joint.key + "^", onto = at ? trunk.joints[at - 1] : trunk.step ?? trunk.head;
        if (boxes.has(joint.box)) edge(joint.key + "-", joint.key, joint.box.key, trunk.relation);
        if (window && !near(joint.x, (joint.y + onto.y) / 2, 20, Math.abs(joint.y - onto.y))) return;
        joints.add(joint);
        (at || trunk.step ? joints : boxes).add(onto);
        if (at) edge(id, joint.key, onto.key, trunk.relation);
        else if (trunk.step) edge(id, joint.key, onto.key, "up bent undercuts", { end: "7px 6px", ...bend(joint, onto, { x: onto.x + 7, y: joint.y }) });
        else edge(id, joint.key, onto.key, `up ${trunk.relation}`, { end: `${within(joint.x - onto.x, onto.width / 2 - 3)}px ${onto.height / 2 + 2}px` });
      });
    }
    for (const one of layout.joints.filter((joint) => joint.up)) { // a claim's way up to what it is offered for
      [one.up, one.box].forEach((end) => boxes.add(end));
      edge(one.key + "a", one.up.key, one.key, one.relation);
      edge(one.key + "b", one.key, one.box.key, `up ${one.relation}`, { end: `0px ${one.box.height / 2 + 2}px` });
    }
    for (const one of boxes) node(one.key, one.x, one.y, { kind: one.kind, width: one.width, height: one.height, record: one.id, crux: one.crux, centre: one.centre, credence: one.credence }, state.wanted?.has(one.id) ? "box fits" : "box");
    for (const one of joints) node(one.key, one.x, one.y, { sign: one.sign, kind: "joint", width: 17, height: 17, box: one.box.key }, "joint " + one.relation);
    layout.texts.forEach((one, at) => { if (near(one.left + one.width / 2, one.top + one.height / 2, one.width, one.height)) node("t" + at, one.left + one.width / 2, one.top + one.height / 2, { text: one.text, width: one.width, height: one.height, kind: "write" }, "write " + one.style); });
    return found;
  }

  // Of much that is open, only what lies around the view is kept in the drawing, and replaced as the view moves on.
  const MUCH = 300;
  let drawn = null;
  const view = (by) => { const { x1, x2, y1, y2, w, h } = map.extent(); return { x1: x1 - by * w, x2: x2 + by * w, y1: y1 - by * h, y2: y2 + by * h }; };
  function redraw() {
    drawn = shown.boxes.length > MUCH ? view(1) : null;
    map.batch(() => { map.elements().remove(); map.add(elementsOf(shown, drawn)); });
    if (here) mark(here);
  }
  map.on("viewport", () => {
    const { x1, x2, y1, y2 } = map.extent();
    if (drawn && (x1 < drawn.x1 || x2 > drawn.x2 || y1 < drawn.y1 || y2 > drawn.y2)) redraw();
  });

  const within = (x, most) => Math.max(-most, Math.min(most, x));

  /** A corner on the way from one place to another, as Cytoscape wants it: how far along the straight line, and how far beside it. */
  function bend(from, to, corner) {
    const x = to.x - from.x, y = to.y - from.y, long = x * x + y * y || 1, dx = corner.x - from.x, dy = corner.y - from.y;
    return { weight: (dx * x + dy * y) / long, distance: (dy * x - dx * y) / Math.sqrt(long) };
  }

  /** Draw what is open now; what was picked stays where it was on the screen. */
  function draw({ keep = null } = {}) {
    const place = () => shown?.boxes.find((one) => one.key === keep), before = keep && place();
    shown = laid();
    const after = keep && place();
    if (before && after) map.panBy({ x: map.zoom() * (before.x - after.x), y: map.zoom() * (before.y - after.y) });
    else atTop();
    redraw();
    title.textContent = state.centre ? "What touches one claim" : state.part === "origins" ? "What several pieces of evidence come from" : questionOf()?.text ?? "";
    back.hidden = !state.centre && state.part === model.questions[0]?.id;
    if (here) mark(shown.boxes.find((one) => one.key === here.key) ?? shown.boxes.find((one) => one.id && one.id === here.id));
  }

  const around = () => { // what the boxes take, in the layout's own units
    const ends = (of, least) => shown.boxes.reduce((found, one) => least(found, of(one)), least === Math.min ? Infinity : -Infinity);
    return { x1: Math.min(ends((one) => one.left, Math.min), -8), x2: ends((one) => one.left + one.width, Math.max) + 4, y1: ends((one) => one.top, Math.min) - 4, y2: ends((one) => one.bottom, Math.max) + 4 };
  };
  function atTop() {
    if (!shown.boxes.length) return;
    const { x1, x2, y1, y2 } = around(), zoom = Math.min(1, (holder.clientWidth - 24) / (x2 - x1));
    holder.style.height = `${Math.max(320, Math.min(zoom * (y2 - y1) + 34, Math.max(0.84 * innerHeight, 860)))}px`;
    map.resize();
    map.viewport({ zoom, pan: { x: (holder.clientWidth - zoom * (x1 + x2)) / 2, y: 14 - zoom * y1 } });
  }

  function mark(made) {
    map.elements(".here,.same").removeClass("here same");
    here = made ?? null;
    if (!made) return;
    map.getElementById(made.key).addClass("here");
    if (made.id) map.nodes(".box").filter((node) => node.data("record") === made.id && node.id() !== made.key).addClass("same");
  }

  // What is picked is told in words, with its links.
  const element = (name, properties, ...children) => { const one = Object.assign(document.createElement(name), properties); one.append(...children); return one; };
  const told = { supports: "for", attacks: "against", undercuts: "against the step", joins: "together with", leans: "from" };
  const wordsOf = (id) => model.nodes.get(id)?.text ?? model.nodes.get(model.lines.get(id)?.premises[0])?.text ?? "";
  function tell(made) {
    if (!made.id) return picked.replaceChildren(made.kind === "question" ? "A smaller question: Enter shows it." : "Folded away: Enter opens it, Enter again closes it.");
    const node = model.nodes.get(made.id), line = model.lines.get(made.line), rows = [];
    rows.push(element("p", { className: "told" }, element("a", { href: node.address, textContent: node.text }), node.credence == null ? "" : ` ${percent(node.credence)} probable.`, node.speakers?.length ? ` Said by ${node.speakers.join(", ")}.` : ""));
    if (line?.why) rows.push(element("p", {}, `Here ${told[line.relation]} “${shorten(wordsOf(line.target), 110)}”, because: ${line.why}`));
    const bears = (model.from.get(made.id) ?? []).map((one) => `${told[one.relation]} “${shorten(wordsOf(one.target), 70)}”`);
    if (bears.length) rows.push(element("p", {}, `Offered ${bears.slice(0, 5).join("; ")}${bears.length > 5 ? `; and ${bears.length - 5} more` : ""}.`));
    const buttons = element("p", { className: "row" });
    if (node.kind === "claim" && made.id !== state.centre) buttons.append(element("button", { type: "button", textContent: "Show what touches it (z)", onclick: () => zoomTo(made.id) }));
    if (node.kind === "origin" && state.part !== "origins") buttons.append(element("button", { type: "button", textContent: "Show all that leans on it", onclick: () => { choosePart("origins"); pick(shown.boxes.find((one) => one.id === made.id)); } }));
    buttons.append(element("a", { href: node.address, textContent: "Open its page" }));
    picked.replaceChildren(...rows, buttons);
  }

  function pick(made, centre = true) {
    if (!made) return;
    mark(made);
    tell(made);
    if (!centre) return;
    const edges = { x: map.pan().x + map.zoom() * made.x, y: map.pan().y + map.zoom() * made.y };
    const inside = edges.x > 40 && edges.x < holder.clientWidth - 40 && edges.y > 40 && edges.y < holder.clientHeight - 60;
    if (!inside) map.animate({ pan: { x: map.pan().x + holder.clientWidth / 2 - edges.x, y: map.pan().y + holder.clientHeight / 2 - edges.y } }, { duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150 });
  }

  function toggle(made) {
    if (made.part) return choosePart(made.part);
    if (!made.fold && !made.openable) return;
    state.open.has(made.key) ? state.open.delete(made.key) : state.open.add(made.key);
    draw({ keep: made.key });
    pick(shown.boxes.find((one) => one.key === made.key), false);
  }
  const select = box.querySelector("[name=part]"), back = box.querySelector("[data-do=back]");
  function choosePart(part) {
    Object.assign(state, { part, centre: null });
    select.value = part;
    here = null;
    draw();
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    pick(shown.boxes[0], false);
  }
  function zoomTo(id) {
    state.centre = id;
    draw();
    pick(shown.boxes.find((one) => one.centre), false);
    history.replaceState(null, "", "#" + id);
  }
  const goBack = () => { const from = state.centre; choosePart(from ? state.part : model.questions[0].id); if (from) pick(shown.boxes.find((one) => one.id === from)); };

  map.on("tap", "node", (event) => {
    const made = shown.boxes.find((one) => one.key === (event.target.data("box") ?? event.target.id()));
    if (!made) return;
    const again = here && here.key === made.key;
    pick(made, false);
    if (made.fold || made.part || (made.openable && (again || !state.open.has(made.key)))) toggle(made);
  });

  // The wheel moves the map while there is more of it, and the page after that; with Ctrl it zooms.
  holder.addEventListener("wheel", (event) => {
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const at = holder.getBoundingClientRect();
      return map.zoom({ level: map.zoom() * Math.exp(-event.deltaY / 300), renderedPosition: { x: event.clientX - at.left, y: event.clientY - at.top } });
    }
    const { y1, y2 } = around(), on = (y) => map.pan().y + map.zoom() * y;
    const down = Math.min(0, Math.max(-event.deltaY, holder.clientHeight - 20 - on(y2))), up = Math.max(0, Math.min(-event.deltaY, 20 - on(y1)));
    const by = { x: -event.deltaX, y: event.deltaY > 0 ? down : up };
    if (Math.abs(by.x) + Math.abs(by.y) < 1) return;
    event.preventDefault();
    map.panBy(by);
  }, { capture: true, passive: false });

  // Walking, as in a tree: up and down through what is open, right into it, left out of it; among answers left and right.
  function step(key) {
    const all = shown.boxes, at = here ? all.findIndex((one) => one.key === here.key) : -1, now = all[at];
    if (!now) return all[0];
    const answers = all.filter((one) => one.kind === "answer"), among = answers.indexOf(now);
    const parent = all.find((one) => one.key === now.above);
    if (key === "ArrowDown") return all[Math.min(all.length - 1, at + 1)];
    if (key === "ArrowUp") return all[Math.max(0, at - 1)];
    if (key === "ArrowLeft") return now.openable && state.open.has(now.key) ? (toggle(now), here) : parent ?? answers[Math.max(0, among - 1)];
    if (key === "ArrowRight" && (now.fold || now.openable) && !state.open.has(now.key)) { toggle(now); return here; }
    return among >= 0 && among < answers.length - 1 && !now.openable ? answers[among + 1] : all[Math.min(all.length - 1, at + 1)];
  }
  holder.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !shown.boxes.length) return;
    const acts = {
      Home: () => pick(shown.boxes[0]), End: () => pick(shown.boxes.at(-1)),
      Enter: () => here && (here.fold || here.part ? toggle(here) : (location.href = model.nodes.get(here.id).address)),
      " ": () => here && toggle(here),
      z: () => here?.id && model.nodes.get(here.id).kind === "claim" && zoomTo(here.id),
      Escape: goBack, "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), 0: atTop,
    };
    for (const arrow of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]) acts[arrow] = () => pick(step(arrow));
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
  const zoom = (by) => map.zoom({ level: map.zoom() * by, renderedPosition: { x: holder.clientWidth / 2, y: holder.clientHeight / 2 } });
  /** Open everything, a claim that stands in several places in the first of them: unrolled in each, some hundred links have no end. */
  function openAll() {
    const opened = new Set(shown.boxes.filter((one) => state.open.has(one.key)).map((one) => one.id));
    for (let round = 0; round < 12; round++) {
      const before = state.open.size;
      for (const one of shown.boxes) {
        if (!(one.fold || one.openable) || state.open.has(one.key) || (one.id && opened.has(one.id))) continue;
        opened.add(one.id);
        state.open.add(one.key);
      }
      if (state.open.size === before) break;
      shown = laid();
    }
    draw();
  }
  const acts = {
    in: () => zoom(1.4), out: () => zoom(1 / 1.4), back: goBack,
    close: () => { state.open.clear(); openFirst(); draw(); },
    open: openAll,
  };
  for (const button of box.querySelectorAll("button[data-do]")) button.addEventListener("click", () => acts[button.dataset.do](button));

  // Filters: what doesn't match and leads to nothing that does is left out; the rest is opened.
  const fields = [...box.querySelectorAll(".map-tools [name]")].filter((field) => field !== select);
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const related = (id, relation) => [...(model.onto.get(id) ?? []), ...(model.from.get(id) ?? [])].some((line) => line.relation === relation);
  function narrow() {
    const wanted = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    const words = plain(wanted.words).split(/\s+/).filter(Boolean);
    if (!fields.some((field) => field.value)) { state.wanted = null; matches.textContent = ""; here = null; return draw(); }
    const fits = [...model.nodes.values()].filter((one) => one.kind === "claim"
      && words.every((word) => plain(one.text + " " + (one.speakers ?? []).join(" ")).includes(word))
      && (!wanted.source || one.sources?.includes(wanted.source)) && (!wanted.speaker || one.speakers?.includes(wanted.speaker))
      && (!wanted.year || one.years?.includes(wanted.year)) && (!wanted.only || one[wanted.only]) && (!wanted.relation || related(one.id, wanted.relation)));
    Object.assign(state, { wanted: new Set(fits.map((one) => one.id)), centre: null });
    here = null;
    draw();
    const among = new Set(shown.boxes.map((one) => one.id)), found = fits.filter((one) => among.has(one.id)).length;
    matches.textContent = `${fits.length} match` + (found < fits.length ? `, ${found} of them here; choose another question to see the rest` : "");
  }
  let waiting;
  for (const field of fields) field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(narrow, 150); });
  select.addEventListener("input", () => choosePart(select.value));
  let width = holder.clientWidth;
  addEventListener("resize", () => { if (Math.abs(holder.clientWidth - width) > 8) { width = holder.clientWidth; draw(); } });

  const asked = () => decodeURIComponent(location.hash.slice(1));
  const go = () => { if (model.nodes.get(asked())?.kind === "claim") { zoomTo(asked()); box.scrollIntoView(); } else draw(); };
  addEventListener("hashchange", go);
  go();
})();
