import type { Framework } from './framework.js';

const route = `// app/hook/route.js
export async function POST(request) {
  const form = new URLSearchParams(await request.text());
  let events;
  try {
    events = readEvents(form.get('data'));
  } catch {
    return new Response(null, { status: 400 });
  }
  after(() => work(events)); // of next/server; or put them into a queue that outlives a crash
  return new Response(null, { status: 200 });
}`;

export const next: Framework = {
  id: 'next',
  name: 'Next.js',
  tested: false,
  snippets: {
    body_limit: `// pages/api/hook.js
export const config = { api: { bodyParser: { sizeLimit: '10mb' } } };`,
    read_events: `function readEvents(data) {
  const panels = JSON.parse(data || '{}') ?? {};
  return Object.values(panels).flatMap((events) => (Array.isArray(events) ? events : []));
}`,
    answer_200: route,
    answer_first: route,
    route,
    exact_path: `// next.config.js
module.exports = { skipTrailingSlashRedirect: true };`,
    basic_auth: `const right = btoa(process.env.HOOK_USER + ':' + process.env.HOOK_PASSWORD);
const [scheme, code] = (request.headers.get('authorization') ?? '').split(' ');
if (scheme.toLowerCase() !== 'basic' || code !== right) {
  const headers = { 'WWW-Authenticate': 'Basic realm="webhook"' };
  return new Response(null, { status: 401, headers });
}`,
  },
};
