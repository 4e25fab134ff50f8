import { startDevelopment } from './start/development';

void startDevelopment();
