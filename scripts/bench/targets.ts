import { departmentNumber, idOf, SIZES, studentNumber, teacherNumber } from './dataset';

/** One request of a target. It goes both to the API (with the caller's token) and to the bare server. */
export interface BenchRequest {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  /** The number of the user who sends it. */
  caller: number;
  body?: Record<string, unknown>;
}

export interface Target {
  name: string;
  kind: 'read' | 'write';
  requests: readonly BenchRequest[];
}

interface Chat {
  id: string;
  caller: number;
}

/**
 * How many different requests a target cycles through: enough that a cache of single rows makes no
 * difference.
 */
const VARIETY = 400;
const DISTRICT_ADMIN = 0;

/** Yields the same rows in the same order in every run. */
function* numbers(below: number): Generator<number> {
  let state = 42;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state % below;
  }
}

function many(below: number, make: (number: number, index: number) => BenchRequest): BenchRequest[] {
  const source = numbers(below);
  return Array.from({ length: VARIETY }, (_, index) => make(source.next().value as number, index));
}

const get = (path: string, caller: number): BenchRequest => ({
  method: 'GET',
  path: `/api/v1${path}`,
  caller,
});
const assignmentsOf = (classNumber: number, index: number) =>
  classNumber * SIZES.assignmentsOfClass + (index % SIZES.assignmentsOfClass);
const schoolOfTeacher = (teacher: number) => 1 + ((teacher - 1) % SIZES.schools);

// oxlint-disable-next-line max-lines-per-function -- a table
function reads(): Target[] {
  return [
    {
      name: 'group',
      kind: 'read',
      requests: many(SIZES.teachers, (n) => get(`/groups/${idOf('group', schoolOfTeacher(1 + n))}`, 1 + n)),
    },
    {
      name: 'descendants',
      kind: 'read',
      requests: many(SIZES.teachers, (n) =>
        get(`/groups/${idOf('group', schoolOfTeacher(1 + n))}/descendants`, 1 + n),
      ),
    },
    {
      name: 'theme',
      kind: 'read',
      requests: many(SIZES.teachers, (n) =>
        get(`/groups/${idOf('group', schoolOfTeacher(1 + n))}/theme/resolved`, 1 + n),
      ),
    },
    {
      name: 'roster',
      kind: 'read',
      requests: many(SIZES.classes, (n) => get(`/classes/${idOf('class', n)}/roster`, teacherNumber(n))),
    },
    {
      name: 'class assignments',
      kind: 'read',
      requests: many(SIZES.classes, (n) => get(`/classes/${idOf('class', n)}/assignments`, teacherNumber(n))),
    },
    {
      name: 'submissions',
      kind: 'read',
      requests: many(SIZES.classes, (n, i) =>
        get(`/assignments/${idOf('assignment', assignmentsOf(n, i))}/submissions`, teacherNumber(n)),
      ),
    },
    { name: 'users', kind: 'read', requests: many(1, () => get('/users', DISTRICT_ADMIN)) },
    {
      name: 'users search',
      kind: 'read',
      requests: many(900, (n) => get(`/users?q=${encodeURIComponent(`person${n + 100}`)}`, DISTRICT_ADMIN)),
    },
    {
      name: 'me',
      kind: 'read',
      requests: many(SIZES.classes, (n) =>
        get(`/auth/me?user=${idOf('user', studentNumber(n, 3))}`, studentNumber(n, 3)),
      ),
    },
    {
      name: 'tool',
      kind: 'read',
      requests: many(SIZES.tools, (n) => get(`/tools/${idOf('tool', n)}`, 1 + n)),
    },
  ];
}

function writes(sessions: readonly Chat[]): Target[] {
  const departments = SIZES.schools * SIZES.departmentsOfSchool;
  return [
    {
      name: 'submission start',
      kind: 'write',
      requests: many(SIZES.classes, (n, i) => ({
        method: 'POST',
        path: `/api/v1/assignments/${idOf('assignment', assignmentsOf(n, i))}/submissions?user=${idOf('user', studentNumber(n, i % SIZES.studentsOfClass))}`,
        caller: studentNumber(n, i % SIZES.studentsOfClass),
        body: {},
      })),
    },
    {
      name: 'message',
      kind: 'write',
      requests: sessions.map((session) => ({
        method: 'POST',
        path: `/api/v1/sessions/${session.id}/messages`,
        caller: session.caller,
        body: { content: 'How do I add one half and one third?' },
      })),
    },
    {
      name: 'group move',
      kind: 'write',
      requests: many(departments, (n, i) => ({
        method: 'PATCH',
        path: `/api/v1/groups/${idOf('group', departmentNumber(n))}`,
        caller: DISTRICT_ADMIN,
        body: { parentId: idOf('group', 1 + ((n + i) % SIZES.schools)) },
      })),
    },
  ];
}

/** Lists all targets. @param sessions chats, each with its student */
export const targetsOf = (sessions: readonly Chat[]): Target[] => [...reads(), ...writes(sessions)];

/**
 * Removes `user`, which tells the bare server what a token tells the API; the API refuses unknown query
 * fields.
 */
export function forApi(request: BenchRequest): string {
  return request.path.replace(/\?user=.*$/, '');
}
