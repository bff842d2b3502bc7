/** Files that were read, held against what a record says about them: file by file, or by one digest for all. */
import type { CheckedFile } from '../../../src-shared/domain/artifact.ts';
import { problemsInWords } from '../../../src-shared/domain/artifact.ts';
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import type { JobContext } from '../ports.ts';
import { aggregatesOf } from './aggregates.ts';
import { compareFiles, type FileCheck, makeRow, type ReadFiles, sha256ByName, tableOf } from './check-files.ts';
import { type Digest, formatDigest, isStrong, type ReadDigest } from './digest.ts';
import type { Manifest } from './manifest.ts';
import type { RecordedEvidence } from './recorded.ts';
import { weak } from './statement.ts';

export interface RecordedCheck extends FileCheck {
  readonly line: CheckLine;
}

/** Compares what was read with the record: file by file where it lists files, else by its one digest. */
export function compareRecorded(
  evidence: RecordedEvidence,
  manifest: Manifest,
  read: ReadFiles,
  job: JobContext,
): RecordedCheck {
  const plain = compareFiles(read, manifest, job);
  const check =
    manifest.files.size > 0 ? compareListed(evidence, manifest, plain, read) : compareWhole(evidence, plain, read);
  return requireWhole(evidence, manifest, check);
}

/** A pass is about everything that the record states and everything that lies there, or it is none. */
function requireWhole(evidence: RecordedEvidence, manifest: Manifest, check: RecordedCheck): RecordedCheck {
  if (check.line.state !== 'pass') return check;
  const unseen = evidence.files.length - manifest.files.size;
  const open = [
    unseen > 0 ? `${unseen} of ${evidence.files.length} recorded files not looked at` : '',
    evidence.unnamed > 0 ? `${evidence.unnamed} entries of the recorded list without a usable name` : '',
    check.counts.uncovered > 0 ? `${check.counts.uncovered} left out on request` : '',
  ].filter(Boolean);
  if (open.length === 0) return check;
  const text = `Cannot determine for the whole: ${check.line.text.replace(/\.$/, '')}; ${open.join(', ')}.`;
  return { ...check, line: { state: 'unknown', code: 'recorded.partial', text } };
}

function compareWhole(evidence: RecordedEvidence, plain: FileCheck, read: ReadFiles): RecordedCheck {
  const undetermined = (code: string, text: string, digest?: ReadDigest): RecordedCheck => ({
    ...withState(plain, 'undetermined', digest),
    line: { state: 'unknown', code, text },
  });
  if (evidence.digest === null)
    return undetermined(
      'recorded.none',
      evidence.files.length > 0
        ? `Cannot determine: the record lists ${evidence.files.length} files and none of them is this one.`
        : 'Cannot determine: the record states no digest.',
    );
  if ('problem' in evidence.digest)
    return undetermined('recorded.unusable', `Cannot determine: ${evidence.digest.problem} (${evidence.digestText}).`);
  const single = compareSingle(evidence.digest.digest, plain, read, undetermined);
  return single.line.state === 'fail' && evidence.files.length > 0
    ? undetermined(
        'recorded.none',
        `Cannot determine: the record lists ${evidence.files.length} files, none of them under this name, and its digest is of all of them.`,
      )
    : single;
}

function compareListed(
  evidence: RecordedEvidence,
  manifest: Manifest,
  plain: FileCheck,
  read: ReadFiles,
): RecordedCheck {
  const total = evidence.files.length;
  const check = tableOf(plain.rows, total);
  const { counts } = check;
  const line = (state: CheckLine['state'], code: string, text: string): RecordedCheck => ({
    ...check,
    line: { state, code, text },
  });
  const share = `${counts.same} of ${total} recorded ${total === 1 ? 'file is' : 'files are'} there with the recorded digest`;
  if (counts.removed === total)
    return line(
      'unknown',
      'recorded.other_files',
      `Cannot determine: none of the ${total} recorded file names is found here; is this the right folder?`,
    );
  if (counts.changed + counts.added + counts.removed + counts.link > 0)
    return line('fail', 'recorded.differs', `${share}; ${problemsInWords(counts)}.`);
  if (counts.same < manifest.files.size || counts.unreadable + counts.undetermined > 0)
    return line('unknown', 'recorded.undetermined', `Cannot determine: ${share}; ${problemsInWords(counts)}.`);
  const whole = compareStatedWhole(evidence, manifest, read);
  return whole.agrees
    ? line('pass', 'recorded.agrees', `${share}${whole.text}.`)
    : line('unknown', 'recorded.contradicts', `Cannot determine: ${share}${whole.text}.`);
}

/** Beside a list that agrees: one file must agree with both digests; of several files only a known rule can say anything. */
function compareStatedWhole(
  { digest, digestText, files }: RecordedEvidence,
  manifest: Manifest,
  read: ReadFiles,
): { readonly agrees: boolean; readonly text: string } {
  if (digest === null) return { agrees: true, text: '' };
  const notCompared = (why: string) => ({
    agrees: true,
    text: `; ${digestText}, recorded for the whole, was not compared: ${why}`,
  });
  if ('problem' in digest) return notCompared(digest.problem);
  const text = formatDigest(digest.digest);
  const [name] = manifest.files.keys();
  if (files.length === 1 && name !== undefined) {
    return digestOf(read, name, digest.digest.algorithm) === digest.digest.hex
      ? { agrees: true, text: '' }
      : { agrees: false, text: `, but not with ${text}, which the record states for the whole` };
  }
  const rule = aggregatesOf(sha256ByName(read)).find((aggregate) => aggregate.digest === text);
  return rule
    ? { agrees: true, text: `, and together they give ${text} (${rule.rule})` }
    : notCompared('no rule that is known here makes one digest of these files');
}

function compareSingle(
  wanted: Digest,
  plain: FileCheck,
  read: ReadFiles,
  undetermined: (code: string, text: string, digest?: ReadDigest) => RecordedCheck,
): RecordedCheck {
  const text = formatDigest(wanted);
  const files = plain.rows.filter(({ state }) => state === 'added');
  const { counts } = plain;
  if (counts.unreadable + counts.link > 0)
    return undetermined(
      'recorded.unreadable',
      `Cannot determine: ${problemsInWords({ ...counts, added: 0 })}, and ${text} is a digest of the whole.`,
    );
  if (files.length === 0 && counts.uncovered > 0)
    return undetermined('recorded.partial', `Cannot determine: every file that ${text} could be of was left out.`);
  if (files.length === 0)
    return {
      ...plain,
      line: { state: 'fail', code: 'recorded.removed', text: `There is no file that ${text} could be of.` },
    };
  const withDigest = files.filter(({ name }) => digestOf(read, name, wanted.algorithm) === wanted.hex);
  const [only] = files;
  if (files.length === 1 && only) {
    const same = withDigest.length === 1;
    if (same && !isStrong(wanted))
      return undetermined('recorded.weak', `Cannot determine: ${text} agrees, but ${weak}.`, { digest: wanted });
    return {
      ...withState(plain, same ? 'same' : 'changed', { digest: wanted }, read),
      line: same
        ? { state: 'pass', code: 'recorded.agrees', text: `1 of 1 file has the recorded digest ${text}.` }
        : { state: 'fail', code: 'recorded.differs', text: `The file has another digest than the recorded ${text}.` },
    };
  }
  const rule = aggregatesOf(sha256ByName(read)).find(({ digest }) => digest === text);
  if (rule)
    return {
      ...withState(plain, 'same', { digest: wanted }),
      line: {
        state: 'pass',
        code: 'recorded.agrees',
        text: `${files.length} of ${files.length} files together give the recorded digest ${text} (${rule.rule}).`,
      },
    };
  const [match] = withDigest;
  return match
    ? undetermined(
        'recorded.one_of_several',
        `Cannot determine for all: 1 of ${files.length} files (${match.name}) has the recorded digest, which says nothing about the others. Check that file alone, or a folder without the others.`,
      )
    : undetermined(
        'recorded.rule_unknown',
        `Cannot determine: ${text} is one digest for ${files.length} files, and no rule that is known here gives it. The computed digests are listed.`,
      );
}

const digestOf = ({ outcomes }: ReadFiles, name: string, algorithm: string): string | undefined => {
  const outcome = outcomes.get(name);
  return outcome && 'digests' in outcome ? outcome.digests.get(algorithm)?.hex : undefined;
};

/** The files that nobody lists one by one, with the state that the digest of the whole gives them. */
function withState(
  check: FileCheck,
  state: 'same' | 'changed' | 'undetermined',
  wanted?: ReadDigest,
  read?: ReadFiles,
): FileCheck {
  const digest = wanted && 'digest' in wanted ? wanted.digest : null;
  const rows = check.rows.map((row): CheckedFile => {
    if (row.state !== 'added') return row;
    const found = digest && read ? digestOf(read, row.name, digest.algorithm) : undefined;
    return makeRow(row.name, state, {
      bytes: row.bytes,
      expected: state === 'changed' && digest ? formatDigest(digest) : null,
      found: found && digest ? formatDigest({ algorithm: digest.algorithm, hex: found }) : row.found,
    });
  });
  return tableOf(rows, rows.filter((row) => row.state !== 'uncovered').length);
}
