import { AppShell } from '@mantine/core';
import { Suspense } from 'react';
import { Outlet, useLocation, useNavigate } from 'react-router';
import { useBoard } from '../api/health.js';
import { useOpenIncidents } from '../api/incidents.js';
import { usePipelineOfFrame } from '../api/pipeline.js';
import { ErrorBoundary } from '../components/ErrorBoundary.jsx';
import { LiveRegion } from '../components/LiveRegion.jsx';
import { useAlertCounts } from '../hooks/useAlertCounts.js';
import { useBoardAnnouncements } from '../hooks/useBoardAnnouncements.js';
import { useCounts } from '../hooks/useCounts.js';
import { useIncidentAnnouncements } from '../hooks/useIncidentAnnouncements.js';
import { useLiveChannel } from '../hooks/useLiveChannel.js';
import { useShortcut } from '../hooks/useShortcut.js';
import { useTabTitle } from '../hooks/useTabTitle.js';
import { useWall } from '../hooks/useWall.js';
import { page } from '../lib/page.js';
import { useStore } from '../lib/store.js';
import styles from './Frame.module.css';
import { Header } from './Header.jsx';
import { Nav } from './Nav.jsx';
import { pages } from './navigation.js';
import { OfflineBanner } from './OfflineBanner.jsx';
import { Palette } from './Palette.jsx';
import { ShortcutSheet, shortcutSheetOpen } from './ShortcutSheet.jsx';
import { SignedIn } from './SignedIn.jsx';
import { SignInDialog } from './SignInDialog.jsx';
import { TabBar } from './TabBar.jsx';

const GoTo = ({ to, keys }) => {
  const navigate = useNavigate();
  useShortcut(keys, () => navigate(to));
  return null;
};

const Shortcuts = () => {
  const { refresh } = useStore(page);
  useShortcut('?', () => shortcutSheetOpen.set(true));
  useShortcut('r', () => refresh(), Boolean(refresh));
  return pages.filter(({ key }) => key).map(({ path, key }) => <GoTo key={path} to={path} keys={`g ${key}`} />);
};

/** `title`: the heading, where no header shows it. */
const Content = ({ title }) => {
  const { pathname } = useLocation();
  return (
    <div className={styles.page}>
      {title && <h1 className="visually-hidden">{title}</h1>}
      <OfflineBanner />
      <ErrorBoundary resetKey={pathname}>
        <Suspense>
          <Outlet />
        </Suspense>
      </ErrorBoundary>
    </div>
  );
};

const Announcements = () => {
  useBoardAnnouncements(useBoard().data?.services);
  useIncidentAnnouncements(useOpenIncidents().data?.incidents);
  return null;
};

const restarts = ({ restart_required: required }) => (required ? 1 : 0);

const Shell = () => {
  const alerts = useAlertCounts();
  const counts = { ...useCounts(), incidents: alerts.open, restart: usePipelineOfFrame(restarts).data ?? 0 };
  const { title } = useStore(page);
  const wall = useWall();
  useLiveChannel();
  useTabTitle(title, counts.down, alerts.firing);
  return (
    <AppShell layout="alt" disabled={wall} header={{ height: { base: 48, sm: 52 } }} footer={{ height: { base: 60, sm: 0 } }}
      navbar={{ width: { sm: 56, xl: 208 }, breakpoint: 'sm', collapsed: { mobile: true } }} className={`${styles.shell} ${wall ? styles.wall : ''}`}>
      <a className={styles.skip} href="#content">Skip to content</a>
      <AppShell.Header component="div"><Header /></AppShell.Header>
      <AppShell.Navbar component="div" className={styles.navbar}><Nav counts={counts} /></AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}><Content title={wall && title} /></AppShell.Main>
      <AppShell.Footer component="div" hiddenFrom="sm"><TabBar counts={counts} /></AppShell.Footer>
      <Announcements />
      <Shortcuts />
      <Palette />
      <ShortcutSheet />
      <SignInDialog />
    </AppShell>
  );
};

export const Frame = () => (
  <>
    <SignedIn><Shell /></SignedIn>
    <LiveRegion />
  </>
);
