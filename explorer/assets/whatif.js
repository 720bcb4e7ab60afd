"use strict";
// The engine's network, recomputed in the page: exact, by variable elimination. Checked against Python in tests/explorer.
(() => {
  const MOST_CELLS = 1 << 22;

  // A factor: its variables, their numbers of states, and a table in which the last variable is the fastest.
  const factor = (variables, sizes, table) => ({ variables, sizes, table });
  const strides = (one, variables) => variables.map((variable) => {
    const at = one.variables.indexOf(variable);
    return at < 0 ? 0 : one.sizes.slice(at + 1).reduce((product, size) => product * size, 1);
  });

  function multiply(factors, sizeOf) {
    const variables = [...new Set(factors.flatMap((one) => one.variables))];
    const sizes = variables.map(sizeOf);
    const cells = sizes.reduce((product, size) => product * size, 1);
    if (cells > MOST_CELLS) throw new RangeError("the network is too tightly woven to recompute in a page");
    const steps = factors.map((one) => strides(one, variables));
    const state = variables.map(() => 0), places = factors.map(() => 0);
    const table = new Float64Array(cells);
    for (let cell = 0; cell < cells; cell++) {
      let value = 1;
      for (let k = 0; k < factors.length; k++) value *= factors[k].table[places[k]];
      table[cell] = value;
      for (let v = variables.length - 1; v >= 0; v--) {
        state[v]++;
        for (let k = 0; k < factors.length; k++) places[k] += steps[k][v];
        if (state[v] < sizes[v]) break;
        for (let k = 0; k < factors.length; k++) places[k] -= steps[k][v] * sizes[v];
        state[v] = 0;
      }
    }
    return factor(variables, sizes, table);
  }

  function sumOut(one, gone) {
    const at = one.variables.indexOf(gone), size = one.sizes[at];
    const inner = one.sizes.slice(at + 1).reduce((product, n) => product * n, 1);
    const table = new Float64Array(one.table.length / size);
    for (let cell = 0; cell < one.table.length; cell++) table[Math.floor(cell / (inner * size)) * inner + (cell % inner)] += one.table[cell];
    const most = table.reduce((a, b) => Math.max(a, b), 0) || 1;
    for (let cell = 0; cell < table.length; cell++) table[cell] /= most;
    return factor(one.variables.filter((_, k) => k !== at), one.sizes.filter((_, k) => k !== at), table);
  }

  /** P(wanted variables together | the evidence) as a table, the last one fastest. */
  function joint(network, wanted) {
    const sizeOf = (variable) => network.states[variable];
    const holding = network.states.map(() => new Set()); // the factors that hold each variable
    const put = (one) => { for (const variable of one.variables) holding[variable].add(one); };
    for (const [variables, table] of network.factors) put(factor(variables, variables.map(sizeOf), table));
    const cells = (variable) => [...new Set([...holding[variable]].flatMap((one) => one.variables))].reduce((product, other) => product * sizeOf(other), 1);
    const costs = new Map([...network.states.keys()].filter((variable) => !wanted.includes(variable)).map((variable) => [variable, cells(variable)]));
    while (costs.size) {
      let best = -1, least = Infinity;
      for (const [variable, cost] of costs) if (cost < least) { least = cost; best = variable; }
      const mine = [...holding[best]];
      for (const one of mine) for (const variable of one.variables) holding[variable].delete(one);
      costs.delete(best);
      if (!mine.length) continue;
      const made = sumOut(multiply(mine, sizeOf), best);
      put(made);
      for (const variable of made.variables) if (costs.has(variable)) costs.set(variable, cells(variable));
    }
    const factors = new Set(wanted.flatMap((variable) => [...holding[variable]]));
    const all = multiply([factor(wanted, wanted.map(sizeOf), new Float64Array(wanted.reduce((p, v) => p * sizeOf(v), 1)).fill(1)), ...factors], sizeOf);
    const total = all.table.reduce((a, b) => a + b, 0);
    return factor(wanted, wanted.map(sizeOf), all.table.map((value) => value / total));
  }

  const marginal = (one, at) => {
    const inner = one.sizes.slice(at + 1).reduce((product, n) => product * n, 1);
    const found = new Array(one.sizes[at]).fill(0);
    for (let cell = 0; cell < one.table.length; cell++) found[Math.floor(cell / inner) % one.sizes[at]] += one.table[cell];
    return found;
  };

  /** Change a joint table so that each supposed variable (by its place) is in state 1 with its probability, and else as little as can be. */
  function suppose(one, supposed) {
    const table = Float64Array.from(one.table), changed = factor(one.variables, one.sizes, table);
    for (let round = 0; round < 500; round++) {
      let worst = 0;
      for (const [at, wanted] of supposed) {
        const chances = marginal(changed, at), yes = chances[1], no = chances.reduce((a, b) => a + b, 0) - yes;
        worst = Math.max(worst, Math.abs(yes - wanted));
        const inner = one.sizes.slice(at + 1).reduce((product, n) => product * n, 1), size = one.sizes[at];
        const scale = [no > 0 ? (1 - wanted) / no : 0, yes > 0 ? wanted / yes : 0];
        for (let cell = 0; cell < table.length; cell++) table[cell] *= scale[Math.floor(cell / inner) % size === 1 ? 1 : 0];
      }
      if (worst < 1e-12) break;
    }
    return changed;
  }

  /** The answers as published: with its share for the case that the whole model is unsound. */
  const published = (network, modelled) => modelled.map((value, at) => (1 - network.error) * value + network.error * network.unsound[at]);

  /** The answers if each record of `supposed` (id to probability) were as probable as that. */
  function answers(network, supposed) {
    const ids = Object.keys(supposed);
    const table = joint(network, [0, ...ids.map((id) => network.subjects[id])]);
    return published(network, marginal(suppose(table, ids.map((id, at) => [at + 1, supposed[id]])), 0));
  }

  window.CRUXMAP_ENGINE = { joint, marginal, suppose, answers, published };

  const percent = (p) => (p < 0.0001 ? "under 0.01%" : p > 0.9999 ? "over 99.99%" : p < 0.01 ? (100 * p).toPrecision(2) + "%" : p > 0.99 ? (100 * p).toPrecision(4) + "%" : Math.round(100 * p) + "%");
  for (const panel of document.querySelectorAll(".what-if")) {
    const network = window.CRUXMAP_NETWORKS[panel.dataset.network];
    const sliders = [...panel.querySelectorAll("input[type=range]")];
    const rows = [...panel.querySelectorAll("[data-answer]")];
    let table, shown = sliders;
    for (;;) {
      try { table = joint(network, [0, ...shown.map((slider) => network.subjects[slider.name])]); break; } catch (problem) {
        if (!(problem instanceof RangeError) || shown.length <= 1) return;
        shown = shown.slice(0, -1);
      }
    }
    for (const slider of sliders) slider.closest(".slider").hidden = !shown.includes(slider);
    panel.hidden = false;
    const touched = new Map();
    const refresh = () => {
      const now = suppose(table, [...touched]);
      const numbers = published(network, marginal(now, 0));
      rows.forEach((row, at) => {
        row.querySelector("b").textContent = percent(numbers[at]);
        row.querySelector(".bar").setAttribute("width", 100 * numbers[at] + "%");
      });
      shown.forEach((slider, at) => {
        const chance = touched.has(at + 1) ? touched.get(at + 1) : marginal(now, at + 1)[1];
        slider.value = Math.round(1000 * chance);
        slider.setAttribute("aria-valuetext", percent(chance));
        slider.closest(".slider").querySelector("output").textContent = touched.has(at + 1) ? +(100 * chance).toFixed(1) + "% (yours)" : percent(chance);
      });
    };
    shown.forEach((slider, at) => slider.addEventListener("input", () => { touched.set(at + 1, slider.value / 1000); refresh(); }));
    panel.querySelector("button").addEventListener("click", () => { touched.clear(); refresh(); });
    refresh();
  }
})();
