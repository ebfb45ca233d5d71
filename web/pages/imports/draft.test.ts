import { expect, test } from 'vitest';
import { fieldsOf } from '../../../src/modules/imports/contract/fields.ts';
import { importProfile } from '../../../src/modules/imports/contract.ts';
import { withSource } from '../../mapping/mapping.ts';
import { type Draft, lackingOf } from './draft.ts';

test('a guarantee row needs an end or a term, and a guaranteed amount or share', () => {
  const required = Object.entries(fieldsOf('guarantee')).filter(([, spec]) => spec.isRequired);
  const fields = Object.fromEntries(required.map(([field]) => [field, { value: 'x' }]));
  let draft: Draft = { code: 'map-1', title: '台账', target: 'guarantee', fields, codes: {}, counties: {} };
  expect(lackingOf(draft)).toEqual(['到期日或期限', '担保责任金额或责任比例']);
  expect(importProfile.safeParse(draft).success).toBe(false);
  draft = withSource(withSource(draft, 'termMonths', { value: '12' }), 'guaranteedShare', { value: '0.8' });
  expect(lackingOf(draft)).toEqual([]);
  expect(importProfile.safeParse(draft).success).toBe(true);
});
