"""CORS before anything that may answer by itself. PORT=8080 python server.py"""
from api import COMMON, CORS, serve

serve(CORS, COMMON)
