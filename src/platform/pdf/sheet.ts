import type { Palette } from './palette';
import { type Doc, lineHeight, type TextStyle, type Typesetter } from './typesetter';

/** Margins in points (28 to the centimetre): what every printer can print. */
const MARGIN = { left: 48, right: 48, top: 62, bottom: 56 };

/** The pages as they fill up: where the next thing goes, and whether it still fits. */
export class Sheet {
  /** Where the next thing begins. */
  y = MARGIN.top;

  constructor(
    readonly doc: Doc,
    readonly type: Typesetter,
    readonly palette: Palette,
  ) {}

  readonly left = MARGIN.left;

  get right(): number {
    return this.doc.page.width - MARGIN.right;
  }

  get width(): number {
    return this.right - this.left;
  }

  /** The lower edge of the pages. */
  get bottom(): number {
    return this.doc.page.height - MARGIN.bottom;
  }

  /** The space left on this page. */
  get room(): number {
    return this.bottom - this.y;
  }

  /** The space on a new page. */
  get pageRoom(): number {
    return this.bottom - MARGIN.top;
  }

  nextPage(): void {
    this.doc.addPage();
    this.y = MARGIN.top;
  }

  /** Goes to the next page unless this height fits on the current one. */
  ensure(height: number): void {
    if (height > this.room && this.y > MARGIN.top) this.nextPage();
  }

  get text(): (size: number, more?: Partial<TextStyle>) => TextStyle {
    return (size, more) => ({ size, color: this.palette.text, ...more });
  }

  /** Draws text over as many lines as it needs, from `y` on. Returns its height. */
  paragraph(text: string, x: number, y: number, width: number, style: TextStyle): number {
    const lines = this.type.wrap(text, width, style);
    for (const [i, line] of lines.entries())
      this.type.line(line, x, y + i * lineHeight(style.size), { ...style, direction: 'ltr' });
    return lines.length * lineHeight(style.size);
  }

  fill(x: number, y: number, width: number, height: number, color: string): void {
    this.doc.rect(x, y, width, height).fill(color);
  }

  rule(x1: number, y1: number, x2: number, y2: number, color = this.palette.rule, thickness = 0.6): void {
    this.doc.lineWidth(thickness).moveTo(x1, y1).lineTo(x2, y2).stroke(color);
  }
}
