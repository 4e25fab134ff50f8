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
 * The names beside the ids of the trail, read when they are shown: what is sealed holds none, so a name can change and
 * a person can be forgotten.
 */
export class AuditNames {
  constructor(
    private readonly repository: AuditNamesRepository,
    private readonly people: PersonNames,
  ) {}

  /** The names of each of these events, in their order, as far as the caller may read them: two statements for all. */
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
