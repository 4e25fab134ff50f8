import { authorize, type DefineRules, type Principal, subject } from '../../authz/ability';

/** Everybody for themselves: there is nothing that another could be told in their place. */
export const notificationRules: DefineRules = (access, allow) => {
  allow(['notification.read', 'notification.update'], 'Account', { userId: access.userId });
};

/** @throws ForbiddenError */
export function requireOwn(principal: Principal, action: 'notification.read' | 'notification.update'): void {
  authorize(principal, action, subject('Account', { userId: principal.userId }));
}
