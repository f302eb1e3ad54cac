// Shows openapi.json. Who is signed in on the dashboard can try calls: writes by cookie carry its CSRF token.
const READS = ["GET", "HEAD", "OPTIONS"];

function csrfToken() {
  const found = document.cookie.split("; ").find((part) => /^(__Host-)?csrf_access_token=/.test(part));
  return found && decodeURIComponent(found.slice(found.indexOf("=") + 1));
}

function withCsrfToken(request) {
  const token = csrfToken();
  if (token && !READS.includes(request.method)) request.headers["X-CSRF-TOKEN"] = token;
  return request;
}

window.SwaggerUIBundle({
  url: "openapi.json",
  domNode: document.getElementById("docs"),
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  requestInterceptor: withCsrfToken,
  validatorUrl: null,
});
