/** By which the HTML of a mail names the image in it. */
export const LOGO_ID = 'logo';

export interface MailLogo {
  content: Buffer;
  contentType: 'image/png' | 'image/jpeg';
  fileName: string;
}

/** How files of the two kinds begin. */
const SIGNATURES = { png: '89504e470d0a1a0a', jpeg: 'ffd8ff' } as const;

/**
 * The image of a theme's data URL for a mail, or null where it is none, or not of the kind that it says: mail filters
 * distrust those. Themes take small images only, so that a mail stays one. Pure.
 */
export function logoOf(dataUrl: string | null): MailLogo | null {
  const [, type, base64] = /^data:image\/(png|jpeg);base64,([A-Za-z0-9+/]+=*)$/.exec(dataUrl ?? '') ?? [];
  if ((type !== 'png' && type !== 'jpeg') || base64 === undefined) return null;
  const content = Buffer.from(base64, 'base64');
  if (!content.toString('hex', 0, 8).startsWith(SIGNATURES[type])) return null;
  return { content, contentType: `image/${type}`, fileName: `logo.${type}` };
}
