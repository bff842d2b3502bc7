/** How far a request is answered, as a badge: an icon and a word. */
import {
  IconCircleCheck,
  IconCircleDashed,
  IconCircleDot,
  IconCircleHalf2,
  IconClockExclamation,
} from '@tabler/icons-react';
import type { JSX } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import type { RequestState } from '../../../src-shared/contract/schemas/requests.ts';
import { type Tone, ToneBadge } from '../../ui/badges.tsx';

const looks: Readonly<
  Record<RequestState, { readonly tone: Tone; readonly icon: typeof IconCircleDot; readonly word: string }>
> = {
  open: { tone: 'medium', icon: IconCircleDot, word: 'Open' },
  partly_answered: { tone: 'medium', icon: IconCircleHalf2, word: 'Partly answered' },
  answered: { tone: 'good', icon: IconCircleCheck, word: 'Answered' },
  closed: { tone: 'neutral', icon: IconCircleDashed, word: 'Closed' },
};

export function RequestStateBadges({
  request,
}: {
  readonly request: Pick<OutputOf<'request.list'>['requests'][number], 'state' | 'overdue' | 'due'>;
}): JSX.Element {
  const { tone, icon, word } = looks[request.state];
  return (
    <>
      <ToneBadge tone={tone} icon={icon} word={word} />
      {request.overdue && (
        <ToneBadge
          tone="high"
          icon={IconClockExclamation}
          word="Overdue"
          title={`It was due on ${request.due ?? ''}`}
        />
      )}
    </>
  );
}
