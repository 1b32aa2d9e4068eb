import { StatusShape } from '../../StatusShape.jsx';
import styles from './graph.module.css';

const Line = ({ dash }) => (
  <svg width="22" height="8" aria-hidden="true">
    <path d="M0 4h22" stroke="var(--bf-control)" strokeWidth="1.5" strokeDasharray={dash} />
  </svg>
);

export const GraphLegend = ({ asTable, onTable }) => (
  <footer className={styles.legend}>
    <span><Line />required</span>
    <span><Line dash="4 4" />limited or optional</span>
    <span><StatusShape status="risk" size={12} />at risk, number of root causes</span>
    <span className="grow" />
    <button type="button" className="link" onClick={onTable}>{asTable ? 'As graph' : 'As table'}</button>
  </footer>
);
