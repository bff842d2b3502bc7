/** REC-004: which registered places a scan's scope covers; a namespace is never taken for a cluster or a region of its name. */
import { expect, it } from 'vitest';
import { cleanInventory } from '../../fixtures/policy/clean-inventory.ts';
import { change, type Mutation, set } from '../../fixtures/policy/inventory.ts';
import { evaluate, onlyRule } from './run.ts';

const places = (place: Parameters<typeof set>[1]): Mutation => set('deployment/credit-prod', place);
const fires = async (scope: string, place: Parameters<typeof set>[1]) => {
  const inventory = change('discovery', { scope: [scope, 'cluster-1/ops'] })(places(place)(cleanInventory()));
  const { hits } = await evaluate(inventory, onlyRule('REC-004'));
  return hits.some((hit) => hit.outcome === 'fires' && hit.message.includes('credit-prod'));
};

it.each([
  ['namespace:fraud', { location_ref: 'fraud/pd', cluster: 'fraud', namespace: 'x' }],
  ['namespace:fraud', { location_ref: 'cluster-9/fraud/pd', cluster: 'cluster-9', namespace: 'fraud' }],
  ['fraud', { location_ref: 'fraud/pd', namespace: 'fraud' }],
  ['fraud', { location_ref: 'cluster-9/fraud/pd', cluster: 'cluster-9', namespace: 'fraud' }],
  ['cluster:eu', { location_ref: 'x/pd', region: 'eu' }],
  ['region:eu', { location_ref: 'eu/pd', cluster: 'eu' }],
  ['test:inventory', { location_ref: 'test:inventory' }],
])('when the scope is %s it does not cover %o', async (scope, place) => {
  expect(await fires(scope, place)).toBe(true);
});

it.each([
  ['*', { location_ref: 'fraud/pd' }],
  ['cluster-9', { location_ref: 'cluster-9/fraud/pd' }],
  ['cluster-9', { location_ref: 'somewhere', cluster: 'cluster-9' }],
  ['cluster:cluster-9', { location_ref: 'cluster-9/fraud/pd' }],
  ['cluster-9/fraud', { location_ref: 'somewhere', cluster: 'cluster-9', namespace: 'fraud' }],
  ['region:eu', { location_ref: 'x/pd', region: 'eu' }],
  ['eu', { location_ref: 'x/pd', region: 'eu' }],
])('when the scope is %s it covers %o', async (scope, place) => {
  expect(await fires(scope, place)).toBe(false);
});
