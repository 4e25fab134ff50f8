import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { loadConfig } from '../../src/config/config';
import { projectRoot } from '../../src/local-servers/project-root';
import { raw, sql } from '../../src/platform/db/sql';
import { type Client, createTestApp, type TestApp, testEnv } from '../../src/testing/app';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database';
import { World } from '../../src/testing/world';
import type { DemoCounts } from './build/district';
import { type DemoLogin, demoLogins } from './logins';
import { type SeedOutcome, seedDemo } from './seed';

const CountRow = z.object({ n: z.number() });
const StateRow = z.object({ state: z.string() });

function countsOf(outcome: SeedOutcome): DemoCounts {
  if (outcome.kind !== 'made') throw new Error(`nothing was made: ${outcome.kind}`);
  return outcome.counts;
}

describe('the demo district', () => {
  let database: TestDatabase;
  let failure: unknown;
  let leftBehind: number | undefined;
  let outcomes: SeedOutcome[];
  let outcome: SeedOutcome;
  let app: TestApp;
  let logins: DemoLogin[];

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await createTestApp({ database });
    const config = loadConfig(testEnv(database.url));
    const breakOff = (line: string) => {
      if (line === 'assignments and work') throw new Error('the power is gone');
    };
    failure = await seedDemo(config, breakOff).catch((error: Error) => error.message);
    leftBehind = await countWhere('users');
    outcomes = await Promise.all([seedDemo(config), seedDemo(config)]);
    outcome = outcomes.find(({ kind }) => kind === 'made') as SeedOutcome;
    if (outcome?.kind === 'made') logins = demoLogins(outcome.calendar);
  });

  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  const countWhere = async (from: string) => {
    const row = await app.container.platform.db.row(sql`SELECT count(*) AS n FROM ${raw(from)}`, CountRow);
    return row?.n;
  };
  const statesOf = async (table: 'assignments' | 'submissions' | 'sessions' | 'runs' | 'tools') => {
    const rows = await app.container.platform.db.rows(
      sql`SELECT DISTINCT state FROM ${raw(table)} ORDER BY state`,
      StateRow,
    );
    return rows.map(({ state }) => state);
  };

  async function logIn(role: RegExp): Promise<Client> {
    const login = logins.find((each) => role.test(each.role));
    const answer = await app.anonymous
      .post('/auth/login')
      .send({ email: login?.email, password: login?.password });
    expect([login?.role, answer.status]).toEqual([login?.role, 200]);
    return app.withToken(answer.body.data.accessToken);
  }

  it('leaves nothing behind when it fails halfway', () => {
    expect(failure).toBe('the power is gone');
    expect(leftBehind).toBe(0);
  });

  it('is made by one of two who try at the same time', async () => {
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['demo_already', 'made']);
    expect(await countWhere('users')).toBe(221);
  });

  it('is as large as promised', () => {
    expect(countsOf(outcome)).toMatchObject({ people: 221, classes: 12, tools: 10, assignments: 25 });
    expect(countsOf(outcome).submissions).toBeGreaterThan(250);
    expect(countsOf(outcome).messages).toBeGreaterThan(1_500);
  });

  it('has work in every state', async () => {
    expect(await statesOf('tools')).toEqual(['draft', 'published']);
    expect(await statesOf('assignments')).toEqual(['closed', 'draft', 'published']);
    expect(await statesOf('submissions')).toEqual(['in_progress', 'returned', 'submitted']);
    expect(await statesOf('sessions')).toEqual(expect.arrayContaining(['active', 'completed', 'expired']));
    expect(await statesOf('runs')).toEqual(['succeeded']);
    expect(await countWhere('submissions WHERE late')).toBeGreaterThan(5);
    expect(
      await countWhere("submissions WHERE state = 'submitted' AND draft_score IS NOT NULL"),
    ).toBeGreaterThan(5);
  });

  it('tells a story in which nothing happens before its time, or tomorrow', async () => {
    expect(await countWhere('submissions WHERE submitted_at <= started_at')).toBe(0);
    expect(await countWhere('submissions WHERE graded_at <= submitted_at OR returned_at < graded_at')).toBe(
      0,
    );
    expect(
      await countWhere(
        'submissions s JOIN assignments a ON a.id = s.assignment_id WHERE s.started_at < a.opens_at OR s.submitted_at >= a.closes_at',
      ),
    ).toBe(0);
    expect(
      await countWhere(
        'submissions WHERE greatest(started_at, submitted_at, graded_at, returned_at) > now()',
      ),
    ).toBe(0);
    expect(await countWhere('messages WHERE created_at > now()')).toBe(0);
    expect(
      await countWhere(
        'messages m JOIN sessions s ON s.id = m.session_id JOIN submissions b ON b.id = s.submission_id WHERE m.created_at < b.started_at OR m.created_at > b.submitted_at',
      ),
    ).toBe(0);
    expect(await countWhere('runs WHERE finished_at > now()')).toBe(0);
  });

  it('leaves every change in the audit trail, in the name of the one who made it', async () => {
    expect(
      await countWhere("audit_events WHERE action = 'submission.submitted' AND actor_id = about_user_id"),
    ).toBe(await countWhere("submissions WHERE state <> 'in_progress'"));
  });

  it('lets everybody who is offered as a log-in sign in', async () => {
    expect(logins.map(({ role }) => role)).toEqual([
      'platform admin',
      'district admin',
      'principal, Maplewood Middle School',
      'teacher of mathematics',
      'teacher of biology',
      'teaching assistant',
      'student, grade 6',
      'student, grade 10',
      'student, grade 11',
      expect.stringMatching(/^guardian of /),
    ]);
    for (const { email, password } of logins) {
      expect((await app.anonymous.post('/auth/login').send({ email, password })).status).toBe(200);
    }
  });

  it('gives a teacher classes, work to grade, and chats to read', async () => {
    const teacher = await logIn(/^teacher of mathematics/);
    const classes = (await teacher.get('/classes?mine=true').expect(200)).body.data;
    expect(classes.map((each: { name: string }) => each.name)).toEqual([
      'Math 6, Period 1',
      'Pre-Algebra 7, Period 3',
    ]);
    const path = `/classes/${classes[0].id}/submissions?state=submitted&limit=100`;
    const waiting = (await teacher.get(path).expect(200)).body.data;
    expect(waiting.length).toBeGreaterThan(3);
    const work = (await teacher.get(`/submissions/${waiting[0].id}`).expect(200)).body.data;
    expect(work.answer).not.toBe('');
    const messages = (await teacher.get(`/sessions/${work.sessionId}/messages`).expect(200)).body.data;
    expect(messages.length).toBeGreaterThan(4);
    await teacher
      .post(`/submissions/${work.id}/grade`)
      .send({ score: 18, feedback: 'Clear and complete.' })
      .expect(200);
  });

  it('gives a student returned work with a score and words, and no tool’s instructions', async () => {
    const student = await logIn(/^student, grade 6/);
    const [first] = (await student.get('/classes?mine=true').expect(200)).body.data;
    const returned = await student.get(`/classes/${first.id}/submissions?state=returned`).expect(200);
    expect(returned.body.data.length).toBeGreaterThan(0);
    const work = await student.get(`/submissions/${returned.body.data[0].id}`).expect(200);
    expect(work.body.data).toMatchObject({ state: 'returned', draft: null });
    expect(work.body.data.score).toBeGreaterThan(0);
    expect(work.body.data.feedback).not.toBe('');
    const tool = await student.get(`/tools/${work.body.data.toolId}`).expect(200);
    expect(tool.text).not.toContain('You are');
  });

  it('has notified people in their lists, without a mail', async () => {
    const student = await logIn(/^student, grade 6/);
    const { data } = (await student.get('/notifications?limit=100').expect(200)).body;
    const events = data.map(({ event }: { event: string }) => event);
    expect(new Set(events)).toEqual(new Set(['assignment.published', 'submission.returned']));
    expect(data.some(({ readAt }: { readAt: string | null }) => readAt !== null)).toBe(true);
    expect(await countWhere('notifications WHERE created_at > now()')).toBe(0);
    expect(await countWhere('notification_deliveries')).toBe(0);
    expect(await countWhere("outbox WHERE workflow = 'deliverNotification'")).toBe(0);
  });

  it('gives a guardian what their child got back, and nothing else', async () => {
    const guardian = await logIn(/^guardian/);
    const classes = (await guardian.get('/classes?mine=true').expect(200)).body.data;
    expect(classes.map((each: { myRole: string }) => each.myRole)).toContain('observer');
    const seen = [];
    for (const { id } of classes)
      seen.push(...(await guardian.get(`/classes/${id}/submissions?limit=100`).expect(200)).body.data);
    expect(seen.length).toBeGreaterThan(0);
    expect(new Set(seen.map((each: { state: string }) => each.state))).toEqual(new Set(['returned']));
    expect(new Set(seen.map((each: { user: { id: string } }) => each.user.id)).size).toBe(1);
  });

  it('shows usage to the people who answer for its costs', async () => {
    const { db } = app.container.platform;
    const row = await db.row(
      sql`SELECT count(*) AS calls, count(*) FILTER (WHERE cost_micros > 0) AS paid FROM ai_calls`,
      z.object({ calls: z.number(), paid: z.number() }),
    );
    expect(row?.calls).toBeGreaterThan(100);
    expect(row?.paid).toBe(row?.calls);
  });

  it('lets the schools differ in theme and settings', async () => {
    const principal = await logIn(/^principal/);
    const [school] = (await principal.get('/groups?q=Maplewood Middle').expect(200)).body.data;
    const { theme } = (await principal.get(`/groups/${school.id}/theme/resolved`).expect(200)).body.data;
    expect(theme.colors).toMatchObject({ primary: '#1f5f4a', background: '#fffaf3' });
    const { settings } = (await principal.get(`/groups/${school.id}/settings/resolved`).expect(200)).body
      .data;
    expect(settings).toMatchObject({ timezone: 'America/Chicago', ai: { maxMessagesPerSession: 40 } });
  });

  it('is made once: a second time says that it is there and changes nothing', async () => {
    const before = await countWhere('audit_events');
    expect(await seedDemo(loadConfig(testEnv(database.url)))).toMatchObject({ kind: 'demo_already' });
    expect(await countWhere('audit_events')).toBe(before);
  });
});

describe('the demo district in a database that is in use', () => {
  it('refuses a database that is in use', async () => {
    const app = await createTestApp();
    await new World(app.container).group({ name: 'A real district' });
    expect(await seedDemo(loadConfig(testEnv(app.databaseUrl)))).toEqual({ kind: 'other_data' });
    await app.close();
  });

  it.each(['production', 'development'])('is refused to who does not ask for it, in %s', (NODE_ENV) => {
    const args = [
      '--require',
      join(projectRoot, 'src/testing/register.cjs'),
      join(projectRoot, 'scripts/cli.ts'),
      'seed-demo',
    ];
    const env = {
      ...testEnv('postgres://nobody@localhost:1/nowhere'),
      NODE_ENV,
      PATH: process.env.PATH ?? '',
    };
    const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('add --force to create it anyway');
  });
});
