/** What the tests do with a documented command: run it, or say why not. */
export type Treatment = { run: true } | { run: false; because: string };

const RUN: Treatment = { run: true };
const not = (because: string): Treatment => ({ run: false, because });

const STAYS = not(
  'starts the whole system and stays; its parts are tested in scripts/start and src/local-servers',
);
const ITSELF = not('is what runs this test, or what CI runs beside it');
const DOCKER = not('needs a Docker engine; npm run docker:check does it with one');
const CLUSTER = not('needs a Kubernetes cluster; the chart has tests of its own');
const HEROKU = not('needs an account at Heroku; app.json has a test of its own');
const SERVER = not('changes a server: its packages, its services, its files');
const MINUTES = not('takes minutes');

/** The first pattern that matches a command decides. A command without a match fails the test. */
export const TREATMENTS: readonly (readonly [RegExp, Treatment])[] = [
  [/^npm (?:start|run reset)\b/, STAYS],
  [/^npm (?:test|run (?:format|lint|typecheck|build))\b/, ITSELF],
  [/^npm run drill\b/, MINUTES],
  [/^npm run docker:check$/, DOCKER],
  [/^scripts\/setup-env\b/, RUN],
  [/^npm run (?:job|audit:verify|doctor)\b/, RUN],
  [
    /^npm run docs:configuration$/,
    not('writes docs/configuration.md; a test compares it with what would be written'),
  ],
  [/^npx web-push /, RUN],
  [/^node -[pe] /, RUN],
  [/^(?:for [^\n]*do\s+)?(?:sudo )?docker\b/, DOCKER],
  [/^(?:kubectl|helm)\b/, CLUSTER],
  [/^heroku\b/, HEROKU],
  [/^(?:sudo|apt|apt-get|ssh|scp|systemctl|git)\b/, SERVER],
  [/^(?:API|PASSWORD|[A-Z_]+)=/, RUN],
  [/^(?:json|call|login)\b/, RUN],
  [/^while call\b/, RUN],
  [/^curl\b.*\blocalhost:(?:3000|946[45])\b/, RUN],
];

/** The treatment of a command; undefined if no pattern matches. */
export function treatmentOf(command: string): Treatment | undefined {
  return TREATMENTS.find(([pattern]) => pattern.test(command))?.[1];
}
