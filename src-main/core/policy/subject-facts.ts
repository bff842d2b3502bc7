/** Facts for the clause modes, read off the record that a finding is about. */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { ClauseFacts, Fact } from './clause-mode.ts';
import { euHighRisk, modelOfKey, testedOn, trainedOn } from './joins.ts';
import { isAltered } from './snapshot-views.ts';
import { orUndefined, some3 } from './unknown.ts';
import { isBlank, known, says, text, texts, type View } from './view.ts';
import { perWorld, type World } from './world.ts';

const fact = (view: View, field: string): Fact => orUndefined(() => known(view, field) === 'true');
const word = (view: View, field: string): string | undefined => orUndefined(() => known(view, field));

/** Regimes that the organisation switched on; undefined when it does not say. */
const regimesOf = perWorld((world: World): ReadonlySet<string> | undefined => {
  const [organisation] = world.all('organisation');
  if (!organisation) return undefined;
  return orUndefined(() =>
    isBlank(organisation, 'org_regimes') ? undefined : new Set(texts(organisation, 'org_regimes')),
  );
});

function factsOfModel(model: View): ClauseFacts {
  const type = word(model, 'model_type');
  const scope = word(model, 'scope_decision');
  return {
    regimes: regimesOf(model.world),
    euInScope: fact(model, 'eu_in_scope'),
    euClass: word(model, 'eu_class'),
    placedOnEuMarketAt: word(model, 'placed_on_eu_market_at'),
    significantDesignChangeAt: word(model, 'significant_design_change_at'),
    forPublicAuthority: fact(model, 'for_public_authority'),
    gpai: orUndefined(() => known(model, 'gpai_role') !== 'none'),
    gpaiReleaseAt: word(model, 'gpai_release_at'),
    usModel:
      type === undefined || scope === undefined
        ? undefined
        : scope === 'model' && !['generative', 'agentic', 'gpai'].includes(type),
    personalData: fact(model, 'processes_personal_data'),
    admt: fact(model, 'admt_significant_decision'),
    phi: fact(model, 'contains_phi'),
    icfr: fact(model, 'icfr_relevant'),
    inUse: orUndefined(() => known(model, 'lifecycle_status') === 'in_use'),
  };
}

const factsByModel = perWorld((_world: World) => new Map<string, ClauseFacts>());

function modelFacts(model: View): ClauseFacts {
  const cache = factsByModel(model.world);
  const found = cache.get(model.key);
  if (found) return found;
  const facts = factsOfModel(model);
  cache.set(model.key, facts);
  return facts;
}

const any = (world: World, kind: Kind, field: string): Fact =>
  orUndefined(() => some3(world.all(kind), (view) => says(view, field, true)));

/** Facts for what belongs to no one model: true when some model has it. EU class is that of an EU high-risk model, if any. */
const inventoryFacts = perWorld((world: World): ClauseFacts => {
  const highRisk = world.all('model').find((model) => orUndefined(() => euHighRisk(model)) === true);
  const anyModel = (field: string) => any(world, 'model', field);
  return {
    regimes: regimesOf(world),
    euInScope: anyModel('eu_in_scope'),
    euClass: highRisk ? word(highRisk, 'eu_class') : world.supplies('model', 'eu_class') ? 'minimal' : undefined,
    placedOnEuMarketAt: undefined,
    significantDesignChangeAt: undefined,
    forPublicAuthority: undefined,
    gpai: undefined,
    gpaiReleaseAt: undefined,
    usModel: undefined,
    personalData: anyModel('processes_personal_data'),
    admt: anyModel('admt_significant_decision'),
    phi: anyModel('contains_phi'),
    icfr: anyModel('icfr_relevant'),
    inUse: orUndefined(() => some3(world.all('model'), (model) => known(model, 'lifecycle_status') === 'in_use')),
  };
});

/** First reference field that leads from a record towards its model. */
const towardsModel: Partial<Readonly<Record<Kind, string>>> = {
  approval: 'subject_ref',
  monitoring: 'monitor_deployment_ref',
  metric: 'metric_version_ref',
  validation: 'validated_version_ref',
  change_record: 'change_subject_ref',
  issue: 'issue_subject_ref',
  exception: 'exception_subject_ref',
  adjustment: 'adjustment_model_ref',
  assessment: 'assessment_subject_ref',
};

function modelOf(view: View): View | undefined {
  return orUndefined(() => {
    const field = towardsModel[view.kind];
    const key = field === undefined ? view.key : text(view, field);
    const model = modelOfKey(view.world, key);
    return model.found ? model : undefined;
  });
}

/** A dataset's own statements on personal and health data outrank those of the models that use it. */
function datasetFacts(dataset: View): ClauseFacts {
  const users =
    orUndefined(() => [...trainedOn(dataset.world, dataset.key), ...testedOn(dataset.world, dataset.key)]) ?? [];
  const [user] = users;
  const model = user ? modelOf(user) : undefined;
  const base = model ? modelFacts(model) : inventoryFacts(dataset.world);
  return {
    ...base,
    personalData: fact(dataset, 'contains_personal_data') ?? base.personalData,
    phi: fact(dataset, 'dataset_contains_phi') ?? base.phi,
  };
}

/** Records that are not what was signed state no facts. */
const nothingKnown: ClauseFacts = {
  regimes: undefined,
  euInScope: undefined,
  euClass: undefined,
  placedOnEuMarketAt: undefined,
  significantDesignChangeAt: undefined,
  forPublicAuthority: undefined,
  gpai: undefined,
  gpaiReleaseAt: undefined,
  usModel: undefined,
  personalData: undefined,
  admt: undefined,
  phi: undefined,
  icfr: undefined,
  inUse: undefined,
};

/** Facts of the record that a finding is about; of the whole inventory when it is about no record. */
export function factsOf(world: World, view: View | null): ClauseFacts {
  if (isAltered(world.records)) return nothingKnown;
  if (!view?.found) return inventoryFacts(world);
  if (view.kind === 'dataset') return datasetFacts(view);
  const model = modelOf(view);
  return model ? modelFacts(model) : inventoryFacts(world);
}
