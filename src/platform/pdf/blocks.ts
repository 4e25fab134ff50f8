/** What a report is made of, in words and numbers; how it looks is decided where it is drawn. */
export type Block =
  | { kind: 'note'; text: string }
  | { kind: 'figures'; figures: readonly Figure[] }
  | { kind: 'charts'; charts: readonly Chart[] }
  | TableBlock;

/** A number that matters, with what it is. */
export interface Figure {
  label: string;
  value: string;
  /** What it is made of or measured against. */
  detail?: string;
}

export type NumberFormat = (value: number) => string;

export interface Series {
  name: string;
  values: readonly number[];
}

interface ChartBase {
  title: string;
  /** Said in place of the chart where there is nothing to draw. */
  empty: string;
  /** Part of the width, against the charts beside it. */
  share: number;
}

/** Columns over categories in a row, such as days; two series stand on each other. */
export interface ColumnChart extends ChartBase {
  kind: 'columns';
  /** What the vertical axis counts. */
  axis: string;
  categories: readonly string[];
  series: readonly Series[];
  format: NumberFormat;
}

/** One bar a row, with its value; several series stand behind each other. */
export interface BarChart extends ChartBase {
  kind: 'bars';
  rows: readonly string[];
  series: readonly Series[];
  format: NumberFormat;
  /** Axis marks, shorter than values. */
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
  /** The last row, set apart. */
  total?: readonly string[];
  /** Said where there are no rows. */
  empty: string;
}

/** A whole report, ready to be drawn. */
export interface ReportDocument {
  title: string;
  subtitle: string;
  /** Whose it is: the school, or the district. */
  owner: string;
  /** Lines under the title: label and value. */
  facts: readonly { label: string; value: string }[];
  blocks: readonly Block[];
  /** At the foot of each page. */
  foot: string;
  /** `3 / 12` */
  pageNumber: (page: number, pages: number) => string;
  locale: Intl.Locale;
  generatedAt: Date;
}

/** What a school's theme gives to a document. */
export interface Look {
  colors: Readonly<Record<string, string>>;
  /** PNG or JPEG. */
  logo: Buffer | null;
}
