/** A list beside the detail of its current row, with a divider that a person can move by mouse or keyboard. */
import { Splitter } from '@mantine/core';
import type { JSX, ReactNode } from 'react';
import classes from './list-detail.module.css';

interface ListDetailProps {
  readonly list: ReactNode;
  readonly detail: ReactNode;
  readonly detailLabel: string;
  /** Share of the list at first, in per cent. */
  readonly listShare?: number;
}

export function ListDetail({ list, detail, detailLabel, listShare = 46 }: ListDetailProps): JSX.Element {
  return (
    <div className={classes['frame']}>
      <Splitter className={classes['root'] ?? ''} lineSize={1} handleColor="transparent">
        <Splitter.Pane defaultSize={listShare} min={24}>
          <div className={`${classes['pane']} ${classes['list']}`} data-pane>
            {list}
          </div>
        </Splitter.Pane>
        <Splitter.Pane defaultSize={100 - listShare} min={28}>
          <div className={`${classes['pane']} ${classes['detail']}`} data-pane>
            <section className={classes['scroll']} aria-label={detailLabel}>
              {detail}
            </section>
          </div>
        </Splitter.Pane>
      </Splitter>
    </div>
  );
}
