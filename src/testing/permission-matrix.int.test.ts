import { ACTIONS, SCOPES } from '../authz/actions';
import { API_BASE } from '../http/base';
import type { Route } from '../http/route';
import { routesOf } from '../routes';
import { createTestApp, type TestApp } from './app';
import { nameOf } from './declared-routes';
import { ACTORS, type Actor, PermissionDistrict, PLACES, type Place } from './permission-district';
import { MATRIX } from './permission-matrix';
import { ASKS, type PermissionRequest } from './permission-requests';

function scopeOf({ access }: Route): string {
  return access.kind === 'public' ? '' : ACTIONS[access.action];
}

/** The sign of an answer in the matrix. */
const SIGNS: Readonly<Record<number, string>> = {
  400: '0',
  401: '!',
  403: '-',
  404: '.',
  409: '9',
  412: 'p',
  422: '2',
  429: 'r',
  503: 's',
};

describe('who may do what, and where', () => {
  let app: TestApp;
  let district: PermissionDistrict;
  let routes: readonly Route[];
  const byName = new Map<string, Route>();

  beforeAll(async () => {
    app = await createTestApp();
    district = await PermissionDistrict.build(app.container);
    routes = routesOf(app.container);
    for (const route of routes) byName.set(nameOf(route), route);
  });
  afterAll(() => app.close());

  const guarded = () => routes.filter(({ access }) => access.kind !== 'public');

  async function send(
    route: Route,
    ask: PermissionRequest,
    place: Place,
    token: string | null,
    cursor = '',
  ): Promise<Response> {
    const at = district.at(place);
    const ids = ask.ids?.(at) ?? [];
    let next = 0;
    const path = route.path.replace(/:\w+/g, () => ids[next++] as string);
    const page = ask.lists === undefined ? [] : [`limit=100&cursor=${cursor}`];
    const query = [...(ask.query === undefined ? [] : [ask.query(at)]), ...page].join('&');
    return fetch(`${app.url}${API_BASE}${path}${query === '' ? '' : `?${query}`}`, {
      method: route.method.toUpperCase(),
      headers: {
        'Content-Type': 'application/json',
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body(at)) }),
    });
  }

  async function signOf(
    route: Route,
    ask: PermissionRequest,
    place: Place,
    token: string,
    cursor = '',
  ): Promise<string> {
    const response = await send(route, ask, place, token, cursor);
    const text = await response.text();
    if (response.status >= 500) throw new Error(`${nameOf(route)} at ${place}: ${text}`);
    if (response.status >= 300) return SIGNS[response.status] ?? '?';
    const wanted = ask.lists?.(district.at(place));
    if (wanted === undefined || text.includes(wanted)) return '+';
    const { nextCursor } = JSON.parse(text).meta.pagination;
    return nextCursor === null ? '.' : signOf(route, ask, place, token, nextCursor);
  }

  /** The signs of one actor at all places. */
  async function row(name: string, actor: Actor): Promise<string> {
    const route = byName.get(name.split(' #')[0] as string) as Route;
    const ask = ASKS[name] as PermissionRequest;
    const signAt = async (place: Place): Promise<string> => {
      const isAsked = place === 'own' || (ask.alone !== true && (place !== 'mate' || ask.personal === true));
      const sign = isAsked ? await signOf(route, ask, place, district.tokens[actor]) : '_';
      if (sign === '+' && ask.dirties === true) await district.repair(place);
      return sign;
    };
    const signs: string[] = [];
    if (ask.dirties === true) for (const place of PLACES) signs.push(await signAt(place));
    else signs.push(...(await Promise.all(PLACES.map(signAt))));
    return signs.join('').replace(/_+$/, '');
  }

  it('has a line for every route', () => {
    const named = (names: string[]) =>
      [...new Set(names.map((name) => name.split(' #')[0] as string))].sort();
    const declared = guarded().map(nameOf).sort();
    expect(named(Object.keys(ASKS))).toEqual(declared);
    expect(named(Object.keys(MATRIX))).toEqual(declared);
    expect(Object.keys(MATRIX).sort()).toEqual(Object.keys(ASKS).sort());
  });

  it('is nothing for nobody, nor for the deactivated', async () => {
    const wrong: string[] = [];
    for (const route of guarded()) {
      const ask = ASKS[nameOf(route)] as PermissionRequest;
      const tokens = {
        anonymous: null,
        forged: 'eyJhbGciOiJub25lIn0.e30.',
        deactivated: district.tokens.deactivated,
      };
      for (const [who, token] of Object.entries(tokens)) {
        const { status } = await send(route, ask, 'own', token);
        if (status !== 401) wrong.push(`${nameOf(route)}: ${who} ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('allows nothing to an API token without the scope, whoever owns it', async () => {
    const wrong: string[] = [];
    const scopes = [...new Set(guarded().map(scopeOf))];
    expect(scopes.length).toBeGreaterThan(5);
    for (const scope of scopes) {
      const others = SCOPES.filter((each) => each !== scope);
      const token = await district.apiToken('platformAdmin', others);
      for (const route of guarded().filter((each) => scopeOf(each) === scope)) {
        const response = await send(route, ASKS[nameOf(route)] as PermissionRequest, 'own', token);
        if (response.status !== 403) wrong.push(`${nameOf(route)}: ${response.status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('never reaches into another district, platform admins aside', () => {
    const reaching = Object.entries(MATRIX).flatMap(([name, row]) =>
      ACTORS.filter(
        (actor) =>
          actor !== 'platformAdmin' && row[actor].length === PLACES.length && row[actor].endsWith('+'),
      ).map((actor) => `${name}: ${actor}`),
    );
    expect(reaching).toEqual([]);
  });

  it("opens no student's work to platform admins, nor to colleagues, staff and guardians", () => {
    const work = Object.keys(MATRIX).filter((name) =>
      /(GET|PATCH|POST) \/(submissions|runs|sessions)\/:id/.test(name),
    );
    expect(work.length).toBeGreaterThan(12);
    for (const name of work) {
      for (const actor of ['platformAdmin', 'staff', 'guardian'] as const)
        expect({ name, actor, signs: MATRIX[name]?.[actor] }).toEqual({ name, actor, signs: '.......' });
      expect(MATRIX[name]?.colleague.slice(0, 2)).toBe('..');
    }
  });

  it.each(Object.keys(MATRIX))('%s', async (name) => {
    const seen = {} as Record<Actor, string>;
    for (const actor of ACTORS) seen[actor] = await row(name, actor);
    expect(seen).toEqual(MATRIX[name]);
  });
});
