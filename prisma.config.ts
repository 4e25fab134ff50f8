import { defineConfig } from 'prisma/config';

// Generating needs no database; migrations are plain SQL run by scripts/migrate.ts.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://localhost:5432/raptscallions' },
});
