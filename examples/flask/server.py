"""Flask with Flask-CORS, as it should be. PORT=8080 python server.py"""
import os

from flask import Flask
from flask_cors import CORS

app = Flask(__name__)
CORS(
    app,
    origins=["https://app.example.com", "https://admin.example.com"],
    methods=["GET", "POST", "PUT", "DELETE"],
    allow_headers=["Content-Type", "Authorization"],
    supports_credentials=True,
    max_age=600,
)


@app.route("/users", methods=["GET", "PUT", "DELETE"])
def users():
    return [{"id": 1, "name": "Ada"}]


app.run("127.0.0.1", int(os.environ.get("PORT", "8080")))
