import express from 'express';

// Each flaw is one that receivers really have; all of them let everybody in.
const flaw = process.env.FLAW;
const app = express();
if (flaw === 'bearer') {
  app.use((_request, response) => response.set('WWW-Authenticate', 'Bearer').sendStatus(401));
}
if (flaw === 'form') app.use(express.json());
else app.use(express.urlencoded({ extended: false }));

app.post(flaw === 'route' ? '/webhook' : '/hook', async (request, response) => {
  if (flaw === 'form') JSON.parse(request.body.data);
  if (flaw === 'panel') {
    for (const event of JSON.parse(request.body?.data ?? '{"shop":[]}').shop) event.toString();
  }
  if (flaw === 'raises') {
    for (const event of Object.values(JSON.parse(request.body.data)).flat()) {
      if (event.event === 'bounce') throw new Error('no handler for bounce');
    }
  }
  if (flaw === 'slow') await new Promise((resolve) => setTimeout(resolve, 1100));
  if (flaw === 'redirect') return response.redirect('/hook/');
  response.sendStatus(flaw === 'created' ? 201 : 200);
});

app.listen(Number(process.env.PORT), '127.0.0.1');
