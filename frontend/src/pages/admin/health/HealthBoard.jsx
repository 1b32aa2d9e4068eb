import { useMemo, useRef, useState } from 'react';
import { useHasRole } from '../../../api/session.js';
import { nextTryAt, refreshSeconds } from '../../../api/polling.js';
import { HealthBanners } from '../../../components/admin/HealthBanners.jsx';
import { HealthToolbar } from '../../../components/admin/HealthToolbar.jsx';
import styles from '../../../components/admin/health.module.css';
import { StaleNote } from '../../../components/StaleNote.jsx';
import { useChecks } from '../../../hooks/useChecks.js';
import { useHealthView, views } from '../../../hooks/useHealthView.js';
import { useInside } from '../../../hooks/useInside.js';
import { useShortcut } from '../../../hooks/useShortcut.js';
import { useNow } from '../../../lib/clock.js';
import { BoardList } from './BoardList.jsx';
import { GraphPanel } from './GraphPanel.jsx';
import { HealthDialogs } from './HealthDialogs.jsx';
import { cardActions } from './cardActions.js';
import { useBoardView } from './useBoardView.js';
import { useFilterText } from '../../../hooks/useFilterText.js';

const graphHeights = { split: 'clamp(320px, calc(100vh - 268px), 640px)', graph: 'max(420px, calc(100vh - 264px))' };

const dimAfterIntervals = 2;

/** Kept data fades once two refreshes have failed. */
const useIsOld = (query) => {
  const now = useNow(5);
  return Boolean(query.error) && now - query.dataUpdatedAt > dimAfterIntervals * refreshSeconds * 1000;
};

/** The page once there is a board: toolbar, list, graph, and the dialogs on top. */
export const HealthBoard = ({ query }) => {
  const board = query.data;
  const [view, change] = useHealthView();
  const [text, setText] = useFilterText(view.q, change);
  const drawn = useBoardView(board, view, text);
  const [checks, check] = useChecks();
  const [inside, handlers] = useInside();
  const [activeId, setActiveId] = useState(view.selected);
  const filter = useRef(null);
  const can = { operate: useHasRole('operator'), administer: useHasRole('admin') };
  const act = useMemo(() => cardActions(view, change, (id) => check(id, drawn.names.get(id))), [view, change, check, drawn.names]);
  const old = useIsOld(query);
  const mode = views.includes(view.view) ? view.view : 'split';
  const target = activeId || view.selected;

  useShortcut('/', () => filter.current.focus());
  useShortcut('c', () => target && can.operate && check(target, drawn.names.get(target)));
  useShortcut('o', () => target && act.toggle(target));
  useShortcut('Escape', () => change({ selected: '' }), Boolean(view.selected) && !view.panel);

  return (
    <>
      <HealthBanners board={board} />
      {query.error && <div className={styles.banners}><StaleNote problem={query.error} from={query.dataUpdatedAt} nextAt={nextTryAt(query)} onRetry={query.refetch} /></div>}
      <HealthToolbar
        counts={drawn.counts}
        total={drawn.all.length}
        statuses={view.status}
        onStatuses={(status) => change({ status })}
        text={text}
        onText={setText}
        view={mode}
        onView={(next) => change({ view: next === 'split' ? '' : next })}
        filterRef={filter}
        canAdd={can.administer}
        onAdd={act.add}
      />
      <div className={`${mode === 'split' ? styles.split : ''} ${old ? styles.dimmed : ''}`}>
        {mode !== 'graph' && (
          <BoardList mode={mode} board={board} drawn={drawn} view={view} change={change} text={text} onText={setText} checks={checks} can={can} act={act} held={inside} inside={handlers} activeId={activeId} onActive={setActiveId} />
        )}
        {(mode === 'graph' || mode === 'split') && (
          <div className={styles.graph}>
            <GraphPanel services={drawn.byId} selectedId={view.selected} onSelect={(id) => change({ selected: id ?? '' })} onExpand={mode === 'split' ? () => change({ view: 'graph' }) : undefined} height={graphHeights[mode]} />
          </div>
        )}
      </div>
      <HealthDialogs view={view} change={change} board={board} byId={drawn.byId} checks={checks} can={can} act={act} />
    </>
  );
};
