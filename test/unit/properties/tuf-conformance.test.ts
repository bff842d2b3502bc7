/**
 * Every scenario of the TUF client conformance suite is either covered by a test that exists, or not applicable for a reason
 * (test/faults/tuf-conformance.json). The suite's tests of its own repository simulator are not scenarios of a client.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repositoryRoot } from '../../support/assay.ts';

const entry = { scenario: z.string(), demands: z.string().min(20), note: z.string().optional() };
const mapping = z
  .strictObject({
    source: z.url(),
    commit: z.string().regex(/^[0-9a-f]{40}$/),
    scenarios: z.array(
      z.discriminatedUnion('status', [
        z.strictObject({
          ...entry,
          status: z.literal('covered'),
          by: z.array(z.strictObject({ file: z.string(), test: z.string().min(10) })).min(1),
        }),
        z.strictObject({ ...entry, status: z.literal('not_applicable'), reason: z.string().min(40) }),
      ]),
    ),
  })
  .parse(JSON.parse(readFileSync(join(repositoryRoot, 'test', 'faults', 'tuf-conformance.json'), 'utf8')));

/** The tests of each module at the commit that the mapping names. */
const suite: Readonly<Record<string, string>> = {
  test_basic:
    'basic_refresh_requests basic_refresh_trusted_data implicit_refresh invalid_initial_root unsigned_initial_root unsigned_metadata url_and_metadata_version_mismatch timestamp_content_changes basic_metadata_hash_support targets_hash_mismatch snapshot_hash_mismatch metadata_bytes_match custom_fields deprecated_keyid_hash_algorithms snapshot_404 targets_404 timestamp_404 incorrect_metadata_type faketime',
  test_expiration:
    'root_expired timestamp_expired snapshot_expired targets_expired expired_local_root expired_local_timestamp',
  test_file_download:
    'client_downloads_expected_file client_downloads_expected_file_in_sub_dir repository_substitutes_target_file multiple_changes_to_target download_with_hash_algorithms download_with_unknown_hash_algorithm artifact_cache',
  test_keys:
    'snapshot_does_not_meet_threshold snapshot_has_too_few_keys duplicate_keys duplicate_sig_keyids keytype_and_scheme invalid_sig_in_valid_metadata',
  test_quoting_issues: 'unusual_role_name',
  test_rollback:
    'new_timestamp_version_rollback snapshot_rollback targets_role_removal targets_fast_forward_recovery new_snapshot_fast_forward_recovery new_timestamp_fast_forward_recovery targets_rollback',
  test_static_repositories: 'static_repository',
  test_updater_delegation_graphs:
    'graph_traversal targetfile_search cached_role_is_verified_against_current_delegator delegation_not_in_snapshot',
  test_updater_key_rotations: 'root_rotation non_root_rotations',
};
const scenarios = Object.entries(suite).flatMap(([module, tests]) =>
  tests.split(' ').map((test) => `${module}::test_${test}`),
);

describe('the TUF client conformance suite', () => {
  it('has 53 scenarios, and each is answered once', () => {
    expect(scenarios).toHaveLength(53);
    expect(mapping.scenarios.map(({ scenario }) => scenario)).toEqual(scenarios);
  });

  it('is covered by tests that exist', () => {
    const absent = mapping.scenarios.flatMap((scenario) => {
      if (scenario.status !== 'covered') return [];
      return scenario.by.filter(({ file, test }) => {
        const path = join(repositoryRoot, file);
        return !existsSync(path) || !readFileSync(path, 'utf8').includes(test);
      });
    });
    expect(absent).toEqual([]);
  });

  it('is covered in 44 scenarios and not applicable in 9', async ({ annotate }) => {
    const covered = mapping.scenarios.filter(({ status }) => status === 'covered').length;
    await annotate(`TUF client scenarios: ${covered} covered, ${scenarios.length - covered} not applicable`);
    expect(covered).toBe(44);
  });
});
