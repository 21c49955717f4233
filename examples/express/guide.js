// Express with the cors package, as many guides show it. PORT=8080 node guide.js
const express = require('express');
const cors = require('cors');

const app = express();

const corsOptions = {
  origin: function (origin, callback) {
    const allowedOrigins = [
      'https://app.example.com',
      'https://admin.example.com',
      'http://localhost:3000', // stays in production: whatever runs on a visitor's machine at port 3000 gets in
    ];
    // Allow server-to-server requests (no origin header)
    if (!origin) return callback(null, true);
    if (allowedOrigins.includes(origin)) {
      callback(null, true);
    } else {
      callback(new Error('Not allowed by CORS')); // answers strangers with a 500, which alarms whoever watches 5xx
    }
  },
  credentials: true,
  methods: ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
  allowedHeaders: ['Content-Type', 'Authorization'],
  maxAge: 86400,
};

app.use(cors(corsOptions));
// Guides add app.options('*', cors(corsOptions)) here. Express 5 refuses that pattern when it starts; and app.use() has
// answered every preflight already.

app.get('/users', (req, res) => res.json([{ id: 1, name: 'Ada' }]));
app.put('/users', (req, res) => res.sendStatus(204));
app.delete('/users', (req, res) => res.sendStatus(204));

const port = process.env.PORT || 8080;
app.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${port}`));
