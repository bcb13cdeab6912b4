/** A chart over time as SVG, without any script: pointing at it shows the values of that time. */
import { escapeHtml } from './html.ts';
import { reportStyle } from './report-style.ts';
import { niceScale, type Scale } from './scale.ts';

export interface Series {
  name: string;
  /** Of the style sheet; gives the colour. */
  className: string;
  /** One for each time; undefined where there is none. */
  values: readonly (number | undefined)[];
}

export interface Chart {
  title: string;
  unit: string;
  /** Seconds. */
  times: readonly number[];
  series: readonly Series[];
  /** A value with its unit. */
  format: (value: number) => string;
}

interface Plot {
  chart: Chart;
  vertical: Scale;
  horizontal: Scale;
  x(time: number): number;
  y(value: number): number;
}

const [width, height] = [760, 250];
const margin = { left: 52, right: 100, top: 12, bottom: 30 };
const [right, bottom] = [width - margin.right, height - margin.bottom];
/** Pixels between the names at the right end. */
const nameHeight = 16;

/** The chart as a `figure`. */
export function chartFigure(chart: Chart): string {
  const plot = plotOf(chart);
  const content = [grid(plot), ...chart.series.map((series) => line(plot, series)), names(plot), bands(plot)];
  const label = escapeHtml(`${chart.title}: ${chart.series.map(({ name }) => name).join(', ')}`);
  return (
    `<figure><figcaption>${escapeHtml(chart.title)} <span class="unit">${escapeHtml(chart.unit)}</span></figcaption>` +
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${content.join('')}</svg></figure>`
  );
}

/** The chart as a file of its own: an SVG with its style in it. */
export function chartPicture(chart: Chart): string {
  const figure = chartFigure(chart);
  const svg = figure.slice(figure.indexOf('<svg '), figure.indexOf('</figure>'));
  return `<svg xmlns="http://www.w3.org/2000/svg" ${svg.slice('<svg '.length).replace('>', `><style>${reportStyle}</style>`)}\n`;
}

function plotOf(chart: Chart): Plot {
  const values = chart.series.flatMap((series) => series.values).filter((value) => value !== undefined);
  const vertical = niceScale(Math.max(0, ...values), 4);
  const horizontal = niceScale(Math.max(0, ...chart.times), 8);
  return {
    chart,
    vertical,
    horizontal,
    x: (time) => round(margin.left + (time / horizontal.top) * (right - margin.left)),
    y: (value) => round(bottom - (value / vertical.top) * (bottom - margin.top)),
  };
}

function grid({ vertical, horizontal, x, y }: Plot): string {
  const rows = vertical.ticks.map(
    (tick) =>
      `<line class="grid" x1="${margin.left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}"/>` +
      `<text class="tick" x="${margin.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
  );
  const columns = horizontal.ticks.map(
    (tick) => `<text class="tick" x="${x(tick)}" y="${bottom + 20}" text-anchor="middle">${tick} s</text>`,
  );
  return [...rows, ...columns].join('');
}

/** A missing value leaves a gap; a point without neighbours is a dot, as the line's ends are round. */
function line({ chart, x, y }: Plot, { className, values }: Series): string {
  let [path, isDrawing] = ['', false];
  for (const [index, value] of values.entries()) {
    if (value === undefined) {
      isDrawing = false;
      continue;
    }
    const point = `${x(chart.times[index] ?? 0)} ${y(value)}`;
    path += isDrawing ? `L${point}` : `M${point}h0`;
    isDrawing = true;
  }
  return `<path class="line ${className}" d="${path}"/>`;
}

/** Each line's name at its end; where two ends are close, one gives way. */
function names({ chart, y }: Plot): string {
  const ends = chart.series.map(({ name, className, values }) => {
    const last = values.findLast((value) => value !== undefined);
    return { name, className, at: y(last ?? 0) };
  });
  ends.sort((a, b) => a.at - b.at);
  let lowest = Number.NEGATIVE_INFINITY;
  return ends
    .map(({ name, className, at }) => {
      lowest = Math.max(at, lowest + nameHeight);
      return (
        `<circle class="dot ${className}" cx="${right + 12}" cy="${lowest}" r="4"/>` +
        `<text class="name" x="${right + 21}" y="${lowest + 4}">${escapeHtml(name)}</text>`
      );
    })
    .join('');
}

/** What is pointed at: a column around each time, with the values of all series. */
function bands({ chart, x }: Plot): string {
  const { times, series, format } = chart;
  return times
    .map((time, index) => {
      const at = x(time);
      const from = index === 0 ? margin.left : (x(times[index - 1] ?? 0) + at) / 2;
      const to = index === times.length - 1 ? right : (x(times[index + 1] ?? 0) + at) / 2;
      const values = series.flatMap(({ name, values }) => {
        const value = values[index];
        return value === undefined ? [] : [`${name}: ${format(value)}`];
      });
      return (
        `<g class="band"><line x1="${at}" x2="${at}" y1="${margin.top}" y2="${bottom}"/>` +
        `<rect x="${round(from)}" y="${margin.top}" width="${round(Math.max(0, to - from))}" height="${bottom - margin.top}"/>` +
        `<title>${escapeHtml([`${round(time)} s`, ...values].join('\n'))}</title></g>`
      );
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
