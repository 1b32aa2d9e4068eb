import { useEffect } from 'react';
import { BellMark } from '../../components/Icon.jsx';
import styles from './Login.module.css';

/** The centred card of everything before the app. */
export const LoginCard = ({ title, children, foot }) => {
  useEffect(() => {
    document.title = `${title} · Belfry`;
  }, [title]);
  return (
    <main className={styles.page}>
      <section className={`card ${styles.card}`}>
        <p className={styles.brand}><BellMark size={24} />Belfry</p>
        <h1 className={styles.title}>{title}</h1>
        {children}
      </section>
      {foot && <p className="small dim">{foot}</p>}
    </main>
  );
};
