// Express with the cors package, as it should be. PORT=8080 node server.js
const express = require('express');
const cors = require('cors');

const app = express();

// An array is compared exactly. A stranger's request is answered without CORS headers, which is all that it takes.
app.use(cors({
  origin: ['https://app.example.com', 'https://admin.example.com'],
  credentials: true,
  methods: ['GET', 'POST', 'PUT', 'DELETE'],
  allowedHeaders: ['Content-Type', 'Authorization'],
  maxAge: 600,
}));

app.get('/users', (req, res) => res.json([{ id: 1, name: 'Ada' }]));
app.put('/users', (req, res) => res.sendStatus(204));
app.delete('/users', (req, res) => res.sendStatus(204));

const port = process.env.PORT || 8080;
app.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${port}`));
