const words = {
  http: 'HTTP',
  tcp: 'TCP',
  tls: 'TLS',
  dns: 'DNS',
  icmp: 'Ping',
  grpc: 'gRPC',
  postgres: 'PostgreSQL',
  nats: 'NATS',
  websocket: 'WebSocket',
  heartbeat: 'Heartbeat',
};

export const kindWord = (kind) => words[kind] ?? kind;

/** `HTTP, TLS`: each kind once. */
export const kindWords = (kinds) => [...new Set(kinds)].map(kindWord).join(', ');
