import type { ColumnType } from '../exports.types';
import { concatenated, type TableFormatter } from './exports.format';

/** The database writes these types as JSON already. */
const IS_JSON: ReadonlySet<ColumnType> = new Set(['integer', 'number', 'boolean', 'json']);

/** One JSON object per line with every column; null if there is no value. */
export const ndjson: TableFormatter = {
  contentType: 'application/x-ndjson; charset=utf-8',
  extension: 'ndjson',
  sheetRows: null,
  part: (columns, rows) => {
    const fields = columns.map(({ name, type }, i) => ({
      opening: `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`,
      isJson: IS_JSON.has(type),
    }));
    const lines = rows.map((cells) => {
      let text = '';
      for (const [i, { opening, isJson }] of fields.entries()) {
        const cell = cells[i] ?? null;
        text += opening + (cell === null || isJson ? cell : JSON.stringify(cell));
      }
      return `${text}}\n`;
    });
    return { bytes: Buffer.from(lines.join('')), cutTexts: 0 };
  },
  assemble: (parts) => concatenated(parts),
};
