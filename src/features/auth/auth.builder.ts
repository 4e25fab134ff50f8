import type { Container } from '../../container';
import type { Client, TestApp } from '../../testing/app';

export const PASSWORD = 'a long walk in June';

/** A clock that a test can move forward. */
export class MovableClock {
  aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }
}

let counter = 0;

/** An account with a password. */
export async function buildAccount(
  container: Container,
  values: { email?: string; name?: string; isPlatformAdmin?: boolean } = {},
): Promise<{ id: string; email: string; name: string }> {
  counter += 1;
  const email = values.email ?? `account${counter}@example.org`;
  const name = values.name ?? `Account ${counter}`;
  const { isPlatformAdmin = false } = values;
  const id = await container.auth.accounts.create({ email, name, password: PASSWORD, isPlatformAdmin });
  return { id, email, name };
}

/** An account of a district without e-mail, with a password. */
export async function buildPupilAccount(
  { auth, platform }: Container,
  tenantId: string,
  username: string,
): Promise<{ id: string; username: string; districtCode: string }> {
  const { prisma } = platform.db;
  const { districtCode } = await prisma.group.findUniqueOrThrow({ where: { id: tenantId } });
  const id = await auth.accounts.create({
    email: `${username}@made.example.org`,
    name: 'Pupil',
    password: PASSWORD,
  });
  await prisma.user.updateMany({ where: { id }, data: { tenantId, username, email: null } });
  return { id, username, districtCode: districtCode ?? '' };
}

/** The result of a log-in, as its client keeps it. */
export interface LoggedIn {
  accessToken: string;
  refreshToken: string;
  csrfToken: string;
  /** The value of the Cookie header. */
  cookies: string;
  userId: string;
}

export async function logIn(app: TestApp, email: string, password = PASSWORD): Promise<LoggedIn> {
  const { body, headers } = await app.anonymous.post('/auth/login').send({ email, password }).expect(200);
  const { accessToken, refreshToken, csrfToken, user } = body.data;
  return { accessToken, refreshToken, csrfToken, cookies: cookiesOf(headers['set-cookie']), userId: user.id };
}

/** Turns Set-Cookie headers into the Cookie header that answers them. */
export function cookiesOf(setCookie: unknown): string {
  return (setCookie as string[]).map((cookie) => cookie.split(';')[0]).join('; ');
}

/** A request of this client, with this access token. */
export function withToken(
  client: Client,
  method: 'get' | 'post' | 'patch' | 'delete',
  path: string,
  token: string,
) {
  return client[method](path).set('Authorization', `Bearer ${token}`);
}
