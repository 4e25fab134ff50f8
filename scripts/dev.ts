import { startDevelopment } from './infra/development';

void startDevelopment();
