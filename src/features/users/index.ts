export { createUsersModule } from './users.module';
export { usersRules } from './users.policy';
export { UsersService } from './users.service';
