"""Signs in through an OpenID Connect provider as a browser would, without one.

Usage: oidc_login.py START_URL NAME [--cancel] [--cookies FILE]
Opens START_URL, follows where it is sent, fills each form in as NAME (with any password; a form
that only asks for consent is sent as it is), and prints what came last: {"status", "url", "body",
"cookies": {name: value}, "trace": [[method, url], ...]}. With `--cancel` it follows the link
"Cancel" of the first form instead. `--cookies` keeps the cookies in a file for the next call: a
browser that was here before.
"""

import argparse
import http.cookiejar
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

STEPS_MAX = 20


class Page(HTMLParser):
    """The first form of a page, and its links by their text."""

    def __init__(self):
        super().__init__()
        self.action = None
        self.fields = {}
        self.links = {}
        self.href = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = attrs.get("action", "")
        elif tag == "input" and self.action is not None and attrs.get("name"):
            self.fields[attrs["name"]] = (attrs.get("type", "text"), attrs.get("value", ""))
        elif tag == "a":
            self.href = attrs.get("href")

    def handle_data(self, text):
        if self.href is not None:
            self.links[text.strip(" []\n")] = self.href

    def handle_endtag(self, tag):
        if tag == "a":
            self.href = None

    def filled(self, name):
        """The form's fields as somebody called `name` fills them in."""
        typed = {"text": name, "email": name, "password": "any"}
        return {field: typed.get(kind, value) for field, (kind, value) in self.fields.items()}


class Browser:
    """Follows redirects and keeps cookies."""

    def __init__(self, cookies):
        self.trace = []
        self.jar = http.cookiejar.LWPCookieJar(cookies)
        if cookies and os.path.exists(cookies):
            self.jar.load(ignore_discard=True)
        browser = self

        class Redirects(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *words):
                request = super().redirect_request(*words)
                browser.trace.append([request.get_method(), request.full_url])
                return request

        # No proxy of the environment's: everything is on this machine.
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar),
            Redirects())

    def open(self, url, form=None):
        """Status, URL, media type and body of what came last."""
        data = None if form is None else urllib.parse.urlencode(form).encode()
        self.trace.append(["GET" if data is None else "POST", url])
        try:
            answer = self.opener.open(urllib.request.Request(url, data), timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            media = answer.headers.get_content_type()
            return answer.status, answer.geturl(), media, answer.read().decode(errors="replace")


def sign_in(browser, start, name, cancel):
    """Goes on until a page has no form."""
    status, url, media, body = browser.open(start)
    for _ in range(STEPS_MAX):
        page = Page()
        if media == "text/html":
            page.feed(body)
        if page.action is None:
            return status, url, body
        if cancel:
            there, form = page.links["Cancel"], None
        else:
            there, form = page.action, page.filled(name)
        status, url, media, body = browser.open(urllib.parse.urljoin(url, there), form)
    sys.exit(f"still a form after {STEPS_MAX} steps: {browser.trace}")


def main():
    """Signs in and prints what came of it."""
    parser = argparse.ArgumentParser(description="Signs in through an OpenID Connect provider.")
    parser.add_argument("start_url")
    parser.add_argument("name")
    parser.add_argument("--cancel", action="store_true")
    parser.add_argument("--cookies")
    args = parser.parse_args()
    browser = Browser(args.cookies)
    status, url, body = sign_in(browser, args.start_url, args.name, args.cancel)
    if args.cookies:
        browser.jar.save(ignore_discard=True)
    cookies = {cookie.name: cookie.value for cookie in browser.jar}
    print(json.dumps({"status": status, "url": url, "body": body, "cookies": cookies,
                      "trace": browser.trace}))


if __name__ == "__main__":
    main()
