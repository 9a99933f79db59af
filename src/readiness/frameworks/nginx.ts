import type { Framework } from './framework.js';

const location = `location = /webhooks/netcore {
    client_max_body_size 10m;
    proxy_pass http://127.0.0.1:3000;
    proxy_read_timeout 30s;
}`;

export const nginx: Framework = {
  id: 'nginx',
  name: 'nginx',
  tested: true,
  snippets: {
    body_limit: 'client_max_body_size 10m;',
    exact_path: location,
    route: location,
    gateway: location,
  },
};
