// What both servers of this folder are made of.
const express = require('express');
const cors = require('cors');

exports.cors = cors({
  origin: ['https://app.example.com', 'https://admin.example.com'],
  credentials: true,
  methods: ['GET', 'POST', 'PUT', 'DELETE'],
  allowedHeaders: ['Content-Type', 'Authorization'],
  maxAge: 600,
});

exports.authenticate = (req, res, next) => {
  if (req.headers.authorization) return next();
  res.status(401).set('WWW-Authenticate', 'Bearer').json({ error: 'log in first' });
};

exports.serve = (...layers) => {
  const app = express();
  app.use(...layers);
  app.get('/users', (req, res) => res.json([{ id: 1, name: 'Ada' }]));
  app.put('/users', (req, res) => res.sendStatus(204));
  app.delete('/users', (req, res) => res.sendStatus(204));
  const port = process.env.PORT || 8080;
  app.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${port}`));
};
