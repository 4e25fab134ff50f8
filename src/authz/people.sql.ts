import { sql } from '../platform/db/sql';

/** What a person `u` is found by: name, e-mail and username. The index `users_search_idx` has exactly this. */
export const personText = sql`u.name || ' ' || coalesce(u.email, '') || ' ' || coalesce(u.username, '')`;
