"""The other way round: what is registered first runs last, and adds a second header. PORT=8080 python twice.py"""
import os

from flask import Flask, request
from flask_cors import CORS

app = Flask(__name__)


@app.after_request
def after_request(response):
    origin = request.headers.get("Origin")
    if origin in ["https://app.example.com", "https://admin.example.com"]:
        response.headers.add("Access-Control-Allow-Origin", origin)
    return response


CORS(app, origins=["https://app.example.com", "https://admin.example.com"], supports_credentials=True)


@app.route("/users", methods=["GET", "PUT", "DELETE"])
def users():
    return [{"id": 1, "name": "Ada"}]


app.run("127.0.0.1", int(os.environ.get("PORT", "8080")))
