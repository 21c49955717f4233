// before routes and authentication
await fastify.register(require("@fastify/cors"), {
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
});
