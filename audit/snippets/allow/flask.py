from flask_cors import CORS

CORS(
    app,
    origins=["{{.Origin}}"],
    methods=[{{quoted .Methods}}],
    allow_headers=[{{quoted .Headers}}],
{{- with .Expose}}
    expose_headers=[{{quoted .}}],
{{- end}}
{{- if .Credentials}}
    supports_credentials=True,
{{- end}}
    max_age=7200,
)
