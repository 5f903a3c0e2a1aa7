"""An LMS in miniature: /told is what it is told of those beside it, /api/mfe_config/v1 what it tells micro-frontends."""

import http.server
import json
import os
from urllib.parse import parse_qs, urlsplit


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        answers = {
            '/heartbeat': 'ok',
            '/told': {name: value for name, value in os.environ.items() if name.startswith('DEVENV_FRONTEND')},
            '/api/mfe_config/v1': {'LMS_BASE_URL': os.environ.get('DEVENV_URL'), **parse_qs(url.query)},
        }
        self.send_response(200 if url.path in answers else 404)
        self.send_header('Content-Type', 'application/json')
        self.end_headers()
        self.wfile.write(json.dumps(answers.get(url.path)).encode())

    def log_message(self, form, *words):
        if self.path != '/heartbeat':
            print(form % words, flush=True)


http.server.ThreadingHTTPServer(('0.0.0.0', 18000), Handler).serve_forever()
