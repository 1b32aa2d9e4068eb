import { isPlainRoute, routeWords, serviceWords } from '../lib/latencyWords.js';
import styles from './RouteName.module.css';

const tailLength = 14;

/** A long route loses its middle, never its end. */
const Path = ({ path }) => {
  const cut = Math.max(0, path.length - tailLength);
  return <span className={`mono ${styles.path}`}><span className={styles.head}>{path.slice(0, cut)}</span><span>{path.slice(cut)}</span></span>;
};

/** Method and route of an endpoint, with its service when that stands in no column of its own. */
export const RouteName = ({ method, path, service = '' }) => {
  const plain = isPlainRoute(path);
  return (
    <span className={styles.route} title={plain ? `${method} ${path}` : undefined}>
      <span className={styles.name}>
        {plain && <span className={styles.method}>{method}</span>}
        {plain ? <Path path={path} /> : <span className={styles.words}>{routeWords(path)}</span>}
      </span>
      {service && <span className={`small dim trunc ${styles.service}`}>{serviceWords(service)}</span>}
    </span>
  );
};
