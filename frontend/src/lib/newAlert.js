/** Where a rule about an endpoint's latency is made, filled in as far as it is known. */
export const newAlertPath = ({ service, method, path }) => `/admin/alerts-config?${new URLSearchParams({ new: 'latency.p99', service, method, route: path })}`;
