import { randomBytes, randomUUID } from 'node:crypto';
import type { ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import { asPlainLine, type RequestDocument } from '../../../src-shared/contract/schemas/requests.ts';
import { isKind } from '../../../src-shared/domain/dictionary.ts';
import { formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import { sha256Hex } from '../canonical-json.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { checkAsk, describeAsk } from '../request/ask.ts';
import { registryFor } from '../request/registry-snapshot.ts';
import { readRequestFile, writeRequestFile } from '../request/request-file.ts';
import { requestDetail } from '../request/request-view.ts';
import { appendEntry, findingDetail } from '../store/finding-queries.ts';
import { findRequest, insertRequest } from '../store/request-queries.ts';
import type { OpenWorkspace } from '../store/workspace.ts';
import { describePublicKey } from '../trust/keys.ts';
import type { Handler } from './context.ts';
import { writeWholeFile } from './write-whole-file.ts';

/** Signs a request with the user's own key, keeps it as open, and writes the file that goes to the registry. */
export const requestCreate: Handler<'request.create'> = async (context, input) => {
  const workspace = context.workspace();
  const now = context.clock.now();
  // Before the file is written: who may not write here makes no request.
  const db = workspace.writer;
  const document = documentOf(workspace, input, now);
  const file = writeRequestFile(document, workspace.signing.p256, workspace.signing.certificate);
  const { payload, sha256 } = await readRequestFile(file, 'the new request');
  await writeWholeFile(context.grants.resolve(input.file), file);
  db.transaction(() => {
    insertRequest(db, { document, payload, sha256, file, createdBy: workspace.user.name });
    note(workspace, document, sha256, now);
  });
  return requestDetail(db, findRequest(db, document.requestId), now);
};

function documentOf(workspace: OpenWorkspace, input: ParsedInputOf<'request.create'>, now: Date): RequestDocument {
  const db = workspace.reader;
  const findings = [...new Set(input.findings)].map((id) => findingDetail(db, id));
  const subjects = findings.flatMap(({ subject }): RecordRef[] =>
    isKind(subject.kind) ? [{ kind: subject.kind, id: subject.id }] : [],
  );
  const named = new Map([...input.records, ...subjects].map((ref) => [formatRef(ref), ref]));
  const ask = { kinds: [...new Set(input.kinds)], filters: input.filters, records: [...named.values()] };
  checkAsk(ask);
  const registry = registryFor(db, input.registryId, ask.records);
  return {
    schemaVersion: 1,
    requestId: randomUUID(),
    registry: { id: registry.registryId, name: registry.registryName, role: registry.role },
    ask,
    reason: input.reason,
    findings: findings.map(({ id, ruleId, name }) => ({ id, ruleId, title: name })),
    ...(input.due === undefined ? {} : { due: input.due }),
    createdAt: toInstant(now),
    nonce: randomBytes(32).toString('hex'),
    requester: {
      name: asPlainLine(workspace.user.name),
      fingerprint: describePublicKey(workspace.signing.p256).fingerprint,
    },
  };
}

/** One entry in the log, and one in the thread of each finding that the request is for. */
function note(workspace: OpenWorkspace, document: RequestDocument, sha256: string, now: Date): void {
  const { requestId, registry, findings, due, ask, reason } = document;
  const summary = `Asked ${registry.name || registry.id} for ${describeAsk(ask)}`;
  for (const { id } of findings)
    appendEntry(workspace.writer, id, {
      at: toInstant(now),
      by: workspace.user.name,
      type: 'system',
      text: `${summary}${due === undefined ? '' : `, due ${due}`} (request ${requestId.slice(0, 8)}).`,
      state: null,
    });
  appendActivity(
    workspace,
    {
      action: 'request.created',
      summary,
      details: {
        request: requestId,
        requestSha256: sha256,
        registry: registry.id,
        findings: findings.map(({ id }) => String(id)),
        due: due ?? null,
        reasonSha256: sha256Hex(reason),
      },
    },
    now,
  );
}
