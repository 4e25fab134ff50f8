import { can, type Principal } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import { userSubject } from './users.service';
import type { Me, PlacedUser, User } from './users.types';

function presentFields(user: User) {
  return {
    id: user.id,
    tenantId: user.tenantId,
    email: user.email,
    name: user.name,
    locale: user.locale,
    status: user.status,
    isPlatformAdmin: user.isPlatformAdmin,
    lastLoginAt: user.lastLoginAt?.toISOString() ?? null,
    deactivatedAt: user.deactivatedAt?.toISOString() ?? null,
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
  };
}

export function presentUser(user: PlacedUser, principal: Principal) {
  const tagged = userSubject(user);
  const mayShutOut = user.id !== principal.userId && can(principal, 'user.deactivate', tagged);
  return {
    ...presentFields(user),
    links: { self: `${API_BASE}/users/${user.id}` },
    can: {
      update: can(principal, 'user.update', tagged),
      changeEmail: can(principal, 'user.change_email', tagged),
      deactivate: mayShutOut && user.status === 'active',
      reactivate: mayShutOut && user.status === 'deactivated',
    },
  };
}

export function presentMe(me: Me, principal: Principal) {
  const { isPlatformAdmin, adminPaths, teachPaths } = principal.access;
  return {
    ...presentFields(me),
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
      listUsers: isPlatformAdmin || adminPaths.length > 0,
      createRootGroups: isPlatformAdmin,
      createClasses: teachPaths.length > 0,
      createTools: teachPaths.length > 0,
    },
  };
}
