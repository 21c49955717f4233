"""Flask with Flask-CORS, as guides show it: with the headers once more by hand. PORT=8080 python guide.py"""
import os

from flask import Flask, request
from flask_cors import CORS

app = Flask(__name__)
CORS(app, origins=["https://app.example.com", "https://admin.example.com"], supports_credentials=True)


# Flask runs this before Flask-CORS, which then adds nothing any more: only the list here counts, and it lets in
# whatever runs on a visitor's machine at port 3000.
@app.after_request
def after_request(response):
    origin = request.headers.get("Origin")
    if origin in ["https://app.example.com", "https://admin.example.com", "http://localhost:3000"]:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, DELETE, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type, Authorization"
        response.headers["Vary"] = "Origin"
    return response


@app.route("/users", methods=["GET", "PUT", "DELETE"])
def users():
    return [{"id": 1, "name": "Ada"}]


app.run("127.0.0.1", int(os.environ.get("PORT", "8080")))
