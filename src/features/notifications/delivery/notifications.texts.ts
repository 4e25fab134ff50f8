import type { NotificationEvent } from '../notifications.events';

/** The values in the texts. Names are as their authors wrote them, so escape them where they are shown. */
export interface TextParams {
  /** The title of the assignment. */
  title: string;
  className: string;
  /** When it is due, written out in the language; null if there is no date. */
  due: string | null;
  /** Whether it is the work of the reader's child. */
  isGuardian: boolean;
}

interface EventTexts {
  subject(params: TextParams): string;
  body(params: TextParams): string;
}

/** The texts of one language. */
export interface Catalogue extends Record<NotificationEvent, EventTexts> {
  open: string;
  digestSubject(count: number): string;
  digestBody: string;
  /** The last line of every mail. */
  reason(school: string): string;
  unsubscribe: string;
  unsubscribePage: { title: string; question: string; button: string; done: string };
}

const en: Catalogue = {
  'assignment.published': {
    subject: ({ title }) => `New assignment: ${title}`,
    body: ({ title, className, due }) =>
      `There is a new assignment in ${className}: ${title}.${due === null ? '' : ` It is due ${due}.`}`,
  },
  'assignment.due_soon': {
    subject: ({ title }) => `Due soon: ${title}`,
    body: ({ title, className, due }) =>
      `${title} in ${className} is due ${due ?? 'soon'}, and you have not handed it in yet.`,
  },
  'submission.submitted': {
    subject: ({ title }) => `Handed in: ${title}`,
    body: ({ title, className }) => `A student of ${className} has handed in work for ${title}.`,
  },
  'submission.auto_submitted': {
    subject: ({ title }) => `Handed in for you: ${title}`,
    body: ({ title, className }) =>
      `The time for ${title} in ${className} was up. Your work as it was has been handed in for you.`,
  },
  'submission.returned': {
    subject: ({ title }) => `Returned: ${title}`,
    body: ({ title, className, isGuardian }) =>
      isGuardian
        ? `Your child's work for ${title} in ${className} has been returned.`
        : `Your work for ${title} in ${className} has been returned to you.`,
  },
  'export.ready': {
    subject: () => 'Your export is ready',
    body: () => 'The file that you asked for is ready. It is kept for a few days.',
  },
  'ai.quota_exhausted': {
    subject: () => 'The AI service has no credit left',
    body: () =>
      'The account with the AI provider has no credit left, so AI tools cannot answer. Add credit, or connect another account.',
  },
  'ai.misconfigured': {
    subject: () => 'The AI service needs your attention',
    body: () =>
      'The AI provider does not accept the key, a model or one of its parameters, so AI tools cannot answer. Check the models. The server log shows what was refused.',
  },
  open: 'Open',
  digestSubject: (count) => `${count} ${count === 1 ? 'notification' : 'notifications'} today`,
  digestBody: 'What has happened since the last mail:',
  reason: (school) => `You get this because you belong to ${school}.`,
  unsubscribe: 'Unsubscribe from these mails',
  unsubscribePage: {
    title: 'Unsubscribe',
    question: 'Do you want to unsubscribe from mails of this kind?',
    button: 'Unsubscribe from these mails',
    done: 'You have unsubscribed from mails of this kind.',
  },
};

const de: Catalogue = {
  'assignment.published': {
    subject: ({ title }) => `Neue Aufgabe: ${title}`,
    body: ({ title, className, due }) =>
      `In ${className} gibt es eine neue Aufgabe: ${title}.${due === null ? '' : ` Abgabe: ${due}.`}`,
  },
  'assignment.due_soon': {
    subject: ({ title }) => `Bald fällig: ${title}`,
    body: ({ title, className, due }) =>
      `${title} in ${className} ist ${due === null ? 'bald' : `am ${due}`} fällig und noch nicht abgegeben.`,
  },
  'submission.submitted': {
    subject: ({ title }) => `Abgegeben: ${title}`,
    body: ({ title, className }) => `Jemand aus ${className} hat eine Arbeit zu ${title} abgegeben.`,
  },
  'submission.auto_submitted': {
    subject: ({ title }) => `Automatisch abgegeben: ${title}`,
    body: ({ title, className }) =>
      `Die Zeit für ${title} in ${className} ist abgelaufen. Die Arbeit ist so abgegeben worden, wie sie war.`,
  },
  'submission.returned': {
    subject: ({ title }) => `Zurückgegeben: ${title}`,
    body: ({ title, className, isGuardian }) =>
      isGuardian
        ? `Die Arbeit Ihres Kindes zu ${title} in ${className} ist zurückgegeben worden.`
        : `Die Arbeit zu ${title} in ${className} ist zurückgegeben worden.`,
  },
  'export.ready': {
    subject: () => 'Der Export ist fertig',
    body: () => 'Die gewünschte Datei ist fertig. Sie wird einige Tage aufbewahrt.',
  },
  'ai.quota_exhausted': {
    subject: () => 'Das Guthaben für den KI-Dienst ist aufgebraucht',
    body: () =>
      'Das Konto beim Anbieter der KI hat kein Guthaben mehr; KI-Werkzeuge geben deshalb keine Antworten. Bitte Guthaben aufladen oder ein anderes Konto verbinden.',
  },
  'ai.misconfigured': {
    subject: () => 'Der KI-Dienst braucht Aufmerksamkeit',
    body: () =>
      'Der Anbieter der KI nimmt den Schlüssel, ein Modell oder einen seiner Parameter nicht an; KI-Werkzeuge geben deshalb keine Antworten. Bitte die Modelle prüfen; das Protokoll des Servers nennt, was abgelehnt wurde.',
  },
  open: 'Öffnen',
  digestSubject: (count) => `${count} ${count === 1 ? 'Benachrichtigung' : 'Benachrichtigungen'} von heute`,
  digestBody: 'Was seit der letzten Mail geschehen ist:',
  reason: (school) => `Diese Mail kommt, weil eine Mitgliedschaft bei ${school} besteht.`,
  unsubscribe: 'Keine Mails dieser Art mehr',
  unsubscribePage: {
    title: 'Abbestellen',
    question: 'Sollen keine Mails dieser Art mehr kommen?',
    button: 'Keine Mails dieser Art mehr',
    done: 'Mails dieser Art kommen nicht mehr.',
  },
};

const CATALOGUES: Readonly<Record<string, Catalogue>> = { en, de };

/** Returns the texts for a language tag such as `de-AT`; English for a language without texts. */
export function catalogueOf(locale: string): Catalogue {
  return CATALOGUES[locale.split('-', 1)[0]?.toLowerCase() ?? ''] ?? en;
}
