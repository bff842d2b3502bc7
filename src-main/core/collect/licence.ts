/** Licence names and addresses that sources use, as SPDX identifiers (SPDX licence list 3.x) where the match is certain. */

const spdxIds = [
  '0BSD',
  'AFL-3.0',
  'AGPL-3.0-only',
  'Apache-2.0',
  'Artistic-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSD-3-Clause-Clear',
  'BSL-1.0',
  'CC0-1.0',
  'CC-BY-2.0',
  'CC-BY-2.5',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'CC-BY-NC-2.0',
  'CC-BY-NC-3.0',
  'CC-BY-NC-4.0',
  'CC-BY-NC-ND-3.0',
  'CC-BY-NC-ND-4.0',
  'CC-BY-NC-SA-2.0',
  'CC-BY-NC-SA-3.0',
  'CC-BY-NC-SA-4.0',
  'CC-BY-ND-4.0',
  'CC-BY-SA-3.0',
  'CC-BY-SA-4.0',
  'CDLA-Permissive-1.0',
  'CDLA-Permissive-2.0',
  'CDLA-Sharing-1.0',
  'ECL-2.0',
  'EPL-1.0',
  'EPL-2.0',
  'EUPL-1.1',
  'EUPL-1.2',
  'GFDL-1.3-only',
  'GPL-2.0-only',
  'GPL-3.0-only',
  'ISC',
  'LGPL-2.1-only',
  'LGPL-3.0-only',
  'LPPL-1.3c',
  'MIT',
  'MPL-2.0',
  'MS-PL',
  'NCSA',
  'ODbL-1.0',
  'ODC-By-1.0',
  'OFL-1.1',
  'OSL-3.0',
  'PDDL-1.0',
  'PostgreSQL',
  'Unlicense',
  'WTFPL',
  'Zlib',
] as const;

const byLowerCase = new Map<string, string>(spdxIds.map((id) => [id.toLowerCase(), id]));

/** Hugging Face's and other sources' own spellings. */
const spellings = new Map([
  ['apache 2.0', 'Apache-2.0'],
  ['apache license 2.0', 'Apache-2.0'],
  ['mit license', 'MIT'],
  ['agpl-3.0', 'AGPL-3.0-only'],
  ['gpl-2.0', 'GPL-2.0-only'],
  ['gpl-3.0', 'GPL-3.0-only'],
  ['lgpl-3.0', 'LGPL-3.0-only'],
  ['odbl', 'ODbL-1.0'],
  ['odc-by', 'ODC-By-1.0'],
  ['pddl', 'PDDL-1.0'],
]);

const addresses: readonly (readonly [RegExp, string])[] = [
  [/^apache\.org\/licenses\/license-2\.0/, 'Apache-2.0'],
  [/^raw\.githubusercontent\.com\/openvinotoolkit\/open_model_zoo\/[^/]+\/license$/, 'Apache-2.0'],
  [/^raw\.githubusercontent\.com\/(apache|tensorflow)\/[^/]+\/[^/]+\/license$/, 'Apache-2.0'],
  [/^opensource\.org\/licenses?\/mit/, 'MIT'],
  [/^creativecommons\.org\/publicdomain\/zero\/1\.0/, 'CC0-1.0'],
  [/^opendatacommons\.org\/licenses\/odbl/, 'ODbL-1.0'],
  [/^opendatacommons\.org\/licenses\/by/, 'ODC-By-1.0'],
];

/** SPDX identifier of a licence name or address; undefined when it cannot be told for certain. */
export function spdxOf(text: string): string | undefined {
  const plain = text.trim().toLowerCase();
  const known = byLowerCase.get(plain) ?? spellings.get(plain);
  if (known) return known;
  const address = plain.replace(/^https?:\/\/(www\.)?/, '');
  if (address === plain) return undefined;
  const spdx = /^spdx\.org\/licenses\/([a-z0-9.+-]+?)(\.html|\.json)?\/?$/.exec(address)?.[1];
  if (spdx) return byLowerCase.get(spdx) ?? spellings.get(spdx);
  const creative = /^creativecommons\.org\/licenses\/([a-z-]+)\/(\d\.\d)/.exec(address);
  if (creative) return byLowerCase.get(`cc-${creative[1]}-${creative[2]}`);
  return addresses.find(([pattern]) => pattern.test(address))?.[1];
}
