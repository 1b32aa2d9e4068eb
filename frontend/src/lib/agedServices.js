/** Intervals without a result after which nothing may look healthy any more. */
const unknownAfterIntervals = 3;
const marginMs = 10_000;

const exempt = ['paused', 'maintenance'];

const isExempt = ({ overlays }) => exempt.some((overlay) => overlays.includes(overlay));

const tooOld = ({ last_check, interval_seconds }, now) =>
  last_check && now - Date.parse(last_check) > interval_seconds * 1000 * unknownAfterIntervals + marginMs;

const aged = (service) => ({ ...service, effective: 'unknown', overlays: [...new Set([...service.overlays, 'stale'])] });

/** The services as they may be drawn at `now` (ms): one whose last result is too old is unknown and stale, whatever it
    was, and so are all while nothing is `checking`. The others stay the same objects. */
export const agedServices = (services, now, checking = true) =>
  services.map((service) => (!isExempt(service) && (!checking || tooOld(service, now)) ? aged(service) : service));
