"""A proxy that writes down what a reader asked and what it was answered: readers.sh reads conditional requests off it.

usage: readers_proxy.py LOG TARGET_PORT_FILE PORT_FILE
Forwards every GET and HEAD to 127.0.0.1:<port in TARGET_PORT_FILE> unchanged and appends one line per request to LOG:
status, method, path, validators (yes/no), encoding of the answer, user agent.
"""

import http.client
import http.server
import sys

log_name, target_file, port_file = sys.argv[1:4]


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def forward(self):
        with open(target_file) as f:
            target = int(f.read())
        upstream = http.client.HTTPConnection("127.0.0.1", target, timeout=30)
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() != "connection":
                upstream.putheader(name, value)
        upstream.endheaders()
        answer = upstream.getresponse()
        body = answer.read()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        if answer.status != 304:
            length = answer.getheader("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        conditional = "yes" if "If-None-Match" in self.headers or "If-Modified-Since" in self.headers else "no"
        with open(log_name, "a") as f:
            f.write("\t".join([str(answer.status), self.command, self.path, conditional,
                               answer.getheader("Content-Encoding") or "-", self.headers.get("User-Agent", "-")]) + "\n")

    do_GET = do_HEAD = forward

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
with open(port_file, "w") as f:
    f.write(str(server.server_address[1]))
server.serve_forever()
