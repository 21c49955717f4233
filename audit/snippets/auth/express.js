// the order counts: CORS answers preflights before anybody asks who is there
app.use(cors({
  origin: ["{{.Origin}}"],
  methods: [{{quoted .Methods}}],
  allowedHeaders: [{{quoted .Headers}}],
{{- if .Credentials}}
  credentials: true,
{{- end}}
  maxAge: 7200,
}));
app.use(authenticate);
app.use(routes);
