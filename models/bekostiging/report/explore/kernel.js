/**
 * Settles contracts on scenarios, as bekostiging/evaluation/what_if.py does with the contract objects. Pure: no page, no texts.
 *
 * Every array of scenarios is flat: the value of scenario s in year t stands at s * T + t.
 *
 * @typedef {{free_zone: number, deficit: number, surplus: number}} CorridorChoice
 * @typedef {{form: string, budget: number, corridor: CorridorChoice | null, index: string, ceiling: number | null,
 *   locked: boolean}} LotChoice
 * @typedef {{volume: number, duration: number, price: number, begroting: number, certainty: number,
 *   without_providers: string[], without_municipalities: string[], lots: Record<string, LotChoice>}} Choice
 * @typedef {{kind: string, share: number, lower?: number, upper?: number | null, array?: number}} ClauseTerms
 * @typedef {{lower: number, upper: number | null, sign: number, share: number}} Layer
 * @typedef {{left: number, urgent: number, follows: string, ceiling: number | null, part: number | null,
 *   clauses: ClauseTerms[]}} TariffTerms
 * @typedef {{base: number, measured: string, part: number, beside: number[], budget: number[], layers: Layer[],
 *   clauses: ClauseTerms[]}} LumpTerms
 * @typedef {{provider: number, lot: number, main: number | null, passed_tariff: number, passed_corridor: number,
 *   reference: number[], cost: number, tariffs: Record<string, TariffTerms>, lump: LumpTerms | null,
 *   lump_form: string, general: boolean}} ContractTerms
 * @typedef {{id: string, name: string, expected: number[], caught_up: number[], index: number, cost: number,
 *   keys: number[], general: boolean}} Lot
 * @typedef {{offset: number[], step: number[], at: number}} Packed
 * @typedef {{scenarios: number, scramblings: number, years: number[], discount: number[], bits: number, arrays: Packed[],
 *   lots: Lot[], contracts: ContractTerms[], providers: {id: string, name: string, buffer: number}[],
 *   municipalities: {code: string, name: string}[], headroom: number[][], structural: number[][], refills: boolean,
 *   pools: {contracts: number[], ceiling: number}[]}} Model
 * @typedef {{value: number, error: number | null}} Estimate
 * @typedef {{municipal: Float64Array[], revenue: Float64Array[], cost: Float64Array[], payment: Float64Array[],
 *   contractCost: Float64Array[]}} Settled
 */

/** What is left of a contract whose provider is left out (what_if.GONE). */
const GONE = 1e-12;
/** Tail of the loss of a provider. */
const TAIL = 0.95;
/** Scenarios that count as bad in who carries what. */
const BAD = 0.9;

/**
 * Numbers of every array, from what was packed: whole numbers of 16 bits times a step, or floating point of 64 bits.
 * @param {Model} model
 * @param {ArrayBuffer} bytes
 * @returns {Float64Array[]}
 */
export function unpacked(model, bytes) {
  const size = model.scenarios * model.years.length;
  const n = model.years.length;
  return model.arrays.map((one) => {
    const values = new Float64Array(size);
    if (one.at < 0) {
      for (let i = 0; i < size; i++) values[i] = one.offset[i % n];
    } else if (model.bits === 64) {
      values.set(new Float64Array(bytes, one.at * 8, size));
    } else {
      const whole = new Uint16Array(bytes, one.at * 2, size);
      for (let i = 0; i < size; i++) values[i] = one.offset[i % n] + one.step[i % n] * whole[i];
    }
    return values;
  });
}

/**
 * What each contract's care and money is multiplied by when providers are left out.
 * @param {Model} model
 * @param {Choice} choice
 * @returns {number[]}
 */
export function takenOver(model, choice) {
  const gone = model.contracts.map((one) => choice.without_providers.includes(model.providers[one.provider].id));
  const whole = model.lots.map(() => 0);
  const left = model.lots.map(() => 0);
  model.contracts.forEach((one, c) => {
    whole[one.lot] += one.reference[0];
    if (!gone[c]) left[one.lot] += one.reference[0];
  });
  return model.contracts.map((one, c) => {
    if (gone[c]) return GONE;
    return left[one.lot] > 0 ? whole[one.lot] / left[one.lot] : 1;
  });
}

/**
 * The level of the contract's index over the expected level, (S * T), of a lot under a choice.
 * @param {Model} model
 * @param {Float64Array[]} arrays
 * @param {number} j
 * @param {Choice} choice
 */
function indexOf(model, arrays, j, choice) {
  const lot = model.lots[j];
  const n = model.years.length;
  const kind = choice.lots[lot.id].index;
  const found = new Float64Array(model.scenarios * n);
  if (kind === "forecast") return found.fill(1);
  const source = arrays[kind === "cost" ? lot.cost : lot.index];
  const by = lot.caught_up.map((part) => (kind === "cost" ? 1 + choice.price : 1 + choice.price * part));
  for (let i = 0; i < found.length; i++) found[i] = source[i] * by[i % n];
  return found;
}

/**
 * Shares of the corridor by layer, chosen or as designed.
 * @param {LumpTerms} lump
 * @param {CorridorChoice | null} chosen
 * @returns {Layer[]}
 */
function layersOf(lump, chosen) {
  if (chosen === null) return lump.layers;
  const zone = chosen.free_zone;
  return [
    { lower: 1 + zone, upper: null, sign: 1, share: chosen.deficit },
    { lower: 0, upper: 1 - zone, sign: -1, share: chosen.surplus },
  ];
}

/**
 * What a clause on a whole contract moves, of a base against a reference; the array of a computed clause comes as ``moved``.
 * @param {ClauseTerms} clause
 * @param {number} base
 * @param {number} reference
 * @param {number} moved
 */
function movedBy(clause, base, reference, moved) {
  if (clause.kind === "quota") return clause.share * (base - reference);
  if (clause.kind === "computed") return moved;
  let over = Math.max(base - /** @type {number} */ (clause.lower) * reference, 0);
  if (clause.upper !== null && clause.upper !== undefined) {
    over = Math.min(over, (clause.upper - /** @type {number} */ (clause.lower)) * reference);
  }
  return clause.share * over;
}

/**
 * How care of a contract grows: units, clients (arrangements), or units within hours budgets.
 * @param {string} follows
 * @param {Choice} choice
 * @param {number} factor
 */
function growth(follows, choice, factor) {
  const clients = choice.volume * factor;
  if (follows === "clients") return clients;
  return follows === "within" ? clients * Math.min(1, choice.duration) : clients * choice.duration;
}

/**
 * Settles one lump sum: payment into ``pay``, what clauses move into ``moved``.
 * @param {Model} model @param {Float64Array[]} arrays @param {ContractTerms} one @param {LotChoice} own
 * @param {Choice} choice @param {number} factor @param {Float64Array} index @param {Float64Array} pay
 * @param {Float64Array} moved
 */
function settleLump(model, arrays, one, own, choice, factor, index, pay, moved) {
  const lump = /** @type {LumpTerms} */ (one.lump);
  const n = model.years.length;
  const expected = model.lots[one.lot].expected;
  const base = arrays[lump.base];
  const part = arrays[lump.part];
  const layers = layersOf(lump, own.corridor);
  const units = growth("units", choice, factor);
  const grown = lump.measured === "clients_times_norm" ? growth("clients", choice, factor) : units;
  for (let i = 0; i < pay.length; i++) {
    const t = i % n;
    const price = expected[t] * index[i];
    const level = lump.measured === "shadow_production" ? price
      : lump.measured === "clients_times_norm" ? index[i] : 1 + choice.price;
    const reference = one.reference[t] * factor * index[i];
    let left = base[i] * grown * level;
    let sum = 0;
    for (const clause of lump.clauses) {
      const computed = clause.array === undefined ? 0 : arrays[clause.array][i] * units * price;
      const own = movedBy(clause, left, reference, computed);
      sum += own;
      left -= own;
    }
    for (const layer of layers) {
      const low = layer.lower * reference;
      const high = layer.upper === null ? Infinity : layer.upper * reference;
      const inside = layer.sign > 0 ? left - low : high - left;
      if (inside > 0) sum += layer.sign * layer.share * Math.min(inside, high - low);
    }
    pay[i] = lump.budget[t] * factor * own.budget * index[i] * part[i] + lump.beside[t] * price + sum;
    moved[i] = sum;
  }
}

/**
 * What is due under a tariff before its ceiling, and its urgent part.
 * @param {Model} model @param {Float64Array[]} arrays @param {ContractTerms} one @param {TariffTerms} terms
 * @param {Choice} choice @param {number} factor @param {Float64Array} index
 */
function dueOf(model, arrays, one, terms, choice, factor, index) {
  const n = model.years.length;
  const expected = model.lots[one.lot].expected;
  const grown = growth(terms.follows, choice, factor);
  const left = new Float64Array(index.length);
  const urgent = new Float64Array(index.length);
  const allLeft = arrays[terms.left];
  const allUrgent = arrays[terms.urgent];
  for (let i = 0; i < left.length; i++) {
    const price = expected[i % n] * index[i];
    left[i] = allLeft[i] * grown * price;
    urgent[i] = Math.min(allUrgent[i] * grown * price, left[i]);
  }
  return { left, urgent };
}

/**
 * The ceiling of a contract in euro at price level 1, of its own and as part of a shared one.
 * @param {ContractTerms} one @param {TariffTerms} terms @param {LotChoice} own @param {number} factor
 */
function ceilingOf(one, terms, own, factor) {
  if (own.ceiling !== null) return { ceiling: own.ceiling * one.reference[0] * factor, part: null };
  return {
    ceiling: terms.ceiling === null ? null : terms.ceiling * factor,
    part: terms.part === null ? null : terms.part * factor,
  };
}

/**
 * Settles every contract under a choice.
 * @param {Model} model
 * @param {Float64Array[]} arrays
 * @param {Choice} choice
 * @returns {Settled}
 */
export function settle(model, arrays, choice) {
  const n = model.years.length;
  const size = model.scenarios * n;
  const factor = takenOver(model, choice);
  const index = model.lots.map((_, j) => indexOf(model, arrays, j, choice));
  const dues = new Map();
  /** @type {Float64Array[]} */
  const payment = [];
  /** @type {Float64Array[]} */
  const moved = [];
  model.contracts.forEach((one, c) => {
    const own = choice.lots[model.lots[one.lot].id];
    const pay = new Float64Array(size);
    const clauses = new Float64Array(size);
    payment.push(pay);
    moved.push(clauses);
    const terms = one.general ? undefined : one.tariffs[own.form];
    if (terms === undefined) {
      settleLump(model, arrays, one, own, choice, factor[c], index[one.lot], pay, clauses);
    } else {
      dues.set(c, { ...dueOf(model, arrays, one, terms, choice, factor[c], index[one.lot]), terms,
        ...ceilingOf(one, terms, own, factor[c]) });
    }
  });
  const shared = new Set();
  for (const pool of model.pools) {
    if (!pool.contracts.every((c) => dues.has(c) && dues.get(c).part !== null)) continue;
    const first = model.contracts[pool.contracts[0]].lot;
    for (let i = 0; i < size; i++) {
      const price = model.lots[first].expected[i % n] * index[first][i];
      let urgent = 0;
      let other = 0;
      for (const c of pool.contracts) {
        urgent += dues.get(c).urgent[i];
        other += dues.get(c).left[i] - dues.get(c).urgent[i];
      }
      const part = other > 0 ? Math.min(Math.max(pool.ceiling * price - urgent, 0), other) / other : 1;
      for (const c of pool.contracts) {
        const due = dues.get(c);
        payment[c][i] = due.urgent[i] + (due.left[i] - due.urgent[i]) * part;
      }
    }
    pool.contracts.forEach((c) => shared.add(c));
  }
  for (const [c, due] of dues) {
    settleTariff(model, c, due, factor[c], index[model.contracts[c].lot], payment[c], moved[c], shared.has(c));
  }
  return divided(model, arrays, choice, factor, payment, moved);
}

/**
 * Own ceiling and clauses on the whole of one contract under a tariff.
 * @param {Model} model @param {number} c @param {any} due @param {number} factor @param {Float64Array} index
 * @param {Float64Array} pay @param {Float64Array} moved @param {boolean} paid whether a shared ceiling has spoken
 */
function settleTariff(model, c, due, factor, index, pay, moved, paid) {
  const one = model.contracts[c];
  const n = model.years.length;
  const expected = model.lots[one.lot].expected;
  const limit = due.ceiling === null ? due.part : due.ceiling;
  for (let i = 0; i < pay.length; i++) {
    const price = expected[i % n] * index[i];
    if (!paid) {
      pay[i] = due.ceiling === null ? due.left[i]
        : Math.min(due.left[i], Math.max(due.ceiling * price, due.urgent[i]));
    }
    if (due.terms.clauses.length === 0) continue;
    const whole = one.reference[i % n] * factor * index[i];
    const reference = limit === null ? whole : Math.min(whole, limit * price);
    let left = pay[i];
    for (const clause of due.terms.clauses) left -= movedBy(clause, left, reference, 0);
    moved[i] = left - pay[i];
    pay[i] = left;
  }
}

/**
 * Payments over municipalities and providers, and cost.
 * @param {Model} model @param {Float64Array[]} arrays @param {Choice} choice @param {number[]} factor
 * @param {Float64Array[]} payment @param {Float64Array[]} moved
 * @returns {Settled}
 */
function divided(model, arrays, choice, factor, payment, moved) {
  const size = model.scenarios * model.years.length;
  const zeros = () => new Float64Array(size);
  const revenue = model.providers.map(zeros);
  const cost = model.providers.map(zeros);
  const byLot = model.lots.map(zeros);
  /** @type {Float64Array[]} */
  const contractCost = [];
  const grown = choice.volume * choice.duration * (1 + choice.price);
  model.contracts.forEach((one, c) => {
    const pay = payment[c];
    const spent = zeros();
    const source = arrays[one.cost];
    const times = grown * factor[c];
    const lot = byLot[one.lot];
    const own = revenue[one.provider];
    const ownCost = cost[one.provider];
    for (let i = 0; i < size; i++) {
      lot[i] += pay[i];
      spent[i] = source[i] * times;
      ownCost[i] += spent[i];
    }
    contractCost.push(spent);
    if (one.main === null) {
      for (let i = 0; i < size; i++) own[i] += pay[i];
      return;
    }
    const main = revenue[one.main];
    for (let i = 0; i < size; i++) {
      const passed = one.passed_tariff * (pay[i] - moved[c][i]) + one.passed_corridor * moved[c][i];
      own[i] += passed;
      main[i] += pay[i] - passed;
    }
  });
  const municipal = model.municipalities.map((own, m) => {
    const paid = zeros();
    if (choice.without_municipalities.includes(own.code)) return paid;
    model.lots.forEach((lot, j) => {
      const key = arrays[lot.keys[m]];
      for (let i = 0; i < size; i++) paid[i] += byLot[j][i] * key[i];
    });
    return paid;
  });
  return { municipal, revenue, cost, payment, contractCost };
}

/**
 * The spread of the means of the scramblings as a standard error; null with one scrambling or without any spread.
 * @param {ArrayLike<number>} values
 * @param {number} runs
 * @returns {number | null}
 */
function errorOf(values, runs) {
  if (runs < 2) return null;
  const each = values.length / runs;
  const means = [];
  for (let r = 0; r < runs; r++) {
    let sum = 0;
    for (let i = r * each; i < (r + 1) * each; i++) sum += values[i];
    means.push(sum / each);
  }
  const mean = means.reduce((a, b) => a + b, 0) / runs;
  const squares = means.reduce((a, b) => a + (b - mean) ** 2, 0);
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
  return { value: sum / values.length, error: errorOf(values, runs) };
}

/**
 * The chance of an event, given as zeros and ones; no error where it never or always happens.
 * @param {ArrayLike<number>} event
 * @param {number} runs
 * @returns {Estimate}
 */
export function chanceOf(event, runs) {
  const found = meanOf(event, runs);
  return found.value > 0 && found.value < 1 ? found : { value: found.value, error: null };
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
  const below = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) below[i] = values[i] <= value ? 1 : 0;
  const moved = errorOf(below, runs);
  if (moved === null) return { value, error: null };
  const error = (at(sorted, Math.min(1, level + moved)) - at(sorted, Math.max(0, level - moved))) / 2;
  return { value, error };
}

/**
 * Sums of scenarios over the years, weighted: one value per scenario.
 * @param {Float64Array} yearly
 * @param {number[]} weights
 */
function overTerm(yearly, weights) {
  const n = weights.length;
  const found = new Float64Array(yearly.length / n);
  for (let i = 0; i < yearly.length; i++) found[Math.floor(i / n)] += yearly[i] * weights[i % n];
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
  const sorted = Float64Array.from(paid).sort();
  const over = Float64Array.from(paid, (x) => (x > headroom ? 1 : 0));
  const size = Float64Array.from(paid, (x) => Math.max(x - headroom, 0));
  const chance = chanceOf(over, runs);
  const mean = meanOf(size, runs).value;
  const value = chance.value > 0 ? mean / chance.value : null;
  const error = value === null ? null
    : errorOf(Float64Array.from(size, (x, s) => (x - value * over[s]) / chance.value), runs);
  const q = (/** @type {number} */ level) => quantileOf(paid, sorted, level, runs);
  return {
    expected: meanOf(paid, runs), p10: q(0.1), p50: q(0.5), p90: q(0.9), certain: q(certainty), headroom,
    overrun_probability: chance, overrun_size: value === null ? null : { value, error },
    resistance: quantileOf(used, Float64Array.from(used).sort(), certainty, runs),
  };
}

/**
 * Figures of one provider over the term, discounted.
 * @param {Model} model @param {Float64Array} revenue @param {Float64Array} cost @param {number} buffer
 */
function providerFigures(model, revenue, cost, buffer) {
  const n = model.years.length;
  const result = new Float64Array(model.scenarios);
  const loss = new Float64Array(model.scenarios);
  for (let s = 0; s < model.scenarios; s++) {
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
  const losses = Float64Array.from(result, (x) => -x);
  const risk = at(Float64Array.from(losses).sort(), TAIL);
  const tail = Float64Array.from(losses, (x) => risk + Math.max(x - risk, 0) / (1 - TAIL));
  return {
    expected: meanOf(result, runs), p10: quantileOf(result, sorted, 0.1, runs),
    p90: quantileOf(result, sorted, 0.9, runs), worst: meanOf(tail, runs),
    loss_probability: chanceOf(Float64Array.from(result, (x) => (x < 0 ? 1 : 0)), runs),
    buffer_used_up: chanceOf(Float64Array.from(loss, (x) => (x > buffer ? 1 : 0)), runs),
  };
}

/**
 * In the tenth of the scenarios with the highest cost: how much dearer care is than expected, and what of it each side pays.
 * @param {Model} model @param {Settled} settled
 */
function carried(model, settled) {
  const total = new Float64Array(model.scenarios);
  const costs = settled.contractCost.map((one) => overTerm(one, model.discount));
  const paid = settled.payment.map((one) => overTerm(one, model.discount));
  costs.forEach((one) => one.forEach((x, s) => { total[s] += x; }));
  const threshold = at(Float64Array.from(total).sort(), BAD);
  /** @param {Float64Array} own */
  const dearer = (own) => {
    let all = 0;
    let bad = 0;
    let n = 0;
    own.forEach((x, s) => {
      all += x;
      if (total[s] > threshold) { bad += x; n += 1; }
    });
    return n === 0 ? 0 : bad / n - all / model.scenarios;
  };
  return model.lots.map((_, j) => {
    let cost = 0;
    let pay = 0;
    model.contracts.forEach((one, c) => {
      if (one.lot !== j) return;
      cost += dearer(costs[c]);
      pay += dearer(paid[c]);
    });
    return { cost, paid: pay, provider: cost - pay };
  });
}

/**
 * Every figure of a choice.
 * @param {Model} model
 * @param {Float64Array[]} arrays
 * @param {Choice} choice
 */
export function figures(model, arrays, choice) {
  const settled = settle(model, arrays, choice);
  const n = model.years.length;
  const total = new Float64Array(model.scenarios * n);
  settled.municipal.forEach((one) => { for (let i = 0; i < total.length; i++) total[i] += one[i]; });
  const counted = model.municipalities.map((one) => !choice.without_municipalities.includes(one.code));
  const headroom = model.years.map((_, t) =>
    model.headroom.reduce((sum, own, m) => sum + (counted[m] ? own[t] * choice.begroting : 0), 0));
  const used = usedOfStock(model, choice, settled.municipal);
  const runs = model.scramblings;
  /** @type {Record<string, ReturnType<typeof spendingFigures>>} */
  const spending = {};
  if (model.municipalities.length > 0) {
    model.years.forEach((year, t) => {
      const own = Float64Array.from({ length: model.scenarios }, (_, s) => total[s * n + t]);
      spending[String(year)] = spendingFigures(own, headroom[t], used.years[t], choice.certainty, runs);
    });
    const room = headroom.reduce((sum, x, t) => sum + x * model.discount[t], 0);
    spending.term = spendingFigures(overTerm(total, model.discount), room, used.term, choice.certainty, runs);
  }
  const providers = model.providers.map((one, p) =>
    choice.without_providers.includes(one.id) ? null
      : providerFigures(model, settled.revenue[p], settled.cost[p], one.buffer));
  return { spending, providers, carried: carried(model, settled) };
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
