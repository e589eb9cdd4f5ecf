// Pages of one browser share a session: each reads its streams for itself (docs/pathview.md).
(() => {
  const reader = Math.random().toString(36).slice(2) + Date.now().toString(36);
  const plain = window.fetch;
  window.fetch = (asked, options = {}) => {
    const request = asked instanceof Request;
    const url = new URL(request ? asked.url : asked, document.baseURI);
    if (url.origin !== location.origin || !url.pathname.includes("/api/stream")) {
      return plain(asked, options);
    }
    const headers = new Headers(options.headers ?? (request ? asked.headers : undefined));
    headers.set("X-Reader-ID", reader);
    return plain(asked, { ...options, headers });
  };
})();
