# settings.py: the CORS middleware first, before CommonMiddleware redirects to the slash;
# better still, call the URL with its slash
MIDDLEWARE.insert(0, "corsheaders.middleware.CorsMiddleware")
