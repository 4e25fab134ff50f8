import { z } from 'zod';
import { prose, recordOf, text, webAddress } from '../../../http/schemas';
import type { JsonObject } from '../../../shared/json';
import { isStorableJson } from '../../../shared/text';
import type { Theme } from '../groups.types';
import { depthOfJson } from './groups.merge';

/** A theme is read with every page that shows a group, so it must stay small. */
const MAX_THEME_BYTES = 64 * 1024;
/** A logo of 30 KB in base64: half of a theme's maximum size. */
const MAX_IMAGE_CHARACTERS = 40_000;
const MAX_CUSTOM_BYTES = 16 * 1024;
const MAX_CUSTOM_DEPTH = 8;
const MAX_COLORS = 64;
const MAX_STRINGS = 200;
const MAX_LOCALES = 40;

const hexColor = () =>
  z.string().regex(/^#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$/, {
    message: 'is not a colour such as #1d4ed8',
  });
const key = () =>
  z.string().regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,59}$/, { message: 'is not a name of letters, digits, _ and -' });
const localeTag = () =>
  z
    .string()
    .regex(/^[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8}){0,3}$/, { message: 'is not a language tag such as en-US' });
/** A greeting may have several lines. */
const themeText = () => prose(1, 2_000).trim();
/** A browser shows it, so its address must not run code there. */
const imageUrl = () => webAddress(/^https$/, 'is not an https address');

/**
 * An image inside the theme, for documents that may not fetch anything. The first bytes must match its
 * type; the drawing code checks the rest.
 */
const imageData = () =>
  z
    .string()
    .max(MAX_IMAGE_CHARACTERS)
    .regex(/^data:image\/(?:png;base64,iVBORw0KGgo|jpeg;base64,\/9j\/)[A-Za-z0-9+/]+={0,2}$/, {
      message: 'is not a data URL of a PNG or JPEG image',
    });

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
/** The shape of a theme; `leaf` wraps values that a patch may set to null. */
function themeOf(leaf: <S extends z.ZodType>(schema: S) => z.ZodType) {
  const localized = recordOf(localeTag(), leaf(themeText()), MAX_LOCALES);
  return z
    .strictObject({
      colors: leaf(recordOf(key(), leaf(hexColor()), MAX_COLORS))
        .optional()
        .describe('Colours by name: primary, secondary, background, text…'),
      logo: leaf(
        z.strictObject({
          url: leaf(imageUrl()).optional(),
          alt: leaf(text(1, 200)).optional(),
          image: leaf(imageData())
            .optional()
            .describe(
              'The logo itself as a data URL (PNG or JPEG), for PDF reports, because reports fetch nothing.',
            ),
        }),
      ).optional(),
      fonts: leaf(
        z.strictObject({
          heading: leaf(text(1, 200)).optional(),
          body: leaf(text(1, 200)).optional(),
          mono: leaf(text(1, 200)).optional(),
        }),
      ).optional(),
      strings: leaf(recordOf(key(), leaf(z.union([themeText(), localized])), MAX_STRINGS))
        .optional()
        .describe('Texts by name: one text for all languages, or one per language tag.'),
      custom: leaf(
        z
          .record(z.string().min(1).max(200), z.unknown())
          .refine(isStorableJson, { message: 'contains a character that cannot be stored' })
          .refine((value) => depthOfJson(value) <= MAX_CUSTOM_DEPTH, {
            message: `is nested deeper than ${MAX_CUSTOM_DEPTH} levels`,
          })
          .refine((value) => bytesOf(value) <= MAX_CUSTOM_BYTES, {
            message: `is larger than ${MAX_CUSTOM_BYTES} bytes`,
          }),
      )
        .optional()
        .describe('Free data for clients.'),
    })
    .refine((value) => bytesOf(value) <= MAX_THEME_BYTES, {
      message: `is larger than ${MAX_THEME_BYTES} bytes`,
    });
}

export const ThemeSchema = themeOf((schema) => schema).meta({ id: 'Theme' }) as z.ZodType<Theme>;
/** A JSON merge patch of a theme: null removes a key. */
export const ThemePatchSchema = themeOf((schema) => schema.nullable()).meta({
  id: 'ThemePatch',
}) as z.ZodType<JsonObject>;
