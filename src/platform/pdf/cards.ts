import PDFDocument from 'pdfkit';
import { create } from 'qrcode';
import type { Look } from './blocks';
import { FontBook, type TextSample } from './fonts';
import { type Palette, paletteOf } from './palette';
import { Sheet } from './sheet';
import { lineHeight, printable, Typesetter } from './typesetter';

/** A card to cut out: whose it is, what it says, and a QR code. */
export interface Card {
  title: string;
  facts: readonly { label: string; value: string }[];
  /** The text of the QR code. */
  code: string;
  /** The text under the QR code. */
  codeNote: string;
}

export interface CardDocument {
  title: string;
  /** The school or the district; it is on each card. */
  owner: string;
  cards: readonly Card[];
  /** A text for each card, such as what to do if it is lost. */
  note: string;
  locale: Intl.Locale;
  paper: 'A4' | 'LETTER';
  generatedAt: Date;
}

const COLUMNS = 2;
const ROWS = 4;
/** What no printer leaves white, and what scissors need. */
const MARGIN = 28;
const PADDING = 14;
const BAND = 5;
/** 4.2 cm: the cameras of cheap laptops read it from the distance of an arm. */
const CODE_SIZE = 118;
const [TITLE_SIZE, VALUE_SIZE, SMALL_VALUE_SIZE, LABEL_SIZE, NOTE_SIZE] = [15, 12.5, 9, 7.5, 7];
const MAX_TITLE_LINES = 2;
/** Characters that the setting of text needs itself. */
const ALWAYS = '…\uFFFD';

function* samplesOf({ owner, note, cards }: CardDocument): Generator<TextSample> {
  for (const card of cards) {
    const plain = [owner, note, card.codeNote, ...card.facts.map(({ label }) => label)];
    for (const text of [ALWAYS, ...plain]) yield { text: printable(text), weight: 'regular' };
    for (const text of [ALWAYS, card.title, ...card.facts.map(({ value }) => value)])
      yield { text: printable(text), weight: 'bold' };
  }
}

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Dark squares of a QR code, each row in as few rectangles as possible. */
function drawCode(sheet: Sheet, text: string, x: number, y: number): void {
  // Level M: a fold or a stain may cost a seventh of the code.
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const unit = CODE_SIZE / modules.size;
  for (let row = 0; row < modules.size; row += 1) {
    let start: number | null = null;
    for (let column = 0; column <= modules.size; column += 1) {
      const isDark = column < modules.size && modules.get(row, column) === 1;
      if (isDark) start ??= column;
      else if (start !== null) {
        // A hair's breadth more, so that no white line shows between rows.
        sheet.doc.rect(x + start * unit, y + row * unit, (column - start) * unit, unit + 0.05);
        start = null;
      }
    }
  }
  sheet.doc.fill('#000000');
}

function drawEdges({ doc }: Sheet, { rule }: Palette, { x, y, width, height }: Place): void {
  doc.save().lineWidth(0.6).dash(3, { space: 3 }).rect(x, y, width, height).stroke(rule).restore();
}

function drawCard(sheet: Sheet, document: CardDocument, card: Card, place: Place): void {
  const { palette, type } = sheet;
  drawEdges(sheet, palette, place);
  sheet.fill(place.x + PADDING, place.y + PADDING, 34, BAND, palette.band);
  const codeX = place.x + place.width - PADDING - CODE_SIZE;
  const left = place.x + PADDING;
  const width = codeX - left - PADDING;
  const muted = { size: NOTE_SIZE, color: palette.muted };
  let y = place.y + PADDING + BAND + 7;
  type.line(type.fit(printable(document.owner), width, muted), left, y, muted);
  y += lineHeight(NOTE_SIZE) + 3;
  const title = { size: TITLE_SIZE, weight: 'bold', color: palette.heading } as const;
  const lines = type.wrap(printable(card.title), width, title);
  for (const [i, line] of lines.slice(0, MAX_TITLE_LINES).entries()) {
    const isCut = i === MAX_TITLE_LINES - 1 && lines.length > MAX_TITLE_LINES;
    type.line(isCut ? type.fit(`${line} ${lines[i + 1]}`, width, title) : line, left, y, title);
    y += lineHeight(TITLE_SIZE);
  }
  y += 5;
  for (const { label, value } of card.facts) {
    type.line(printable(label), left, y, { size: LABEL_SIZE, color: palette.muted });
    y += lineHeight(LABEL_SIZE) - 1;
    y += drawValue(sheet, printable(value), left, y, width) + 3;
  }
  const codeY = place.y + PADDING;
  drawCode(sheet, card.code, codeX, codeY);
  sheet.paragraph(printable(card.codeNote), codeX, codeY + CODE_SIZE + 5, CODE_SIZE, muted);
  const note = printable(document.note);
  const noteY =
    place.y + place.height - PADDING - type.wrap(note, width, muted).length * lineHeight(NOTE_SIZE);
  // What must be typed goes before what is good to know.
  if (y <= noteY) sheet.paragraph(note, left, noteY, width, muted);
}

/** Draws what somebody must type, whole: smaller if it is long, then over several lines. Returns its height. */
function drawValue(sheet: Sheet, value: string, x: number, y: number, width: number): number {
  const sizeOf = (size: number) => ({ size, weight: 'bold', color: sheet.palette.text }) as const;
  let size = VALUE_SIZE;
  while (size > SMALL_VALUE_SIZE && sheet.type.width(value, sizeOf(size)) > width) size -= 0.5;
  return Math.max(sheet.paragraph(value, x, y, width, sizeOf(size)), lineHeight(VALUE_SIZE));
}

/** Renders cards, eight to a page, as a PDF file. */
export async function renderCards(document: CardDocument, look: Look): Promise<Buffer> {
  const book = new FontBook(document.locale);
  await book.load(samplesOf(document));
  const doc = new PDFDocument({
    size: document.paper,
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.7',
    lang: document.locale.toString(),
    displayTitle: true,
    info: {
      ...{ Title: printable(document.title), Author: printable(document.owner) },
      ...{ Creator: 'Raptscallions', Producer: 'Raptscallions' },
      ...{ CreationDate: document.generatedAt, ModDate: document.generatedAt },
    },
  });
  const { primary, ...others } = look.colors;
  const palette = paletteOf({ primary, accents: [others.accent, others.secondary] });
  const sheet = new Sheet(doc, new Typesetter(doc, book, document.locale), palette);
  for (const [i, card] of document.cards.entries()) {
    const onPage = i % (COLUMNS * ROWS);
    if (onPage === 0) doc.addPage();
    const [width, height] = [(doc.page.width - 2 * MARGIN) / COLUMNS, (doc.page.height - 2 * MARGIN) / ROWS];
    const x = MARGIN + (onPage % COLUMNS) * width;
    const y = MARGIN + Math.floor(onPage / COLUMNS) * height;
    drawCard(sheet, document, card, { x, y, width, height });
  }
  doc.end();
  const chunks: Uint8Array[] = [];
  for await (const chunk of doc) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
