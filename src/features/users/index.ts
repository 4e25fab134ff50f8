export { UserEmailTakenError, UsernameTakenError } from './users.errors';
export { createUsersModule } from './users.module';
export { usersRules } from './users.policy';
export { presentUser } from './users.presenter';
export { UserSchema } from './users.schemas';
export { UsersService } from './users.service';
export type { PlacedUser } from './users.types';
