import type { Clock } from '../../../shared/clock';
import { newSecret, secretHash } from '../../../shared/secrets';
import { type AuditService, auditSubject } from '../../audit';
import { InvalidLoginCardError } from '../auth.errors';
import type { ProvenPassword } from '../auth.service';
import type { LoginCardsRepository } from './auth.login-cards.repository';

const DAY_MS = 86_400_000;

export interface LoginCardsDeps {
  clock: Clock;
  cards: LoginCardsRepository;
  audit: AuditService;
}

/** Printed cards: each lets its pupil in once, without a password. */
export class LoginCardsService {
  constructor(private readonly deps: LoginCardsDeps) {}

  /**
   * Makes a card for each of these people; the one that they had before ends. Whether the caller may do so is for the
   * caller to check.
   * @returns the secrets, which are kept nowhere, and when they expire.
   */
  async issue(
    userIds: readonly string[],
    makerId: string,
    days: number,
  ): Promise<{ secrets: ReadonlyMap<string, string>; expiresAt: Date }> {
    const now = this.deps.clock.now();
    const expiresAt = new Date(now.getTime() + days * DAY_MS);
    const secrets = new Map(userIds.map((userId) => [userId, newSecret()]));
    const cards = [...secrets].map(([userId, secret]) => ({ userId, secretHash: secretHash(secret) }));
    await this.deps.cards.put(cards, { createdBy: makerId, expiresAt, now });
    return { secrets, expiresAt };
  }

  /**
   * Uses up the card with this secret.
   * @throws InvalidLoginCardError for one that is unknown, used or expired, or whose pupil may not sign in: it is the same
   * answer.
   */
  async use(secret: string): Promise<ProvenPassword> {
    const userId = await this.deps.cards.use(secretHash(secret), this.deps.clock.now());
    if (userId !== null) return { userId, deviceId: null };
    const nobody = auditSubject('user', { id: null, tenantId: null });
    await this.deps.audit.record(nobody, 'auth.login_failed', { by: 'card' });
    throw new InvalidLoginCardError();
  }
}
