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
      `Für ${className} gibt es eine neue Aufgabe: ${title}.${due === null ? '' : ` Abgabetermin: ${due}.`}`,
  },
  'assignment.due_soon': {
    subject: ({ title }) => `Abgabe steht bevor: ${title}`,
    body: ({ title, className, due }) =>
      `Die Aufgabe „${title}“ (${className}) ist noch nicht abgegeben. ` +
      (due === null ? 'Sie muss bald abgegeben werden.' : `Abgabetermin: ${due}.`),
  },
  'submission.submitted': {
    subject: ({ title }) => `Neue Abgabe: ${title}`,
    body: ({ title, className }) => `Zur Aufgabe „${title}“ (${className}) wurde eine Arbeit abgegeben.`,
  },
  'submission.auto_submitted': {
    subject: ({ title }) => `Automatisch abgegeben: ${title}`,
    body: ({ title, className }) =>
      `Die Zeit für die Aufgabe „${title}“ (${className}) ist abgelaufen. Der letzte Stand der Arbeit wurde automatisch abgegeben.`,
  },
  'submission.returned': {
    subject: ({ title }) => `Zurückgegeben: ${title}`,
    body: ({ title, className, isGuardian }) =>
      isGuardian
        ? `Die Arbeit Ihres Kindes zur Aufgabe „${title}“ (${className}) wurde zurückgegeben.`
        : `Die Arbeit zur Aufgabe „${title}“ (${className}) wurde zurückgegeben.`,
  },
  'export.ready': {
    subject: () => 'Der Export ist fertig',
    body: () =>
      'Die angeforderte Datei steht zum Herunterladen bereit. Sie wird nach einigen Tagen gelöscht.',
  },
  'ai.quota_exhausted': {
    subject: () => 'Das Guthaben für den KI-Dienst ist aufgebraucht',
    body: () =>
      'Das Konto beim KI-Anbieter hat kein Guthaben mehr. Die KI-Werkzeuge können deshalb nicht antworten. Bitte laden Sie das Guthaben auf oder verbinden Sie ein anderes Konto.',
  },
  'ai.misconfigured': {
    subject: () => 'Der KI-Dienst muss überprüft werden',
    body: () =>
      'Der KI-Anbieter lehnt den Schlüssel, ein Modell oder einen Parameter eines Modells ab. Die KI-Werkzeuge können deshalb nicht antworten. Bitte prüfen Sie die Modelle. Was genau abgelehnt wurde, steht im Protokoll des Servers.',
  },
  open: 'Öffnen',
  digestSubject: (count) => (count === 1 ? '1 neue Benachrichtigung' : `${count} neue Benachrichtigungen`),
  digestBody: 'Neu seit der letzten E-Mail:',
  reason: (school) => `Diese E-Mail geht an Mitglieder von ${school}.`,
  unsubscribe: 'Diese E-Mails abbestellen',
  unsubscribePage: {
    title: 'E-Mails abbestellen',
    question: 'Möchten Sie E-Mails dieser Art abbestellen?',
    button: 'Abbestellen',
    done: 'E-Mails dieser Art sind abbestellt.',
  },
};

const CATALOGUES: Readonly<Record<string, Catalogue>> = { en, de };

/** Returns the texts for a language tag such as `de-AT`; English for a language without texts. */
export function catalogueOf(locale: string): Catalogue {
  return CATALOGUES[locale.split('-', 1)[0]?.toLowerCase() ?? ''] ?? en;
}
