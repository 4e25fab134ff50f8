import type { BarChart, Chart, ColumnChart, Series } from './blocks';
import { labelStep, niceScale } from './scale';
import type { Sheet } from './sheet';
import { lineHeight, printable } from './typesetter';

/** A part of the page, in points. */
interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

const TITLE_SIZE = 10.5;
const LABEL_SIZE = 7.5;
const COLUMNS_HEIGHT = 128;
const BAR_HEIGHT = 15;
const AFTER = 18;
const BETWEEN = 22;
/** The share of a category's width that its column takes. */
const COLUMN_SHARE = 0.72;
/** The share of the width that the names of bars take at most. */
const NAME_SHARE = 0.42;
const KEY_SIZE = 7;

const isEmpty = ({ series }: { series: readonly Series[] }): boolean =>
  series.every(({ values }) => values.every((value) => value === 0));
/** The height of the stack at one place. */
const stackAt = (series: readonly Series[], i: number): number =>
  series.reduce((sum, { values }) => sum + (values[i] as number), 0);
const highestOf = (series: readonly Series[], count: number): number =>
  Math.max(0, ...Array.from({ length: count }, (_, i) => stackAt(series, i)));

/** Title and legend. Charts side by side begin at one height, even if only one has a legend. */
function headHeight(charts: readonly Chart[]): number {
  const hasLegend = charts.some((chart) => chart.series.length > 1 && !isEmpty(chart));
  return lineHeight(TITLE_SIZE) + 4 + (hasLegend ? lineHeight(LABEL_SIZE) + 4 : 0);
}

function bodyHeight(chart: Chart): number {
  if (isEmpty(chart)) return lineHeight(LABEL_SIZE) + 12;
  if (chart.kind === 'columns') return COLUMNS_HEIGHT + 2 * lineHeight(LABEL_SIZE) + 4;
  return chart.rows.length * BAR_HEIGHT + lineHeight(LABEL_SIZE) + 8;
}

/** The height of charts side by side, without what follows. */
export const chartsHeight = (charts: readonly Chart[]): number =>
  headHeight(charts) + Math.max(...charts.map(bodyHeight));

/** Draws charts side by side, all on one page. */
export function drawCharts(sheet: Sheet, charts: readonly Chart[]): void {
  const height = chartsHeight(charts);
  sheet.ensure(height);
  const total = charts.reduce((sum, { share }) => sum + share, 0);
  const room = sheet.width - BETWEEN * (charts.length - 1);
  let x = sheet.left;
  for (const chart of charts) {
    const width = (room * chart.share) / total;
    drawChart(sheet, chart, { x, y: sheet.y, width, height }, sheet.y + headHeight(charts));
    x += width + BETWEEN;
  }
  sheet.y += height + AFTER;
}

function drawChart(sheet: Sheet, chart: Chart, area: Area, top: number): void {
  const { type, palette } = sheet;
  type.line(type.fit(chart.title, area.width, { size: TITLE_SIZE, weight: 'bold' }), area.x, area.y, {
    size: TITLE_SIZE,
    weight: 'bold',
    color: palette.heading,
  });
  if (isEmpty(chart)) {
    sheet.paragraph(chart.empty, area.x, top, area.width, { size: LABEL_SIZE + 1, color: palette.muted });
    return;
  }
  if (chart.series.length > 1) drawLegend(sheet, chart.series, area.x, area.y + lineHeight(TITLE_SIZE) + 2);
  const body = { ...area, y: top, height: bodyHeight(chart) };
  if (chart.kind === 'columns') drawColumns(sheet, chart, body);
  else drawBars(sheet, chart, body);
}

function drawLegend(sheet: Sheet, series: readonly Series[], x: number, y: number): void {
  let at = x;
  for (const [i, { name }] of series.entries()) {
    sheet.fill(at, y + 2.5, KEY_SIZE, KEY_SIZE, sheet.palette.series[i] as string);
    sheet.type.line(name, at + KEY_SIZE + 4, y, { size: LABEL_SIZE, color: sheet.palette.text });
    at += KEY_SIZE + 4 + sheet.type.width(name, { size: LABEL_SIZE }) + 14;
  }
}

function drawColumns(sheet: Sheet, chart: ColumnChart, area: Area): void {
  const { type, palette } = sheet;
  const { categories, series, format } = chart;
  const label = { size: LABEL_SIZE, color: palette.muted };
  const scale = niceScale(highestOf(series, categories.length), 4, true);
  const axisWidth = Math.max(...scale.ticks.map((tick) => type.width(format(tick), label))) + 6;
  const plot = {
    x: area.x + axisWidth,
    y: area.y + 4,
    width: area.width - axisWidth,
    height: COLUMNS_HEIGHT - 4,
  };
  const base = plot.y + plot.height;
  const yOf = (value: number): number => base - (value / scale.max) * plot.height;
  for (const tick of scale.ticks) {
    sheet.rule(plot.x, yOf(tick), plot.x + plot.width, yOf(tick), palette.rule, 0.4);
    type.line(format(tick), plot.x - 5, yOf(tick) - lineHeight(LABEL_SIZE) / 2, { ...label, align: 'right' });
  }
  const slot = plot.width / categories.length;
  for (let i = 0; i < categories.length; i += 1) {
    let below = 0;
    for (const [s, { values }] of series.entries()) {
      const value = values[i] as number;
      const top = yOf(below + value);
      const x = plot.x + i * slot + (slot * (1 - COLUMN_SHARE)) / 2;
      if (value > 0) sheet.fill(x, top, slot * COLUMN_SHARE, yOf(below) - top, palette.series[s] as string);
      below += value;
    }
  }
  sheet.rule(plot.x, base, plot.x + plot.width, base, palette.muted, 0.8);
  const widest = Math.max(...categories.map((category) => type.width(category, label))) + 6;
  const step = labelStep(categories.length, plot.width, widest);
  for (let i = 0; i < categories.length; i += step)
    type.line(categories[i] as string, plot.x + (i + 0.5) * slot, base + 3, { ...label, align: 'center' });
  type.line(chart.axis, plot.x + plot.width / 2, base + 3 + lineHeight(LABEL_SIZE), {
    ...label,
    align: 'center',
  });
}

function drawBars(sheet: Sheet, chart: BarChart, area: Area): void {
  const { type, palette } = sheet;
  const { rows, series, format, tickFormat } = chart;
  const label = { size: LABEL_SIZE, color: palette.muted };
  const name = { size: LABEL_SIZE + 0.5, color: palette.text };
  const names = rows.map((row) => type.fit(printable(row), area.width * NAME_SHARE, name));
  const nameWidth = Math.max(...names.map((each) => type.width(each, name))) + 8;
  const totals = rows.map((_, i) => stackAt(series, i));
  const valueWidth = Math.max(...totals.map((total) => type.width(format(total), label))) + 6;
  const plot = { x: area.x + nameWidth, width: area.width - nameWidth - valueWidth };
  const scale = niceScale(Math.max(...totals), Math.max(2, Math.floor(plot.width / 60)), false);
  const xOf = (value: number): number => plot.x + (value / scale.max) * plot.width;
  const bottom = area.y + rows.length * BAR_HEIGHT;
  for (const tick of scale.ticks) {
    sheet.rule(xOf(tick), area.y, xOf(tick), bottom, palette.rule, 0.4);
    type.line(tickFormat(tick), xOf(tick), bottom + 3, { ...label, align: 'center' });
  }
  for (const [i, text] of names.entries()) {
    const y = area.y + i * BAR_HEIGHT;
    const textTop = y + (BAR_HEIGHT - lineHeight(LABEL_SIZE)) / 2;
    type.line(text, plot.x - 6, textTop, { ...name, align: 'right' });
    let before = 0;
    for (const [s, { values }] of series.entries()) {
      const value = values[i] as number;
      if (value > 0)
        sheet.fill(
          xOf(before),
          y + 3,
          xOf(before + value) - xOf(before),
          BAR_HEIGHT - 6,
          palette.series[s] as string,
        );
      before += value;
    }
    const value = format(totals[i] as number);
    const end = xOf(totals[i] as number);
    // Clears the place of the number, so that no axis line crosses it.
    sheet.fill(end + 2, y + 3, type.width(value, label) + 4, BAR_HEIGHT - 6, '#ffffff');
    type.line(value, end + 4, textTop, label);
  }
  sheet.rule(plot.x, area.y, plot.x, bottom, palette.muted, 0.8);
}
