import express from 'express';
import request from 'supertest';
import { featureRouters } from './feature-routers';
import { defineRoute, everybody, type Method, type Route, reply } from './route';

function routeOf(name: string): Route {
  const [method, path] = name.split(' ') as [Method, string];
  return defineRoute({
    ...{ method, path, summary: name, access: everybody },
    success: { status: 204, description: 'Done.' },
    handler: async () => reply.noContent(),
  });
}

/** Routers that answer with the name and the parameters of the route that took the request. */
function appWith(...features: [prefixes: string[], names: string[]][]) {
  return express().use(
    featureRouters(
      features.map(([prefixes, names]) => ({ prefixes, routes: names.map(routeOf) })),
      {
        chain: ({ method, path }) => [(req, res) => void res.json([`${method} ${path}`, req.params])],
        otherMethod: (allow) => [(_req, res) => void res.status(405).json(allow)],
      },
    ),
  );
}

describe('the routers of features', () => {
  const app = appWith(
    [
      ['/users', '/auth/me'],
      ['get /auth/me', 'get /users/:id', 'patch /users/:id', 'get /users/me', 'get /users'],
    ],
    [
      ['/classes'],
      ['get /classes/:id', 'get /classes', 'post /classes', 'post /classes/join', 'get /classes/:id/roster'],
    ],
    [
      ['/assignments', '/classes'],
      ['get /classes/:id/assignments', 'get /assignments/:id'],
    ],
  );

  it.each([
    ['get', '/users/me', ['get /users/me', {}]],
    ['get', '/users/7', ['get /users/:id', { id: '7' }]],
    ['get', '/auth/me', ['get /auth/me', {}]],
    ['post', '/classes/join', ['post /classes/join', {}]],
    ['get', '/classes/7/assignments', ['get /classes/:id/assignments', { id: '7' }]],
    ['get', '/classes/7/roster/', ['get /classes/:id/roster', { id: '7' }]],
    ['get', '/assignments/a%20b', ['get /assignments/:id', { id: 'a b' }]],
  ] as const)('find words before parameters, each under its prefix: %s %s', async (method, path, found) => {
    const { status, body } = await request(app)[method](path);
    expect([status, body]).toEqual([200, found]);
  });

  it('answer unsupported methods of a path with the supported ones', async () => {
    expect((await request(app).post('/users/7')).body).toBe('GET, PATCH, HEAD, OPTIONS');
    expect((await request(app).get('/classes/join')).body).toBe('POST, OPTIONS');
  });

  it.each(['/class', '/classes/7/nothing', '/Users', '/classes//', '//classes', '/classes/7//'])(
    'leave %s to what comes after them',
    async (path) => {
      expect((await request(app).get(path)).status).toBe(404);
    },
  );

  it('are not made of routes that would hide each other', () => {
    expect(() => appWith([['/a'], ['get /a/:id', 'get /a/:id']])).toThrow('declared twice');
    expect(() => appWith([['/a'], ['get /a/:id', 'put /a/:other']])).toThrow('two names for one parameter');
    expect(() => appWith([['/a'], ['get /a']], [['/a'], ['put /a']])).toThrow('declared by two features');
    expect(() => appWith([['/a'], ['get /b']])).toThrow('/b has none of the prefixes of its feature');
  });
});
