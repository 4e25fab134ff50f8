// @ts-nocheck: runs in the browser, as it is.
const api = '../api/v1';
/** Renewed when this share of an access token's time is over. */
const RENEW_AT = 0.8;

const element = (id) => document.getElementById(id);
let signIn = null;
let renewal = null;

const ui = SwaggerUIBundle({
  url: '../openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  validatorUrl: null,
});

// Without cookies: this page shows what a client with a token sees, and leaves a sign-in elsewhere on this host alone.
async function post(path, body, token) {
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(api + path, {
    method: 'POST',
    credentials: 'omit',
    headers,
    body: JSON.stringify(body),
  });
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(answer.error.message);
  return answer?.data;
}

function keep(next) {
  signIn = next;
  ui.preauthorizeApiKey('bearer', next.accessToken);
  renewal = setTimeout(() => void renew(), next.expiresIn * 1000 * RENEW_AT);
}

async function renew() {
  try {
    keep(await post('/auth/refresh', { refreshToken: signIn.refreshToken }));
  } catch {
    forget('The sign-in has ended.');
  }
}

function forget(message) {
  clearTimeout(renewal);
  signIn = null;
  ui.authActions.logout(['bearer']);
  element('sign-in').hidden = false;
  element('signed-in').hidden = true;
  element('message').textContent = message;
}

element('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault();
  element('message').textContent = '';
  try {
    const answer = await post('/auth/login', {
      email: element('email').value,
      password: element('password').value,
    });
    keep(answer);
    element('password').value = '';
    element('who').textContent = `Signed in as ${answer.user.name}`;
    element('sign-in').hidden = true;
    element('signed-in').hidden = false;
  } catch (error) {
    element('message').textContent = error.message;
  }
});

element('sign-out').addEventListener('click', async () => {
  await post('/auth/logout', {}, signIn.accessToken).catch(() => undefined);
  forget('');
});
