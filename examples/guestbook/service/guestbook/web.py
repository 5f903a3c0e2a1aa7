"""Shows who has been greeted: python3 -m guestbook.web"""

import html
import http.server
import json
import os
import urllib.error
import urllib.request

# Where hello answers: this server asks it, and a browser is sent there.
HELLO = os.environ.get('DEVENV_HELLO_SERVER')
HELLO_URL = os.environ.get('DEVENV_HELLO_URL')

PAGE = '''<!doctype html>
<html lang="en">
<title>guestbook</title>
<link rel="icon" href="data:,">
<h1>Guest book</h1>
<p>%s</p>
</html>
'''


def guests():
    """What hello says of its guests, or that it cannot be asked."""
    if not HELLO:
        return 'There is no hello beside this service.'
    try:
        with urllib.request.urlopen(HELLO + '/greetings/', timeout=5) as answer:
            words = json.load(answer)['greetings']
    except (urllib.error.URLError, OSError) as error:
        return html.escape('hello does not answer: %s' % error)
    return '<br>'.join([html.escape(each) for each in words] + ['<a href="%s/">hello</a>' % HELLO_URL])


class Handler(http.server.BaseHTTPRequestHandler):
    """Two pages: whether it is well, and the book."""

    def do_GET(self):
        page = 'ok' if self.path == '/health/' else PAGE % guests()
        self.send_response(200)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, form, *words):
        if self.path != '/health/':
            print(form % words, flush=True)


if __name__ == '__main__':
    http.server.ThreadingHTTPServer(('0.0.0.0', 8000), Handler).serve_forever()
