// Authentication first: it refuses every preflight, and its 401 has no CORS headers.
const { authenticate, cors, serve } = require('./api');

serve(authenticate, cors);
