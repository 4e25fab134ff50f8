import fc from 'fast-check';
import { newId } from '../../../shared/ids';
import { depthOf, labelOf, slugOf } from './groups.tree';

describe('the label of a group', () => {
  it.each([
    ['Lincoln Middle School', 'lincoln_middle_school'],
    ['  Mathe & Physik (Klasse 7) ', 'mathe_physik_klasse_7'],
    ['Französisch für Größere', 'franzosisch_fur_grossere'],
    ['Łódź Szkoła', 'lodz_szkola'],
    ['Ærø', 'aero'],
    ['数学', 'group'],
    ['Класс 5', 'group_5'],
    ['2024', 'group_2024'],
    ['!!!', 'group'],
    ['A very long name of a department indeed', 'a_very_long_name_of_a_de'],
    ['exactly twenty three___ x', 'exactly_twenty_three_x'],
  ])('makes %p to %p', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it('has a slug of 1 to 24 of [a-z0-9_] that neither begins nor ends with _, whatever the name', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string()),
        (name) => {
          expect(slugOf(name)).toMatch(/^(?=.{1,24}$)[a-z0-9]+(?:_[a-z0-9]+)*$/);
        },
      ),
    );
  });

  it('ends in the last 12 hex digits of the id, so that equal names never meet', () => {
    const [one, other] = [newId(), newId()];
    expect(labelOf('Math', one)).toBe(`math_${one.slice(-12)}`);
    expect(labelOf('Math', one)).not.toBe(labelOf('Math', other));
  });

  it('counts depth from the root', () => {
    expect([depthOf('a_1'), depthOf('a_1.b_2.c_3')]).toEqual([0, 2]);
  });
});
