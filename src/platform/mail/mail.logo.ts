/** The content id by which the HTML of a mail names the image in it. */
export const LOGO_ID = 'logo';

export interface MailLogo {
  content: Buffer;
  contentType: 'image/png' | 'image/jpeg';
  fileName: string;
}

/** The first bytes of files of the two types. */
const SIGNATURES = { png: '89504e470d0a1a0a', jpeg: 'ffd8ff' } as const;

/**
 * Returns the image of a theme's data URL for a mail. Returns null if it is no image, or not of the stated
 * type, because mail filters distrust those. Themes allow small images only, so that a mail stays small.
 * Pure.
 */
export function mailLogoOf(dataUrl: string | null): MailLogo | null {
  const [, type, base64] = /^data:image\/(png|jpeg);base64,([A-Za-z0-9+/]+=*)$/.exec(dataUrl ?? '') ?? [];
  if ((type !== 'png' && type !== 'jpeg') || base64 === undefined) return null;
  const content = Buffer.from(base64, 'base64');
  if (!content.toString('hex', 0, 8).startsWith(SIGNATURES[type])) return null;
  return { content, contentType: `image/${type}`, fileName: `logo.${type}` };
}
