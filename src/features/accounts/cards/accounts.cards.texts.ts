/** What a card says. */
export interface CardTexts {
  title: (className: string) => string;
  districtCode: string;
  username: string;
  email: string;
  scan: (until: string) => string;
  note: string;
}

const en: CardTexts = {
  title: (className) => `Sign-in cards: ${className}`,
  districtCode: 'District code',
  username: 'Username',
  email: 'E-mail',
  scan: (until) => `Scan this code to sign in. It works once, until ${until}.`,
  note: 'Keep this card to yourself. If you lose it, tell your teacher: a new card ends this one.',
};

const de: CardTexts = {
  title: (className) => `Anmeldekarten: ${className}`,
  districtCode: 'Code des Schulträgers',
  username: 'Benutzername',
  email: 'E-Mail',
  scan: (until) => `Scanne diesen Code, um dich anzumelden. Er gilt einmal, bis ${until}.`,
  note: 'Zeige diese Karte niemandem. Sag Bescheid, wenn du sie verlierst: Eine neue Karte beendet diese.',
};

const TEXTS: Readonly<Record<string, CardTexts>> = { en, de };

/** The texts in this language; in English, if there are none. */
export function cardTextsOf(locale: Intl.Locale): CardTexts {
  return TEXTS[locale.language] ?? en;
}
