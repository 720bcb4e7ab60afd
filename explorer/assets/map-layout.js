"use strict";
// Where everything on the map stands. Data in, boxes and lines out: no drawing, so that it can be tested by itself.
//
// A head (an answer, a claim, an origin) has its reasons hanging below it on a trunk, the weightiest first; what is offered for or against a
// reason hangs below that in turn, once it is opened. So no box lies on another and no line crosses one, however much is open. A claim that
// bears on several answers stands below each of them.
(() => {
  const LEAST = 3, PORTION = 24, LINE = 16, PAD = 9, INDENT = 26, STUB = 16, GAP = 9, INNER = 11; // lanes: trunks that share a stack run side by side
  const FONT = "13px system-ui, sans-serif", BOLD = "600 14px system-ui, sans-serif", SMALL = "11.5px system-ui, sans-serif", TITLE = "700 17px system-ui, sans-serif", SIDE = "700 13px system-ui, sans-serif";
  const SIGNS = { supports: "+", attacks: "−", undercuts: "×", joins: "&", leans: "●" };

  /** Index the page's data: nodes by id, lines by what they are about and by what they start from. */
  function modelOf(data) {
    const model = { questions: data.questions, nodes: new Map(data.nodes.map((node) => [node.id, node])), onto: new Map(), from: new Map(), lines: new Map() };
    const put = (map, key, value) => (map.get(key) ?? map.set(key, []).get(key)).push(value);
    for (const [id, premises, target, relation, why] of data.lines) {
      const line = { id, premises, target, relation, why };
      model.lines.set(id, line);
      put(model.onto, target, line);
      for (const premise of premises) put(model.from, premise, line);
    }
    model.origins = new Map(data.nodes.filter((node) => node.kind === "origin").map((node) => [node.id, []]));
    for (const node of data.nodes) for (const origin of node.origins ?? []) model.origins.get(origin).push(node.id);
    return model;
  }

  const percent = (p) => (p == null ? "" : p < 0.0001 ? "under 0.01%" : p > 0.9999 ? "over 99.99%" : p < 0.01 ? (100 * p).toPrecision(2) + "%" : p > 0.99 ? (100 * p).toPrecision(4) + "%" : Math.round(100 * p) + "%");
  const shorten = (text, most) => (text.length > most ? text.slice(0, most - 1).replace(/\s+\S*$/, "") + " …" : text);

  class Layout {
    /** `state`: { open, wanted }; `measure(text, font)`: its width. */
    constructor(model, state, measure) {
      Object.assign(this, { model, state, measure, boxes: [], joints: [], trunks: [], texts: [] });
      this.fits = new Map();
    }

    wrap(text, font, width, most) {
      const lines = [""];
      for (const word of text.split(/\s+/)) {
        const longer = lines.at(-1) ? lines.at(-1) + " " + word : word;
        if (this.measure(longer, font) <= width || !lines.at(-1)) lines[lines.length - 1] = longer;
        else lines.push(word);
      }
      const cut = lines.map((line) => { let kept = line; while (this.measure(kept, font) > width) kept = kept.slice(0, -2) + "…"; return kept; });
      if (cut.length <= most) return cut;
      let last = cut[most - 1];
      while (this.measure(last + " …", font) > width && last) last = last.replace(/\s*\S+$/, "");
      return [...cut.slice(0, most - 1), last + " …"];
    }

    /** Put a box with its text at (x, y), its upper left corner; returns it. */
    box(key, kind, x, y, width, text, { font = FONT, most = 4, meta = [], title = "", ...data } = {}) {
      const lines = text ? this.wrap(text, font, width - 2 * PAD, most) : [];
      const notes = meta.filter(Boolean).flatMap((one) => this.wrap(one, SMALL, width - 2 * PAD, 2));
      const names = title ? this.wrap(title[0].toUpperCase() + title.slice(1), TITLE, width - 2 * PAD, 3) : [];
      const head = names.length ? names.length * 21 + 4 : 0;
      const height = 2 * PAD + head + lines.length * LINE + (notes.length ? notes.length * 15 + 3 : 0);
      const made = { key, kind, x: x + width / 2, y: y + height / 2, width, height, left: x, top: y, bottom: y + height, ...data };
      this.boxes.push(made);
      const write = (style, rows, top, size, face) => this.texts.push({ style, text: rows.join("\n"), left: x + PAD, top, height: rows.length * size, width: Math.max(...rows.map((row) => this.measure(row, face))) });
      if (names.length) write("title", names, y + PAD, 21, TITLE);
      if (lines.length) write(font === BOLD ? "bold" : "text", lines, y + PAD + head, LINE, font);
      if (notes.length) write("meta", notes, y + PAD + head + lines.length * LINE + 3, 15, SMALL);
      return made;
    }

    /** Whether a claim or anything below it is among what is looked for; by what is open on the way, so that circles end. */
    fitting(claim, above = []) {
      const { wanted } = this.state;
      if (!wanted || wanted.has(claim)) return true;
      if (this.fits.has(claim)) return this.fits.get(claim);
      if (above.includes(claim)) return false;
      const lines = [...(this.model.onto.get(claim) ?? [])];
      const found = lines.some((line) => [line, ...(this.model.onto.get(line.id) ?? [])].some((one) => one.premises.some((premise) => this.fitting(premise, [...above, claim]))));
      if (!above.length || found) this.fits.set(claim, found);
      return found;
    }

    below(claim, line) { return [...(this.model.onto.get(claim) ?? []), ...(line ? this.model.onto.get(line.id) ?? [] : [])]; }

    /** Hang lines below a head, on one trunk, from `top` on; returns where they end. */
    hang(head, key, lines, x, top, width, { title = "", about = "", limit = LEAST, lane = 4 } = {}) {
      const { wanted } = this.state;
      const items = lines.filter((line) => line.premises.some((premise) => this.fitting(premise)) || (wanted && (this.model.onto.get(line.id) ?? []).some((one) => one.premises.some((premise) => this.fitting(premise)))));
      if (!items.length) return top;
      const trunk = { head, x: x + lane, relation: items[0].relation, joints: [] };
      this.trunks.push(trunk);
      let y = top;
      if (title) {
        this.texts.push({ style: "side " + items[0].relation, text: `${title} (${lines.length})`, left: x + STUB + 4, top: y, height: 20, width: this.measure(`${title} (${lines.length})`, SIDE) });
        y += 24;
      }
      const shown = wanted ? items : items.slice(0, items.length <= limit + 1 ? limit + 1 : limit);
      for (const line of shown) y = this.item(trunk, key, line, x, y, width, about);
      return this.rest(trunk, key, items.slice(shown.length), x, y, width, about);
    }

    /** Fold what is left away: what bears on a smaller question by that, all else together. */
    rest(trunk, key, items, x, y, width, about) {
      const topics = new Map(), plain = [];
      for (const line of items) {
        const topic = (about === this.model.questions[0]?.id && this.model.nodes.get(line.premises[0])?.topics?.find((one) => one !== about)) || "";
        if (topic) (topics.get(topic) ?? topics.set(topic, []).get(topic)).push(line); else plain.push(line);
      }
      for (const [topic, several] of topics) if (several.length < 2) { plain.push(...several); topics.delete(topic); }
      for (const [topic, several] of topics) {
        const text = this.model.questions.find((one) => one.id === topic)?.text ?? "";
        y = this.fold(trunk, `${key}/${topic}`, several, x, y, width, about, `more, on: ${text}`);
      }
      return plain.length ? this.fold(trunk, `${key}/more`, plain, x, y, width, about, topics.size ? "other" : "more") : y;
    }

    fold(trunk, key, items, x, y, width, about, words) {
      const open = this.state.open.has(key);
      const made = this.box(key, "fold", x + STUB + 4, y, width - STUB - 4, `${open ? "▾" : "▸"} ${items.length} ${words}`, { most: 3, fold: true, above: trunk.head.key });
      this.joint(trunk, made, trunk.relation);
      y = made.bottom + GAP;
      if (!open) return y;
      for (const line of items.slice(0, PORTION)) y = this.item(trunk, key, line, x, y, width, about);
      return items.length > PORTION ? this.fold(trunk, key + "+", items.slice(PORTION), x, y, width, about, "more") : y;
    }

    joint(trunk, box, relation) {
      const joint = { key: box.key + "#", x: trunk.x, y: box.y, relation, sign: SIGNS[relation], box };
      this.joints.push(joint);
      trunk.joints.push(joint);
      return joint;
    }

    /** One reason: its claim, the claims it needs beside it, and, once opened, what hangs below it. */
    item(trunk, key, line, x, y, width, about) {
      const [claim, ...others] = line.premises, here = `${key}/${line.id}/${claim}`;
      const above = trunk.head.path ?? [trunk.head.id];
      const under = above.includes(claim) ? [] : this.below(claim, line);
      const forced = this.state.wanted && !this.state.wanted.has(claim) && under.length > 0;
      const open = under.length > 0 && (forced || this.state.open.has(here));
      const made = this.claim(here, claim, x + STUB + 4, y, width - STUB - 4, { under, open, line, about, above: trunk.head.key, path: [...above, claim] });
      const joint = this.joint(trunk, made, line.relation);
      y = made.bottom + GAP;
      if (others.length) {
        const needed = { head: made, x: made.left + 8, relation: "joins", joints: [] };
        this.trunks.push(needed);
        for (const other of others) {
          const beside = this.claim(`${here}/${other}`, other, made.left + INDENT, y, made.width - INDENT, { line, above: here });
          this.joint(needed, beside, "joins");
          y = beside.bottom + GAP;
        }
      }
      return open ? this.opened(made, joint, here, under, y, about) : y;
    }

    opened(made, joint, here, under, y, about) {
      const x = made.left + 4, width = made.width - 4;
      for (const [relation, lane] of [["supports", INNER], ["attacks", 3]]) y = this.hang(made, `${here}/${relation}`, under.filter((one) => one.relation === relation && one.target === made.id), x, y, width, { about, limit: 8, lane });
      const attacks = under.filter((one) => one.relation === "undercuts");
      const from = this.trunks.length;
      y = this.hang(made, `${here}/undercuts`, attacks, x, y, width, { about, limit: 8, lane: 9 });
      for (const trunk of this.trunks.slice(from)) if (trunk.head === made && trunk.relation === "undercuts") trunk.step = joint;
      return y + 4;
    }

    claim(key, id, x, y, width, { under = [], open = false, line = null, about = "", ...more } = {}) {
      const node = this.model.nodes.get(id);
      const marks = [node.credence == null ? "" : percent(node.credence) + " probable", node.crux ? "★ crux" : "", node.finding ? "⚑ finding" : ""];
      const heads = this.model.questions.find((one) => one.id === about)?.heads ?? [];
      const also = (this.model.from.get(id) ?? []).filter((one) => heads.includes(one.target) && one.id !== line?.id && one.target !== line?.target);
      const told = also.map((one) => `${one.relation === "supports" ? "for" : "against"} “${this.model.nodes.get(one.target).name}”`);
      const meta = [marks.filter(Boolean).join(" · "), told.length ? "also " + [...new Set(told)].join(", ") : "", under.length ? `${open ? "▾" : "▸"} ${under.length} below` : ""];
      return this.box(key, node.kind, x, y, width, node.text, { meta, id, line: line?.id, openable: under.length > 0, crux: node.crux, ...more });
    }

    answer(id, x, y, width, { meta = [], ...more } = {}) {
      const node = this.model.nodes.get(id);
      return this.box(id, "answer", x, y, width, node.text, { font: BOLD, title: node.name ? `${node.name} ${percent(node.credence)}` : "", most: 5, id, credence: node.credence, path: [id], meta, ...more });
    }

    head(id, x, y, width, more = {}) {
      const node = this.model.nodes.get(id);
      return node.kind === "answer" ? this.answer(id, x, y, width, more) : node.kind === "origin"
        ? this.box(id, "origin", x, y, width, node.text, { font: BOLD, id, path: [id], ...more }) : this.claim(id, id, x, y, width, { path: [id], ...more });
    }
  }

  const sides = (model, id) => ["supports", "attacks"].map((relation) => (model.onto.get(id) ?? []).filter((line) => line.relation === relation));
  const TITLES = { supports: "For it", attacks: "Against it" };

  /** A question's answers side by side, or below each other where the window is narrow, each over what is for and against it. */
  function overview(model, state, measure, question, room) {
    const bearing = question.heads.filter((id) => model.onto.has(id)), bare = question.heads.filter((id) => !model.onto.has(id));
    const plan = planned(bearing.length, bare.length, room);
    const made = new Layout(model, state, measure);
    const options = (relation) => ({ title: TITLES[relation], about: question.id });
    let x = 0, deepest = 0;
    bearing.forEach((id) => {
      const [pro, con] = sides(model, id), width = plan.width;
      if (plan.name === "column") {
        const open = state.wanted || state.open.has(id);
        const head = made.answer(id, 0, deepest, width, { openable: true, meta: [`${open ? "▾" : "▸"} ${pro.length} for, ${con.length} against`] });
        let y = head.bottom + 12;
        if (open) { y = made.hang(head, id + "/+", pro, 0, y, width, { ...options("supports"), lane: INNER }); y = made.hang(head, id + "/-", con, 0, y, width, { ...options("attacks"), lane: 3 }); }
        deepest = y + 10;
        return;
      }
      const across = plan.name === "pairs" ? 2 * width + plan.between : width;
      const head = made.answer(id, x, 0, across);
      const top = head.bottom + 16;
      const middle = made.hang(head, id + "/+", pro, x, top, width, { ...options("supports"), lane: plan.name === "pairs" ? 4 : INNER });
      const end = plan.name === "pairs" ? made.hang(head, id + "/-", con, x + width + plan.between, top, width, options("attacks"))
        : made.hang(head, id + "/-", con, x, middle + (middle > top ? 8 : 0), width, { ...options("attacks"), lane: 3 });
      deepest = Math.max(deepest, middle, end);
      x += across + plan.gap;
    });
    let y = plan.name === "column" ? deepest : 0;
    for (const id of bare) y = made.answer(id, plan.name === "column" ? 0 : x, y, plan.name === "column" ? plan.width : plan.bare, { meta: ["nothing was offered for or against it"] }).bottom + 14;
    if (question === model.questions[0] && !state.wanted) smaller(made, model, Math.max(deepest, y) + 30, plan.name === "column" ? plan.width : Math.max(x - plan.gap, 600));
    return made;
  }

  /** How wide columns are: pairs of stacks side by side, single stacks, or one column; the first that can be read in the room. */
  function planned(bearing, bare, room) {
    const extra = bare ? 180 : 0;
    const plans = [{ name: "pairs", width: 216, between: 14, gap: 46, bare: 150 }, { name: "stacks", width: 224, between: 0, gap: 30, bare: 150 }];
    const wide = (plan) => bearing * (plan.name === "pairs" ? 2 * plan.width + plan.between : plan.width) + Math.max(0, bearing - 1) * plan.gap + extra;
    for (const plan of plans) {
      if (wide(plan) > room / 0.8) continue;
      const share = Math.min(1.5, Math.max(1, (room - extra) / Math.max(wide(plan) - extra, 1)));
      return { ...plan, width: Math.floor(plan.width * share), bare: plan.bare };
    }
    return { name: "column", width: Math.max(240, Math.min(640, room)), between: 0, gap: 0, bare: 0 };
  }

  /** The smaller questions, as boxes that lead to them. */
  function smaller(made, model, top, room) {
    const others = model.questions.slice(1).filter((one) => model.nodes.get(one.heads[0])?.kind === "answer");
    if (!others.length) return;
    made.texts.push({ style: "side", text: "It turns on smaller questions, too:", left: 0, top, height: 20, width: made.measure("It turns on smaller questions, too:", SIDE) });
    const across = Math.max(1, Math.min(others.length, Math.floor(room / 220))), width = (room - (across - 1) * 16) / across;
    let y = top + 26, row = y;
    others.forEach((question, at) => {
      if (at && at % across === 0) y = row;
      const lead = model.nodes.get(question.heads[0]);
      row = Math.max(row, made.box(question.id, "question", (at % across) * (width + 16), y, width, question.text, { most: 3, part: question.id, meta: [`▸ most probable: ${lead.name} ${percent(lead.credence)}`] }).bottom + GAP);
    });
  }

  /** Heads in as many columns as there is room for, what hangs below each below it. */
  function grid(model, state, measure, heads, linesOf, room) {
    const made = new Layout(model, state, measure);
    const columns = Math.max(1, Math.min(heads.length, Math.floor((room + 30) / 270))), width = Math.min(320, Math.max(240, (room + 30) / columns - 30));
    const ends = new Array(columns).fill(0);
    for (const id of heads) {
      const lines = linesOf(id);
      if (state.wanted && !made.fitting(id) && !lines.some((line) => line.premises.some((one) => made.fitting(one)))) continue;
      const at = ends.indexOf(Math.min(...ends)), x = at * (width + 30);
      const head = made.head(id, x, ends[at], width);
      let y = head.bottom + 12;
      for (const [relation, lane] of [["supports", INNER], ["attacks", 3], ["leans", 4]]) y = made.hang(head, `${id}/${relation}`, lines.filter((line) => line.relation === relation), x, y, width, { lane });
      ends[at] = y + 22;
    }
    return made;
  }

  /** One claim with all that touches it: what it is offered for above, its reasons and what attacks its steps below, its origins last. */
  function neighbourhood(model, state, measure, id, room) {
    const made = new Layout(model, state, measure), node = model.nodes.get(id);
    const bears = (model.from.get(id) ?? []).filter((line, at, all) => all.findIndex((one) => one.id === line.id) === at);
    const columns = Math.max(1, Math.min(4, Math.floor(room / 240)));
    const width = Math.min(300, (room - (columns - 1) * 24) / columns), whole = columns * (width + 24) - 24;
    let y = 0, row = 0;
    const ups = bears.map((line, at) => {
      if (at && at % columns === 0) y = row + 40;
      const target = model.lines.get(line.target)?.premises[0] ?? line.target;
      const last = bears.length - (bears.length % columns), inRow = at < last ? columns : bears.length % columns;
      const x = (whole - inRow * (width + 24) + 24) / 2 + (at % columns) * (width + 24);
      const box = model.nodes.get(target).kind === "answer" ? made.answer(target, x, y, width) : made.claim(target, target, x, y, width);
      box.key = `${line.id}^`;
      row = Math.max(row, box.bottom);
      return [line, box];
    });
    const stacks = [
      ["supports", "For it", (model.onto.get(id) ?? []).filter((line) => line.relation === "supports")],
      ["attacks", "Against it", (model.onto.get(id) ?? []).filter((line) => line.relation === "attacks")],
      ["undercuts", "Against a step from it", bears.flatMap((line) => model.onto.get(line.id) ?? [])],
      ["joins", "Only together with", bears.filter((line) => line.premises.length > 1).map((line) => ({ ...line, relation: "joins", premises: line.premises.filter((one) => one !== id) }))],
      ["leans", "From origins that others lean on, too", (node.origins ?? []).map((origin) => ({ id: `leans/${origin}`, premises: [origin], target: id, relation: "leans", why: "" }))],
    ].filter(([, , lines]) => lines.length);
    const used = Math.min(columns, stacks.length), broad = Math.max(Math.min(whole, 460), used * (width + 24) - 24); // wide enough to hang all stacks from
    const centre = made.box(id, node.kind, 0, row + (ups.length ? 76 : 0), broad, node.text, { font: BOLD, most: 9, id, path: [id], centre: true, meta: [percent(node.credence) && percent(node.credence) + " probable", (node.speakers ?? []).join(", ")] });
    shift(made, centre, (whole - centre.width) / 2);
    for (const [line, box] of ups) made.joints.push({ key: `${line.id}#`, x: (centre.x + box.x) / 2, y: (centre.top + row) / 2, relation: line.relation, sign: SIGNS[line.relation], box, up: centre });
    const top = centre.bottom + 20;
    const ends = new Array(columns).fill(top);
    const left = (whole - used * (width + 24) + 24) / 2;
    stacks.forEach(([relation, title, lines], at) => {
      const column = at < columns ? at : ends.slice(0, used).indexOf(Math.min(...ends.slice(0, used)));
      ends[column] = made.hang(centre, `${id}/${relation}`, lines, left + column * (width + 24), ends[column], width, { title, limit: 6 }) + 14;
    });
    return made;
  }

  function shift(made, box, by) {
    box.x += by; box.left += by;
    for (const text of made.texts) if (text.top >= box.top && text.top < box.bottom && text.left === box.left - by + PAD) text.left += by;
  }

  window.CRUXMAP_LAYOUT = { modelOf, overview, grid, neighbourhood, percent, shorten };
})();
