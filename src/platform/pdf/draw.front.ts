import type { Figure, Look, ReportDocument } from './blocks';
import type { Sheet } from './sheet';
import { lineHeight, printable } from './typesetter';

const TITLE_SIZE = 21;
const SUBTITLE_SIZE = 12;
const FACT_SIZE = 9;
const SMALL = 7.5;
/** The largest size of a logo, whatever its shape. */
const LOGO = { width: 150, height: 46 };
const BAND_HEIGHT = 7;
const TOP = 28;
const TILE_GAP = 10;
const TILE_HEIGHT = 52;
const TILES_A_ROW = 4;
const AFTER = 20;

/** Opens a logo; null if the file cannot be drawn. */
function openLogo({ doc }: Sheet, logo: Buffer): { width: number; height: number } | null {
  try {
    // Opening reads the size; a truncated file or one that is no image fails here.
    const { width, height } = (
      doc as unknown as { openImage(src: Buffer): { width: number; height: number } }
    ).openImage(logo);
    const scale = Math.min(LOGO.width / width, LOGO.height / height);
    return { width: width * scale, height: height * scale };
  } catch {
    return null;
  }
}

/** Draws the top of the first page: the school with its colours and logo, the title and the period. */
export function drawFront(sheet: Sheet, document: ReportDocument, look: Look): void {
  const { doc, type, palette } = sheet;
  sheet.fill(0, 0, doc.page.width, BAND_HEIGHT, palette.band);
  sheet.y = TOP;
  const size = look.logo === null ? null : openLogo(sheet, look.logo);
  if (size !== null) doc.image(look.logo as Buffer, sheet.right - size.width, TOP, size);
  const width = sheet.width - (size === null ? 0 : size.width + 16);
  const owner = type.fit(printable(document.owner), width, { size: SUBTITLE_SIZE - 1, weight: 'bold' });
  type.line(owner, sheet.left, sheet.y, {
    size: SUBTITLE_SIZE - 1,
    weight: 'bold',
    color: palette.muted,
    direction: 'ltr',
  });
  sheet.y += lineHeight(SUBTITLE_SIZE - 1) + 10;
  const title = { size: TITLE_SIZE, weight: 'bold' as const, color: palette.heading };
  sheet.y += sheet.paragraph(printable(document.title), sheet.left, sheet.y, width, title);
  sheet.y = Math.max(sheet.y, TOP + (size?.height ?? 0) + 4);
  const subtitle = { size: SUBTITLE_SIZE, color: palette.text };
  sheet.y += sheet.paragraph(printable(document.subtitle), sheet.left, sheet.y, sheet.width, subtitle) + 8;
  drawFacts(sheet, document.facts);
  sheet.rule(sheet.left, sheet.y, sheet.right, sheet.y);
  sheet.y += 14;
}

function drawFacts(sheet: Sheet, facts: ReportDocument['facts']): void {
  const { type, palette } = sheet;
  const label = { size: FACT_SIZE, color: palette.muted };
  const labelWidth = Math.max(0, ...facts.map((fact) => type.width(fact.label, label))) + 12;
  for (const fact of facts) {
    type.line(fact.label, sheet.left, sheet.y, label);
    const value = { size: FACT_SIZE, color: palette.text };
    sheet.y +=
      sheet.paragraph(
        printable(fact.value),
        sheet.left + labelWidth,
        sheet.y,
        sheet.width - labelWidth,
        value,
      ) + 2;
  }
  sheet.y += 8;
}

/** Draws the figures as tiles in rows of four. */
export function drawFigures(sheet: Sheet, figures: readonly Figure[]): void {
  const { type, palette } = sheet;
  const width = (sheet.width - TILE_GAP * (TILES_A_ROW - 1)) / TILES_A_ROW;
  for (let at = 0; at < figures.length; at += TILES_A_ROW) {
    sheet.ensure(TILE_HEIGHT);
    for (const [i, { label, value, detail }] of figures.slice(at, at + TILES_A_ROW).entries()) {
      const x = sheet.left + i * (width + TILE_GAP);
      sheet.fill(x, sheet.y, width, TILE_HEIGHT, palette.tint);
      sheet.fill(x, sheet.y, 2.5, TILE_HEIGHT, palette.band);
      const inner = width - 18;
      const small = { size: SMALL, color: palette.muted };
      type.line(type.fit(label, inner, small), x + 11, sheet.y + 6, small);
      const large = { size: 15, weight: 'bold' as const, color: palette.heading };
      type.line(type.fit(value, inner, large), x + 11, sheet.y + 16, large);
      if (detail !== undefined) type.line(type.fit(detail, inner, small), x + 11, sheet.y + 37, small);
    }
    sheet.y += TILE_HEIGHT + TILE_GAP;
  }
  sheet.y += AFTER - TILE_GAP;
}

/** Draws the head and foot of each page after the number of pages is known. */
export function drawRunningText(sheet: Sheet, document: ReportDocument): void {
  const { doc, type, palette } = sheet;
  const small = { size: SMALL, color: palette.muted, direction: 'ltr' as const };
  const { start, count } = doc.bufferedPageRange();
  for (let i = 0; i < count; i += 1) {
    doc.switchToPage(start + i);
    if (i > 0) {
      sheet.fill(0, 0, doc.page.width, BAND_HEIGHT / 2, palette.band);
      const half = sheet.width / 2 - 10;
      type.line(type.fit(printable(document.title), half, small), sheet.left, TOP, small);
      const owner = type.fit(printable(document.owner), half, small);
      type.line(owner, sheet.right, TOP, { ...small, align: 'right' });
      sheet.rule(sheet.left, TOP + 14, sheet.right, TOP + 14, palette.rule, 0.4);
    }
    const y = sheet.bottom + 18;
    sheet.rule(sheet.left, y - 6, sheet.right, y - 6, palette.rule, 0.4);
    const number = document.pageNumber(i + 1, count);
    type.line(number, sheet.right, y, { ...small, align: 'right' });
    type.line(type.fit(document.foot, sheet.width - 80, small), sheet.left, y, small);
  }
}
