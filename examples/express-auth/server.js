// CORS first: it answers preflights, which never carry a token, and its headers stand on the 401 too.
const { authenticate, cors, serve } = require('./api');

serve(cors, authenticate);
