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
  /** Whether the file includes grades that are not returned yet. */
  withDrafts: boolean;
}

/**
 * What the rules check, by subject. Features load these objects; their paths come from the hierarchy.
 * `subject()` marks a plain object with its type.
 */
export interface Subjects {
  Account: { userId: string };
  User: {
    id: string;
    tenantId: string | null;
    isPlatformAdmin: boolean;
    groupPaths: readonly string[];
    classIds: readonly string[];
    /** Of a person who is a pupil without e-mail and nothing else: the classes that they are in. */
    pupilOfClassIds: readonly string[];
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
  /** The contents for which an export is requested, and the export itself. */
  ExportTarget: ExportContents;
  Export: ExportContents & { requestedBy: string };
  Model: { tenantId: string | null };
  /** The audit events of a tenant; null stands for events without a tenant. */
  AuditTrail: { tenantId: string | null };
  /** A workflow of a tenant; null stands for a schedule or a workflow without a tenant. */
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
 * Adds rules: these actions, on subjects of this type that meet one of the conditions. Rules can only be
 * added. Conditions are data, so that one rule answers both for an object (`can`) and for the rows of a
 * list (`conditionSql`).
 */
export type Allow = <T extends SubjectType>(
  actions: Action | readonly Action[],
  type: T,
  ...ways: readonly Conditions<Subjects[T]>[]
) => void;

/** The rules of one feature. They are pure, and see only what the resolver concluded. */
export type DefineRules = (access: Access, allow: Allow) => void;

/** An empty list has no member, and no path is within it. */
const canBeMet = (conditions: object): boolean =>
  !Object.values(conditions).some(
    (test: unknown) =>
      typeof test === 'object' &&
      test !== null &&
      Object.values(test).some((list) => Array.isArray(list) && list.length === 0),
  );

/** Builds a person's ability from the rules of all features. */
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

/**
 * Returns the condition that an object of this type must meet for this action, for `conditionSql`; null if
 * no rule allows the action.
 */
export const conditionFor = (ability: Ability, action: Action, type: SubjectType): Condition | null =>
  rulesToAST(ability, action, type);

/** The caller, built once per request from the credential and the person's access. */
export interface Principal {
  readonly userId: string;
  readonly tenantId: string | null;
  readonly isPlatformAdmin: boolean;
  readonly access: Access;
  readonly ability: Ability;
  /** The sign-in of the credential; null for API tokens and for the system itself. */
  readonly sessionId: string | null;
  readonly credential: 'bearer' | 'cookie' | 'api_token' | 'system';
  /** The API token of the credential, or null. */
  readonly apiTokenId: string | null;
  /** Another person chose this person's password, and they have not changed it yet. */
  readonly mustChangePassword: boolean;
  /** The scopes of an API token; null means everything that the person may do. */
  readonly scopes: ReadonlySet<string> | null;
}

/** Whether this person may do this to this object. */
export function can(principal: Principal, action: Action, object: Tagged): boolean {
  return principal.ability.can(action, object);
}

/** Whether the caller's credential covers this action: an API token needs the action's scope. */
export const isInScope = ({ scopes }: Pick<Principal, 'scopes'>, action: Action): boolean =>
  scopes === null || scopes.has(ACTIONS[action]);

/** @throws ForbiddenError if the caller's credential does not cover this action */
export function assertInScope(principal: Pick<Principal, 'scopes'>, action: Action): void {
  const scope = ACTIONS[action];
  if (!isInScope(principal, action))
    throw new ForbiddenError('token.scope', `This token lacks the scope ${scope}.`, { scope });
}

/** @throws ForbiddenError unless the principal may do this to this object */
export function authorize(principal: Principal, action: Action, object: Tagged): void {
  if (!can(principal, action, object))
    throw new ForbiddenError('auth.forbidden', 'You may not do this.', { action });
}

/** @throws ForbiddenError unless the principal may do this to some object of the type */
export function assertSomewhere(principal: Principal, action: Action, type: SubjectType): void {
  if (!principal.ability.can(action, type))
    throw new ForbiddenError('auth.forbidden', 'You may not do this.', { action });
}

/** The object belongs to an archived class. */
export class ClassArchivedError extends ConflictError {
  constructor() {
    super('class.archived', 'This class is archived and can only be read. Restore it to change something.');
  }
}

/**
 * Refuses changes to objects of an archived class. Check before this whether the principal may read the
 * object. @throws ClassArchivedError
 */
export function assertChangeable(action: Action, isArchived: boolean): void {
  if (isArchived && !isReading(action)) throw new ClassArchivedError();
}

/** Whether the class is an archived one in which the person has a role. */
export const isArchivedClassOf = ({ access }: Principal, classId: string | null): boolean =>
  classId !== null && access.archivedClassRoles.has(classId);

/**
 * The rule for everything that is addressed by an id: what the person cannot read does not exist for them
 * (404), what they can read but may not change is forbidden (403), and archived objects are read-only
 * (409).
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
