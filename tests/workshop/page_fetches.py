"""What a browser would fetch when it opens a page."""

import re
from html.parser import HTMLParser


class Fetches(HTMLParser):
    """Collect everything that a browser would fetch when it opens the page."""

    def __init__(self, text):
        super().__init__()
        self.urls, self.tags, self.style = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        self.style = tag == "style"
        urls = [attrs.get(key) for key in ("src", "srcset", "poster", "data", "background")]
        if tag == "link":
            urls.append(attrs.get("href"))
        self.urls += [url for url in urls if url]
        self.in_css(attrs.get("style") or "")

    def handle_endtag(self, tag):
        self.style = False

    def handle_data(self, data):
        if self.style:
            self.in_css(data)

    def in_css(self, text):
        self.urls += re.findall(r"url\(\s*['\"]?([^'\")]{1,60})", text)
        self.urls += re.findall(r"@import[^;]*", text)


def fetches(text):
    """Return what a page would fetch from outside itself."""
    return [url for url in Fetches(text).urls if not url.startswith(("data:", "#"))]
