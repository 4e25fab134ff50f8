import type { MailKind } from './mails.types';

/** What the words are about. Names as their authors wrote them: whoever shows them escapes them. */
export interface TextParams {
  /** Whose account it is. */
  name: string;
  school: string;
  /** How the person signs in: `google`. */
  providers: readonly string[];
}

export interface MailTexts {
  subject(params: TextParams): string;
  /** One paragraph each. */
  body(params: TextParams): readonly string[];
  /** The words on the button, for a mail with a link. */
  button?: string;
  /** What stands below the link: for how long it works, and what to do if somebody else asked for it. */
  after?: readonly string[];
}

/** The mails that there are: those that are asked for, and the answer to people who have no password to forget. */
export type MailTextKind = MailKind | 'sign_in_method';

/** The words of one language. */
export interface Catalogue extends Record<MailTextKind, MailTexts> {
  greeting(name: string): string;
  /** Before the address, for readers whose program shows no buttons. */
  copyLink: string;
  /** Before the code, where no web client is known. */
  enterCode: string;
  /** Stands below every mail. */
  reason(school: string): string;
}

const PROVIDERS: Readonly<Record<string, string>> = {
  google: 'Google',
  microsoft: 'Microsoft',
  clever: 'Clever',
};

const en: Catalogue = {
  password_reset: {
    subject: () => 'Choose a new password',
    body: ({ school }) => [`Somebody asked for a new password for your account at ${school}.`],
    button: 'Choose a new password',
    after: [
      'The link works once, for 30 minutes.',
      'If you did not ask for it, do nothing: your password stays as it is.',
    ],
  },
  sign_in_method: {
    subject: () => 'How you sign in',
    body: ({ school, providers }) => [
      `Somebody asked for a new password for your account at ${school}.`,
      `Your account has no password. You sign in with ${namesOf(providers, 'your school account', ' or ')}.`,
      'If you did not ask for this, do nothing.',
    ],
  },
  password_changed: {
    subject: () => 'Your password was changed',
    body: ({ school }) => [
      `The password of your account at ${school} was changed. You were signed out everywhere else.`,
      'If it was not you, ask for a new password on the sign-in page now, and tell an administrator of your school.',
    ],
  },
  email_verification: {
    subject: () => 'Confirm your e-mail address',
    body: ({ school }) => [`Confirm that this is the e-mail address of your account at ${school}.`],
    button: 'Confirm this address',
    after: [
      'The link works once, for three days.',
      'If you did not create an account, do nothing: without your confirmation the account gets no access to a school.',
    ],
  },
  email_change: {
    subject: () => 'Confirm your new e-mail address',
    body: ({ school }) => [`Confirm that you want to use this address for your account at ${school}.`],
    button: 'Use this address',
    after: [
      'The link works once, for one day. Until then your old address stays.',
      'If you did not ask for it, do nothing.',
    ],
  },
  email_change_announced: {
    subject: () => 'Your e-mail address is being changed',
    body: ({ school }) => [
      `The e-mail address of your account at ${school} is being changed to another one. Mails will go there and no longer here.`,
      'If it was not you, change your password now: that stops a change which is not confirmed yet. Then tell an administrator of your school.',
    ],
  },
  account_setup: {
    subject: ({ school }) => `Your account at ${school}`,
    body: ({ school }) => [`${school} has made an account for you. Choose a password to begin.`],
    button: 'Choose a password',
    after: ['The link works once, for 14 days. After that, ask your school for another one.'],
  },
  greeting: (name) => `Hello ${name},`,
  copyLink: 'If the button does not work, copy this address into your browser:',
  enterCode: 'Enter this code in the app:',
  reason: (school) => `You get this because you have an account at ${school}.`,
};

const de: Catalogue = {
  password_reset: {
    subject: () => 'Ein neues Passwort wählen',
    body: ({ school }) => [`Für das Konto bei ${school} ist ein neues Passwort angefordert worden.`],
    button: 'Neues Passwort wählen',
    after: [
      'Der Link gilt einmal und 30 Minuten lang.',
      'Wer das nicht angefordert hat, braucht nichts zu tun: Das Passwort bleibt, wie es ist.',
    ],
  },
  sign_in_method: {
    subject: () => 'So funktioniert die Anmeldung',
    body: ({ school, providers }) => [
      `Für das Konto bei ${school} ist ein neues Passwort angefordert worden.`,
      `Das Konto hat kein Passwort. Die Anmeldung geht über ${namesOf(providers, 'das Schulkonto', ' oder ')}.`,
      'Wer das nicht angefordert hat, braucht nichts zu tun.',
    ],
  },
  password_changed: {
    subject: () => 'Das Passwort ist geändert worden',
    body: ({ school }) => [
      `Das Passwort des Kontos bei ${school} ist geändert worden. Alle anderen Anmeldungen sind beendet.`,
      'War das jemand anderes? Dann bitte sofort auf der Anmeldeseite ein neues Passwort anfordern und der Schule Bescheid geben.',
    ],
  },
  email_verification: {
    subject: () => 'Die E-Mail-Adresse bestätigen',
    body: ({ school }) => [`Bitte bestätigen, dass diese E-Mail-Adresse zum Konto bei ${school} gehört.`],
    button: 'Adresse bestätigen',
    after: [
      'Der Link gilt einmal und drei Tage lang.',
      'Wer kein Konto angelegt hat, braucht nichts zu tun: Ohne Bestätigung bekommt das Konto keinen Zugang zu einer Schule.',
    ],
  },
  email_change: {
    subject: () => 'Die neue E-Mail-Adresse bestätigen',
    body: ({ school }) => [`Bitte bestätigen, dass das Konto bei ${school} diese Adresse bekommen soll.`],
    button: 'Diese Adresse verwenden',
    after: [
      'Der Link gilt einmal und einen Tag lang. Bis dahin bleibt die alte Adresse.',
      'Wer das nicht angefordert hat, braucht nichts zu tun.',
    ],
  },
  email_change_announced: {
    subject: () => 'Die E-Mail-Adresse wird geändert',
    body: ({ school }) => [
      `Die E-Mail-Adresse des Kontos bei ${school} wird geändert. Mails gehen dann dorthin und nicht mehr hierher.`,
      'War das jemand anderes? Dann bitte sofort das Passwort ändern: Das hält eine Änderung auf, die noch nicht bestätigt ist. Danach bitte der Schule Bescheid geben.',
    ],
  },
  account_setup: {
    subject: ({ school }) => `Das Konto bei ${school}`,
    body: ({ school }) => [`${school} hat ein Konto angelegt. Zum Anfangen bitte ein Passwort wählen.`],
    button: 'Passwort wählen',
    after: ['Der Link gilt einmal und 14 Tage lang. Danach gibt die Schule einen neuen.'],
  },
  greeting: (name) => `Guten Tag ${name},`,
  copyLink: 'Falls der Knopf nicht funktioniert, diese Adresse in den Browser kopieren:',
  enterCode: 'Diesen Code in der App eingeben:',
  reason: (school) => `Diese Mail kommt, weil es ein Konto bei ${school} gibt.`,
};

function namesOf(providers: readonly string[], other: string, or: string): string {
  return [...new Set(providers.map((provider) => PROVIDERS[provider] ?? other))].join(or);
}

const CATALOGUES: Readonly<Record<string, Catalogue>> = { en, de };

/** The words of the language of a tag such as `de-AT`; English for a language that we do not speak. */
export function catalogueOf(locale: string): Catalogue {
  return CATALOGUES[locale.split('-', 1)[0]?.toLowerCase() ?? ''] ?? en;
}
