import type { MailKind } from './mails.types';

/** The values in the texts. Names are as their authors wrote them, so escape them where they are shown. */
export interface TextParams {
  /** The owner of the account. */
  name: string;
  school: string;
  /** How the person signs in: `google`. */
  providers: readonly string[];
  /** The group or class of an invitation. */
  place: string;
  /** The role that an invitation gives. */
  role: string;
  /** Who invites; null if the account is gone. */
  inviter: string | null;
}

export interface MailTexts {
  subject(params: TextParams): string;
  /** One text per paragraph. */
  body(params: TextParams): readonly string[];
  /** The text of the button, for a mail with a link. */
  button?: string;
  /** The text below the link: how long it works, and what to do if another person requested it. */
  after?: readonly string[];
}

/** The kinds of mails: the requested ones, and the answer to people who have no password. */
export type MailTextKind = MailKind | 'sign_in_method';

/** The texts of one language. */
export interface Catalogue extends Record<MailTextKind, MailTexts> {
  greeting(name: string): string;
  /** Before the address, for readers whose program shows no buttons. */
  copyLink: string;
  /** Before the code, if there is no web client. */
  enterCode: string;
  /** The last line of every mail. */
  reason(school: string): string;
  /** The same below an invitation. */
  invitationReason(school: string): string;
}

const PROVIDERS: Readonly<Record<string, string>> = {
  google: 'Google',
  microsoft: 'Microsoft',
  clever: 'Clever',
};

const ROLES_EN: Readonly<Record<string, string>> = {
  admin: 'an administrator',
  teacher: 'a teacher',
  assistant: 'an assistant',
  staff: 'a member of the staff',
  student: 'a student',
  guardian: 'a guardian',
};
const ROLES_DE: Readonly<Record<string, string>> = {
  admin: 'Verwaltung',
  teacher: 'Lehrkraft',
  assistant: 'Assistenz',
  staff: 'Personal',
  student: 'Lernende',
  guardian: 'Erziehungsberechtigte',
};

const en: Catalogue = {
  password_reset: {
    subject: () => 'Choose a new password',
    body: ({ school }) => [`A new password was requested for your account at ${school}.`],
    button: 'Choose a new password',
    after: [
      'It works once, for 30 minutes.',
      'If you did not request it, you do not have to do anything. Your password stays the same.',
    ],
  },
  sign_in_method: {
    subject: () => 'How you sign in',
    body: ({ school, providers }) => [
      `A new password was requested for your account at ${school}.`,
      `Your account has no password. You sign in with ${namesOf(providers, 'your school account', ' or ')}.`,
      'If you did not ask for this, do nothing.',
    ],
  },
  password_changed: {
    subject: () => 'Your password was changed',
    body: ({ school }) => [
      `The password of your account at ${school} was changed. You were signed out everywhere else.`,
      'If it was not you, request a new password on the sign-in page now, and inform an administrator of your school.',
    ],
  },
  email_verification: {
    subject: () => 'Confirm your e-mail address',
    body: ({ school }) => [`Confirm that this is the e-mail address of your account at ${school}.`],
    button: 'Confirm this address',
    after: [
      'It works once, for three days.',
      'If you did not create an account, do nothing: without your confirmation the account gets no access to a school.',
    ],
  },
  email_change: {
    subject: () => 'Confirm your new e-mail address',
    body: ({ school }) => [`Confirm that you want to use this address for your account at ${school}.`],
    button: 'Use this address',
    after: [
      'It works once, for one day. Until then your old address stays.',
      'If you did not ask for it, do nothing.',
    ],
  },
  email_change_announced: {
    subject: () => 'Your e-mail address is being changed',
    body: ({ school }) => [
      `The e-mail address of your account at ${school} is being changed to another one. Mails will go there and no longer here.`,
      'If it was not you, change your password now. This stops a change that is not confirmed yet. Then inform an administrator of your school.',
    ],
  },
  account_setup: {
    subject: ({ school }) => `Your account at ${school}`,
    body: ({ school }) => [`${school} has created an account for you. Choose a password to begin.`],
    button: 'Choose a password',
    after: ['It works once, for 14 days. After that, ask your school for another one.'],
  },
  invitation: {
    subject: ({ place }) => `Invitation to ${place}`,
    body: ({ inviter, place, role, school }) => [
      `${inviter ?? 'Your school'} invites you to ${place} at ${school}, as ${ROLES_EN[role] ?? role}.`,
    ],
    button: 'Open the invitation',
    after: ['If you did not expect this invitation, do nothing. You become a member only if you accept it.'],
  },
  greeting: (name) => (name === '' ? 'Hello,' : `Hello ${name},`),
  copyLink: 'If the button does not work, copy this address into your browser:',
  enterCode: 'Enter this code in the app:',
  reason: (school) => `You get this because you have an account at ${school}.`,
  invitationReason: (school) => `You get this because ${school} has invited this address.`,
};

const de: Catalogue = {
  password_reset: {
    subject: () => 'Neues Passwort festlegen',
    body: ({ school }) => [`Für Ihr Konto bei ${school} wurde ein neues Passwort angefordert.`],
    button: 'Neues Passwort festlegen',
    after: [
      'Gültig 30 Minuten lang und für eine einmalige Verwendung.',
      'Wenn Sie das nicht angefordert haben, brauchen Sie nichts zu tun. Ihr Passwort bleibt unverändert.',
    ],
  },
  sign_in_method: {
    subject: () => 'So melden Sie sich an',
    body: ({ school, providers }) => [
      `Für Ihr Konto bei ${school} wurde ein neues Passwort angefordert.`,
      `Ihr Konto hat kein Passwort. Sie melden sich über ${namesOf(providers, 'das Schulkonto', ' oder ')} an.`,
      'Wenn Sie das nicht angefordert haben, brauchen Sie nichts zu tun.',
    ],
  },
  password_changed: {
    subject: () => 'Ihr Passwort wurde geändert',
    body: ({ school }) => [
      `Das Passwort Ihres Kontos bei ${school} wurde geändert. Auf allen anderen Geräten wurden Sie abgemeldet.`,
      'Wenn Sie das nicht waren, fordern Sie bitte sofort auf der Anmeldeseite ein neues Passwort an und geben Sie Ihrer Schule Bescheid.',
    ],
  },
  email_verification: {
    subject: () => 'E-Mail-Adresse bestätigen',
    body: ({ school }) => [
      `Bitte bestätigen Sie, dass diese E-Mail-Adresse zu Ihrem Konto bei ${school} gehört.`,
    ],
    button: 'Adresse bestätigen',
    after: [
      'Gültig drei Tage lang und für eine einmalige Verwendung.',
      'Wenn Sie kein Konto angelegt haben, brauchen Sie nichts zu tun. Ohne Bestätigung erhält das Konto keinen Zugang zu einer Schule.',
    ],
  },
  email_change: {
    subject: () => 'Neue E-Mail-Adresse bestätigen',
    body: ({ school }) => [
      `Bitte bestätigen Sie, dass Sie diese Adresse für Ihr Konto bei ${school} verwenden möchten.`,
    ],
    button: 'Diese Adresse verwenden',
    after: [
      'Gültig einen Tag lang und für eine einmalige Verwendung. Bis zur Bestätigung bleibt Ihre alte Adresse gültig.',
      'Wenn Sie das nicht angefordert haben, brauchen Sie nichts zu tun.',
    ],
  },
  email_change_announced: {
    subject: () => 'Ihre E-Mail-Adresse wird geändert',
    body: ({ school }) => [
      `Die E-Mail-Adresse Ihres Kontos bei ${school} wird geändert. E-Mails gehen danach an die neue Adresse und nicht mehr an diese.`,
      'Wenn Sie das nicht waren, ändern Sie bitte sofort Ihr Passwort. Eine noch nicht bestätigte Änderung wird damit verhindert. Geben Sie danach Ihrer Schule Bescheid.',
    ],
  },
  account_setup: {
    subject: ({ school }) => `Ihr Konto bei ${school}`,
    body: ({ school }) => [`${school} hat ein Konto für Sie angelegt. Bitte legen Sie ein Passwort fest.`],
    button: 'Passwort wählen',
    after: [
      'Gültig 14 Tage lang und für eine einmalige Verwendung. Danach kann Ihre Schule Ihnen eine neue Einladung schicken.',
    ],
  },
  invitation: {
    subject: ({ place }) => `Einladung: ${place}`,
    body: ({ inviter, place, role, school }) => [
      `${inviter ?? 'Ihre Schule'} lädt Sie in „${place}“ (${school}) ein. Ihre Rolle: ${ROLES_DE[role] ?? role}.`,
    ],
    button: 'Einladung öffnen',
    after: [
      'Wenn Sie diese Einladung nicht erwartet haben, brauchen Sie nichts zu tun. Sie werden erst Mitglied, wenn Sie sie annehmen.',
    ],
  },
  greeting: (name) => (name === '' ? 'Guten Tag,' : `Guten Tag ${name},`),
  copyLink: 'Falls die Schaltfläche nicht funktioniert, kopieren Sie bitte diese Adresse in Ihren Browser:',
  enterCode: 'Bitte geben Sie diesen Code in der App ein:',
  reason: (school) => `Sie erhalten diese E-Mail, weil Sie ein Konto bei ${school} haben.`,
  invitationReason: (school) => `Sie erhalten diese E-Mail, weil Sie von ${school} eingeladen wurden.`,
};

function namesOf(providers: readonly string[], other: string, or: string): string {
  return [...new Set(providers.map((provider) => PROVIDERS[provider] ?? other))].join(or);
}

const CATALOGUES: Readonly<Record<string, Catalogue>> = { en, de };

/** Returns the texts for a language tag such as `de-AT`; English for a language without texts. */
export function catalogueOf(locale: string): Catalogue {
  return CATALOGUES[locale.split('-', 1)[0]?.toLowerCase() ?? ''] ?? en;
}
