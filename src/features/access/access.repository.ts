import type { AccessFacts } from '../../authz/access';
import { IdRow } from '../../platform/db/columns';
import type { Database } from '../../platform/db/database';
import { FactsRow, selectFacts, selectGuardiansOf } from './access.sql';

/** The facts of one person, with their active sign-ins and API tokens. */
export interface PersonFacts extends AccessFacts {
  status: 'active' | 'deactivated';
  sessionIds: readonly string[];
  apiTokenIds: readonly string[];
  mustChangePassword: boolean;
}

export class AccessRepository {
  constructor(private readonly db: Database) {}

  /**
   * Returns all facts of a person in one statement. Archived groups give no rights, archived classes are
   * marked.
   */
  async findFacts(userId: string): Promise<PersonFacts | null> {
    return this.db.row(selectFacts(userId), FactsRow);
  }

  /** Returns the ids of the guardians of these people, whether their links are valid now or not. */
  async findGuardiansOf(userIds: readonly string[]): Promise<string[]> {
    const rows = await this.db.rows(selectGuardiansOf(userIds), IdRow);
    return rows.map(({ id }) => id);
  }
}
