/** An axis from zero to a round number. */
export interface Scale {
  max: number;
  ticks: readonly number[];
}

/** Steps of an axis that are easy to read. */
const STEPS = [1, 2, 2.5, 5, 10];

/**
 * Computes the marks of an axis that reaches at least `highest`. Pure.
 * @param wanted the approximate number of steps
 * @param integers whether a mark between two whole numbers would make no sense
 */
export function niceScale(highest: number, wanted: number, integers: boolean): Scale {
  if (!(highest > 0)) return { max: 1, ticks: [0, 1] };
  const rough = highest / wanted;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const factor = STEPS.find((each) => each * magnitude >= rough * (1 - 1e-9)) ?? 10;
  let step = factor * magnitude;
  if (integers) step = Math.max(1, Number.isInteger(step) ? step : Math.ceil(step));
  const count = Math.ceil(highest / step - 1e-9);
  // Multiplied, not added up, because sums of 0.1 drift.
  const ticks = Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
  return { max: ticks.at(-1) as number, ticks };
}

/** How many categories share one label so that labels fit; at least 1. Pure. */
export function labelStep(count: number, room: number, widest: number): number {
  const fitting = Math.max(1, Math.floor(room / Math.max(1, widest)));
  return Math.max(1, Math.ceil(count / fitting));
}
