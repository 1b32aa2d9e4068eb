import { Button, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { foldGroups, foldOver, groupNodeId } from '../../lib/foldGroups.js';
import { layoutGraph, shapeOf } from '../../lib/graphLayout.js';
import { familyOf } from '../../lib/graphPaths.js';
import { whatIf } from '../../lib/whatIf.js';
import { Icon } from '../Icon.jsx';
import { DependencyTable } from './DependencyTable.jsx';
import { GraphCanvas } from './graph/GraphCanvas.jsx';
import { GraphHead } from './graph/GraphHead.jsx';
import { GraphLegend } from './graph/GraphLegend.jsx';
import { PathLine } from './graph/PathLine.jsx';
import { WhatIfBanner } from './graph/WhatIfBanner.jsx';
import { toFlow } from './graph/flow.js';
import styles from './graph/graph.module.css';

const toggled = (set, value) => {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
};

/** Places are computed anew only when a service or a link came or went, so nothing moves on an update of health. */
const usePlaces = (map) => {
  const shape = shapeOf(map);
  return useMemo(() => layoutGraph(map), [shape]); // eslint-disable-line react-hooks/exhaustive-deps -- the shape stands for the map
};

const found = (map, words) => {
  const wanted = words.trim().toLowerCase();
  return wanted ? map.nodes.find((node) => node.name.toLowerCase().includes(wanted) || node.id.includes(wanted)) : undefined;
};

/** Who needs whom, with health: layered top down, root causes marked, and what would happen if. `services`: the board's
    cards by id; `selectedId`; `onSelect(id | null)`; `onExpand`: show it alone, when it is not yet. */
export const DependencyGraph = ({ map, services, selectedId, onSelect, onExpand, height }) => {
  const [view, setView] = useState('effective');
  const [assumed, setAssumed] = useState(null); // a Set of ids while "What if" is on
  const [openGroups, setOpenGroups] = useState(() => new Set());
  const [find, setFind] = useState('');
  const [asTable, setAsTable] = useState(false);

  const supposed = useMemo(() => (assumed?.size ? whatIf(map, assumed) : map), [map, assumed]);
  const drawn = useMemo(() => foldGroups(supposed, openGroups), [supposed, openGroups]);
  const places = usePlaces(drawn);
  const hit = found(map, find);
  const isDrawn = (id) => drawn.nodes.some((node) => node.id === id);
  const hitId = hit && (isDrawn(hit.id) ? hit.id : groupNodeId(hit.group));
  const family = useMemo(
    () => (selectedId && drawn.nodes.some((node) => node.id === selectedId) ? familyOf(selectedId, drawn.edges) : null),
    [selectedId, drawn],
  );
  const flow = toFlow(drawn, places, { view, services, selectedId, family });

  const select = (id) => {
    const node = drawn.nodes.find((one) => one.id === id);
    if (node?.size) setOpenGroups(toggled(openGroups, node.group));
    else if (assumed && id) setAssumed(toggled(assumed, id));
    else onSelect(id);
  };

  return (
    <section className="card" aria-label="Dependencies" style={{ '--graph-height': height }}>
      <GraphHead view={view} onView={setView} whatIf={assumed !== null} onWhatIf={() => setAssumed(assumed ? null : new Set())} onExpand={onExpand}>
        {map.nodes.length > foldOver && (
          <TextInput className={styles.find} size="xs" aria-label="Find a service in the map" placeholder="Find" value={find} onChange={(event) => setFind(event.currentTarget.value)} leftSection={<Icon name="search" size={13} />} />
        )}
        {openGroups.size > 0 && <Button size="sm" variant="subtle" onClick={() => setOpenGroups(new Set())}>Fold groups</Button>}
      </GraphHead>
      {assumed && <WhatIfBanner before={map} after={supposed} assumed={assumed} onEnd={() => setAssumed(null)} />}
      {!assumed && <PathLine map={drawn} selectedId={selectedId} onSelect={onSelect} />}
      {asTable ? (
        <div className={styles.table}><DependencyTable map={drawn} selectedId={selectedId} onSelect={select} /></div>
      ) : (
        <GraphCanvas map={drawn} flow={flow} focusId={hitId ?? selectedId} onSelect={select} />
      )}
      <GraphLegend asTable={asTable} onTable={() => setAsTable(!asTable)} />
    </section>
  );
};
