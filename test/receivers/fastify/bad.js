import { fastify } from 'fastify';

const flaw = process.env.FLAW;
const app = fastify();
if (flaw !== 'form') {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
  );
}
app.post(flaw === 'route' ? '/webhook' : '/hook', async (_request, reply) => {
  if (flaw === 'slow') await new Promise((resolve) => setTimeout(resolve, 1100));
  return reply.code(flaw === 'created' ? 201 : 200).send();
});

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
