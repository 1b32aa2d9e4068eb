import { shownStatus } from '../../lib/status.js';
import { UptimeSkeleton, UptimeSparkline } from '../charts/UptimeSparkline.jsx';
import { Icon } from '../Icon.jsx';
import { StatusShape } from '../StatusShape.jsx';
import { CardFacts } from './CardFacts.jsx';
import { CardFoot } from './CardFoot.jsx';
import { CardMenu } from './CardMenu.jsx';
import { CauseLine, WhyList } from './CauseLine.jsx';
import { CheckButton } from './CheckButton.jsx';
import { CheckResult } from './CheckResult.jsx';
import { ComponentList, ImpactList } from './ComponentList.jsx';
import { ServiceBadges } from './ServiceCard.jsx';
import styles from './card.module.css';

const History = ({ service, history, onOpenDay, onRetry }) => (
  <div className={styles.history}>
    {history.data?.days.length ? (
      <UptimeSparkline name={service.name} days={history.data.days} onOpenDay={onOpenDay} />
    ) : history.error ? (
      <p className="small mid">The history did not load. <button type="button" className="link" onClick={onRetry}>Try now</button></p>
    ) : (
      <UptimeSkeleton />
    )}
  </div>
);

/** One service with everything about it. `detail`, `history`: query results ({data, error}); `incident`: an open one of its alerts, or null; `can`: {operate, administer};
    `act`: {toggle, check, mute, edit, remove, showGraph, openDay, openResults, openService, copyLink, retryHistory}. */
export const ServiceCardOpen = ({ service, detail, history, incident = null, check, can, act, tabIndex = 0, onFocus }) => {
  const status = shownStatus(service);
  const full = detail.data;
  const checkNow = { name: service.name, check, allowed: can.operate, onCheck: () => act.check(service.id) };
  return (
    <article className={`card ${styles.open}`} data-service={service.id} data-status={status}>
      <div className={styles.head}>
        <StatusShape status={service.overlays.includes('paused') ? 'paused' : status} size={20} />
        <h3 className={styles.title}>
          <button type="button" className={styles.close} aria-expanded="true" tabIndex={tabIndex} data-card={service.id} onClick={() => act.toggle(service.id)} onFocus={() => onFocus?.(service.id)}>
            {service.name}
          </button>
        </h3>
        <ServiceBadges service={service} status={status} />
        <span className="grow" />
        <span className="desk"><CheckButton {...checkNow} /></span>
        <button type="button" className={styles.iconButton} aria-label={`Mute ${service.name} for maintenance`} onClick={() => act.mute(service.id)}><Icon name="muted" /></button>
        <CardMenu service={service} can={can} act={act} />
      </div>
      <CauseLine service={service} status={status} run={full?.last_run} />
      <CheckResult check={check} onDetails={(run) => act.openResults(service.id, run.id)} />
      <WhyList service={service} status={status} why={full?.why ?? []} />
      <CardFacts service={service} status={status} month={history.data ?? service} />
      <History service={service} history={history} onOpenDay={(date) => act.openDay(service.id, date)} onRetry={act.retryHistory} />
      <div className={styles.two}>
        <ComponentList detail={detail} onOpen={() => act.openResults(service.id, full?.last_run?.id)} />
        <ImpactList detail={detail} onOpen={act.openService} />
      </div>
      <CardFoot service={service} incident={incident} act={act}>
        <CheckButton {...checkNow} size="lg" className={`phone ${styles.fullCheck}`} />
      </CardFoot>
    </article>
  );
};
