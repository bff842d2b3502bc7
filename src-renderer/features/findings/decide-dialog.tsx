/**
 * A decision on one finding or on many: what it becomes, why, and until when.
 *
 * A reason is always asked for; an accepted risk also needs its expiry, so that no exception lasts for ever by accident.
 */
import { Alert, Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type JSX, useState } from 'react';
import { type FindingState, findingStateLabels } from '../../../src-shared/domain/finding.ts';
import { failureOf } from '../../api/client.ts';
import { useAssayCommand } from '../../api/hooks.ts';
import { countOf } from '../../ui/numbers.ts';

export type Decision = Exclude<FindingState, 'closed'>;
export const decisions: readonly Decision[] = [
  'open',
  'accepted_risk',
  'remediated',
  'not_applicable',
  'false_positive',
];

const explained: Readonly<Record<Decision, string>> = {
  open: 'Back to open: earlier decisions stay in the thread.',
  accepted_risk: 'The finding stands, and someone answers for it until the date below. It opens again after that.',
  remediated: 'The cause was dealt with; the next evaluation shows whether the rule still fires.',
  not_applicable: 'The rule does not concern this subject.',
  false_positive: 'The rule fired and should not have; say what it misread.',
};

export interface DecisionRequest {
  readonly ids: readonly number[];
  readonly state: Decision;
}

interface DecideDialogProps {
  readonly request: DecisionRequest | null;
  readonly onClose: () => void;
  readonly onDecided: (state: Decision) => void;
}

/** Today plus days, as a calendar date. */
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

export function DecideDialog({ request, onClose, onDecided }: DecideDialogProps): JSX.Element {
  return (
    <Modal
      opened={request !== null}
      onClose={onClose}
      size="lg"
      title={<Text fw={640}>{request ? titleOf(request) : ''}</Text>}
    >
      {request && <DecideForm key={request.ids.join()} request={request} onClose={onClose} onDecided={onDecided} />}
    </Modal>
  );
}

const titleOf = ({ ids, state }: DecisionRequest): string =>
  `${findingStateLabels[state]}: ${ids.length === 1 ? `finding ${ids[0]}` : countOf(ids.length, 'finding')}`;

interface DecideFormProps extends Omit<DecideDialogProps, 'request'> {
  readonly request: DecisionRequest;
}

function DecideForm({ request, onClose, onDecided }: DecideFormProps): JSX.Element {
  const [state, setState] = useState<Decision>(request.state);
  const [reason, setReason] = useState('');
  const [expiresAt, setExpiresAt] = useState(inDays(90));
  const decide = useAssayCommand('findings.decide');
  const needsReason = state !== 'open';
  const ready = (!needsReason || reason.trim() !== '') && (state !== 'accepted_risk' || expiresAt !== '');
  const submit = (): void => {
    if (!ready || decide.isPending) return;
    decide.mutate(
      { ids: [...request.ids], state, reason: reason.trim(), ...(state === 'accepted_risk' ? { expiresAt } : {}) },
      {
        onSuccess: ({ changed }) => {
          notifications.show({
            message: `${findingStateLabels[state]}: ${countOf(changed, 'finding')}. Recorded in Activity.`,
          });
          onDecided(state);
          onClose();
        },
      },
    );
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
      }}
    >
      <Stack gap="sm">
        <Select
          label="Decision"
          description={explained[state]}
          data={decisions.map((one) => ({ value: one, label: findingStateLabels[one] }))}
          value={state}
          allowDeselect={false}
          onChange={(next) => setState(decisions.find((one) => one === next) ?? state)}
        />
        <Textarea
          label="Reason"
          description={
            request.ids.length > 1 ? 'One reason for all of them; it is written into each thread.' : undefined
          }
          required={needsReason}
          autosize
          minRows={3}
          maxLength={20_000}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {state === 'accepted_risk' && (
          <TextInput
            label="Expires on"
            description={`The finding opens again on ${expiresAt || 'that day'}.`}
            type="date"
            required
            w={220}
            min={inDays(1)}
            value={expiresAt}
            onChange={(event) => setExpiresAt(event.currentTarget.value)}
          />
        )}
        {decide.error && (
          <Alert color="red" variant="light" role="alert">
            {failureOf(decide.error).message}
          </Alert>
        )}
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            Ctrl+Enter decides. A decision is never erased: a later one is added.
          </Text>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!ready} loading={decide.isPending}>
              Decide
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
