export { ClassMemberNotFoundError, ClassNotFoundError } from './classes.errors';
export { createClassesModule } from './classes.module';
export { classRules } from './classes.policy';
export type { RosterService } from './classes.roster.service';
export { type ClassesService, classSubject } from './classes.service';
export type { Class, ClassScope, RosterEntry } from './classes.types';
