const cors = require("cors");

// before routes, sessions and authentication
app.use(cors({
  origin: ["{{.Origin}}"],
  methods: [{{quoted .Methods}}],
  allowedHeaders: [{{quoted .Headers}}],
{{- with .Expose}}
  exposedHeaders: [{{quoted .}}],
{{- end}}
{{- if .Credentials}}
  credentials: true,
{{- end}}
  maxAge: 7200,
}));
