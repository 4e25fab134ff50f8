import type { Principal } from '../../../authz/ability';
import type { Database } from '../../../platform/db/database';
import type { Card, CardDocument } from '../../../platform/pdf/cards';
import { renderCards } from '../../../platform/pdf/cards';
import type { Clock } from '../../../shared/clock';
import { ForbiddenError } from '../../../shared/errors';
import { type AuditService, auditSubject } from '../../audit';
import { type LoginCardsService, requirePerson } from '../../auth';
import { type Class, type ClassesService, ClassMemberNotFoundError } from '../../classes';
import type { GroupsReader } from '../../groups';
import type { PlacedUser, UsersService } from '../../users';
import { NoLoginCardsError, TooManyLoginCardsError } from '../accounts.errors';
import type { AccountNamesRepository } from '../accounts.repository';
import type { ClassPupilsRepository } from './accounts.cards.repository';
import { type CardTexts, cardTextsOf } from './accounts.cards.texts';

/** Drawing them takes a second of one core; a larger class is printed in parts. */
export const MAX_CARDS = 60;
/** Regions that print on Letter; all others use A4. */
const LETTER_REGIONS = new Set(['US', 'CA', 'MX']);

export interface PrintCardsInput {
  /** Absent for all students of the class who can get one from the caller. */
  userIds?: readonly string[] | undefined;
  days: number;
}

export interface CardsDeps {
  db: Database;
  clock: Clock;
  pupils: ClassPupilsRepository;
  names: AccountNamesRepository;
  cards: LoginCardsService;
  users: UsersService;
  classes: ClassesService;
  groups: GroupsReader;
  audit: AuditService;
  /** Where people's web client is; without one, the address of the API. */
  webUrl: string;
}

/** Log-in cards of a class, to print and cut out. */
export class LoginCardSheets {
  constructor(private readonly deps: CardsDeps) {}

  /**
   * Makes cards for students of a class whose password the caller may set, and ends those that they had.
   * @throws PersonRequiredError for an API token; ClassNotFoundError, ForbiddenError, ClassMemberNotFoundError,
   * NoLoginCardsError, TooManyLoginCardsError
   */
  async print(principal: Principal, classId: string, input: PrintCardsInput): Promise<Buffer> {
    requirePerson(principal);
    const found = await this.deps.classes.getClass(principal, classId, 'class.print_login_cards');
    const pupils = await this.pupilsFor(principal, classId, input.userIds);
    const ids = pupils.map(({ id }) => id);
    const made = await this.deps.db.transaction(async () => {
      const issued = await this.deps.cards.issue(ids, principal.userId, input.days);
      const details = { days: input.days };
      await this.deps.audit.recordAbout(auditSubject('class', found), ids, 'user.login_card_made', details);
      return issued;
    });
    return this.draw(found, pupils, made);
  }

  /** A card is as good as a password, so it is for those whose password the caller may set. */
  private async pupilsFor(
    principal: Principal,
    classId: string,
    wanted: readonly string[] | undefined,
  ): Promise<PlacedUser[]> {
    const inClass = await this.deps.pupils.listIds(classId);
    const ids = wanted === undefined ? inClass : inClass.filter((id) => wanted.includes(id));
    if (wanted !== undefined && ids.length < wanted.length) throw new ClassMemberNotFoundError();
    const pupils = await this.deps.users.listFor(principal, ids, 'user.reset_password');
    if (wanted !== undefined && pupils.length < wanted.length) throw new ForbiddenError();
    const own = pupils.filter(({ signInMethods: ways }) => ways.length === 0 || ways.includes('password'));
    if (own.length === 0) throw new NoLoginCardsError();
    if (own.length > MAX_CARDS) throw new TooManyLoginCardsError(MAX_CARDS);
    return own;
  }

  private async draw(
    { groupId, groupName, name, tenantId }: Class,
    pupils: readonly PlacedUser[],
    { secrets, expiresAt }: Awaited<ReturnType<LoginCardsService['issue']>>,
  ): Promise<Buffer> {
    const { clock, groups, names } = this.deps;
    const settings = await groups.resolvedSettings(groupId);
    const locale = new Intl.Locale(settings.locale ?? 'en');
    const texts = cardTextsOf(locale);
    const until = new Intl.DateTimeFormat(locale.toString(), {
      ...{ dateStyle: 'long', timeZone: await groups.timezoneOf(groupId) },
    }).format(expiresAt);
    const code = await names.findDistrictCode(tenantId);
    const document: CardDocument = {
      title: texts.title(name),
      owner: `${name} · ${groupName}`,
      note: texts.note,
      cards: pupils.map((pupil) => this.cardOf(pupil, secrets.get(pupil.id) ?? '', { texts, until, code })),
      locale,
      paper: LETTER_REGIONS.has(locale.maximize().region ?? '') ? 'LETTER' : 'A4',
      generatedAt: clock.now(),
    };
    const { colors } = await groups.documentTheme(groupId);
    return renderCards(document, { colors, logo: null });
  }

  private cardOf(
    { name, email, username }: PlacedUser,
    secret: string,
    { texts, until, code }: { texts: CardTexts; until: string; code: string | null },
  ): Card {
    const facts =
      username === null
        ? [{ label: texts.email, value: email ?? '' }]
        : [
            { label: texts.districtCode, value: code ?? '' },
            { label: texts.username, value: username },
          ];
    // Behind the `#`, which no browser sends to a server and no server writes to a log.
    return {
      title: name,
      facts,
      code: `${this.deps.webUrl}/login-card#${secret}`,
      codeNote: texts.scan(until),
    };
  }
}
