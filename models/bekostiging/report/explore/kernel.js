/**
 * Settles contracts on scenarios, as bekostiging/evaluation/what_if.py does with the contract objects. Pure: no page, no texts.
 * What a change leaves as it was is not settled again: see ``Kernel``.
 *
 * Every array of scenarios is flat: the value of scenario s in year t stands at s * T + t.
 *
 * @typedef {{free_zone: number, deficit: number, surplus: number}} CorridorChoice
 * @typedef {{form: string, budget: number, corridor: CorridorChoice | null, index: string, ceiling: number | null,
 *   locked: boolean}} LotChoice
 * @typedef {{volume: number, duration: number, price: number, begroting: number, certainty: number,
 *   without_providers: string[], without_municipalities: string[], lots: Record<string, LotChoice>}} Choice
 * @typedef {{kind: string, share: number, lower?: number, upper?: number | null, array?: number,
 *   cap?: number | null}} ClauseTerms
 * @typedef {{lower: number, upper: number | null, part: number, ratio: number}} VolumeTerms
 * @typedef {{lower: number, upper: number | null, sign: number, share: number}} Layer
 * @typedef {{left: number, urgent: number, follows: string, ceiling: number | null, part: number | null,
 *   clauses: ClauseTerms[]}} TariffTerms
 * @typedef {{base: number, measured: string, part: number, beside: number[], budget: number[], layers: Layer[],
 *   clauses: ClauseTerms[], volume: VolumeTerms[]}} LumpTerms
 * @typedef {{provider: number, lot: number, main: number | null, passed_tariff: number, passed_corridor: number,
 *   reference: number[], cost: number, tariffs: Record<string, TariffTerms>, lump: LumpTerms | null,
 *   lump_form: string, general: boolean}} ContractTerms
 * @typedef {{id: string, name: string, expected: number[], caught_up: number[], index: number, cost: number,
 *   keys: number[], general: boolean}} Lot
 * @typedef {{offset: number[], step: number[], at: number}} Packed
 * @typedef {{scenarios: number, scramblings: number, years: number[], discount: number[], bits: number, arrays: Packed[],
 *   lots: Lot[], contracts: ContractTerms[], providers: {id: string, name: string, buffer: number}[],
 *   municipalities: {code: string, name: string}[], headroom: number[][], structural: number[][], refills: boolean,
 *   pools: {contracts: number[], ceiling: number}[],
 *   provider_pools: {lot: number, form: string, lower: number, upper: number | null, share: number}[]}} Model
 * @typedef {{value: number, error: number | null, unseen?: number}} Estimate
 * @typedef {{municipal: Float64Array[], revenue: Float64Array[], cost: Float64Array[], payment: Float64Array[],
 *   contractCost: Float64Array[]}} Settled
 */

/** What is left of a contract whose provider is left out (what_if.GONE). */
const GONE = 1e-12;

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
 * Layers of the corridor, chosen or as designed.
 * @param {LumpTerms} lump
 * @param {CorridorChoice | null} chosen
 * @returns {Layer[]}
 */
function layersOf(lump, chosen) {
  if (chosen === null) return lump.layers.filter((one) => one.share !== 0);
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
 * Contracts that must be settled together, since they share a ceiling or a pool; most stand alone.
 * @param {Model} model
 * @returns {number[][]}
 */
function groupsOf(model) {
  const group = model.contracts.map((_, c) => c);
  const join = (/** @type {number[]} */ many) => {
    const all = new Set(many.map((c) => group[c]));
    const least = Math.min(...all);
    group.forEach((own, c) => { if (all.has(own)) group[c] = least; });
  };
  model.pools.forEach((pool) => join(pool.contracts));
  model.provider_pools.forEach((pool) => join(model.contracts.flatMap((one, c) => (one.lot === pool.lot ? [c] : []))));
  /** @type {Map<number, number[]>} */
  const found = new Map();
  group.forEach((own, c) => found.set(own, [...(found.get(own) ?? []), c]));
  return [...found.values()];
}

/**
 * Settles choices one after the other on the same scenarios. Arrays are made once and filled anew; a contract is settled again
 * only where what it depends on changed, and so are the sums of lots, providers and municipalities. What ``settle`` returns
 * is good until the next choice.
 */
export class Kernel {
  /** @param {Model} model @param {Float64Array[]} arrays */
  constructor(model, arrays) {
    this.model = model;
    this.arrays = arrays;
    this.n = model.years.length;
    this.size = model.scenarios * this.n;
    const zeros = () => new Float64Array(this.size);
    const each = model.contracts.map(zeros);
    /** @type {Settled} */
    this.settled = {
      payment: each, contractCost: model.contracts.map(zeros), revenue: model.providers.map(zeros),
      cost: model.providers.map(zeros), municipal: model.municipalities.map(zeros),
    };
    this.moved = model.contracts.map(zeros);
    this.index = model.lots.map(zeros);
    this.byLot = model.lots.map(zeros);
    this.groups = groupsOf(model);
    const joined = new Set(this.groups.filter((one) => one.length > 1).flat());
    /** What the clauses leave and what it is measured against, for pools; what is due and its urgent part. */
    this.left = model.contracts.map((_, c) => (joined.has(c) ? zeros() : this.moved[c]));
    this.against = model.contracts.map((_, c) => (joined.has(c) ? zeros() : this.moved[c]));
    this.due = zeros();
    this.urgent = zeros();
    this.dues = model.contracts.map((_, c) => (joined.has(c) ? { left: zeros(), urgent: zeros() } : null));
    this.keys = this.groups.map(() => "");
    this.indexKeys = model.lots.map(() => "");
    this.counted = "";
    this.buffers = { left: new Float64Array(this.n), reference: new Float64Array(this.n), sum: new Float64Array(this.n) };
    /** Contracts and providers whose numbers the last choice changed. */
    this.changed = { contracts: /** @type {Set<number>} */ (new Set()), providers: /** @type {Set<number>} */ (new Set()) };
  }

  /**
   * Settles every contract under a choice.
   * @param {Choice} choice
   * @returns {Settled}
   */
  settle(choice) {
    const { model } = this;
    const factor = takenOver(model, choice);
    const over = JSON.stringify([choice.volume, choice.duration, choice.price]);
    const keyOf = model.lots.map((lot) => {
      const { form, budget, corridor, index, ceiling } = choice.lots[lot.id];
      return JSON.stringify([form, budget, corridor, index, ceiling]);
    });
    model.lots.forEach((_, j) => this.fillIndex(j, choice));
    this.changed = { contracts: new Set(), providers: new Set() };
    /** @type {Set<number>} */
    const lots = new Set();
    this.groups.forEach((group, g) => {
      const key = over + group.map((c) => keyOf[model.contracts[c].lot] + factor[c]).join();
      if (key === this.keys[g]) return;
      this.keys[g] = key;
      this.settleGroup(group, choice, factor);
      for (const c of group) {
        const one = model.contracts[c];
        this.changed.contracts.add(c);
        lots.add(one.lot);
        this.changed.providers.add(one.provider);
        if (one.main !== null) this.changed.providers.add(one.main);
      }
    });
    this.sumLots(lots);
    this.sumProviders();
    const counted = JSON.stringify(choice.without_municipalities);
    if (lots.size > 0 || counted !== this.counted) this.sumMunicipalities(choice);
    this.counted = counted;
    return this.settled;
  }

  /**
   * The level of the contract's index over the expected level, of a lot under a choice.
   * @param {number} j @param {Choice} choice
   */
  fillIndex(j, choice) {
    const { n, size } = this;
    const lot = this.model.lots[j];
    const kind = choice.lots[lot.id].index;
    const key = `${kind} ${choice.price}`;
    if (this.indexKeys[j] === key) return;
    this.indexKeys[j] = key;
    const found = this.index[j];
    if (kind === "forecast") {
      found.fill(1);
      return;
    }
    const source = this.arrays[kind === "cost" ? lot.cost : lot.index];
    for (let t = 0; t < n; t++) {
      const by = kind === "cost" ? 1 + choice.price : 1 + choice.price * lot.caught_up[t];
      for (let i = t; i < size; i += n) found[i] = source[i] * by;
    }
  }

  /**
   * Contracts that belong together: their own terms, shared ceilings, pools between providers, and what care costs.
   * @param {number[]} group @param {Choice} choice @param {number[]} factor
   */
  settleGroup(group, choice, factor) {
    const { model } = this;
    const own = (/** @type {number} */ c) => choice.lots[model.lots[model.contracts[c].lot].id];
    const terms = (/** @type {number} */ c) => (model.contracts[c].general ? undefined : model.contracts[c].tariffs[own(c).form]);
    /** @type {Set<number>} */
    const shared = new Set();
    if (group.length > 1) {
      for (const pool of model.pools) {
        const all = pool.contracts.every((c) => {
          const found = group.includes(c) ? terms(c) : undefined;
          return found !== undefined && found.part !== null && own(c).ceiling === null;
        });
        if (!all) continue;
        pool.contracts.forEach((c) => shared.add(c));
        this.shareCeiling(pool, choice, factor, terms);
      }
    }
    for (const c of group) {
      const tariff = terms(c);
      if (tariff === undefined) this.settleLump(c, own(c), choice, factor[c]);
      else this.settleTariff(c, tariff, own(c), choice, factor[c], shared.has(c));
      const source = this.arrays[model.contracts[c].cost];
      const spent = this.settled.contractCost[c];
      const times = choice.volume * choice.duration * (1 + choice.price) * factor[c];
      for (let i = 0; i < spent.length; i++) spent[i] = source[i] * times;
    }
    for (const pool of model.provider_pools) {
      const members = group.filter((c) => model.contracts[c].lot === pool.lot);
      const form = (/** @type {number} */ c) => (terms(c) === undefined ? model.contracts[c].lump_form : own(c).form);
      if (members.length > 0 && members.every((c) => form(c) === pool.form)) this.sharePool(pool, members, terms);
    }
  }

  /**
   * Settles one lump sum.
   * @param {number} c @param {LotChoice} own @param {Choice} choice @param {number} factor
   */
  settleLump(c, own, choice, factor) {
    const { arrays, n, size } = this;
    const one = this.model.contracts[c];
    const lump = /** @type {LumpTerms} */ (one.lump);
    const { expected } = this.model.lots[one.lot];
    const index = this.index[one.lot];
    const base = arrays[lump.base];
    const part = arrays[lump.part];
    const layers = layersOf(lump, own.corridor);
    const units = growth("units", choice, factor);
    const clients = growth("clients", choice, factor);
    const grown = lump.measured === "clients_times_norm" ? clients : units;
    const pay = this.settled.payment[c];
    const moved = this.moved[c];
    const kept = this.dues[c] !== null;
    const { left, reference, sum } = this.buffers;
    for (let s = 0; s < size; s += n) {
      for (let t = 0; t < n; t++) {
        const i = s + t;
        const level = lump.measured === "shadow_production" ? expected[t] * index[i]
          : lump.measured === "clients_times_norm" ? index[i] : 1 + choice.price;
        reference[t] = one.reference[t] * factor * index[i];
        left[t] = base[i] * grown * level;
        sum[t] = 0;
      }
      for (let k = 0; k < lump.clauses.length; k++) {
        const clause = lump.clauses[k];
        if (clause.kind === "reserve") {
          keepReserve(clause, left, reference, sum);
          continue;
        }
        for (let t = 0; t < n; t++) {
          const computed = clause.array === undefined ? 0 : arrays[clause.array][s + t] * units * expected[t] * index[s + t];
          const euros = movedBy(clause, left[t], reference[t], computed);
          sum[t] += euros;
          left[t] -= euros;
        }
      }
      for (let t = 0; t < n; t++) {
        const i = s + t;
        let shared = 0;
        for (let k = 0; k < layers.length; k++) {
          const layer = layers[k];
          const low = layer.lower * reference[t];
          const high = layer.upper === null ? Infinity : layer.upper * reference[t];
          const inside = layer.sign > 0 ? left[t] - low : high - left[t];
          if (inside > 0) shared += layer.sign * layer.share * Math.min(inside, high - low);
        }
        let paid = part[i];
        for (let k = 0; k < lump.volume.length; k++) {
          const band = lump.volume[k];
          const ratio = arrays[band.ratio][i] * choice.volume;
          const above = band.upper === null ? 0 : Math.max(ratio - band.upper, 0);
          paid *= 1 + band.part * (above - Math.max(band.lower - ratio, 0));
        }
        moved[i] = sum[t] + shared;
        pay[i] = lump.budget[t] * factor * own.budget * index[i] * paid + lump.beside[t] * expected[t] * index[i] + moved[i];
        if (kept) {
          this.left[c][i] = left[t] - shared;
          this.against[c][i] = reference[t];
        }
      }
    }
  }

  /**
   * What is due under a tariff before its ceiling, and its urgent part.
   * @param {number} c @param {TariffTerms} terms @param {Choice} choice @param {number} factor
   */
  dueOf(c, terms, choice, factor) {
    const { arrays, n, size } = this;
    const one = this.model.contracts[c];
    const { expected } = this.model.lots[one.lot];
    const index = this.index[one.lot];
    const grown = growth(terms.follows, choice, factor);
    const { left, urgent } = this.dues[c] ?? { left: this.due, urgent: this.urgent };
    const allLeft = arrays[terms.left];
    const allUrgent = arrays[terms.urgent];
    for (let t = 0; t < n; t++) {
      const times = grown * expected[t];
      for (let i = t; i < size; i += n) {
        const price = times * index[i];
        left[i] = allLeft[i] * price;
        urgent[i] = Math.min(allUrgent[i] * price, left[i]);
      }
    }
    return { left, urgent };
  }

  /**
   * What a shared ceiling lets through of the claims of those that share it.
   * @param {{contracts: number[], ceiling: number}} pool @param {Choice} choice @param {number[]} factor
   * @param {(c: number) => TariffTerms | undefined} terms
   */
  shareCeiling(pool, choice, factor, terms) {
    const { n, size } = this;
    const first = this.model.contracts[pool.contracts[0]].lot;
    const dues = pool.contracts.map((c) => this.dueOf(c, /** @type {TariffTerms} */ (terms(c)), choice, factor[c]));
    for (let i = 0; i < size; i++) {
      const price = this.model.lots[first].expected[i % n] * this.index[first][i];
      let urgent = 0;
      let other = 0;
      for (let k = 0; k < dues.length; k++) {
        urgent += dues[k].urgent[i];
        other += dues[k].left[i] - dues[k].urgent[i];
      }
      const part = other > 0 ? Math.min(Math.max(pool.ceiling * price - urgent, 0), other) / other : 1;
      for (let k = 0; k < dues.length; k++) {
        this.settled.payment[pool.contracts[k]][i] = dues[k].urgent[i] + (dues[k].left[i] - dues[k].urgent[i]) * part;
      }
    }
  }

  /**
   * Own ceiling and clauses on the whole of one contract under a tariff.
   * @param {number} c @param {TariffTerms} terms @param {LotChoice} own @param {Choice} choice @param {number} factor
   * @param {boolean} paid whether a shared ceiling has spoken
   */
  settleTariff(c, terms, own, choice, factor, paid) {
    const { n, size } = this;
    const one = this.model.contracts[c];
    const { expected } = this.model.lots[one.lot];
    const index = this.index[one.lot];
    const ceiling = own.ceiling !== null ? own.ceiling * one.reference[0] * factor
      : terms.ceiling === null ? null : terms.ceiling * factor;
    const limit = ceiling !== null ? ceiling : terms.part === null ? null : terms.part * factor;
    const pay = this.settled.payment[c];
    const moved = this.moved[c];
    if (!paid) {
      const due = this.dueOf(c, terms, choice, factor);
      if (ceiling === null) pay.set(due.left);
      else {
        for (let i = 0; i < size; i++) {
          const price = expected[i % n] * index[i];
          pay[i] = Math.min(due.left[i], Math.max(ceiling * price, due.urgent[i]));
        }
      }
    }
    const kept = this.dues[c] !== null;
    if (terms.clauses.length === 0 && !kept) {
      moved.fill(0);
      return;
    }
    for (let i = 0; i < size; i++) {
      const whole = one.reference[i % n] * factor * index[i];
      const reference = limit === null ? whole : Math.min(whole, limit * expected[i % n] * index[i]);
      let left = pay[i];
      for (let k = 0; k < terms.clauses.length; k++) left -= movedBy(terms.clauses[k], left, reference, 0);
      moved[i] = left - pay[i];
      pay[i] = left;
      if (kept) {
        this.left[c][i] = left;
        this.against[c][i] = reference;
      }
    }
  }

  /**
   * A pool between the providers of a lot: each shares part of its deviation with the others, in proportion to references.
   * @param {{lower: number, upper: number | null, share: number}} pool @param {number[]} members
   * @param {(c: number) => TariffTerms | undefined} terms
   */
  sharePool(pool, members, terms) {
    const towards = terms(members[0]) === undefined ? 1 : -1;
    const brought = new Float64Array(members.length);
    for (let i = 0; i < this.size; i++) {
      let all = 0;
      let whole = 0;
      for (let k = 0; k < members.length; k++) {
        const reference = this.against[members[k]][i];
        const over = this.left[members[k]][i] - reference;
        let inside = Math.max(Math.abs(over) - (pool.lower - 1) * reference, 0);
        if (pool.upper !== null) inside = Math.min(inside, (pool.upper - pool.lower) * reference);
        brought[k] = pool.share * inside * Math.sign(over);
        all += brought[k];
        whole += reference;
      }
      for (let k = 0; k < members.length; k++) {
        const key = whole > 0 ? this.against[members[k]][i] / whole : 1 / members.length;
        const euros = towards * (brought[k] - key * all);
        this.settled.payment[members[k]][i] += euros;
        this.moved[members[k]][i] += euros;
      }
    }
  }

  /**
   * What is paid in the lots that changed.
   * @param {Set<number>} lots
   */
  sumLots(lots) {
    lots.forEach((j) => this.byLot[j].fill(0));
    this.model.contracts.forEach((one, c) => {
      if (!lots.has(one.lot)) return;
      const lot = this.byLot[one.lot];
      const pay = this.settled.payment[c];
      for (let i = 0; i < lot.length; i++) lot[i] += pay[i];
    });
  }

  /** What the providers that changed receive and spend. */
  sumProviders() {
    const { providers } = this.changed;
    const { revenue, cost, payment, contractCost } = this.settled;
    providers.forEach((/** @type {number} */ p) => {
      revenue[p].fill(0);
      cost[p].fill(0);
    });
    this.model.contracts.forEach((one, c) => {
      const pay = payment[c];
      const moved = this.moved[c];
      if (providers.has(one.provider)) {
        const own = revenue[one.provider];
        const spent = cost[one.provider];
        const tariff = one.main === null ? 1 : one.passed_tariff;
        const corridor = one.main === null ? 1 : one.passed_corridor;
        for (let i = 0; i < own.length; i++) {
          own[i] += tariff * (pay[i] - moved[i]) + corridor * moved[i];
          spent[i] += contractCost[c][i];
        }
      }
      if (one.main !== null && providers.has(one.main)) {
        const main = revenue[one.main];
        for (let i = 0; i < main.length; i++) {
          main[i] += pay[i] - (one.passed_tariff * (pay[i] - moved[i]) + one.passed_corridor * moved[i]);
        }
      }
    });
  }

  /**
   * What municipalities that are counted pay.
   * @param {Choice} choice
   */
  sumMunicipalities(choice) {
    this.model.municipalities.forEach((own, m) => {
      const paid = this.settled.municipal[m];
      paid.fill(0);
      if (choice.without_municipalities.includes(own.code)) return;
      this.model.lots.forEach((lot, j) => {
        const key = this.arrays[lot.keys[m]];
        const pay = this.byLot[j];
        for (let i = 0; i < paid.length; i++) paid[i] += pay[i] * key[i];
      });
    });
  }
}

/**
 * An equalisation reserve at the provider over the years of one scenario: surpluses on the reference are kept up to a cap, what
 * does not fit flows back, and so does what is left at the end; ``left`` becomes what the next clause sees.
 * @param {ClauseTerms} clause @param {Float64Array} left @param {Float64Array} reference @param {Float64Array} sum
 */
function keepReserve(clause, left, reference, sum) {
  let held = 0;
  for (let t = 0; t < left.length; t++) {
    const result = reference[t] - left[t];
    const uncovered = Math.max(-result - held, 0);
    const filled = Math.max(held + result, 0);
    const cap = clause.cap === null || clause.cap === undefined ? Infinity : clause.cap * reference[t];
    held = Math.min(filled, cap);
    const back = filled - held + (t === left.length - 1 ? held : 0);
    const moved = -clause.share * back;
    sum[t] += moved;
    left[t] = reference[t] - (back + moved) + uncovered;
  }
}

/**
 * Settles every contract under one choice.
 * @param {Model} model
 * @param {Float64Array[]} arrays
 * @param {Choice} choice
 * @returns {Settled}
 */
export function settle(model, arrays, choice) {
  return new Kernel(model, arrays).settle(choice);
}
