import express from 'express';

const app = express();
app.use(express.urlencoded({ extended: false }));
app.post('/hook', (request, response) => {
  for (const event of Object.values(JSON.parse(request.body.data)).flat()) {
    if (event.event === 'bounce') throw new Error('no handler for bounce');
  }
  response.sendStatus(200);
});

app.listen(Number(process.env.PORT), '127.0.0.1');
