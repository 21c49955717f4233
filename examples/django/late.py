"""CORS too late: Django redirects GET /users to /users/ after CORS has had its turn. PORT=8080 python late.py"""
from api import COMMON, CORS, serve

serve(COMMON, CORS)
