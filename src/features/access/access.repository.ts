import type { AccessFacts } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import { FactsRow, IdRow, selectFacts, selectGuardiansOf } from './access.sql';

/** The facts of one person, and which of their sign-ins and API tokens are alive. */
export interface PersonFacts extends AccessFacts {
  status: 'active' | 'deactivated';
  sessionIds: readonly string[];
  apiTokenIds: readonly string[];
  mustChangePassword: boolean;
}

export class AccessRepository {
  constructor(private readonly db: Database) {}

  /** All facts of a person in one statement; archived groups give nothing, archived classes are marked. */
  async findFacts(userId: string): Promise<PersonFacts | null> {
    return this.db.row(selectFacts(userId), FactsRow);
  }

  /** The guardians of these people, whatever their links are worth just now. */
  async findGuardiansOf(userIds: readonly string[]): Promise<string[]> {
    const rows = await this.db.rows(selectGuardiansOf(userIds), IdRow);
    return rows.map(({ id }) => id);
  }
}
