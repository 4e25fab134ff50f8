import type { Principal } from '../../authz/ability';
import type { PersonNames } from '../../authz/names';
import type { AuditNamesRepository } from './audit.names.repository';
import type { AuditEvent, EventNames } from './audit.types';

type Ids = Pick<AuditEvent, 'actorId' | 'subjectType' | 'subjectId' | 'aboutUserId'>;

const PERSON = 'user';
/** Kinds of subjects that have a name. */
const NAMED_THINGS = new Set(['group', 'class', 'tool', 'assignment', 'ai_model']);

const present = (ids: readonly (string | null)[]): string[] => [...new Set(ids.filter((id) => id !== null))];
const isPerson = ({ subjectType }: Ids): boolean => subjectType === PERSON;

/**
 * Reads the names beside the trail's ids when they are shown. Sealed events contain no names, so that a
 * name can change and a person can be forgotten.
 */
export class AuditNames {
  constructor(
    private readonly repository: AuditNamesRepository,
    private readonly people: PersonNames,
  ) {}

  /**
   * Returns the names for each of these events, in order, as far as the caller may read them, with two
   * statements for all.
   */
  async namesFor(principal: Principal, events: readonly Ids[]): Promise<EventNames[]> {
    const personIds = present(
      events.flatMap((each) => [each.actorId, each.aboutUserId, isPerson(each) ? each.subjectId : null]),
    );
    const thingIds = present(
      events.map(({ subjectType, subjectId }) => (NAMED_THINGS.has(subjectType) ? subjectId : null)),
    );
    const [people, things] = await Promise.all([
      this.people.namesFor(principal, personIds),
      this.repository.namesOfThings(thingIds, principal.isPlatformAdmin ? null : principal.tenantId),
    ]);
    const nameIn = (names: ReadonlyMap<string, string>, id: string | null): string | null =>
      id === null ? null : (names.get(id) ?? null);
    return events.map((each) => ({
      actorName: nameIn(people, each.actorId),
      subjectName: nameIn(isPerson(each) ? people : things, each.subjectId),
      aboutUserName: nameIn(people, each.aboutUserId),
    }));
  }
}
