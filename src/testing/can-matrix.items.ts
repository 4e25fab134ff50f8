import { newId } from '../shared/ids';
import type { Client } from './app';
import type { Act, Answer, Resource } from './can-matrix.types';
import { inHours } from './can-scene';

type Item = Record<string, unknown>;

/** Reads an item of a list with its `can`, as if it had a path of its own. */
async function itemOf(client: Client, list: string, isIt: (item: Item) => boolean): Promise<Answer> {
  const { status, text, body, headers } = await client.get(`${list}?limit=100`);
  const data = status === 200 ? (body.data as Item[]).find(isIt) : undefined;
  return data === undefined
    ? { status: 404, text, body, headers }
    : { status, text, body: { data }, headers: { etag: JSON.stringify(data) } };
}

/** Reads a member, whose id here is `<id of the place>/members/<id of the person>`. */
const memberIn =
  (listOf: (place: string) => string): Act =>
  (client, id) => {
    const [place = '', , userId] = id.split('/');
    return itemOf(client, listOf(place), (item) => item.userId === userId);
  };

export const groupMembers: Resource = {
  path: '/groups',
  read: memberIn((id) => `/groups/${id}/members`),
  acts: {
    changeRole: (client, id) => client.patch(`/groups/${id}`).send({ role: 'staff' }),
    remove: (client, id) => client.delete(`/groups/${id}`),
  },
  states: {
    'a student of a school': async ({ world, school }) => {
      const { id } = await world.member(school, 'student');
      return { id: `${school.id}/members/${id}` };
    },
    'the last admin of a district': async ({ world }) => {
      const district = await world.group();
      const { id } = await world.member(district, 'admin');
      await world.member(district, 'teacher');
      return { id: `${district.id}/members/${id}` };
    },
    'one of two admins of a district': async ({ world }) => {
      const district = await world.group();
      const { id } = await world.member(district, 'admin');
      await world.member(district, 'admin');
      return { id: `${district.id}/members/${id}` };
    },
    'the last admin of a school': async ({ world, district }) => {
      const school = await world.group({ under: district });
      const { id } = await world.member(school, 'admin');
      return { id: `${school.id}/members/${id}` };
    },
  },
};

export const classMembers: Resource = {
  path: '/classes',
  read: memberIn((id) => `/classes/${id}/roster`),
  acts: {
    changeRole: (client, id) => client.patch(`/classes/${id}`).send({ role: 'assistant' }),
    remove: (client, id) => client.delete(`/classes/${id}`),
  },
  states: {
    'the last teacher': async (scene) => {
      const { id } = await scene.ownClass();
      return { id: `${id}/members/${scene.ids.teacher}` };
    },
    'one of two teachers': async (scene) => {
      const made = await scene.ownClass();
      await scene.world.classMember(made, 'teacher', { id: scene.ids.colleague });
      return { id: `${made.id}/members/${scene.ids.teacher}` };
    },
    'a student': async (scene) => {
      const made = await scene.ownClass();
      // Who can become an assistant.
      const { id } = await scene.world.member(scene.school, 'staff');
      await scene.world.classMember(made, 'student', { id });
      return { id: `${made.id}/members/${id}` };
    },
    'a teacher of an archived class': async (scene) => {
      const made = await scene.ownClass();
      await scene.archiveClass(made.id);
      return { id: `${made.id}/members/${scene.ids.teacher}` };
    },
  },
};

export const models: Resource = {
  path: '/admin/ai-models',
  read: (client, id) => itemOf(client, '/admin/ai-models', (item) => item.id === id),
  acts: {
    update: (client, id) => client.patch(`/admin/ai-models/${id}`).send({ displayName: newId() }),
    delete: (client, id) => client.delete(`/admin/ai-models/${id}`),
  },
  states: {
    'of the platform': (scene) => scene.model(null),
    'of a tenant': (scene) => scene.model(scene.district.id),
  },
};

/** Reads an invitation as the list of its group or class shows it; the id here is `<list>|<id>`. */
const invitationOf: Act = (client, id) => {
  const [list = '', own] = id.split('|');
  return itemOf(client, list, (item) => item.id === own);
};
const ownId = (id: string): string => id.slice(id.indexOf('|') + 1);

export const invitations: Resource = {
  path: '/invitations',
  read: invitationOf,
  acts: {
    resend: (client, id) => client.post(`/invitations/${ownId(id)}/resend`).send({}),
    revoke: (client, id) => client.delete(`/invitations/${ownId(id)}`),
  },
  states: {
    'to a school': (scene) => scene.invitation({ groupId: scene.school.id, role: 'student' }),
    'to a school, as its admin': (scene) => scene.invitation({ groupId: scene.school.id, role: 'admin' }),
    'to a class': async (scene) =>
      scene.invitation({ classId: (await scene.ownClass()).id, role: 'student' }),
    'to a class, as its teacher': async (scene) =>
      scene.invitation({ classId: (await scene.ownClass()).id, role: 'teacher' }),
    'to an archived class': async (scene) => {
      const { id } = await scene.ownClass();
      const made = await scene.invitation({ classId: id, role: 'student' });
      await scene.archiveClass(id);
      return made;
    },
    expired: (scene) =>
      scene.invitation({ groupId: scene.school.id, role: 'student', expiresAt: inHours(-1) }),
    'expired and replaced': (scene) =>
      scene.invitation({
        ...{ groupId: scene.school.id, role: 'student', state: 'expired', expiresAt: inHours(-1) },
      }),
    revoked: (scene) =>
      scene.invitation({
        ...{ groupId: scene.school.id, role: 'student', state: 'revoked', revokedAt: inHours(-1) },
      }),
    accepted: (scene) =>
      scene.invitation({
        ...{ groupId: scene.school.id, role: 'student', state: 'accepted', acceptedAt: inHours(-1) },
      }),
  },
};

/** What people may do at some place or other; the id says nothing, because everybody reads about themselves. */
export const me: Resource = {
  path: '/auth/me',
  read: async (client) => {
    const { status, text, body, headers } = await client.get('/auth/me');
    // Only an account with a password may change it, which needs the current password.
    const { changePassword: _, ...flags } = body.data.can as Record<string, boolean>;
    return { status, text, headers, body: { data: { ...body.data, can: flags } } };
  },
  acts: {
    update: async (client) => {
      const { body } = await client.get('/auth/me');
      return client.patch(`/users/${body.data.id}`).send({ name: 'New' });
    },
    listUsers: (client) => client.get('/users'),
    createRootGroups: (client) => client.post('/groups').send({ name: 'New' }),
    createClasses: (client, _id, { school }) =>
      client.post('/classes').send({ groupId: school.id, name: 'New' }),
    createTools: (client, _id, { school }) =>
      client.post('/tools').send({
        groupId: school.id,
        definition: { name: 'New', version: '1.0', type: 'chat', behavior: 'Be kind.' },
      }),
  },
  states: { 'of each person': async () => ({ id: '' }) },
};
