// An API whose CORS is right, but for Vary: it relies on what stands in front of it. PORT=8081 node app.js
const http = require('node:http');

const trusted = ['https://app.example.com', 'https://admin.example.com'];

const server = http.createServer((req, res) => {
  if (trusted.includes(req.headers.origin)) {
    res.setHeader('Access-Control-Allow-Origin', req.headers.origin);
    res.setHeader('Access-Control-Allow-Credentials', 'true');
  }
  if (req.method === 'OPTIONS') {
    res.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT, DELETE');
    res.setHeader('Access-Control-Allow-Headers', 'Content-Type, Authorization');
    res.setHeader('Access-Control-Max-Age', '600');
    res.writeHead(204).end();
    return;
  }
  res.setHeader('Cache-Control', 'public, max-age=60');
  res.setHeader('Content-Type', 'application/json');
  res.end('[{"id":1,"name":"Ada"}]');
});

const port = process.env.PORT || 8081;
server.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${port}`));
