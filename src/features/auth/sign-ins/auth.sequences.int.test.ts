import assert from 'node:assert/strict';
import fc from 'fast-check';
import jwt from 'jsonwebtoken';
import { createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';
import type { SignIn } from '../auth.types';
import { GRACE_MS } from './auth.rotation';

const CLIENT = { ip: '192.0.2.1', userAgent: null };
const DEVICE = { isShared: false, previousRefreshToken: null };
const RUNS = 100;

/** The model's memory of one sign-in: every refresh token in the order of issue. */
interface Family {
  sessionId: string;
  accessToken: string;
  tokens: { secret: string; usedAt: number | null }[];
  alive: boolean;
}

type Step =
  | { do: 'logIn' }
  | { do: 'refresh'; family: number; token: number }
  | { do: 'logOut'; family: number }
  | { do: 'changePassword'; family: number }
  | { do: 'resetPassword' }
  | { do: 'makeCard' }
  | { do: 'useCard'; card: number }
  | { do: 'deactivate' }
  | { do: 'reactivate' }
  | { do: 'wait'; ms: number };

const index = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('logIn' as const) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('refresh' as const), family: index, token: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('logOut' as const), family: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('changePassword' as const), family: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resetPassword' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('makeCard' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('useCard' as const), card: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deactivate' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reactivate' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1_000, GRACE_MS, GRACE_MS + 1_000),
    }),
  },
);

/** A person and their sign-ins, in the system and as a simple model of the rules. */
class Story {
  private readonly families: Family[] = [];
  private readonly cards: { secret: string; alive: boolean }[] = [];
  private active = true;

  constructor(
    private readonly app: TestApp,
    private readonly userId: string,
    private readonly clock: { nowMs: number },
  ) {}

  async take(next: Step): Promise<void> {
    if (next.do === 'wait') this.clock.nowMs += next.ms;
    else if (next.do === 'logIn') await this.logIn();
    else if (next.do === 'refresh') await this.refresh(next.family, next.token);
    else if (next.do === 'logOut') await this.end(next.family, 'logOut');
    else if (next.do === 'changePassword') await this.end(next.family, 'changePassword');
    else if (next.do === 'resetPassword') await this.resetPassword();
    else if (next.do === 'makeCard') await this.makeCard();
    else if (next.do === 'useCard') await this.useCard(next.card);
    else await this.setActive(next.do === 'reactivate');
    await this.assertAccess();
  }

  private get sessions() {
    return this.app.container.auth.sessions;
  }

  private async logIn(): Promise<void> {
    const signIn = await this.sessions.open(this.userId, CLIENT, DEVICE).catch(() => null);
    assert.equal(signIn !== null, this.active);
    if (signIn !== null) this.remember(signIn);
  }

  private remember(signIn: SignIn): void {
    const tokens = [{ secret: signIn.refreshToken, usedAt: null }];
    this.families.push({ sessionId: signIn.sessionId, accessToken: signIn.accessToken, tokens, alive: true });
  }

  private async refresh(familyIndex: number, tokenIndex: number): Promise<void> {
    const family = this.families[familyIndex % Math.max(1, this.families.length)];
    if (family === undefined) return;
    const at = tokenIndex % family.tokens.length;
    const token = family.tokens[at] as Family['tokens'][number];
    const expected = this.expectedOf(family, at);
    const got = await this.sessions.refresh(token.secret, CLIENT).catch(() => null);
    assert.equal(got === null, expected === 'refused');
    if (expected === 'refused' && token.usedAt !== null && this.active) family.alive = false;
    if (got !== null) this.assertSuccessor(family, at, got);
  }

  private expectedOf(family: Family, at: number): 'next' | 'refused' {
    const token = family.tokens[at] as Family['tokens'][number];
    if (!family.alive || !this.active) return 'refused';
    if (token.usedAt === null) return 'next';
    const isLostAnswer =
      family.tokens[at + 1]?.usedAt === null && this.clock.nowMs - token.usedAt <= GRACE_MS;
    return isLostAnswer ? 'next' : 'refused';
  }

  private assertSuccessor(family: Family, at: number, got: SignIn): void {
    assert.equal(got.sessionId, family.sessionId);
    const token = family.tokens[at] as Family['tokens'][number];
    const known = family.tokens[at + 1];
    if (known !== undefined) {
      assert.equal(got.refreshToken, known.secret);
      return;
    }
    token.usedAt = this.clock.nowMs;
    family.tokens.push({ secret: got.refreshToken, usedAt: null });
  }

  private async end(familyIndex: number, how: 'logOut' | 'changePassword'): Promise<void> {
    const family = this.families[familyIndex % Math.max(1, this.families.length)];
    if (family === undefined || !family.alive || !this.active) return;
    if (how === 'logOut') {
      await this.sessions.logOut(null, family.tokens.at(-1)?.secret ?? null);
      family.alive = false;
      return;
    }
    const { db } = this.app.container.platform;
    await db.transaction(() => this.sessions.endAllOf(this.userId, 'password_changed', family.sessionId));
    this.endAll(family);
  }

  /** Everything ends, the printed card too; one sign-in may stay. */
  private endAll(except: Family | null): void {
    for (const family of this.families) if (family !== except) family.alive = false;
    for (const card of this.cards) card.alive = false;
  }

  private async resetPassword(): Promise<void> {
    const { auth, platform } = this.app.container;
    const start = { password: 'given', hash: 'a hash that nothing matches' };
    await platform.db.transaction(() => auth.startPasswords.give(this.userId, start));
    this.endAll(null);
  }

  private async makeCard(): Promise<void> {
    const { secrets } = await this.app.container.auth.cards.issue([this.userId], this.userId, 14);
    for (const card of this.cards) card.alive = false;
    this.cards.push({ secret: secrets.get(this.userId) ?? '', alive: true });
  }

  private async useCard(cardIndex: number): Promise<void> {
    const card = this.cards[cardIndex % Math.max(1, this.cards.length)];
    if (card === undefined) return;
    const proven = await this.app.container.auth.cards.use(card.secret).catch(() => null);
    assert.equal(proven !== null, card.alive && this.active);
    if (proven === null) return;
    card.alive = false;
    this.remember(await this.sessions.open(proven.userId, CLIENT, DEVICE));
  }

  private async setActive(active: boolean): Promise<void> {
    const admin = await this.app.as((await new World(this.app.container).user({ isPlatformAdmin: true })).id);
    if (active) await admin.post(`/users/${this.userId}/reactivate`).expect(200);
    else await admin.delete(`/users/${this.userId}`).expect(204);
    this.active = active;
    if (!active) this.endAll(null);
  }

  /** The purpose of all this: the access token of an ended sign-in is never accepted. */
  private async assertAccess(): Promise<void> {
    for (const family of this.families) {
      const claims = jwt.decode(family.accessToken) as { sid: string };
      const principal = await this.app.container.access.findPrincipal(this.userId, {
        sessionId: claims.sid,
        kind: 'bearer',
        scopes: null,
      });
      assert.equal(principal !== null, family.alive && this.active);
    }
  }
}

describe('sign-ins', () => {
  const clock = { nowMs: Date.now() };
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ clock: { now: () => new Date(clock.nowMs) } });
  });
  afterAll(() => app.close());

  it('are never accepted after they have ended, in whatever order things happen', async () => {
    const world = new World(app.container);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        clock.nowMs = Date.now();
        const story = new Story(app, (await world.user()).id, clock);
        for (const next of steps) await story.take(next);
      }),
      { numRuns: RUNS },
    );
  });
});
