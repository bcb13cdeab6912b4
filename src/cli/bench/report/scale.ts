/** Axis scales. */

export interface Scale {
  /** The axis begins at 0 and ends here. */
  top: number;
  ticks: readonly number[];
}

/** Round numbers from 0 to at least `max`, about `count` of them. */
export function niceScale(max: number, count: number): Scale {
  if (!(max > 0)) return { top: 1, ticks: [0, 1] };
  const rough = max / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10);
  const steps = Math.ceil(max / step - 1e-9);
  const ticks = Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return { top: ticks.at(-1) ?? max, ticks };
}
