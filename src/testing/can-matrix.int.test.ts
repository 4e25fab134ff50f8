import { CAN_MATRIX } from './can-matrix';
import { CAN_ACTORS, type CanActor, CanScene } from './can-scene';

const REFUSED = [403, 404, 409];

/** Flags that are not in the matrix, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  changePassword: 'takes the password of before; auth.sessions.int.test plays it',
  end: 'is true for everybody who sees the sign-in; auth.sessions and auth.step-up play it',
  revoke: 'is true for everybody who sees the token; auth.api-tokens and auth.step-up play it',
  cancel: 'of a job takes Temporal; jobs.workflow.test plays it',
  retry: 'of a job takes Temporal; jobs.workflow.test plays it',
  manage: 'of a schedule takes Temporal; jobs.workflow.test plays it',
  readSchedules: 'takes Temporal; jobs.workflow.test plays it',
};

interface Shown {
  properties?: Record<string, Shown>;
}

/**
 * Reads `can` of an object in each state as each person, and then does what each flag promises, each time
 * to another object in the same state. The test fails if a flag is true and the action is refused, or if it
 * is false and the action changes something.
 */
describe('what `can` promises', () => {
  let scene: CanScene;
  beforeAll(async () => {
    scene = await CanScene.open();
  });
  afterAll(() => scene.app.close());

  const cases = CAN_MATRIX.flatMap((resource) =>
    Object.keys(resource.states).map((state) => [`${resource.path} ${state}`, resource, state] as const),
  );

  it('is played for every flag that the API shows', async () => {
    const { components } = (await (await fetch(`${scene.app.url}/openapi.json`)).json()) as {
      components: { schemas: Record<string, Shown> };
    };
    const played = CAN_MATRIX.map(({ acts }) => new Set(Object.keys(acts)));
    const unplayed = Object.entries(components.schemas).flatMap(([name, { properties }]) => {
      const flags = Object.keys(properties?.can?.properties ?? {}).filter((flag) => !(flag in ELSEWHERE));
      return played.some((acts) => flags.every((flag) => acts.has(flag))) ? [] : [`${name}: ${flags.join()}`];
    });
    expect(Object.keys(components.schemas).length).toBeGreaterThan(0);
    expect(unplayed).toEqual([]);
  });

  it.each(cases)('is what happens: %s', async (_name, resource, state) => {
    const build = resource.states[state];
    if (build === undefined) throw new Error(`no state ${state}`);
    const read = async (name: CanActor, id: string) =>
      resource.read === undefined
        ? scene.clients[name].get(`${resource.path}/${id}`)
        : resource.read(scene.clients[name], id, scene);
    const shared = await build(scene);
    const differences: string[] = [];
    let looked = 0;
    for (const name of CAN_ACTORS) {
      const { status, body } = await read(name, shared.id);
      if (status !== 200) continue;
      looked += 1;
      const flags = Object.keys(body.data.can);
      // A flag without an action would be untested; the item of a list may show fewer flags.
      if (resource.read === undefined)
        expect(flags.toSorted()).toEqual(Object.keys(resource.acts).toSorted());
      for (const flag of flags) {
        const promised = body.data.can[flag] as boolean;
        expect([name, flag, typeof promised]).toEqual([name, flag, 'boolean']);
        const act = resource.acts[flag];
        if (act === undefined) throw new Error(`no action for ${flag} of ${resource.path}`);
        const { id } = await build(scene);
        const before = await read(name, id);
        const done = await act(scene.clients[name], id, scene);
        const isRefused = REFUSED.includes(done.status);
        if (!isRefused && done.status >= 300)
          differences.push(`${name} ${flag}: ${done.status} ${done.text}`);
        const isMade = done.status === 201;
        const changed = isMade || (!isRefused && (await read(name, id)).headers.etag !== before.headers.etag);
        if (promised ? isRefused : changed)
          differences.push(`${name} ${flag} is ${promised}: ${done.status} ${done.text.slice(0, 160)}`);
      }
    }
    expect(differences).toEqual([]);
    expect(looked).toBeGreaterThan(0);
  });
});
