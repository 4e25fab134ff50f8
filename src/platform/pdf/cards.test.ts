import { type Card, type CardDocument, renderCards } from './cards';
import { readPdf } from './pdf-text.builder';
import { NAMES } from './samples.builder';

const cardOf = (title: string): Card => ({
  title,
  facts: [
    { label: 'District code', value: 'ZARO47' },
    { label: 'Username', value: 'zoe.quill' },
  ],
  code: `https://app.example.org/login-card#${'a'.repeat(43)}`,
  codeNote: 'Scan this code to sign in.',
});
const documentOf = (cards: readonly Card[], paper: CardDocument['paper'] = 'A4'): CardDocument => ({
  ...{ title: 'Cards', owner: 'Lycée Émile-Zola · 3b', note: 'Keep this card to yourself.' },
  ...{ cards, paper, locale: new Intl.Locale('en'), generatedAt: new Date('2026-10-02T14:30:00Z') },
});
const render = (document: CardDocument) =>
  renderCards(document, { colors: { primary: '#12456b' }, logo: null });

describe('cards', () => {
  it('stand eight to a page, each with all that it says', async () => {
    const names = Array.from({ length: 9 }, (_, i) => `Pupil ${i}`);
    const { pages } = await readPdf(await render(documentOf(names.map(cardOf))));
    expect(pages).toHaveLength(2);
    for (const name of names.slice(0, 8)) expect(pages[0]).toContain(name);
    expect(pages[1]).toContain('Pupil 8');
    for (const text of ['ZARO47', 'zoe.quill', 'Lycée Émile-Zola', 'Scan this code', 'Keep this card'])
      expect(pages[1]).toContain(text);
  });

  it('show names of any script, and cut one that is too long for two lines', async () => {
    const { pages } = await readPdf(
      await render(documentOf([cardOf(NAMES.latin), cardOf(NAMES.long.repeat(4))])),
    );
    expect(pages[0]).toContain('…');
  });

  it('are the same bytes for the same cards, on either paper', async () => {
    for (const paper of ['A4', 'LETTER'] as const) {
      const document = documentOf([cardOf('Zoe Quill')], paper);
      expect((await render(document)).equals(await render(document))).toBe(true);
    }
  });
});
