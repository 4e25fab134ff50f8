import { can, type Principal } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import { userSubject } from './users.service';
import type { Account, Guardian, Me, PlacedUser, User } from './users.types';

/** The fields for every reader of a person. */
const presentName = (user: User) => ({
  id: user.id,
  tenantId: user.tenantId,
  email: user.email,
  username: user.username,
  name: user.name,
  status: user.status,
});

const presentAccount = (user: Account) => ({
  ...presentName(user),
  locale: user.locale,
  isPlatformAdmin: user.isPlatformAdmin,
  emailVerified: user.emailVerifiedAt !== null,
  signInMethods: user.signInMethods,
  lastLoginAt: user.lastLoginAt?.toISOString() ?? null,
  deactivatedAt: user.deactivatedAt?.toISOString() ?? null,
  createdAt: user.createdAt.toISOString(),
  updatedAt: user.updatedAt.toISOString(),
});

export function presentUser(user: PlacedUser, principal: Principal) {
  const tagged = userSubject(user);
  const self = `${API_BASE}/users/${user.id}`;
  const mayShutOut = user.id !== principal.userId && can(principal, 'user.deactivate', tagged);
  return {
    ...(can(principal, 'user.read_account', tagged) ? presentAccount(user) : presentName(user)),
    links: { self, guardians: `${self}/guardians` },
    can: {
      update: can(principal, 'user.update', tagged),
      changeEmail: can(principal, 'user.change_email', tagged),
      manageSignIns: can(principal, 'user.manage_sign_ins', tagged),
      resetPassword:
        user.id !== principal.userId &&
        user.status === 'active' &&
        can(principal, 'user.reset_password', tagged),
      deactivate: mayShutOut && user.status === 'active',
      reactivate: mayShutOut && user.status === 'deactivated',
      manageGuardians: can(principal, 'user.manage_guardians', tagged),
    },
  };
}

export function presentGuardian(studentId: string, guardian: Guardian) {
  return {
    userId: guardian.userId,
    name: guardian.name,
    email: guardian.email,
    username: guardian.username,
    status: guardian.status,
    isActive: guardian.isActive,
    since: guardian.since.toISOString(),
    links: {
      self: `${API_BASE}/users/${studentId}/guardians/${guardian.userId}`,
      user: `${API_BASE}/users/${guardian.userId}`,
      student: `${API_BASE}/users/${studentId}`,
    },
  };
}

export function presentMe(me: Me, principal: Principal) {
  return {
    ...presentAccount(me),
    mustChangePassword: principal.mustChangePassword,
    groups: me.groups.map((group) => ({ ...group, links: { self: `${API_BASE}/groups/${group.id}` } })),
    classes: me.classes.map((each) => ({ ...each, links: { self: `${API_BASE}/classes/${each.id}` } })),
    links: {
      self: `${API_BASE}/auth/me`,
      user: `${API_BASE}/users/${me.id}`,
      sessions: `${API_BASE}/auth/sessions`,
      tokens: `${API_BASE}/auth/tokens`,
    },
    can: {
      update: true,
      changePassword: principal.sessionId !== null,
      listUsers: principal.ability.can('user.list', 'User'),
      createRootGroups: principal.access.isPlatformAdmin,
      createClasses: principal.ability.can('class.create', 'Group'),
      createTools: principal.ability.can('tool.create', 'Group'),
    },
  };
}
