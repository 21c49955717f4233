# settings.py; pip install django-cors-headers
INSTALLED_APPS += ["corsheaders"]
MIDDLEWARE.insert(0, "corsheaders.middleware.CorsMiddleware")  # before whatever can answer
CORS_ALLOWED_ORIGINS = ["{{.Origin}}"]
CORS_ALLOW_METHODS = [{{quoted .Methods}}]
CORS_ALLOW_HEADERS = [{{quoted .Headers}}]
{{- with .Expose}}
CORS_EXPOSE_HEADERS = [{{quoted .}}]
{{- end}}
{{- if .Credentials}}
CORS_ALLOW_CREDENTIALS = True
{{- end}}
CORS_PREFLIGHT_MAX_AGE = 7200
