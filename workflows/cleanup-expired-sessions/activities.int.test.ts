import { MockActivityEnvironment } from '@temporalio/testing';
