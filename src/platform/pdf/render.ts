import PDFDocument from 'pdfkit';
import type { Block, Look, ReportDocument } from './blocks';
import { drawCharts } from './draw.charts';
import { drawFigures, drawFront, drawRunningText } from './draw.front';
import { drawTable } from './draw.table';
import { FontBook, type TextSample } from './fonts';
import { paletteOf } from './palette';
import { Sheet } from './sheet';
import { allRows } from './table';
import { lineHeight, printable, Typesetter } from './typesetter';

const NOTE_SIZE = 8;
/** Regions that print on Letter; all others use A4. */
const LETTER_REGIONS = new Set(['US', 'CA', 'MX', 'PH', 'CL', 'CO', 'VE', 'CR', 'GT', 'PA', 'DO', 'PR']);
/** Characters of numbers, dates and the drawing itself, which every report needs. */
const ALWAYS = '0123456789 .,:/%…\uFFFD–—-+×()ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Numbers that together show how a language writes the marks of an axis: its digits, separators and
 * thousands.
 */
const MARKS = [9_876_543_210, 0.5, ...Array.from({ length: 13 }, (_, i) => 10 ** i)];

function textsOf(block: Block): string[] {
  switch (block.kind) {
    case 'note':
      return [block.text];
    case 'figures':
      return block.figures.flatMap(({ label, value, detail = '' }) => [label, value, detail]);
    case 'charts':
      return block.charts.flatMap((chart) => [
        chart.title,
        chart.empty,
        ...chart.series.flatMap(({ name, values }) => [name, ...values.map(chart.format)]),
        ...(chart.kind === 'columns' ? [chart.axis, ...chart.categories] : chart.rows),
        ...MARKS.flatMap((mark) => [chart.format(mark), chart.kind === 'bars' ? chart.tickFormat(mark) : '']),
      ]);
    case 'table':
      return [block.title, block.empty, ...block.columns.map(({ title }) => title), ...allRows(block).flat()];
  }
}

/** All texts to be set, in both weights, because a name occurs in a heading and in a table. */
function* samplesOf(document: ReportDocument): Generator<TextSample> {
  const all = [
    ALWAYS,
    document.title,
    document.subtitle,
    document.owner,
    document.foot,
    document.pageNumber(1_234_567_890, 1_234_567_890),
    ...document.facts.flatMap(({ label, value }) => [label, value]),
    ...document.blocks.flatMap(textsOf),
  ];
  for (const text of all) yield { text: printable(text), weight: 'regular' };
  const bold = [
    ALWAYS,
    document.title,
    document.owner,
    ...document.blocks.flatMap((block) => {
      if (block.kind === 'table')
        return [block.title, ...block.columns.map(({ title }) => title), ...(block.total ?? [])];
      if (block.kind === 'charts') return block.charts.map(({ title }) => title);
      if (block.kind === 'figures') return block.figures.map(({ value }) => value);
      return [];
    }),
  ];
  for (const text of bold) yield { text: printable(text), weight: 'bold' };
}

function drawBlock(sheet: Sheet, block: Block): void {
  const { palette } = sheet;
  switch (block.kind) {
    case 'note':
      sheet.ensure(lineHeight(NOTE_SIZE) * 3);
      sheet.y +=
        sheet.paragraph(printable(block.text), sheet.left, sheet.y, sheet.width, {
          size: NOTE_SIZE,
          color: palette.muted,
        }) + 12;
      break;
    case 'figures':
      drawFigures(sheet, block.figures);
      break;
    case 'charts':
      drawCharts(sheet, block.charts);
      break;
    case 'table':
      drawTable(sheet, block);
  }
}

function open(document: ReportDocument): PDFKit.PDFDocument {
  const { region = '' } = document.locale.maximize();
  return new PDFDocument({
    size: LETTER_REGIONS.has(region) ? 'LETTER' : 'A4',
    margin: 0,
    // Pages stay open until their number is known.
    bufferPages: true,
    pdfVersion: '1.7',
    lang: document.locale.toString(),
    displayTitle: true,
    // The id of the file is computed from these, so the same report gives the same file.
    info: {
      Title: printable(document.title),
      Author: printable(document.owner),
      Creator: 'Raptscallions',
      Producer: 'Raptscallions',
      CreationDate: document.generatedAt,
      ModDate: document.generatedAt,
    },
  });
}

/**
 * Renders a report as a PDF file. Fonts are loaded first and everything is drawn without a pause, so that
 * nothing asynchronous can change the order of the output: the same document and look give the same bytes.
 */
export async function* renderPdf(document: ReportDocument, look: Look): AsyncGenerator<Uint8Array> {
  const book = new FontBook(document.locale);
  await book.load(samplesOf(document));
  const doc = open(document);
  const { primary, ...others } = look.colors;
  const palette = paletteOf({ primary, accents: [others.accent, others.secondary] });
  const sheet = new Sheet(doc, new Typesetter(doc, book, document.locale), palette);
  drawFront(sheet, document, look);
  for (const block of document.blocks) drawBlock(sheet, block);
  drawRunningText(sheet, document);
  doc.end();
  for await (const chunk of doc) yield chunk as Uint8Array;
}
