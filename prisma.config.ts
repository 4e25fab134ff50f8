import { defineConfig } from 'prisma/config';

// Generating needs no database. Migrations are applied by scripts/migrate.ts, which needs no engine of Prisma's, or by
// `prisma migrate deploy` on a machine that has it: both read and write the same table.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://localhost:5432/raptscallions' },
});
