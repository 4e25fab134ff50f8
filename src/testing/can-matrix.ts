import { sql } from '../platform/db/sql';
import { newId } from '../shared/ids';
import { classMembers, groupMembers, invitations, me, models } from './can-matrix.items';
import type { Act, Resource } from './can-matrix.types';
import { type CanScene, inHours } from './can-scene';

const post =
  (path: (id: string) => string, body: object = {}): Act =>
  (client, id) =>
    client.post(path(id)).send(body);

const assignments: Resource = {
  path: '/assignments',
  acts: {
    update: (client, id) => client.patch(`/assignments/${id}`).send({ title: 'New' }),
    publish: post((id) => `/assignments/${id}/publish`),
    close: post((id) => `/assignments/${id}/close`),
    override: (client, id, { ids }) =>
      client.put(`/assignments/${id}/overrides/${ids.student}`).send({ maxAttempts: 9 }),
    start: post((id) => `/assignments/${id}/submissions`),
    grade: post((id) => `/assignments/${id}/return`),
    archive: post((id) => `/assignments/${id}/archive`),
    delete: (client, id) => client.delete(`/assignments/${id}`),
    restore: post((id) => `/assignments/${id}/restore`),
  },
  states: {
    'a draft': (scene) => scene.assignment({ state: 'draft' }),
    'a draft of a draft': async (scene) =>
      scene.assignment({ state: 'draft' }, await scene.tool({ state: 'draft' })),
    open: (scene) => scene.assignment(),
    'not open yet': (scene) => scene.assignment({ opensAt: inHours(1) }),
    'late, accepted': (scene) => scene.assignment({ dueAt: inHours(-1) }),
    'late, refused': (scene) => scene.assignment({ dueAt: inHours(-1), latePolicy: 'refuse' }),
    over: (scene) => scene.assignment({ closesAt: inHours(-1) }),
    closed: (scene) => scene.assignment({ state: 'closed' }),
    archived: async (scene) => {
      const made = await scene.assignment();
      await scene.execute(sql`UPDATE assignments SET state = 'archived' WHERE id = ${made.id}::uuid`);
      return made;
    },
    'in an archived class': async (scene) => {
      const schoolClass = await scene.ownClass();
      const made = await scene.assignment({}, undefined, schoolClass);
      await scene.archiveClass(schoolClass.id);
      return made;
    },
    'with an attempt in progress': async (scene) => ({
      id: (await scene.submission({}, { maxAttempts: 1 })).assignmentId,
    }),
    'with all attempts used': async (scene) => ({
      id: (await scene.submission({ state: 'submitted' }, { maxAttempts: 1 })).assignmentId,
    }),
    excused: async (scene) => {
      const made = await scene.assignment();
      await scene.execute(
        sql`INSERT INTO assignment_overrides (id, assignment_id, user_id, excused) VALUES (${newId()}::uuid, ${made.id}::uuid, ${scene.ids.student}::uuid, TRUE)`,
      );
      return made;
    },
  },
};

const submissions: Resource = {
  path: '/submissions',
  acts: {
    update: (client, id) => client.patch(`/submissions/${id}`).send({ answer: 'Another' }),
    submit: post((id) => `/submissions/${id}/submit`),
    grade: post((id) => `/submissions/${id}/grade`, { score: 1 }),
    return: post((id) => `/submissions/${id}/return`),
  },
  states: {
    'in progress': (scene) => scene.submission({ answer: 'Mine' }),
    empty: (scene) => scene.submission(),
    'in progress, over': (scene) => scene.submission({ answer: 'Mine' }, { closesAt: inHours(-1) }),
    'in progress, closed': (scene) => scene.submission({ answer: 'Mine' }, { state: 'closed' }),
    'in progress, not open any more': (scene) =>
      scene.submission({ answer: 'Mine' }, { opensAt: inHours(1) }),
    'in progress, late': (scene) =>
      scene.submission({ answer: 'Mine' }, { dueAt: inHours(-1), latePolicy: 'refuse' }),
    'handed in': (scene) => scene.submission({ answer: 'Mine', state: 'submitted' }),
    returned: (scene) => scene.submission({ answer: 'Mine', state: 'returned' }),
  },
};

const sessions: Resource = {
  path: '/sessions',
  acts: {
    write: post((id) => `/sessions/${id}/messages`, { content: 'Hello' }),
    continue: post((id) => `/sessions/${id}/messages`, { continue: true }),
    stopAnswer: post((id) => `/sessions/${id}/messages/stop`),
    complete: post((id) => `/sessions/${id}/complete`),
    stop: post((id) => `/sessions/${id}/stop`),
  },
  states: {
    active: (scene) => scene.session(),
    answering: (scene) => scene.session({ isAnswering: true }),
    cut: (scene) => scene.session({ isCut: true }),
    'cut and completed': (scene) => scene.session({ isCut: true, state: 'completed' }),
    'cut, at the limit of messages': (scene) =>
      scene.session({ isCut: true, messages: 3 }, { constraints: { max_messages: 3 } }),
    completed: (scene) => scene.session({ state: 'completed' }),
    expired: (scene) => scene.session({ state: 'expired' }),
    stopped: (scene) => scene.session({ state: 'stopped' }),
    'over time': (scene) => scene.session({ ageHours: 2 }, { constraints: { max_session_duration: 60 } }),
    'at the limit of messages': (scene) =>
      scene.session({ messages: 3 }, { constraints: { max_messages: 3 } }),
    'on work that was handed in': (scene) => scene.session({}, { state: 'submitted' }),
    'on work that is over': (scene) => scene.session({}, { assignment: { closesAt: inHours(-1) } }),
    'on work that is late': (scene) =>
      scene.session({}, { assignment: { dueAt: inHours(-1), latePolicy: 'refuse' } }),
  },
};

const runs: Resource = {
  path: '/runs',
  acts: { cancel: post((id) => `/runs/${id}/cancel`) },
  states: {
    queued: (scene) => scene.run('queued'),
    running: (scene) => scene.run('running'),
    succeeded: (scene) => scene.run('succeeded'),
    failed: (scene) => scene.run('failed'),
    cancelled: (scene) => scene.run('cancelled'),
  },
};

const archivedGroup = async (scene: CanScene): Promise<{ id: string; path: string; tenantId: string }> => {
  const made = await scene.world.group({ under: scene.school });
  await scene.archiveGroup(made.id);
  return made;
};

/** Reads a group, or finds it in the list of archived ones. */
const readGroup: Act = async (client, id) => {
  const found = await client.get(`/groups/${id}`);
  if (found.status !== 404) return found;
  const archived = await client.get('/groups?archived=true&limit=100&sort=-createdAt');
  const data = archived.body.data?.find((group: { id: string }) => group.id === id);
  const { status, text } = archived;
  return data === undefined ? found : { status, text, body: { data }, headers: { etag: data.updatedAt } };
};

const groups: Resource = {
  path: '/groups',
  read: readGroup,
  acts: {
    update: (client, id) => client.patch(`/groups/${id}`).send({ name: 'New' }),
    // A root group is archived under its own name only.
    archive: async (client, id) => {
      const { name, parentId } = (await client.get(`/groups/${id}`)).body.data ?? {};
      const confirmed = parentId === null ? `?confirmName=${encodeURIComponent(name)}` : '';
      return client.delete(`/groups/${id}${confirmed}`);
    },
    move: async (client, id, { world, school }) =>
      client.patch(`/groups/${id}`).send({ parentId: (await world.group({ under: school })).id }),
    restore: post((id) => `/groups/${id}/restore`),
    createGroup: (client, id) => client.post('/groups').send({ name: 'New', parentId: id }),
    listMembers: (client, id) => client.get(`/groups/${id}/members`),
    manageMembers: async (client, id, { world, district }) => {
      const tenantId = (await client.get(`/groups/${id}`)).body.data?.tenantId ?? district.id;
      const userId = (await world.user({ tenantId })).id;
      return client.post(`/groups/${id}/members`).send({ userId, role: 'student' });
    },
    createClass: (client, id) => client.post('/classes').send({ groupId: id, name: 'New' }),
    createTool: (client, id) =>
      client.post('/tools').send({
        groupId: id,
        definition: { name: 'Tutor', version: '1.0', type: 'chat', behavior: 'Be kind.' },
      }),
  },
  states: {
    'below the school': ({ world, school }) => world.group({ under: school }),
    'the root of a district': ({ world }) => world.group(),
    archived: archivedGroup,
    'archived, below an archived one': async (scene) => {
      const above = await scene.world.group({ under: scene.school });
      const made = await scene.world.group({ under: above });
      await scene.archiveGroup(made.id);
      await scene.archiveGroup(above.id);
      return made;
    },
  },
};

const classes: Resource = {
  path: '/classes',
  acts: {
    update: (client, id) => client.patch(`/classes/${id}`).send({ name: 'New' }),
    archive: (client, id) => client.delete(`/classes/${id}`),
    restore: post((id) => `/classes/${id}/restore`),
    manageMembers: async (client, id, { world, school }) =>
      client
        .post(`/classes/${id}/members`)
        .send({ userId: (await world.member(school, 'student')).id, role: 'student' }),
    createAssignment: async (client, id, scene) =>
      client
        .post('/assignments')
        .send({ classId: id, toolId: (await scene.tool({ visibility: 'public' })).id, title: 'New' }),
  },
  states: {
    'with the people of the scene': (scene) => scene.ownClass(),
    archived: async (scene) => {
      const made = await scene.ownClass();
      await scene.archiveClass(made.id);
      return made;
    },
  },
};

const tools: Resource = {
  path: '/tools',
  acts: {
    update: (client, id) => client.patch(`/tools/${id}`).send({ visibility: 'group' }),
    publish: post((id) => `/tools/${id}/publish`),
    archive: (client, id) => client.delete(`/tools/${id}`),
    restore: post((id) => `/tools/${id}/restore`),
    fork: (client, id, { school }) => client.post(`/tools/${id}/fork`).send({ groupId: school.id }),
    use: (client, id) => client.post('/sessions').send({ toolId: id }),
    readVersions: (client, id) => client.get(`/tools/${id}/versions`),
  },
  states: {
    draft: (scene) => scene.tool({ state: 'draft' }),
    published: (scene) => scene.tool(),
    forkable: (scene) => scene.tool({ forkable: true, visibility: 'tenant' }),
    'assigned and open': async (scene) => {
      const tool = await scene.tool({ visibility: 'private' });
      await scene.assignment({}, tool);
      return tool;
    },
    'assigned and over': async (scene) => {
      const tool = await scene.tool({ visibility: 'private' });
      await scene.assignment({ closesAt: inHours(-1) }, tool);
      return tool;
    },
    'assigned, late work refused': async (scene) => {
      const tool = await scene.tool({ visibility: 'private' });
      await scene.assignment({ dueAt: inHours(-1), latePolicy: 'refuse' }, tool);
      return tool;
    },
  },
};

const exports: Resource = {
  path: '/exports',
  acts: {
    download: post((id) => `/exports/${id}/link`),
    delete: (client, id) => client.delete(`/exports/${id}`),
  },
  states: {
    queued: (scene) => scene.export('queued'),
    cancelled: (scene) => scene.export('cancelled'),
    succeeded: (scene) => scene.export('succeeded'),
    'succeeded, its time over': (scene) => scene.export('succeeded', { expiresAt: inHours(-1) }),
    'succeeded, of an archived group': async (scene) =>
      scene.export('succeeded', { groupId: (await archivedGroup(scene)).id }),
  },
};

const users: Resource = {
  path: '/users',
  acts: {
    update: (client, id) => client.patch(`/users/${id}`).send({ name: 'New' }),
    deactivate: (client, id) => client.delete(`/users/${id}`),
    reactivate: post((id) => `/users/${id}/reactivate`),
    changeEmail: (client, id) => client.patch(`/users/${id}`).send({ email: `${newId()}@example.org` }),
    manageSignIns: (client, id) => client.delete(`/users/${id}/sign-ins`),
    resetPassword: post((id) => `/users/${id}/password`),
    manageGuardians: async (client, id, { world, district }) =>
      client
        .post(`/users/${id}/guardians`)
        .send({ userId: (await world.user({ tenantId: district.id })).id }),
  },
  states: {
    active: ({ world, school }) => world.member(school, 'student'),
    'a pupil without e-mail': ({ world, school, schoolClass }) =>
      world.pupilWithoutEmail(school, schoolClass),
    deactivated: async (scene) => {
      const made = await scene.world.member(scene.school, 'student');
      await scene.execute(
        sql`UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = ${made.id}::uuid`,
      );
      return made;
    },
  },
};

/** Every resource with its flags, and the request that each flag promises. */
export const CAN_MATRIX: readonly Resource[] = [
  assignments,
  submissions,
  sessions,
  runs,
  groups,
  classes,
  tools,
  exports,
  users,
  groupMembers,
  classMembers,
  models,
  invitations,
  me,
];
