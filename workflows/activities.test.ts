import { mergeActivities } from './activities';

describe('the registry of activities', () => {
  it('contains those of all jobs', () => {
    const [one, two] = [() => Promise.resolve(1), () => Promise.resolve(2)];
    expect(mergeActivities({ one }, { two })).toEqual({ one, two });
  });

  it('refuses two of the same name', () => {
    const activity = () => Promise.resolve();
    expect(() => mergeActivities({ activity }, { activity })).toThrow('Two activities are called activity');
  });
});
