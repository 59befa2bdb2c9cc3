/**
 * What a choice comes to in figures, each with its standard error: statistics over settled scenarios. Pure: no page, no texts.
 *
 * @typedef {import("./kernel.js").Model} Model
 * @typedef {import("./kernel.js").Choice} Choice
 * @typedef {import("./kernel.js").Settled} Settled
 * @typedef {import("./kernel.js").Estimate} Estimate
 */

import { Kernel } from "./kernel.js";

/** Tail of the loss of a provider. */
const TAIL = 0.95;
/** Scenarios that count as bad in who carries what. */
const BAD = 0.9;

/**
 * The standard error of the mean of values that come in scramblings: the spread of the means of each; null with one scrambling.
 * @param {number} count
 * @param {number} runs
 * @param {(s: number) => number} value of scenario s
 * @returns {number | null}
 */
function spread(count, runs, value) {
  if (runs < 2) return null;
  const each = count / runs;
  let mean = 0;
  let squares = 0;
  for (let r = 0; r < runs; r++) {
    let sum = 0;
    for (let s = r * each; s < (r + 1) * each; s++) sum += value(s);
    const off = sum / each - mean;
    mean += off / (r + 1);
    squares += off * (sum / each - mean);
  }
  return Math.sqrt(squares / (runs - 1) / runs);
}

/**
 * The mean with its standard error.
 * @param {ArrayLike<number>} values
 * @param {number} runs
 * @returns {Estimate}
 */
export function meanOf(values, runs) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return { value: sum / values.length, error: spread(values.length, runs, (s) => values[s]) };
}

/**
 * The chance of an event; where it never or always happens its error is what the scenarios cannot exclude: three in their
 * number, which a chance of nothing passes with 95 % certainty.
 * @param {number} count
 * @param {number} runs
 * @param {(s: number) => boolean} happens in scenario s
 * @returns {Estimate}
 */
export function chanceOf(count, runs, happens) {
  let sum = 0;
  for (let s = 0; s < count; s++) sum += happens(s) ? 1 : 0;
  if (sum === 0 || sum === count) return { value: sum / count, error: null, unseen: Math.min(3 / count, 1) };
  return { value: sum / count, error: spread(count, runs, (s) => (happens(s) ? 1 : 0)) };
}

/**
 * The value of sorted numbers at a level: the inverse of the empirical distribution.
 * @param {Float64Array} sorted
 * @param {number} level
 */
function at(sorted, level) {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * level - 1e-9) - 1))];
}

/**
 * A quantile with half of Woodruff's interval as its error.
 * @param {Float64Array} values
 * @param {Float64Array} sorted
 * @param {number} level
 * @param {number} runs
 * @returns {Estimate}
 */
export function quantileOf(values, sorted, level, runs) {
  const value = at(sorted, level);
  const moved = spread(values.length, runs, (s) => (values[s] <= value ? 1 : 0));
  if (moved === null) return { value, error: null };
  const error = (at(sorted, Math.min(1, level + moved)) - at(sorted, Math.max(0, level - moved))) / 2;
  return { value, error };
}

/**
 * Sums of scenarios over the years, weighted: one value per scenario.
 * @param {Float64Array} yearly
 * @param {number[]} weights
 * @param {Float64Array} found
 */
function overTerm(yearly, weights, found = new Float64Array(yearly.length / weights.length)) {
  const n = weights.length;
  for (let s = 0; s < found.length; s++) {
    let sum = 0;
    for (let t = 0; t < n; t++) sum += yearly[s * n + t] * weights[t];
    found[s] = sum;
  }
  return found;
}

/**
 * What overruns use of the stock in every scenario: of each year alone (T arrays) and over the term.
 * @param {Model} model @param {Choice} choice @param {Float64Array[]} municipal
 */
function usedOfStock(model, choice, municipal) {
  const n = model.years.length;
  const years = model.years.map(() => new Float64Array(model.scenarios));
  const term = new Float64Array(model.scenarios);
  municipal.forEach((paid, m) => {
    if (choice.without_municipalities.includes(model.municipalities[m].code)) return;
    const budgeted = model.years.map((_, t) => {
      let sum = 0;
      for (let s = 0; s < model.scenarios; s++) sum += paid[s * n + t];
      return Math.max(model.headroom[m][t] * choice.begroting, sum / model.scenarios) + model.structural[m][t];
    });
    for (let s = 0; s < model.scenarios; s++) {
      let open = 0;
      let most = 0;
      for (let t = 0; t < n; t++) {
        const over = paid[s * n + t] - budgeted[t];
        years[t][s] += Math.max(over, 0);
        open = model.refills ? Math.max(open + over, 0) : open + Math.max(over, 0);
        most = Math.max(most, open);
      }
      term[s] += most;
    }
  });
  return { years, term };
}

/**
 * Figures of spending in one period.
 * @param {Float64Array} paid @param {number} headroom @param {Float64Array} used @param {number} certainty
 * @param {number} runs
 */
function spendingFigures(paid, headroom, used, certainty, runs) {
  const count = paid.length;
  const sorted = Float64Array.from(paid).sort();
  const chance = chanceOf(count, runs, (s) => paid[s] > headroom);
  let excess = 0;
  for (let s = 0; s < count; s++) excess += Math.max(paid[s] - headroom, 0);
  const value = chance.value > 0 ? excess / count / chance.value : null;
  const error = value === null ? null
    : spread(count, runs, (s) => (paid[s] > headroom ? (paid[s] - headroom - value) / chance.value : 0));
  const q = (/** @type {number} */ level) => quantileOf(paid, sorted, level, runs);
  return {
    expected: meanOf(paid, runs), p10: q(0.1), p90: q(0.9), certain: q(certainty), headroom,
    overrun_probability: chance, overrun_size: value === null ? null : { value, error },
    resistance: quantileOf(used, Float64Array.from(used).sort(), certainty, runs),
  };
}

/**
 * Figures of one provider over the term, discounted; ``result`` per scenario is filled.
 * @param {Model} model @param {Float64Array} revenue @param {Float64Array} cost @param {number} buffer
 * @param {Float64Array} result
 */
function providerFigures(model, revenue, cost, buffer, result) {
  const n = model.years.length;
  const count = model.scenarios;
  const loss = new Float64Array(count);
  for (let s = 0; s < count; s++) {
    let running = 0;
    let deepest = -Infinity;
    for (let t = 0; t < n; t++) {
      running += (revenue[s * n + t] - cost[s * n + t]) * model.discount[t];
      deepest = Math.max(deepest, -running);
    }
    result[s] = running;
    loss[s] = deepest;
  }
  const runs = model.scramblings;
  const sorted = Float64Array.from(result).sort();
  // the loss that TAIL of the scenarios stays below
  const risk = -sorted[count - Math.min(count, Math.max(1, Math.ceil(count * TAIL - 1e-9)))];
  const tail = new Float64Array(count);
  for (let s = 0; s < count; s++) tail[s] = risk + Math.max(-result[s] - risk, 0) / (1 - TAIL);
  return {
    expected: meanOf(result, runs), p10: quantileOf(result, sorted, 0.1, runs),
    p90: quantileOf(result, sorted, 0.9, runs), worst: meanOf(tail, runs),
    loss_probability: chanceOf(count, runs, (s) => result[s] < 0),
    buffer_used_up: chanceOf(count, runs, (s) => loss[s] > buffer),
  };
}

/**
 * Every figure of choices one after the other, on the same scenarios; what a change leaves as it was is kept.
 */
export class Figures {
  /** @param {Model} model @param {Float64Array[]} arrays */
  constructor(model, arrays) {
    this.model = model;
    this.kernel = new Kernel(model, arrays);
    const values = () => new Float64Array(model.scenarios);
    this.results = model.providers.map(values);
    this.paid = model.contracts.map(values);
    this.spent = model.contracts.map(values);
    this.all = values();
    this.total = new Float64Array(model.scenarios * model.years.length);
    /** @type {(ReturnType<typeof providerFigures> | null)[]} */
    this.providers = model.providers.map(() => null);
    /** @type {{cost: Estimate, paid: Estimate, provider: Estimate}[]} */
    this.carried = [];
  }

  /**
   * Every figure of a choice.
   * @param {Choice} choice
   */
  of(choice) {
    const { model } = this;
    const settled = this.kernel.settle(choice);
    const { contracts, providers } = this.kernel.changed;
    providers.forEach((p) => {
      this.providers[p] = providerFigures(model, settled.revenue[p], settled.cost[p], model.providers[p].buffer, this.results[p]);
    });
    contracts.forEach((c) => {
      overTerm(settled.payment[c], model.discount, this.paid[c]);
      overTerm(settled.contractCost[c], model.discount, this.spent[c]);
    });
    if (contracts.size > 0) this.carried = this.whoCarries();
    const gone = model.providers.map((one) => choice.without_providers.includes(one.id));
    this.all.fill(0);
    this.results.forEach((own, p) => {
      if (gone[p]) return;
      for (let s = 0; s < own.length; s++) this.all[s] += own[s];
    });
    return {
      spending: this.spending(choice, settled),
      providers: this.providers.map((one, p) => (gone[p] ? null : one)),
      together: meanOf(this.all, model.scramblings),
      carried: this.carried,
    };
  }

  /**
   * Spending of the municipalities that are counted, by year and over the term.
   * @param {Choice} choice @param {Settled} settled
   */
  spending(choice, settled) {
    const { model, total } = this;
    const n = model.years.length;
    const runs = model.scramblings;
    /** @type {Record<string, ReturnType<typeof spendingFigures>>} */
    const found = {};
    if (model.municipalities.length === 0) return found;
    total.fill(0);
    settled.municipal.forEach((one) => { for (let i = 0; i < total.length; i++) total[i] += one[i]; });
    const counted = model.municipalities.map((one) => !choice.without_municipalities.includes(one.code));
    const headroom = model.years.map((_, t) =>
      model.headroom.reduce((sum, own, m) => sum + (counted[m] ? own[t] * choice.begroting : 0), 0));
    const used = usedOfStock(model, choice, settled.municipal);
    const own = new Float64Array(model.scenarios);
    model.years.forEach((year, t) => {
      for (let s = 0; s < own.length; s++) own[s] = total[s * n + t];
      found[String(year)] = spendingFigures(own, headroom[t], used.years[t], choice.certainty, runs);
    });
    const room = headroom.reduce((sum, x, t) => sum + x * model.discount[t], 0);
    found.term = spendingFigures(overTerm(total, model.discount, own), room, used.term, choice.certainty, runs);
    return found;
  }

  /** In the tenth of the scenarios with the highest cost: how much dearer care is than expected, and what of it each side pays. */
  whoCarries() {
    const { model } = this;
    const count = model.scenarios;
    const total = new Float64Array(count);
    this.spent.forEach((one) => { for (let s = 0; s < count; s++) total[s] += one[s]; });
    const threshold = at(Float64Array.from(total).sort(), BAD);
    const bad = new Uint8Array(count);
    let many = 0;
    for (let s = 0; s < count; s++) {
      if (total[s] > threshold) { bad[s] = 1; many += 1; }
    }
    return model.lots.map((_, j) => {
      const cost = new Float64Array(count);
      const paid = new Float64Array(count);
      model.contracts.forEach((one, c) => {
        if (one.lot !== j) return;
        for (let s = 0; s < count; s++) { cost[s] += this.spent[c][s]; paid[s] += this.paid[c][s]; }
      });
      const dearer = (/** @type {(s: number) => number} */ own) => dearerIn(bad, many, own, model.scramblings);
      return { cost: dearer((s) => cost[s]), paid: dearer((s) => paid[s]), provider: dearer((s) => cost[s] - paid[s]) };
    });
  }
}

/**
 * By how much the mean in bad scenarios passes the mean of all, with its error; which scenarios are bad counts as known.
 * @param {Uint8Array} bad @param {number} many @param {(s: number) => number} own @param {number} runs
 * @returns {Estimate}
 */
function dearerIn(bad, many, own, runs) {
  const count = bad.length;
  if (many === 0) return { value: 0, error: null };
  let all = 0;
  let inBad = 0;
  for (let s = 0; s < count; s++) {
    const x = own(s);
    all += x;
    if (bad[s]) inBad += x;
  }
  const mean = all / count;
  const high = inBad / many;
  const error = spread(count, runs, (s) => (bad[s] ? (own(s) - high) * (count / many) : 0) - (own(s) - mean));
  return { value: high - mean, error };
}

/**
 * Every figure of one choice.
 * @param {Model} model
 * @param {Float64Array[]} arrays
 * @param {Choice} choice
 */
export function figures(model, arrays, choice) {
  return new Figures(model, arrays).of(choice);
}

/**
 * Between the points of a grid, straight; beyond its ends the value at the end.
 * @param {number[]} grid
 * @param {number[]} values
 * @param {number} x
 */
export function between(grid, values, x) {
  if (x <= grid[0]) return values[0];
  const last = grid.length - 1;
  if (x >= grid[last]) return values[last];
  const k = grid.findIndex((g) => g > x) - 1;
  return values[k] + ((values[k + 1] - values[k]) * (x - grid[k])) / (grid[k + 1] - grid[k]);
}
