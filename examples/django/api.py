"""What both servers of this folder are made of."""
import os
from wsgiref.simple_server import make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path

CORS = "corsheaders.middleware.CorsMiddleware"
COMMON = "django.middleware.common.CommonMiddleware"


def users(request):
    return JsonResponse([{"id": 1, "name": "Ada"}], safe=False)


urlpatterns = [path("users/", users)]


def serve(*middleware):
    settings.configure(
        SECRET_KEY="for demonstration",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="api",
        INSTALLED_APPS=["corsheaders"],
        MIDDLEWARE=list(middleware),
        CORS_ALLOWED_ORIGINS=["https://app.example.com", "https://admin.example.com"],
        CORS_ALLOW_CREDENTIALS=True,
        CORS_ALLOW_METHODS=["GET", "POST", "PUT", "DELETE"],
        CORS_ALLOW_HEADERS=["content-type", "authorization"],
        CORS_PREFLIGHT_MAX_AGE=600,
    )
    port = int(os.environ.get("PORT", "8080"))
    make_server("127.0.0.1", port, get_wsgi_application()).serve_forever()
