import {
  createMongoAbility,
  type ForcedSubject,
  type MongoAbility,
  type RawRuleOf,
  subject as tag,
} from '@casl/ability';
import { rulesToAST } from '@casl/ability/extra';
import type { Condition } from '@ucast/core';
import { ConflictError, ForbiddenError, type NotFoundError } from '../shared/errors';
import type { Access } from './access';
import { ACTIONS, type Action, isReading } from './actions';
import { type Conditions, conditionsMatcher } from './conditions';

interface ExportContents {
  kind: string;
  tenantId: string;
  classId: string | null;
  groupPath: string;
  /** Whether grades that are not returned yet are among them. */
  withDrafts: boolean;
}

/**
 * What the rules look at, by subject. Features load these; the paths come from the hierarchy. A subject is a plain
 * object that `subject()` has marked.
 */
export interface Subjects {
  Account: { userId: string };
  User: {
    id: string;
    tenantId: string | null;
    isPlatformAdmin: boolean;
    groupPaths: readonly string[];
    classIds: readonly string[];
  };
  Group: { id: string; path: string };
  Class: { id: string; groupPath: string };
  Tool: {
    id: string;
    groupPath: string;
    tenantPath: string;
    authorId: string;
    visibility: string;
    state: string;
    forkable: boolean;
    assignedToCaller: boolean;
  };
  Assignment: { id: string; classId: string; groupPath: string; state: string };
  Submission: { id: string; userId: string; classId: string; groupPath: string; state: string };
  Session: { id: string; userId: string; classId: string | null; groupPath: string | null };
  Run: { id: string; userId: string; classId: string | null; groupPath: string | null };
  /** What somebody wants a file of, and the file itself. */
  ExportTarget: ExportContents;
  Export: ExportContents & { requestedBy: string };
  Model: { tenantId: string | null };
  /** The audit events of a tenant, or those of none. */
  AuditTrail: { tenantId: string | null };
  /** A workflow of a tenant; a schedule, or a workflow of none. */
  Job: { tenantId: string | null };
}

export type SubjectType = keyof Subjects;
export type Tagged<T extends SubjectType = SubjectType> = {
  [K in T]: Subjects[K] & ForcedSubject<K>;
}[T];

/** Marks an object as a subject of a type, so that the rules of that type apply to it. */
export function subject<T extends SubjectType>(type: T, value: Subjects[T]): Tagged<T> {
  return tag(type, value) as Tagged<T>;
}

export type Ability = MongoAbility<[Action, SubjectType | Tagged]>;

/**
 * Adds rules: these actions, on subjects of this type that meet one of the conditions. There is no way to take one away.
 * Conditions are data, so that one rule answers for an object (`can`) and for the rows of a list (`conditionSql`).
 */
export type Allow = <T extends SubjectType>(
  actions: Action | readonly Action[],
  type: T,
  ...ways: readonly Conditions<Subjects[T]>[]
) => void;

/** The rules of one feature: pure, and given only what the resolver concluded. */
export type DefineRules = (access: Access, allow: Allow) => void;

/** Nothing is in an empty list, at or below none of its paths. */
const canBeMet = (conditions: object): boolean =>
  !Object.values(conditions).some(
    (test: unknown) =>
      typeof test === 'object' &&
      test !== null &&
      Object.values(test).some((list) => Array.isArray(list) && list.length === 0),
  );

/** What one person may do, from the rules of all features. */
export function buildAbility(access: Access, definitions: readonly DefineRules[]): Ability {
  const rules: { action: Action[]; subject: SubjectType; conditions: object }[] = [];
  const allow: Allow = (actions, type, ...ways) => {
    const action = typeof actions === 'string' ? [actions] : [...actions];
    for (const conditions of ways)
      if (canBeMet(conditions)) rules.push({ action, subject: type, conditions });
  };
  for (const define of definitions) define(access, allow);
  return createMongoAbility<Ability>(rules as RawRuleOf<Ability>[], { conditionsMatcher });
}

/** What an object of this type must be like for this action, for `conditionSql`; null if no rule allows it at all. */
export const conditionFor = (ability: Ability, action: Action, type: SubjectType): Condition | null =>
  rulesToAST(ability, action, type);

/** Who is asking: made once a request from the credential and the person's access. */
export interface Principal {
  readonly userId: string;
  readonly tenantId: string | null;
  readonly isPlatformAdmin: boolean;
  readonly access: Access;
  readonly ability: Ability;
  /** The sign-in behind the credential; null for API tokens and for the system itself. */
  readonly sessionId: string | null;
  readonly credential: 'bearer' | 'cookie' | 'api_token' | 'system';
  /** The API token behind the credential, or null. */
  readonly apiTokenId: string | null;
  /** Somebody else chose this person's password, and they have not changed it yet. */
  readonly mustChangePassword: boolean;
  /** What an API token is limited to; null means everything the person may. */
  readonly scopes: ReadonlySet<string> | null;
}

/** Whether this person may do this to this object. */
export function can(principal: Principal, action: Action, object: Tagged): boolean {
  return principal.ability.can(action, object);
}

/** Whether the caller's credential is good for this action: an API token needs its scope. */
export const isInScope = ({ scopes }: Pick<Principal, 'scopes'>, action: Action): boolean =>
  scopes === null || scopes.has(ACTIONS[action]);

/** Lets pass callers whose credential is good for this action. @throws ForbiddenError */
export function assertInScope(principal: Pick<Principal, 'scopes'>, action: Action): void {
  const scope = ACTIONS[action];
  if (!isInScope(principal, action))
    throw new ForbiddenError('token.scope', `This token lacks the scope ${scope}.`, { scope });
}

/** Lets pass who may do this to this object. @throws ForbiddenError otherwise. */
export function authorize(principal: Principal, action: Action, object: Tagged): void {
  if (!can(principal, action, object))
    throw new ForbiddenError('auth.forbidden', 'You may not do this.', { action });
}

/** Lets pass who may do this to something of the type. @throws ForbiddenError */
export function assertSomewhere(principal: Principal, action: Action, type: SubjectType): void {
  if (!principal.ability.can(action, type))
    throw new ForbiddenError('auth.forbidden', 'You may not do this.', { action });
}

/** Says that something belongs to an archived class. */
export class ClassArchivedError extends ConflictError {
  constructor() {
    super('class.archived', 'This class is archived and can only be read. Restore it to change something.');
  }
}

/** Lets nobody change what belongs to an archived class. Whether they may read it has been asked before. @throws ClassArchivedError */
export function assertChangeable(action: Action, isArchived: boolean): void {
  if (isArchived && !isReading(action)) throw new ClassArchivedError();
}

/** Whether the class is an archived one in which the person has a role. */
export const isArchivedClassOf = ({ access }: Principal, classId: string | null): boolean =>
  classId !== null && access.archivedClassRoles.has(classId);

/**
 * The rule for everything that is addressed by an id: what the person cannot even read does not exist for them
 * (404), what they can read but may not do is forbidden (403), and what is archived is read alone (409).
 */
export function authorizeVisible(
  principal: Principal,
  read: Action,
  action: Action,
  object: Tagged,
  notFound: () => NotFoundError,
  isArchived = false,
): void {
  if (!can(principal, read, object)) throw notFound();
  assertChangeable(action, isArchived);
  if (action !== read) authorize(principal, action, object);
}
