import { useElementSize } from '@mantine/hooks';
import { useMemo, useRef } from 'react';
import { gridRows } from '../../lib/gridRows.js';
import { GroupHeading } from './GroupHeading.jsx';
import { VirtualRows } from './VirtualRows.jsx';
import { gridStep, useCardFocus } from './cardFocus.js';
import styles from './health.module.css';

const cardWidth = 268;
const gap = 10;
const heights = { group: 32, cards: 118, open: 470 };
const virtualOver = 200;

const columnsFor = (width) => (width ? Math.max(1, Math.floor((width + gap) / (cardWidth + gap))) : 2);

/** The board: groups with their cards, failing first. `groups`: [{name, ids, calm}]; `byId`: services; `openIds`: Set;
    `isFolded(group)`, `onFold(group)`; `renderCard(service, props)` draws one; `activeId`, `onActive(id)`: the card that
    holds the one tab stop. `inside`: handlers that tell whether the pointer or the focus is in here. */
export const ServiceGrid = ({ groups, byId, openIds, isFolded, onFold, renderCard, activeId, onActive, inside }) => {
  const { ref, width } = useElementSize();
  const virtual = useRef(null);
  const columns = columnsFor(width);
  const rows = useMemo(() => gridRows(groups, { columns, openIds, isFolded }), [groups, columns, openIds, isFolded]);
  const shownIds = rows.flatMap((row) => row.ids);
  const stop = shownIds.includes(activeId) ? activeId : shownIds[0];
  const focusCard = useCardFocus(rows, virtual);

  const onKeyDown = (event) => {
    const id = event.target.dataset?.card;
    const next = id && gridStep(rows, id, event.key);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    onActive(next);
    focusCard(next);
  };

  const drawRow = (row) =>
    row.type === 'group' ? (
      <GroupHeading group={row.group} folded={row.folded} byId={byId} onFold={() => onFold(row.group)} />
    ) : (
      <div className={styles.cards} style={{ gridTemplateColumns: `repeat(${row.type === 'open' ? 1 : columns}, minmax(0, 1fr))` }}>
        {row.ids.map((id) => byId.get(id) && renderCard(byId.get(id), { open: row.type === 'open', tabIndex: id === stop ? 0 : -1, onFocus: onActive }))}
      </div>
    );

  return (
    <section ref={ref} aria-label="Services" data-grid onKeyDown={onKeyDown} {...inside}>
      <VirtualRows ref={virtual} rows={rows} heights={heights} enabled={byId.size > virtualOver} draw={drawRow} />
    </section>
  );
};
