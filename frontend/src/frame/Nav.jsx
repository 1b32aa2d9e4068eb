import { Link } from 'react-router';
import { useAbout } from '../api/about.js';
import { usePipelineOfFrame } from '../api/pipeline.js';
import { BellMark } from '../components/Icon.jsx';
import { plural } from '../lib/formatNumber.js';
import { PageLink } from './NavLinks.jsx';
import styles from './Nav.module.css';
import { navigation } from './navigation.js';

const Foot = () => {
  const { data } = useAbout();
  const running = usePipelineOfFrame().data?.running_revision ?? null;
  if (!data) return null;
  const gateways = data.nodes.filter((node) => node.service === 'gateway').length;
  return (
    <div className={styles.foot}>
      Belfry {data.version}
      {gateways > 0 && <><br />{plural(gateways, 'gateway')}{running !== null && `, revision ${running}`}</>}
    </div>
  );
};

/** The navigation of wide windows: names at 1400 px and more, icons under it. */
export const Nav = ({ counts }) => (
  <nav className={styles.nav} aria-label="Main">
    <Link className={styles.brand} to="/admin">
      <BellMark />
      <span>Belfry</span>
    </Link>
    {navigation.map(({ section, pages }) => (
      <div key={section} className={styles.section}>
        <h2>{section}</h2>
        {pages.map((page) => (
          <PageLink key={page.path} page={page} counts={counts} title={page.label} />
        ))}
      </div>
    ))}
    <Foot />
  </nav>
);
