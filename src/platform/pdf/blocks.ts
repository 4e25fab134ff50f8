/** The parts of a report in words and numbers; the drawing code decides how they look. */
export type Block =
  | { kind: 'note'; text: string }
  | { kind: 'figures'; figures: readonly Figure[] }
  | { kind: 'charts'; charts: readonly Chart[] }
  | TableBlock;

/** An important number and its meaning. */
export interface Figure {
  label: string;
  value: string;
  /** What the number consists of or is compared with. */
  detail?: string;
}

export type NumberFormat = (value: number) => string;

export interface Series {
  name: string;
  values: readonly number[];
}

interface ChartBase {
  title: string;
  /** The text in place of the chart if there is nothing to draw. */
  empty: string;
  /** The share of the width that the chart gets beside others. */
  share: number;
}

/** Columns over consecutive categories, such as days; two series are stacked. */
export interface ColumnChart extends ChartBase {
  kind: 'columns';
  /** What the vertical axis counts. */
  axis: string;
  categories: readonly string[];
  series: readonly Series[];
  format: NumberFormat;
}

/** One bar per row, with its value; several series are drawn behind each other. */
export interface BarChart extends ChartBase {
  kind: 'bars';
  rows: readonly string[];
  series: readonly Series[];
  format: NumberFormat;
  /** The format of axis marks, which is shorter than that of values. */
  tickFormat: NumberFormat;
}

export type Chart = ColumnChart | BarChart;

export interface Column {
  title: string;
  align: 'left' | 'right';
}

export interface TableBlock {
  kind: 'table';
  title: string;
  columns: readonly Column[];
  rows: readonly (readonly string[])[];
  /** The last row, drawn apart. */
  total?: readonly string[];
  /** The text if there are no rows. */
  empty: string;
}

/** A whole report, ready to be drawn. */
export interface ReportDocument {
  title: string;
  subtitle: string;
  /** The owner of the report: the school or the district. */
  owner: string;
  /** Lines under the title: label and value. */
  facts: readonly { label: string; value: string }[];
  blocks: readonly Block[];
  /** The text at the foot of each page. */
  foot: string;
  /** `3 / 12` */
  pageNumber: (page: number, pages: number) => string;
  locale: Intl.Locale;
  generatedAt: Date;
}

/** What a school's theme contributes to a document. */
export interface Look {
  colors: Readonly<Record<string, string>>;
  /** PNG or JPEG. */
  logo: Buffer | null;
}
